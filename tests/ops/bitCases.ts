// The tests of `and`, `or` and `xor`, of bits and of truth: one table each, in which ops differ by what they give.

import { DtypeError, ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import type { BinaryOp } from "../../src/ops/defineElementwise.ts";
import { transpose, unsqueeze } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

const shared = { tolerance: exact, withoutGradient: true } as const;
const truthTable = [given([0, 0, 1, 1], "bool"), given([0, 1, 0, 1], "bool")];

/** What a bitwise op gives for the inputs of `testBitwise`. */
export interface BitwiseResults {
  readonly i32: readonly number[];
  readonly u32: readonly number[];
  readonly bools: readonly number[];
  readonly boolsWithI32: readonly number[];
  readonly aNumber: readonly number[];
}

/** Registers all tests of `op`, called `name`. */
export function testBitwise(name: string, op: BinaryOp, results: BitwiseResults): void {
  testOp(name, [
    {
      ...shared,
      name: "i32",
      inputs: [given([12, -1, 0, -2147483648], "i32"), given([10, 255, -7, 2147483647], "i32")],
      apply: (a, b) => op(a, b),
      dtype: "i32",
      expected: results.i32,
    },
    {
      ...shared,
      name: "u32",
      inputs: [given([12, 4294967295, 0], "u32"), given([10, 255, 7], "u32")],
      apply: (a, b) => op(a, b),
      dtype: "u32",
      expected: results.u32,
    },
    {
      ...shared,
      name: "bools",
      inputs: truthTable,
      apply: (a, b) => op(a, b),
      dtype: "bool",
      expected: results.bools,
    },
    {
      ...shared,
      name: "bools with i32",
      inputs: [given([1, 1, 0], "bool"), given([6, 7, 5], "i32")],
      apply: (a, b) => op(a, b),
      dtype: "i32",
      expected: results.boolsWithI32,
    },
    {
      ...shared,
      name: "a number",
      inputs: [given([12, -1], "i32")],
      apply: (a) => op(a, 6),
      dtype: "i32",
      expected: results.aNumber,
    },
    {
      ...shared,
      name: "a column and a row, through a view",
      inputs: [
        { shape: [4, 1], dtype: "i32", low: -9, high: 9 },
        { shape: [3], dtype: "i32", low: -9, high: 9 },
      ],
      apply: (a, b) => op(transpose(a), unsqueeze(b, 1)),
      shape: [3, 4],
    },
    {
      ...shared,
      name: "no element",
      inputs: [
        { shape: [0, 2], dtype: "u32" },
        { shape: [2], dtype: "u32" },
      ],
      apply: (a, b) => op(a, b),
      shape: [0, 2],
    },
  ]);
  testErrors(name, [
    {
      name: "a of f32",
      run: () => op(inputNode([2], "f32"), 1),
      error: DtypeError,
      text: `${name}: a has dtype f32; it must be bool or i32 or u32.`,
    },
    {
      name: "b of f32",
      run: () => op(inputNode([2], "i32"), 0.5),
      error: DtypeError,
      text: `${name}: b has dtype f32; it must be bool or i32 or u32.`,
    },
  ]);
}

/** What a logical op gives for the inputs of `testLogical`. */
export interface LogicalResults {
  readonly f32: readonly number[];
  readonly bools: readonly number[];
  readonly i32WithF32: readonly number[];
}

/** Registers all tests of `op`, called `name`. */
export function testLogical(name: string, op: BinaryOp, results: LogicalResults): void {
  testOp(name, [
    {
      ...shared,
      name: "f32: only 0 is false",
      inputs: [given([Number.NaN, 0, -0, 0.5, Infinity, 0]), given([1, 1, 0, -2, 0, Number.NaN])],
      apply: (a, b) => op(a, b),
      dtype: "bool",
      expected: results.f32,
    },
    {
      ...shared,
      name: "bools",
      inputs: truthTable,
      apply: (a, b) => op(a, b),
      dtype: "bool",
      expected: results.bools,
    },
    {
      ...shared,
      name: "i32 with f32",
      inputs: [given([1, 0, 2, 0], "i32"), given([0.5, 0.5, 0, 0])],
      apply: (a, b) => op(a, b),
      dtype: "bool",
      expected: results.i32WithF32,
    },
    {
      ...shared,
      name: "u32 onto rows of bools",
      inputs: [
        { shape: [3, 5], dtype: "bool" },
        { shape: [5], dtype: "u32", low: 0, high: 2 },
      ],
      apply: (a, b) => op(a, b),
      shape: [3, 5],
      dtype: "bool",
    },
    {
      ...shared,
      name: "no element",
      inputs: [{ shape: [0, 2] }, { shape: [2] }],
      apply: (a, b) => op(a, b),
      shape: [0, 2],
    },
  ]);
  testErrors(name, [
    {
      name: "shapes that do not broadcast",
      run: () => op(inputNode([2], "f32"), inputNode([3], "f32")),
      error: ShapeError,
      text: `${name}: shapes [2] and [3] do not broadcast; sizes, aligned at the last axis, must be equal or 1.`,
    },
  ]);
}
