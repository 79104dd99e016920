// How norms and the work around them become dispatches: residual sums, biases, activations and gradients, and f16.

import { describe, expect, test } from "vitest";
import { differentiate } from "../../src/autodiff/differentiate.ts";
import { compileGraph } from "../../src/compile/compileGraph.ts";
import { makeGraph } from "../../src/graph/graph.ts";
import type { Node } from "../../src/graph/node.ts";
import { inputNode } from "../../src/graph/source.ts";
import type { DeviceProfile } from "../../src/kernels/kernel.ts";
import { add, gelu, layerNorm, matmul, rmsNorm, transpose } from "../../src/ops/index.ts";
import { openDevice } from "../../src/runtime/openDevice.ts";
import { PipelineCache } from "../../src/runtime/pipelines.ts";
import { fallbackProfile, gpuProfile } from "../setup/deviceProfile.ts";
import { keepForever, openNodeGpu } from "../setup/nodeGpu.ts";

const f32 = (...shape: number[]) => inputNode(shape, "f32");

function linear(x: Node, outputs: number): Node {
  const inputs = x.shape[x.shape.length - 1];
  return add(matmul(x, transpose(f32(outputs, inputs))), f32(outputs));
}

/** What each dispatch of a graph is called, without its number. */
function labels(roots: readonly (Node | undefined)[], device: DeviceProfile): string[] {
  const outputs = roots.filter((node) => node !== undefined);
  expect(outputs.length, "every gradient is there").toBe(roots.length);
  return compileGraph(makeGraph(outputs), device).dispatches.map(({ label }) => label.replace(/#\d+.*/, ""));
}

describe("before a norm", () => {
  test("the residual sum is part of the projection's dispatch, which writes it once for all who read it", () => {
    const residual = f32(2, 64, 32);
    const x = add(residual, linear(f32(2, 64, 48), 32));
    const y = add(x, linear(layerNorm(x, 32, { weight: f32(32), bias: f32(32) }), 32));
    expect(labels([y], gpuProfile)).toEqual([
      "matmul+add+add/matmul_tiled32",
      "layerNorm/norm_rows_serial",
      "matmul+add+add/matmul_tiled32",
    ]);
  });
});

describe("a norm", () => {
  test("takes the elementwise work after it along", () => {
    const y = gelu(add(rmsNorm(f32(8, 64), 64, { weight: f32(64) }), 1));
    expect(labels([y], gpuProfile).length).toBe(1);
  });

  test.each([
    [
      gpuProfile,
      256,
      ["normInputGradient/norm_input_gradient_rows", "normWeightGradient/norm_weight_gradient_slabs"],
    ],
    [
      gpuProfile,
      512,
      ["normInputGradient+(normWeightGradientSlabs)/norm_input_gradient_slabs", "sum/reduce_columns_serial"],
    ],
    [
      gpuProfile,
      8192,
      [
        "normInputGradient/norm_input_gradient_rows",
        "normWeightGradientSlabs/norm_weight_gradient_slabs",
        "sum/reduce_columns",
      ],
    ],
    [
      fallbackProfile,
      512,
      [
        "normInputGradient/norm_input_gradient_rows_serial",
        "normStatistics/norm_statistics_serial",
        "normWeightGradientMeasured/norm_weight_gradient_serial",
      ],
    ],
  ] as const)("has one gradient for its input and one for its parameters (%#)", (device, rows, expected) => {
    const x = f32(rows, 64);
    const [weight, bias] = [f32(64), f32(64)];
    const y = layerNorm(x, 64, { weight, bias });
    const [dx, dw, db] = differentiate(y, f32(rows, 64), [x, weight, bias]);
    const own = labels([dx, dw, db], device).filter((label) => !label.startsWith("copy/"));
    expect(own.sort()).toEqual(expected);
  });

  test("adds the residual's gradient while it writes its own", () => {
    const x = f32(128, 64);
    const weight = f32(64);
    const y = add(x, layerNorm(x, 64, { weight }));
    const [dx] = differentiate(y, f32(128, 64), [x]);
    expect(labels([dx], gpuProfile)).toEqual(["normInputGradient+add/norm_input_gradient_rows"]);
  });

  test("without a weight and a bias reads no buffer for them", () => {
    const plan = compileGraph(makeGraph([layerNorm(f32(8, 64), 64)]), gpuProfile);
    expect(plan.shaders.map(({ bindings }) => bindings)).toEqual([
      ["uniform", "read", "read_write", "uniform"],
    ]);
  });
});

describe.each(["none", "tanh"] as const)("gelu, approximate %s", (approximate) => {
  test("is one dispatch with the product and the bias before it", () => {
    for (const device of [gpuProfile, fallbackProfile]) {
      expect(labels([gelu(linear(f32(32, 16), 64), { approximate })], device).length).toBe(1);
    }
  });

  test("takes no dispatch of its own in the backward pass", () => {
    const x = f32(32, 16);
    const w = f32(64, 16);
    const hidden = gelu(add(matmul(x, transpose(w)), f32(64)), { approximate });
    const y = linear(hidden, 16);
    const [dx] = differentiate(y, f32(32, 16), [x]);
    const all = labels([y, dx], fallbackProfile);
    expect(all.map((label) => label.split("/")[1])).toEqual(new Array(4).fill("matmul_registers"));
  });
});

describe.each(["gpu", "fallback"] as const)("f16 storage, %s kernels", (kind) => {
  test.each([20, 64, 2000])("norms of %i columns", async (cols) => {
    const gpu = await openNodeGpu("null");
    if (typeof gpu === "string") throw new Error(gpu);
    const { device, profile } = keepForever(await openDevice({ gpu, profile: kind }));
    const x = inputNode([300, cols], "f16");
    const weight = inputNode([cols], "f16");
    const bias = inputNode([cols], "f16");
    const y = add(layerNorm(x, cols, { weight, bias }), rmsNorm(x, cols, { weight }));
    const gradients = differentiate(y, inputNode(y.shape, "f32"), [x, weight, bias]);
    const known = gradients.filter((node) => node !== undefined);
    expect(known.map(({ dtype }) => dtype)).toEqual(["f16", "f16", "f16"]);
    const plan = compileGraph(makeGraph([y, ...known]), profile);
    expect(plan.shaders.some(({ wgsl }) => wgsl.startsWith("enable f16;"))).toBe(true);
    const pipelines = await new PipelineCache(device).make(plan.shaders);
    expect(pipelines.length).toBe(plan.shaders.length);
  });
});
