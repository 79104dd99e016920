import { expect, test } from "vitest";
import { DtypeError, ShapeError } from "../../src/base/errors.ts";
import { threefry2x32 } from "../../src/base/threefry.ts";
import { inputNode } from "../../src/graph/source.ts";
import { randomUniform, transpose } from "../../src/ops/index.ts";
import { randomBits } from "../../src/ops/innerOps.ts";
import { exact } from "./families.ts";
import { type InputSpec, prepare, valuesOf } from "./opCase.ts";
import { testErrors, testOp } from "./testOp.ts";

function scalar(value: number): InputSpec {
  return { shape: [], dtype: "u32", values: [value] };
}

const common = { tolerance: exact, dtype: "f32", withoutGradient: true } as const;

testOp("randomUniform", [
  {
    name: "the key 0: the first word of Threefry's published vector for zeros",
    inputs: [scalar(0), scalar(0), scalar(0)],
    apply: (seed, stream, step) => randomUniform({ seed, stream, step }, []),
    shape: [],
    expected: [(0x6b200159 >>> 8) * 2 ** -24],
    ...common,
  },
  {
    name: "the largest key",
    inputs: [scalar(4294967295), scalar(4294967295), scalar(4294967295)],
    apply: (seed, stream, step) => randomUniform({ seed, stream, step }, [257]),
    ...common,
  },
  {
    name: "a cube",
    inputs: [scalar(1), scalar(2), scalar(3)],
    apply: (seed, stream, step) => randomUniform({ seed, stream, step }, [3, 5, 7]),
    shape: [3, 5, 7],
    ...common,
  },
  {
    name: "seen transposed",
    inputs: [scalar(1), scalar(2), scalar(3)],
    apply: (seed, stream, step) => transpose(randomUniform({ seed, stream, step }, [3, 5])),
    shape: [5, 3],
    ...common,
  },
  {
    name: "no element",
    inputs: [scalar(1), scalar(2), scalar(3)],
    apply: (seed, stream, step) => randomUniform({ seed, stream, step }, [0]),
    shape: [0],
    ...common,
  },
]);

testOp("randomBits", [
  {
    name: "the key 0: the first word of Threefry's published vector for zeros",
    inputs: [scalar(0), scalar(0), scalar(0)],
    apply: (seed, stream, step) => randomBits({ seed, stream, step }, []),
    expected: [0x6b200159],
    ...common,
    dtype: "u32",
  },
  {
    name: "a table",
    inputs: [scalar(4294967295), scalar(7), scalar(1)],
    apply: (seed, stream, step) => transpose(randomBits({ seed, stream, step }, [5, 7])),
    shape: [7, 5],
    ...common,
    dtype: "u32",
  },
]);

if (!__GPU__) {
  const draw = (seed: number, stream: number, step: number) => {
    const { y, feeds } = prepare({
      name: "",
      inputs: [scalar(seed), scalar(stream), scalar(step)],
      apply: (a, b, c) => randomUniform({ seed: a, stream: b, step: c }, [10000]),
      tolerance: exact,
    });
    return [...valuesOf([y], feeds)(y).data];
  };
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

  test("randomUniform: element i is the top 24 bits of Threefry at (step, i)", () => {
    const values = draw(5, 6, 7);
    for (const index of [0, 1, 9999]) {
      const [bits] = threefry2x32(5, 6, 7, index);
      expect(values[index]).toBe((bits >>> 8) / 2 ** 24);
    }
  });

  test("randomUniform: fills [0, 1) evenly, and each part of the key matters", () => {
    const values = draw(5, 6, 7);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    // Five deviations of a mean of 10,000: 5 * sqrt(1 / 12) / 100.
    expect(Math.abs(mean(values) - 0.5)).toBeLessThan(0.0145);
    for (const other of [draw(6, 6, 7), draw(5, 7, 7), draw(5, 6, 8)]) {
      const products = values.map((value, index) => (value - 0.5) * (other[index] - 0.5));
      expect(Math.abs(mean(products))).toBeLessThan(5 / 12 / 100);
    }
  });
}

testErrors("randomUniform", [
  {
    name: "bits of a stream that is no u32",
    run: () => {
      const [seed, step] = [inputNode([], "u32"), inputNode([], "u32")];
      return randomBits({ seed, stream: inputNode([], "f32"), step }, [2]);
    },
    error: DtypeError,
    text: "randomBits: stream has dtype f32; it must be u32.",
  },
  {
    name: "a seed that is no u32",
    run: () => {
      const [stream, step] = [inputNode([], "u32"), inputNode([], "u32")];
      return randomUniform({ seed: inputNode([], "i32"), stream, step }, [2]);
    },
    error: DtypeError,
    text: "randomUniform: seed has dtype i32; it must be u32.",
  },
  {
    name: "a shape that cannot be",
    run: () => {
      const [seed, stream, step] = ["a", "b", "c"].map(() => inputNode([], "u32"));
      return randomUniform({ seed, stream, step }, [-1]);
    },
    error: ShapeError,
    text: "broadcastTo: shape [-1] has size -1; sizes must be whole numbers >= 0.",
  },
]);
