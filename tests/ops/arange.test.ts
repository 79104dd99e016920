import type { Value } from "../../src/graph/node.ts";
import { arangeNode } from "../../src/ops/arange.ts";
import { mul, reshape, transpose } from "../../src/ops/index.ts";
import type { Dtype } from "../../src/tensor/dtype.ts";
import { exact, ulps } from "./families.ts";
import { testOp } from "./testOp.ts";

/** 0 … count - 1, of the kind of `x`. */
function arange<T extends Value>(x: T, count: number, dtype: Dtype): T {
  return x.derive(arangeNode(count, dtype), [x]);
}

const common = { inputs: [{ shape: [] }], tolerance: exact, withoutGradient: true } as const;

testOp("arange", [
  { name: "f32", apply: (x) => arange(x, 5, "f32"), dtype: "f32", expected: [0, 1, 2, 3, 4], ...common },
  { name: "i32", apply: (x) => arange(x, 3, "i32"), dtype: "i32", expected: [0, 1, 2], ...common },
  { name: "u32", apply: (x) => arange(x, 3, "u32"), dtype: "u32", expected: [0, 1, 2], ...common },
  { name: "none", apply: (x) => arange(x, 0, "f32"), shape: [0], ...common },
  {
    name: "seen transposed",
    apply: (x) => transpose(reshape(arange(x, 6, "i32"), [2, 3])),
    shape: [3, 2],
    expected: [0, 3, 1, 4, 2, 5],
    ...common,
  },
  {
    name: "computed where it is read",
    inputs: [{ shape: [3, 7] }],
    apply: (x) => mul(x, arange(x, 7, "f32")),
    tolerance: ulps(1),
  },
]);
