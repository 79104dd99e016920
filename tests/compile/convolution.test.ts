// How a convolution's gradients become dispatches: that of the bias comes with that of the weight, in one result that goes
// to its place as a whole.

import { describe, expect, test } from "vitest";
import { differentiate } from "../../src/autodiff/differentiate.ts";
import { compileGraph } from "../../src/compile/compileGraph.ts";
import { makeGraph } from "../../src/graph/graph.ts";
import type { Node } from "../../src/graph/node.ts";
import { constantNode, inputNode } from "../../src/graph/source.ts";
import { add, cast, concat, conv2d, mul, relu, reshape, softmax, sum } from "../../src/ops/index.ts";
import { partOf } from "../../src/ops/innerOps.ts";
import { elementCount } from "../../src/tensor/shape.ts";
import { fallbackProfile, gpuProfile } from "../setup/deviceProfile.ts";

const f32 = (...shape: number[]) => inputNode(shape, "f32");

function labelsOf(outputs: readonly Node[], device = fallbackProfile): string[] {
  const { dispatches } = compileGraph(makeGraph(outputs), device);
  return dispatches.map(({ label }) => label.replace(/\/.*/, ""));
}

/** The gradients of sum(y * dy), those that there are, one behind the other as an optimizer takes them. */
function packed(y: Node, dy: Node, wrt: readonly Node[]): Node {
  const gradients = differentiate(sum(mul(y, dy)), constantNode(1, "f32"), wrt);
  const flat = gradients.flatMap((node) =>
    node === undefined ? [] : [reshape(node, [elementCount(node.shape)])],
  );
  expect(flat).toHaveLength(wrt.length);
  return concat(flat);
}

describe.each([
  ["gpu", gpuProfile],
  ["fallback", fallbackProfile],
] as const)("%s kernels", (_, device) => {
  /** Of a convolution without anything around it: its inputs, and its output's gradient. */
  const parts = (images: readonly number[], filters: readonly number[], size: number) => ({
    x: f32(...images),
    w: f32(...filters),
    bias: f32(filters[0]),
    dy: f32(images[0], filters[0], size, size),
  });

  test("the gradient of a bias is added up with that of the weight, and both go to their place", () => {
    for (const channels of [1, 16]) {
      const { x, w, bias, dy } = parts([32, channels, 16, 16], [18, channels, 3, 3], 14);
      const y = conv2d(x, w, { bias });
      expect(labelsOf([packed(y, dy, [w, bias])], device)).toEqual(["conv2dWeightGradientSplit", "sum"]);
    }
  });

  test("where the sum is not cut one launch does it all", () => {
    const { x, w, bias, dy } = parts([1, 32, 6, 6], [64, 32, 3, 3], 4);
    const y = conv2d(x, w, { bias });
    expect(labelsOf([packed(y, dy, [w, bias])], device)).toEqual(["conv2dWeightGradient"]);
  });

  test("apart from each other in what takes them, they are copied there", () => {
    const { x, w, bias, dy } = parts([32, 1, 16, 16], [18, 1, 3, 3], 14);
    const y = conv2d(x, w, { bias });
    const labels = labelsOf([packed(y, dy, [bias, w])], device);
    expect(labels).toEqual(["conv2dWeightGradientSplit", "sum", "copy", "copy"]);
  });

  test("used twice, both are added to what there is as they are added up", () => {
    const { x, w, bias, dy } = parts([32, 1, 16, 16], [18, 1, 3, 3], 14);
    const y = add(conv2d(x, w, { bias }), relu(conv2d(f32(...x.shape), w, { bias })));
    const labels = labelsOf([packed(y, dy, [w, bias])], device);
    expect(labels.filter((label) => !label.startsWith("conv2d+")).sort()).toEqual([
      "conv2dWeightGradientSplit",
      "conv2dWeightGradientSplit",
      "sum",
      "sum+add",
    ]);
  });

  test("one of them alone costs nothing for the other", () => {
    const { x, w, bias, dy } = parts([32, 1, 16, 16], [18, 1, 3, 3], 14);
    const y = conv2d(x, w, { bias });
    const weight = compileGraph(makeGraph([packed(y, dy, [w])]), device);
    expect(weight.dispatches.map(({ shape }) => shape.at(-1))).toEqual([3, 18 * 9]);
    expect(weight.shaders[0].constants).toMatchObject({ SUMS: 0 });
    expect(new Set(labelsOf([packed(y, dy, [bias])], device))).toEqual(new Set(["sum"]));
  });

  test("a pointwise convolution, a product of matrices, leaves the bias to itself", () => {
    const { x, w, bias, dy } = parts([4, 8, 6, 6], [16, 8, 1, 1], 6);
    const labels = labelsOf([packed(conv2d(x, w, { bias }), dy, [w, bias])], device);
    expect(labels.some((label) => label.startsWith("matmul"))).toBe(true);
    expect(labels.some((label) => label.startsWith("conv2d"))).toBe(false);
  });

  test("so does one to which a bias of another dtype is added", () => {
    const { x, w, bias, dy } = parts([32, 1, 16, 16], [18, 1, 3, 3], 14);
    const y = conv2d(x, w, { bias: cast(bias, "f16") });
    const { dispatches, shaders } = compileGraph(makeGraph([packed(y, dy, [w, bias])]), device);
    const split = dispatches.find(({ label }) => label.startsWith("conv2dWeightGradientSplit"));
    expect(split && shaders[split.shader].constants).toMatchObject({ SUMS: 0 });
  });

  test("going forward it is part of the convolution's dispatch", () => {
    const { x, w, bias } = parts([32, 1, 16, 16], [18, 1, 3, 3], 14);
    expect(labelsOf([relu(conv2d(x, w, { bias }))], device)).toEqual(["conv2d+add+relu"]);
  });
});

describe("parts of what kernels pack", () => {
  const [a, b] = [softmax(f32(4, 64)), softmax(f32(4, 64))];
  const row = (packed: Node, index: number) => partOf(packed, { start: 64 * index, shape: [64] });

  test("are added all at once, while the last of them is made", () => {
    const sums = [0, 1, 2, 3].map((index) => add(row(a, index), row(b, index)));
    expect(labelsOf([concat(sums)])).toEqual(["softmax", "softmax+add"]);
  });

  test("but unequal ones one by one", () => {
    expect(labelsOf([add(row(a, 0), row(b, 1))])).toEqual(["softmax", "softmax", "add"]);
    const other = partOf(softmax(f32(2, 64)), { start: 0, shape: [64] });
    expect(labelsOf([add(row(a, 0), other)])).toEqual(["softmax", "softmax", "add"]);
  });
});
