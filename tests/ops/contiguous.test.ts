import { expect, test } from "vitest";
import { compileGraph } from "../../src/compile/compileGraph.ts";
import { makeGraph } from "../../src/graph/graph.ts";
import type { Node } from "../../src/graph/node.ts";
import { inputNode } from "../../src/graph/source.ts";
import { bmm, mul, reshape, transpose } from "../../src/ops/index.ts";
import { contiguous } from "../../src/ops/innerOps.ts";
import { gpuProfile } from "../setup/deviceProfile.ts";
import { exact } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("contiguous", [
  {
    name: "a transposed view",
    inputs: [{ shape: [2, 3], values: [1, Number.NaN, 3, -0, 5, Number.POSITIVE_INFINITY] }],
    apply: (x) => contiguous(transpose(x)),
    tolerance: exact,
    shape: [3, 2],
    expected: [1, -0, Number.NaN, 5, 3, Number.POSITIVE_INFINITY],
    dy: [1, 2, 3, 4, 5, 6],
    expectedGradients: [[1, 3, 5, 2, 4, 6]],
    secondGradient: true,
  },
  {
    name: "truths",
    inputs: [{ shape: [2, 2], dtype: "bool", values: [0, 1, 0, 0] }],
    apply: (x) => contiguous(transpose(x)),
    tolerance: exact,
    dtype: "bool",
    expected: [0, 0, 1, 0],
  },
]);

if (!__GPU__) {
  const dispatches = (y: Node) => compileGraph(makeGraph([y]), gpuProfile).dispatches.length;
  const x = inputNode([2, 3, 4], "f32");

  test("costs a dispatch where elements are not side by side, and nothing where they are", () => {
    expect(dispatches(bmm(contiguous(transpose(x)), x))).toBe(2);
    expect(dispatches(mul(contiguous(reshape(mul(x, 2), [6, 4])), 3))).toBe(1);
  });
}
