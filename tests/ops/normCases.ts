// The rows and layouts at which layerNorm and rmsNorm are run: every kernel variant, views, and rows that are hard.

import type { Value } from "../../src/graph/node.ts";
import { add, cast, relu, slice, transpose } from "../../src/ops/index.ts";
import type { NormalizedShape } from "../../src/ops/normRecord.ts";
import { normalised } from "./families.ts";
import type { InputSpec, OpCase } from "./opCase.ts";

/** What both ops take. */
export type Norm = <T extends Value>(
  x: T,
  normalizedShape: NormalizedShape,
  options?: { readonly weight?: T | undefined; readonly eps?: number },
) => T;

/** A weight, so that no column is like another. */
export function columns(...shape: number[]): InputSpec {
  return { shape, low: 0.5, high: 2 };
}

const spread = { low: -3, high: 5 };

/** Rows of `cols` with a weight. */
export function rowsOf(op: Norm, name: string, shape: readonly number[], isSmall = true): OpCase {
  const cols = shape[shape.length - 1];
  return {
    name,
    inputs: [{ shape, ...spread }, columns(cols)],
    apply: (x, weight) => op(x, cols, { weight }),
    tolerance: normalised,
    shape,
    secondGradient: isSmall ? true : undefined,
  };
}

/** What both are run at. */
export function normCases(op: Norm): OpCase[] {
  const plain = (name: string, x: InputSpec, rest: Partial<OpCase> = {}): OpCase => ({
    name,
    inputs: [x],
    apply: (value) => op(value, x.shape[x.shape.length - 1]),
    tolerance: normalised,
    shape: x.shape,
    ...rest,
  });
  return [
    rowsOf(op, "a row", [5]),
    rowsOf(op, "a prime count", [7, 13]),
    rowsOf(op, "whole quads", [3, 8]),
    rowsOf(op, "several axes of rows", [2, 3, 6]),
    rowsOf(op, "rows of a workgroup", [3, 67], false),
    rowsOf(op, "long rows", [2, 1501], false),
    rowsOf(op, "so many rows that their sum is cut", [300, 9], false),
    rowsOf(op, "so many rows of whole quads that their sum is cut", [2080, 4], false),
    rowsOf(op, "no row", [0, 5]),
    rowsOf(op, "rows of nothing", [3, 0]),
    plain("without a weight", { shape: [4, 10], ...spread }, { secondGradient: true }),
    plain("constant rows", { shape: [2, 5], values: [3, 3, 3, 3, 3, -7, -7, -7, -7, -7] }),
    plain("a mean far above the deviation", { shape: [4, 24], low: 999, high: 1001 }),
    {
      name: "two axes at once",
      inputs: [{ shape: [3, 2, 5], ...spread }, columns(2, 5)],
      apply: (x, weight) => op(x, [2, 5], { weight }),
      tolerance: normalised,
      shape: [3, 2, 5],
      secondGradient: true,
    },
    {
      name: "all axes",
      inputs: [{ shape: [3, 4], ...spread }],
      apply: (x) => op(x, [3, 4]),
      tolerance: normalised,
      shape: [3, 4],
    },
    {
      name: "a transposed view",
      inputs: [{ shape: [9, 4], ...spread }, columns(9)],
      apply: (x, weight) => op(transpose(x), 9, { weight }),
      tolerance: normalised,
      shape: [4, 9],
    },
    {
      name: "every second column, backwards",
      inputs: [{ shape: [3, 11], ...spread }, columns(12)],
      apply: (x, weight) => op(slice(x, { steps: [1, -2] }), 6, { weight: slice(weight, { steps: [2] }) }),
      tolerance: normalised,
      shape: [3, 6],
    },
    {
      name: "of a residual sum, which others read too",
      inputs: [{ shape: [3, 8] }, { shape: [3, 8] }, columns(8)],
      apply: (a, b, weight) => {
        const x = add(a, b);
        return add(x, op(x, 8, { weight }));
      },
      tolerance: normalised,
      secondGradient: true,
    },
    {
      name: "before an activation",
      inputs: [{ shape: [5, 6], ...spread }, columns(6)],
      apply: (x, weight) => relu(op(x, 6, { weight })),
      tolerance: normalised,
    },
    {
      name: "a weight of another tensor's values",
      inputs: [
        { shape: [4, 6], ...spread },
        { shape: [6], integers: true, dtype: "i32" },
      ],
      apply: (x, weight) => op(x, 6, { weight: cast(weight, "f32") }),
      tolerance: normalised,
    },
    {
      name: "no number spoils its row alone",
      inputs: [{ shape: [2, 2], values: [Number.NaN, 1, 3, -3] }],
      apply: (x) => op(x, 2, { eps: 0 }),
      tolerance: normalised,
      expected: [Number.NaN, Number.NaN, 1, -1],
      withoutGradient: true,
    },
  ];
}
