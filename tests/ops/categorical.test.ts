import { expect, test } from "vitest";
import { DtypeError, ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { add, categorical, mul, randomUniform, softmax, transpose } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { exact } from "./families.ts";
import { type OpCase, prepare, valuesOf } from "./opCase.ts";
import { testErrors, testOp } from "./testOp.ts";

const common = { tolerance: exact, withoutGradient: true, dtype: "i32" } as const;

/** Every draw of eighths and of zeros between them, also from the other end of a long row. */
function longRow(cols: number): OpCase {
  const places = [0, 1, 2, 3, 4, 5, 6, 7].map((part) => Math.floor((part * (cols - 1)) / 7));
  const values = Array.from({ length: 8 * cols }, (_, index) => Number(places.includes(index % cols)));
  return {
    name: `a long row of ${cols}`,
    inputs: [{ shape: [8, cols], values }, given([0, 0.125, 0.374, 0.375, 0.5, 0.749, 0.875, 1 - 2 ** -24])],
    apply: (x, u) => categorical(x, u),
    expected: [0, 1, 2, 3, 4, 5, 7, 7].map((part) => places[part]),
    ...common,
  };
}

testOp("categorical", [
  {
    name: "the least index beyond the mark",
    inputs: [
      { shape: [6, 3], values: Array(6).fill([0.25, 0.5, 0.25]).flat() },
      given([0, 0.2499, 0.25, 0.74, 0.75, 1 - 2 ** -24]),
    ],
    apply: (x, u) => categorical(x, u),
    expected: [0, 0, 1, 1, 2, 2],
    ...common,
  },
  {
    name: "what has no probability is never drawn",
    inputs: [
      { shape: [3, 5], values: Array(3).fill([0, 3, 0, 1, 0]).flat() },
      given([0, 0.75, 1 - 2 ** -24]),
    ],
    apply: (x, u) => categorical(x, u),
    expected: [1, 3, 3],
    ...common,
  },
  {
    name: "nothing to draw from gives -1",
    inputs: [{ shape: [4, 2], values: [0, 0, Number.NaN, 1, 1, Infinity, 0, 2] }, given([0, 0.5, 0.9, 0.9])],
    apply: (x, u) => categorical(x, u),
    expected: [-1, -1, -1, 1],
    ...common,
  },
  {
    name: "one row",
    inputs: [given([2, 2, 4]), { shape: [], values: [0.3] }],
    apply: (x, u) => categorical(x, u),
    shape: [],
    expected: [1],
    ...common,
  },
  longRow(37),
  longRow(1026),
  longRow(5000),
  longRow(50257),
  {
    name: "a transposed view, and work on both sides",
    inputs: [{ shape: [40, 2], values: Array.from({ length: 80 }, (_, i) => i % 8) }, given([0.1, 0.4])],
    apply: (x, u) => add(categorical(mul(transpose(x), 0.5), mul(u, 2)), 100),
    shape: [2],
    ...common,
  },
  {
    name: "no row",
    inputs: [{ shape: [0, 3] }, { shape: [0] }],
    apply: (x, u) => categorical(x, u),
    shape: [0],
    ...common,
  },
]);

if (!__GPU__) {
  test("categorical: draws follow the probabilities, by Pearson's chi-square", () => {
    const [batch, cols] = [20_000, 12];
    const key = [3, 1, 4].map((value) => ({ shape: [], dtype: "u32", values: [value] }) as const);
    const { y, feeds } = prepare({
      name: "",
      inputs: [
        { shape: [batch, cols], values: Array.from({ length: batch * cols }, (_, i) => (i % cols) / 4) },
        ...key,
      ],
      apply: (x, seed, stream, step) =>
        categorical(softmax(x), randomUniform({ seed, stream, step }, [batch])),
      tolerance: exact,
    });
    const weights = Array.from({ length: cols }, (_, i) => Math.exp(i / 4));
    const total = weights.reduce((a, b) => a + b, 0);
    const counts = Array(cols).fill(0);
    for (const drawn of valuesOf([y], feeds)(y).data) counts[drawn]++;
    const chiSquare = counts.reduce((sum, count, i) => {
      const due = (batch * weights[i]) / total;
      return sum + (count - due) ** 2 / due;
    }, 0);
    // 11 degrees of freedom: above 31.3 one time in a thousand.
    expect(chiSquare).toBeLessThan(31.3);
    expect(chiSquare).toBeGreaterThan(1);
  });
}

testErrors("categorical", [
  {
    name: "nothing in a row",
    run: () => categorical(inputNode([3, 0], "f32"), inputNode([3], "f32")),
    error: ShapeError,
    text: "categorical: probabilities are [3, 0]; they must be [batch, n] or [n], with n at least 1.",
  },
  {
    name: "numbers for another batch",
    run: () => categorical(inputNode([3, 4], "f32"), inputNode([2], "f32")),
    error: ShapeError,
    text: "categorical: uniform is [2] for probabilities [3, 4]; it must be [3].",
  },
  {
    name: "whole numbers",
    run: () => categorical(inputNode([3, 4], "f32"), inputNode([3], "u32")),
    error: DtypeError,
    text: "categorical: uniform has dtype u32; it must be f32 or f16.",
  },
]);
