import { expect, test } from "vitest";
import { DtypeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { dropoutWith, mul, transpose } from "../../src/ops/index.ts";
import { exact, ulps } from "./families.ts";
import { type InputSpec, prepare, valuesOf } from "./opCase.ts";
import { testErrors, testOp } from "./testOp.ts";

function scalar(value: number): InputSpec {
  return { shape: [], dtype: "u32", values: [value] };
}

const key = [scalar(42), scalar(3), scalar(7)];

testOp("dropoutWith", [
  {
    name: "half of the elements",
    inputs: [{ shape: [7, 13] }, ...key],
    apply: (x, seed, stream, step) => dropoutWith(x, { seed, stream, step }, 0.5),
    tolerance: exact,
    shape: [7, 13],
    secondGradient: true,
  },
  {
    name: "few of the elements",
    inputs: [{ shape: [101] }, ...key],
    apply: (x, seed, stream, step) => dropoutWith(x, { seed, stream, step }, 0.1),
    tolerance: ulps(3),
  },
  {
    name: "none of the elements",
    inputs: [{ shape: [11] }, ...key],
    apply: (x, seed, stream, step) => dropoutWith(x, { seed, stream, step }, 0),
    tolerance: exact,
  },
  {
    name: "through a transposed view",
    inputs: [{ shape: [6, 5] }, ...key],
    apply: (x, seed, stream, step) => transpose(dropoutWith(transpose(x), { seed, stream, step }, 0.25)),
    tolerance: ulps(3),
  },
  {
    name: "among other work: the mask goes by the element and not by the place of computation",
    inputs: [{ shape: [4, 9] }, ...key],
    apply: (x, seed, stream, step) => mul(dropoutWith(mul(x, 2), { seed, stream, step }, 0.5), 3),
    tolerance: ulps(1),
  },
  {
    name: "what is dropped is 0, whatever it was",
    inputs: [{ shape: [64], values: new Array<number>(64).fill(Number.NaN) }, ...key],
    apply: (x, seed, stream, step) => dropoutWith(x, { seed, stream, step }, 0.5),
    tolerance: exact,
    withoutGradient: true,
  },
  {
    name: "a scalar",
    inputs: [{ shape: [] }, ...key],
    apply: (x, seed, stream, step) => dropoutWith(x, { seed, stream, step }, 0.5),
    tolerance: exact,
    shape: [],
  },
  {
    name: "no element",
    inputs: [{ shape: [0, 3] }, ...key],
    apply: (x, seed, stream, step) => dropoutWith(x, { seed, stream, step }, 0.5),
    tolerance: exact,
    shape: [0, 3],
  },
]);

if (!__GPU__) {
  /** The mask of 10,000 ones, as 0 and 1. */
  const maskOf = (p: number, step: number) => {
    const ones = { shape: [10000], values: new Array<number>(10000).fill(1) };
    const { y, feeds } = prepare({
      name: "",
      inputs: [ones, scalar(42), scalar(3), scalar(step)],
      apply: (x, seed, stream, at) => dropoutWith(x, { seed, stream, step: at }, p),
      tolerance: exact,
    });
    return [...valuesOf([y], feeds)(y).data].map(Math.sign);
  };
  const count = (mask: readonly number[]) => mask.reduce((a, b) => a + b, 0);

  test("dropoutWith: keeps as many as p says, and others at another step", () => {
    const [kept, later] = [maskOf(0.25, 0), maskOf(0.25, 1)];
    // Five deviations of a binomial distribution, sqrt(10000 * 0.25 * 0.75) = 43.
    expect(Math.abs(count(kept) - 7500)).toBeLessThan(217);
    expect(Math.abs(count(kept.map((one, index) => one * later[index])) - 5625)).toBeLessThan(248);
    expect(maskOf(0.25, 0)).toEqual(kept);
  });
}

testErrors("dropoutWith", [
  ...[1, -0.5, Number.NaN].map((p) => ({
    name: `p of ${p}`,
    run: () => {
      const [x, seed, stream, step] = [
        inputNode([2], "f32"),
        ...["a", "b", "c"].map(() => inputNode([], "u32")),
      ];
      return dropoutWith(x, { seed, stream, step }, p);
    },
    error: UsageError,
    text: `dropout: p is ${p}; it must be at least 0 and below 1.`,
  })),
  {
    name: "integers",
    run: () => {
      const [seed, stream, step] = ["a", "b", "c"].map(() => inputNode([], "u32"));
      return dropoutWith(inputNode([2], "i32"), { seed, stream, step }, 0.5);
    },
    error: DtypeError,
    text: "dropout: x has dtype i32; it must be f32 or f16.",
  },
]);
