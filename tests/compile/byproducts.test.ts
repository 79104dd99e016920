// Kernels that compute another node on the way: when they do, and that nothing is missing from the plan.

import { describe, expect, test } from "vitest";
import { differentiate } from "../../src/autodiff/differentiate.ts";
import { compileGraph } from "../../src/compile/compileGraph.ts";
import { makeGraph } from "../../src/graph/graph.ts";
import type { Node } from "../../src/graph/node.ts";
import { constantNode, inputNode } from "../../src/graph/source.ts";
import { add, gelu, layerNorm, matmul, mul, reshape, sum, transpose } from "../../src/ops/index.ts";
import { fallbackProfile, gpuProfile } from "../setup/deviceProfile.ts";

const f32 = (...shape: number[]) => inputNode(shape, "f32");

function labelsOf(outputs: readonly Node[], device = fallbackProfile): string[] {
  const { dispatches } = compileGraph(makeGraph(outputs), device);
  return dispatches.map(({ label }) => label.replace(/\/.*/, ""));
}

describe.each([
  ["gpu", gpuProfile],
  ["fallback", fallbackProfile],
] as const)("%s kernels", (_, device) => {
  const x = f32(40, 24);
  const dy = f32(40, 36);

  test("the gradient of a bias comes with that of the weight", () => {
    const [w, b] = [f32(24, 36), f32(36)];
    const y = gelu(add(matmul(x, w), b));
    const gradients = differentiate(sum(mul(y, y)), constantNode(1, "f32"), [w, b]);
    const labels = labelsOf(
      gradients.flatMap((node) => node ?? []),
      device,
    );
    expect(labels.at(-1)).toBe("matmul+(sum)");
    expect(labels).not.toContain("sum");
  });

  test("as columns of b or rows of a, however the operands are stored", () => {
    const columns = sum(dy, { axis: 0 });
    expect(labelsOf([matmul(transpose(x), dy), columns], device)).toEqual(["matmul+(sum)"]);
    expect(labelsOf([matmul(transpose(dy), x), columns], device)).toEqual(["matmul+(sum)"]);
  });

  test("a sum of something else stays by itself", () => {
    const product = matmul(transpose(x), dy);
    for (const other of [
      sum(dy, { axis: 1 }),
      sum(dy),
      sum(reshape(dy, [20, 72]), { axis: 0 }),
      sum(f32(40, 36), { axis: 0 }),
    ]) {
      expect(labelsOf([product, other], device)).toContain("sum");
    }
  });

  test("a sum that the product depends on, or that goes on into more work, stays by itself", () => {
    const columns = sum(dy, { axis: 0 });
    const product = matmul(transpose(add(x, sum(columns))), dy);
    expect(labelsOf([product, columns], device)).toContain("sum");
    expect(labelsOf([matmul(transpose(x), dy), gelu(columns)], device)).toContain("sum+gelu");
  });

  test("one product takes one sum, and each sum has one product", () => {
    const labels = labelsOf([
      matmul(transpose(x), dy),
      matmul(transpose(f32(40, 9)), dy),
      sum(dy, { axis: 0 }),
    ]);
    expect(labels.sort()).toEqual(["matmul", "matmul+(sum)"]);
  });
});

test("layer norm keeps what its weight's gradient needs", () => {
  const [x, w, b, dy] = [f32(64, 12), f32(12), f32(12), f32(64, 12)];
  const y = layerNorm(x, 12, { weight: w, bias: b });
  const [dx, dw, db] = differentiate(sum(mul(y, dy)), constantNode(1, "f32"), [x, w, b]);
  const labels = labelsOf([y, dx, dw, db].flatMap((node) => node ?? []));
  expect(labels).toContain("layerNorm+(normStatistics)");
  expect(labels).not.toContain("normStatistics");
  const other = layerNorm(x, 12, { weight: w, bias: b, eps: 1e-3 });
  expect(labelsOf([other, ...[dx, dw].flatMap((node) => node ?? [])])).toContain("normStatistics");
});

test("a norm's gradients share a kernel where rows are many and none takes long, residual sum and all", () => {
  const gradientsOf = (rows: number, { isShared = true } = {}) => {
    const [x, w, b, dy] = [f32(rows, 64), f32(64), f32(64), f32(rows, 64)];
    const y = add(layerNorm(x, 64, { weight: w, bias: b }), isShared ? x : 0);
    const gradients = differentiate(sum(mul(y, dy)), constantNode(1, "f32"), [x, w, b]);
    return labelsOf(
      gradients.flatMap((node) => node ?? []),
      gpuProfile,
    );
  };
  expect(gradientsOf(512)[0]).toBe("normInputGradient+add+(normWeightGradientSlabs)");
  expect(gradientsOf(512, { isShared: false })[0]).toBe("normInputGradient+(normWeightGradientSlabs)");
  expect(gradientsOf(32)).toContain("normInputGradient+add+(normWeightGradient)");
  for (const rows of [256, 100_000]) {
    expect(gradientsOf(rows).some((label) => label.includes("("))).toBe(false);
  }
  expect(gradientsOf(512)).toContain("sum");
});

test("but not with those of another norm of the same rows", () => {
  const [x, w, dy] = [f32(512, 64), f32(64), f32(512, 64)];
  const both = [1e-5, 1e-3].flatMap((eps) => {
    const y = layerNorm(x, 64, { weight: w, eps });
    const [dx, dw] = differentiate(sum(mul(y, dy)), constantNode(1, "f32"), [x, w]);
    return eps === 1e-5 ? [dx] : [dw];
  });
  const labels = labelsOf(
    both.flatMap((node) => node ?? []),
    gpuProfile,
  );
  expect(labels.some((label) => label.includes("("))).toBe(false);
});

test("a product in parts leaves the sum alone", () => {
  const [x, dy] = [f32(20_000, 12), f32(20_000, 12)];
  const labels = labelsOf([matmul(transpose(x), dy), sum(dy, { axis: 0 })]);
  expect(labels.some((label) => label.includes("(sum)"))).toBe(false);
});
