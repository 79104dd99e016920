// f16 storage: every kernel's shader, with its seam filled for f16 and for fused work, compiles on a device that has
// f16. No value is computed: the null backend runs nothing, and the software adapter of the tests lacks f16.

import { describe, expect, test } from "vitest";
import { differentiate } from "../../src/autodiff/differentiate.ts";
import { compileGraph } from "../../src/compile/compileGraph.ts";
import { makeGraph } from "../../src/graph/graph.ts";
import type { Node } from "../../src/graph/node.ts";
import { inputNode } from "../../src/graph/source.ts";
import {
  add,
  avgPool2d,
  concat,
  conv2d,
  crossEntropy,
  exp,
  gelu,
  matmul,
  max,
  maxPool2d,
  mean,
  mul,
  relu,
  scaledDotProductAttention,
  slice,
  softmax,
  sum,
  transpose,
} from "../../src/ops/index.ts";
import { openDevice } from "../../src/runtime/openDevice.ts";
import { PipelineCache } from "../../src/runtime/pipelines.ts";
import { keepForever, openNodeGpu } from "../setup/nodeGpu.ts";

const f16 = (...shape: number[]) => inputNode(shape, "f16");

/** Graphs that between them use the kernels, each with the gradients of its inputs. */
const graphs: Record<string, () => { y: Node; wrt: Node[] }> = {
  "a fused chain": () => {
    const x = f16(5, 8);
    return { y: exp(add(mul(x, f16(8)), 1)), wrt: [x] };
  },
  "large matrices": () => matrices(128, 96, 64),
  "odd matrices": () => matrices(33, 7, 65),
  "a long product": () => matrices(4, 4096, 4),
  "a vector": () => matrices(1, 512, 300),
  "convolutions and pooling": () => {
    const x = f16(2, 16, 12, 12);
    const w = f16(32, 16, 3, 3);
    const y = relu(add(conv2d(x, w, { padding: 1 }), f16(1, 32, 1, 1)));
    return { y: add(mean(maxPool2d(y, 2)), sum(avgPool2d(y, 3, { stride: 2 }))), wrt: [x, w] };
  },
  "a depthwise convolution": () => {
    const x = f16(1, 6, 9, 9);
    const w = f16(6, 1, 3, 3);
    return { y: conv2d(x, w, { groups: 6, stride: 2 }), wrt: [x, w] };
  },
  "reductions, softmax and loss": () => {
    const x = f16(16, 40);
    const y = mul(softmax(x), max(x, { axis: 1, keepDims: true }));
    return { y: add(crossEntropy(y, inputNode([16], "i32")), sum(gelu(x))), wrt: [x] };
  },
  "attention, with a mask": () => attention(16, f16(2, 1, 9, 11)),
  "attention with wide heads": () => attention(40, inputNode([9, 11], "bool")),
  "joined slices": () => {
    const x = f16(6, 8);
    return { y: concat([slice(x, { starts: [1], steps: [2] }), transpose(f16(8, 3))]), wrt: [x] };
  },
};

function attention(width: number, mask: Node) {
  const q = f16(2, 4, 9, width);
  const k = f16(2, 2, 11, width);
  const v = f16(2, 2, 11, width);
  return { y: scaledDotProductAttention(q, k, v, { mask }), wrt: [q, k, v] };
}

function matrices(m: number, k: number, n: number) {
  const a = f16(m, k);
  const b = f16(k, n);
  return { y: relu(add(matmul(a, b), f16(n))), wrt: [a, b] };
}

describe.each(["gpu", "fallback"] as const)("f16 storage, %s kernels", (kind) => {
  test.each(Object.entries(graphs))("%s", async (_name, build) => {
    const gpu = await openNodeGpu("null");
    if (typeof gpu === "string") throw new Error(gpu);
    const { device, profile } = keepForever(await openDevice({ gpu, profile: kind }));
    expect(profile.hasF16).toBe(true);
    const { y, wrt } = build();
    const found = differentiate(y, inputNode(y.shape, "f32"), wrt);
    const gradients = found.filter((node): node is Node => node !== undefined);
    expect(gradients.length).toBe(wrt.length);
    const plan = compileGraph(makeGraph([y, ...gradients]), profile);
    expect(plan.shaders.some(({ wgsl }) => wgsl.startsWith("enable f16;"))).toBe(true);
    const pipelines = await new PipelineCache(device).make(plan.shaders);
    expect(pipelines.length).toBe(plan.shaders.length);
  });
});

test("a fault in a shader is shown with its line and a caret", async () => {
  const gpu = await openNodeGpu("null");
  if (typeof gpu === "string") throw new Error(gpu);
  const { device } = keepForever(await openDevice({ gpu }));
  const wgsl = "@compute @workgroup_size(1)\nfn main() {\n  let x: i32 = 1.5;\n}\n";
  const faulty = { label: "faulty", wgsl, constants: {}, bindings: [] };
  await expect(new PipelineCache(device).make([faulty])).rejects.toMatchObject({
    reason: "shader",
    message: expect.stringMatching(/^faulty: line 3: .*\n {2} {2}let x: i32 = 1\.5;\n +\^$/),
  });
});
