import { expect, test } from "vitest";
import { differentiate } from "../../src/autodiff/differentiate.ts";
import { constantNode, inputNode } from "../../src/graph/source.ts";
import { add, detach, mul, square, sum, transpose } from "../../src/ops/index.ts";
import { exact } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("detach", [
  {
    name: "known values",
    inputs: [{ shape: [2, 3], values: [0, 1, 2, 3, 4, 5] }],
    apply: (x) => detach(x),
    tolerance: exact,
    shape: [2, 3],
    expected: [0, 1, 2, 3, 4, 5],
    withoutGradient: true,
  },
  {
    name: "a scalar",
    inputs: [{ shape: [] }],
    apply: (x) => detach(x),
    tolerance: exact,
    shape: [],
    withoutGradient: true,
  },
  {
    name: "of a transposed matrix, which another view reads",
    inputs: [{ shape: [4, 6] }],
    apply: (x) => transpose(detach(transpose(x))),
    tolerance: exact,
    shape: [4, 6],
    withoutGradient: true,
  },
  {
    name: "bool",
    inputs: [{ shape: [4], values: [1, 0, 0, 1], dtype: "bool" }],
    apply: (x) => detach(x),
    tolerance: exact,
    dtype: "bool",
    expected: [1, 0, 0, 1],
    withoutGradient: true,
  },
  {
    name: "one of two ways: the gradient is that of the other",
    inputs: [{ shape: [3], values: [1, 2, 3] }],
    apply: (x) => add(x, mul(detach(x), 0)),
    tolerance: exact,
    expected: [1, 2, 3],
  },
]);

if (!__GPU__) {
  test("no gradient passes", () => {
    const x = inputNode([3], "f32");
    const only = sum(square(detach(x)));
    expect(differentiate(only, constantNode(1, "f32"), [x])).toEqual([undefined]);
  });
}
