// The shapes and layouts that every elementwise op is run at, and short forms of inputs.

import type { BinaryOp, UnaryOp } from "../../src/ops/defineElementwise.ts";
import { broadcastTo, permute, slice, transpose } from "../../src/ops/index.ts";
import type { Dtype } from "../../src/tensor/dtype.ts";
import type { Tolerance } from "../setup/tolerances.ts";
import { exact } from "./families.ts";
import type { InputSpec, OpCase } from "./opCase.ts";

/** A row of known numbers. */
export function given(values: readonly number[], dtype: Dtype = "f32"): InputSpec {
  return { shape: [values.length], values, dtype };
}

/** What differs between ops that are run at the same shapes. */
interface Common
  extends Pick<
    OpCase,
    "tolerance" | "gradientTolerance" | "withoutGradient" | "secondGradient" | "secondTolerance"
  > {
  /** From where inputs are drawn. */
  readonly low?: number;
  readonly high?: number;
}

/** An op of one input at a scalar, a prime count, nothing, and through views. */
export function unaryShapes(op: UnaryOp, { low, high, ...common }: Common): OpCase[] {
  const drawn = { low, high };
  return [
    { name: "a scalar", inputs: [{ ...drawn, shape: [] }], apply: (x) => op(x), shape: [], ...common },
    {
      name: "a prime count",
      inputs: [{ ...drawn, shape: [7, 13] }],
      apply: (x) => op(x),
      shape: [7, 13],
      ...common,
    },
    {
      name: "no element",
      inputs: [{ ...drawn, shape: [0, 3] }],
      apply: (x) => op(x),
      shape: [0, 3],
      ...common,
    },
    {
      name: "a permuted slice",
      inputs: [{ ...drawn, shape: [5, 2, 9] }],
      apply: (x) => op(permute(slice(x, { steps: [1, 1, -2] }), [2, 0, 1])),
      shape: [5, 5, 2],
      ...common,
    },
    {
      name: "a stretched row",
      inputs: [{ ...drawn, shape: [5] }],
      apply: (x) => op(broadcastTo(x, [3, 5])),
      shape: [3, 5],
      tolerance: common.tolerance,
      withoutGradient: true,
    },
  ];
}

/** What differs between ops of two inputs. */
interface CommonBinary extends Common {
  /** Of a gradient that is summed over a broadcast axis of this length; without it there is none. */
  readonly summed?: (length: number) => Tolerance;
  /** From where the second input is drawn, if elsewhere. */
  readonly second?: { readonly low: number; readonly high: number };
}

/** An op of two inputs at equal shapes, broadcast shapes, nothing, through views and with numbers. */
export function binaryShapes(op: BinaryOp, { low, high, second, summed, ...common }: CommonBinary): OpCase[] {
  const first = { low, high };
  const other = second ?? first;
  const { tolerance } = common;
  const broadcast = (length: number) =>
    summed === undefined
      ? { tolerance, withoutGradient: true as const }
      : { tolerance, gradientTolerance: summed(length) };
  const pair = (a: readonly number[], b: readonly number[]) => [
    { ...first, shape: a },
    { ...other, shape: b },
  ];
  const both: OpCase["apply"] = (a, b) => op(a, b);
  return [
    { name: "equal shapes", inputs: pair([7, 13], [7, 13]), apply: both, shape: [7, 13], ...common },
    { name: "scalars", inputs: pair([], []), apply: both, shape: [], ...common },
    { name: "a row onto rows", inputs: pair([5, 8], [8]), apply: both, shape: [5, 8], ...broadcast(5) },
    { name: "rows onto a column", inputs: pair([4, 1], [4, 6]), apply: both, shape: [4, 6], ...broadcast(6) },
    { name: "a column and a row", inputs: pair([4, 1], [1, 7]), apply: both, shape: [4, 7], ...broadcast(7) },
    {
      name: "a scalar and a cube",
      inputs: pair([], [2, 3, 5]),
      apply: both,
      shape: [2, 3, 5],
      ...broadcast(30),
    },
    { name: "nothing and one", inputs: pair([0, 3], [1, 1]), apply: both, shape: [0, 3], ...broadcast(1) },
    {
      name: "a transposed input",
      inputs: pair([5, 3], [3, 5]),
      apply: (a, b) => op(transpose(a), b),
      shape: [3, 5],
      ...common,
    },
    {
      name: "an input with itself backwards",
      inputs: [{ ...first, shape: [9] }],
      apply: (a) => op(a, slice(a, { steps: [-1] })),
      shape: [9],
      tolerance,
      withoutGradient: true,
    },
    {
      name: "a number on the right",
      inputs: [{ ...first, shape: [11] }],
      apply: (a) => op(a, 1.5),
      ...common,
    },
    {
      name: "a number on the left",
      inputs: [{ ...other, shape: [11] }],
      apply: (b) => op(1.5, b),
      ...common,
    },
  ];
}

