import { DtypeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { cast, mul } from "../../src/ops/index.ts";
import type { Dtype } from "../../src/tensor/dtype.ts";
import { given, unaryShapes } from "./elementwiseCases.ts";
import { exact, ulps } from "./families.ts";
import type { OpCase } from "./opCase.ts";
import { testErrors, testOp } from "./testOp.ts";

function known(from: Dtype, to: Dtype, values: readonly number[], expected: readonly number[]): OpCase {
  return {
    name: `${from} to ${to}`,
    inputs: [given(values, from)],
    apply: (x) => cast(x, to),
    tolerance: exact,
    dtype: to,
    expected,
    withoutGradient: true,
  };
}

testOp("cast", [
  known("f32", "i32", [1.9, -1.9, 0, -0.5, 16777216], [1, -1, 0, 0, 16777216]),
  known("f32", "u32", [1.9, 0, 4294967040], [1, 0, 4294967040]),
  known("f32", "bool", [0, -0, 0.25, -1, Infinity, Number.NaN], [0, 0, 1, 1, 1, 1]),
  known("i32", "f32", [-3, 0, 16777216], [-3, 0, 16777216]),
  known("i32", "u32", [-1, 7], [4294967295, 7]),
  known("i32", "bool", [-1, 0, 7], [1, 0, 1]),
  known("u32", "f32", [0, 4294967040], [0, 4294967040]),
  known("u32", "i32", [4294967295, 7], [-1, 7]),
  known("u32", "bool", [4294967295, 0], [1, 0]),
  known("bool", "f32", [0, 1], [0, 1]),
  known("bool", "i32", [0, 1], [0, 1]),
  known("bool", "u32", [0, 1], [0, 1]),
  known("bool", "bool", [0, 1], [0, 1]),
  {
    name: "no gradient passes through integers",
    inputs: [{ shape: [5] }],
    apply: (x) => mul(x, cast(cast(x, "i32"), "f32")),
    tolerance: ulps(1),
  },
  ...unaryShapes((x) => cast(x, "i32"), { tolerance: exact, withoutGradient: true }),
]);

testErrors("cast", [
  {
    name: "no dtype",
    run: () => cast(inputNode([2], "f32"), "f64" as Dtype),
    error: DtypeError,
    text: "cast: the result has dtype f64; it must be bool or u32 or i32 or f16 or f32.",
  },
]);
