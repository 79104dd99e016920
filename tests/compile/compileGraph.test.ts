// What compilation makes of small graphs: printed plans, and the counts that speed rests on.

import { describe, expect, test } from "vitest";
import { differentiate } from "../../src/autodiff/differentiate.ts";
import { compileGraph } from "../../src/compile/compileGraph.ts";
import { printPlan } from "../../src/compile/plan.ts";
import { makeGraph, printGraph } from "../../src/graph/graph.ts";
import { constantNode, inputNode } from "../../src/graph/source.ts";
import { add, conv2d, exp, matmul, maxPool2d, mul, relu, reshape, softmax, sum, transpose } from "../../src/ops/index.ts";
import { fallbackProfile, gpuProfile } from "../setup/deviceProfile.ts";

const f32 = (...shape: number[]) => inputNode(shape, "f32");

describe("fusion", () => {
  test("a chain is one dispatch, and numbers travel as data", () => {
    const x = f32(4, 8);
    const plan = compileGraph(makeGraph([exp(add(mul(x, 2), 1))]), gpuProfile);
    expect(printPlan(plan)).toMatchInlineSnapshot();
    expect(plan.shaders[0].wgsl).not.toMatch(/\b2\.0\b|\* 2\b/);
  });

  test("another batch size makes the same shader", () => {
    const wgslFor = (rows: number) => {
      const x = f32(rows, 8);
      const y = add(mul(x, f32(8)), 1);
      return compileGraph(makeGraph([y]), gpuProfile).shaders[0].wgsl;
    };
    expect(wgslFor(4)).toBe(wgslFor(12));
  });

  test("bias and activation join the kernel before them", () => {
    const y = relu(add(matmul(f32(16, 8), transpose(f32(32, 8))), f32(32)));
    expect(printPlan(compileGraph(makeGraph([y]), gpuProfile))).toMatchInlineSnapshot();
  });

  test("elementwise work before a sum joins its loads", () => {
    const plan = compileGraph(makeGraph([sum(mul(f32(8, 16), f32(8, 16)), { axis: 1 })]), gpuProfile);
    expect(plan.dispatches.map(({ label }) => label)).toMatchInlineSnapshot();
  });

  test("a value that is read at another index is not fused", () => {
    const x = f32(8, 8);
    const y = exp(x);
    const plan = compileGraph(makeGraph([add(y, transpose(y))]), gpuProfile);
    expect(plan.dispatches.length).toBe(2);
  });

  test("no group binds more buffers than the device allows", () => {
    const inputs = Array.from({ length: 20 }, () => f32(64));
    const total = inputs.reduce((a, b) => add(a, exp(b)));
    for (const maxStorageBuffers of [4, 8]) {
      const plan = compileGraph(makeGraph([total]), { ...gpuProfile, maxStorageBuffers });
      for (const shader of plan.shaders) {
        expect(shader.bindings.filter((kind) => kind !== "uniform").length).toBeLessThanOrEqual(maxStorageBuffers);
      }
    }
  });
});

describe("simplification", () => {
  test("equal nodes are computed once, unused ones not at all", () => {
    const x = f32(4, 6);
    softmax(mul(x, 3));
    const y = add(softmax(x), softmax(x));
    const plan = compileGraph(makeGraph([y]), gpuProfile);
    expect(plan.dispatches.length).toBe(1);
  });

  test("constants are folded", () => {
    const two = constantNode(2, "f32");
    const y = mul(f32(4), add(exp(constantNode(0, "f32")), two));
    const plan = compileGraph(makeGraph([y]), gpuProfile);
    expect(plan.dispatches.length).toBe(1);
    expect(new DataView(plan.uniforms.buffer).getFloat32(256, true)).toBe(3);
  });

  test("views cost nothing", () => {
    const x = f32(4, 6);
    const y = exp(reshape(transpose(reshape(x, [6, 4])), [24]));
    expect(compileGraph(makeGraph([y]), gpuProfile).dispatches.length).toBe(1);
  });

  test("a transposed operand is read as it stands", () => {
    const y = matmul(f32(64, 48), transpose(f32(32, 48)));
    const plan = compileGraph(makeGraph([y]), gpuProfile);
    expect(plan.dispatches.length).toBe(1);
    expect(plan.shaders[0].wgsl).not.toContain("address0");
  });
});

describe("updates", () => {
  test("are written in place, after every reader of the old value", () => {
    const w = inputNode([4, 4], "f32", "w");
    const x = f32(2, 4);
    const y = matmul(x, w);
    const [dw] = differentiate(y, f32(2, 4), [w]);
    if (dw === undefined) throw new Error("no gradient");
    const graph = makeGraph([sum(y)], [{ target: w, value: add(w, mul(dw, -0.1)) }]);
    expect(printGraph(graph)).toMatchInlineSnapshot();
    expect(printPlan(compileGraph(graph, fallbackProfile))).toMatchInlineSnapshot();
  });

  test("a swap goes through a copy", () => {
    const a = f32(8);
    const b = f32(8);
    const graph = makeGraph([], [{ target: a, value: b }, { target: b, value: a }]);
    expect(printPlan(compileGraph(graph, gpuProfile))).toMatchInlineSnapshot();
  });

  test("an update that reads its target across elements goes through a copy", () => {
    const w = f32(4, 4);
    const plan = compileGraph(makeGraph([], [{ target: w, value: add(w, transpose(w)) }]), gpuProfile);
    expect(plan.dispatches.length).toBe(2);
  });
});

describe("recomputing", () => {
  test("a backward pass keeps no mask: it reads what the forward pass kept", () => {
    const x = f32(2, 1, 8, 8);
    const w = inputNode([4, 1, 3, 3], "f32", "w");
    const y = relu(conv2d(x, w));
    const pooled = maxPool2d(y, 2);
    const [dw] = differentiate(pooled, f32(2, 4, 3, 3), [w]);
    if (dw === undefined) throw new Error("no gradient");
    const plan = compileGraph(makeGraph([sum(pooled), dw]), fallbackProfile);
    const [convolution] = plan.dispatches;
    const written = plan.shaders[convolution.shader].bindings.filter((kind) => kind === "read_write");
    expect(written.length).toBe(1);
  });
});