/** An op beside the numbers that simplification may know. */
export function numberCases(
  op: BinaryOp,
  { tolerance, gradientTolerance = tolerance, low, high }: Common,
): OpCase[] {
  return [0, 1, 2, -1, 0.5].flatMap((number): OpCase[] => [
    {
      name: `${number} on the right`,
      inputs: [{ shape: [5], low, high }],
      apply: (a) => op(a, number),
      tolerance,
      gradientTolerance,
      secondGradient: true,
    },
    {
      name: `${number} on the left`,
      inputs: [{ shape: [5], low, high }],
      apply: (b) => op(number, b),
      tolerance,
      gradientTolerance,
      secondGradient: true,
    },
  ]);
}

/** A comparison's cases: bool out of every dtype, broadcast, and false (or else `ofNaN`) for NaN. */
export function comparisonCases(op: BinaryOp, holds: (a: number, b: number) => boolean): OpCase[] {
  const values = [-1, 0, 1, 0, 5, 5];
  const others = [0, -1, 1, 0, 4, 6];
  const truth = (a: readonly number[], b: readonly number[]) =>
    a.map((value, index) => Number(holds(value, b[index])));
  const both: OpCase["apply"] = (a, b) => op(a, b);
  const common = { apply: both, tolerance: exact, dtype: "bool", withoutGradient: true } as const;
  const known = (
    name: string,
    a: readonly number[],
    b: readonly number[],
    dtype: Dtype,
    other = dtype,
  ): OpCase => ({
    name,
    inputs: [given(a, dtype), given(b, other)],
    expected: truth(a, b),
    ...common,
  });
  const large = [16777217, 16777216, 2147483647, -5];
  const near = [16777216, 16777217, 2147483646, -5];
  return [
    known("f32", values, others, "f32"),
    known("i32, also where f32 cannot tell them apart", large, near, "i32"),
    known("u32 beyond i32", [4294967295, 1, 7], [1, 4294967295, 7], "u32"),
    known("bool", [0, 0, 1, 1], [0, 1, 0, 1], "bool"),
    known("i32 with f32", [1, 2, 3], [1.5, 2, 2.5], "i32", "f32"),
    known("a number that is not one", [Number.NaN, 1, Number.NaN, 0], [1, Number.NaN, Number.NaN, 0], "f32"),
    known("infinities and zeros", [Infinity, -Infinity, 0, Infinity], [Infinity, 0, -0, -Infinity], "f32"),
    ...binaryShapes(op, { tolerance: exact, withoutGradient: true }),
  ];
}

/** Of the cases at all shapes those that differ most, for ops whose kinds have been run at all of them. */
export function fewShapes(cases: readonly OpCase[]): OpCase[] {
  const kept = [
    "a scalar",
    "no element",
    "a permuted slice",
    "rows onto a column",
    "nothing and one",
    "a transposed input",
    "a number on the right",
  ];
  return cases.filter(({ name }) => kept.includes(name));
}
