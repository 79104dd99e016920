// How batch norm and the work around it become dispatches, in training and in evaluation, and with f16 storage.

import { describe, expect, test } from "vitest";
import { differentiate } from "../../src/autodiff/differentiate.ts";
import { compileGraph } from "../../src/compile/compileGraph.ts";
import { makeGraph } from "../../src/graph/graph.ts";
import type { Node } from "../../src/graph/node.ts";
import { constantNode, inputNode } from "../../src/graph/source.ts";
import type { DeviceProfile } from "../../src/kernels/kernel.ts";
import {
  batchMoments,
  batchNorm,
  batchStatistics,
  binaryCrossEntropyWithLogits,
  conv2d,
  groupNorm,
  instanceNorm,
  leakyRelu,
  localResponseNorm,
  relu,
  reshape,
  runningMoments,
} from "../../src/ops/index.ts";
import { openDevice } from "../../src/runtime/openDevice.ts";
import { PipelineCache } from "../../src/runtime/pipelines.ts";
import { fallbackProfile, gpuProfile } from "../setup/deviceProfile.ts";
import { keepForever, openNodeGpu } from "../setup/nodeGpu.ts";

const f32 = (...shape: number[]) => inputNode(shape, "f32");

/** The kernel of each dispatch. */
function kernels(roots: readonly (Node | undefined)[], device: DeviceProfile): string[] {
  const outputs = roots.filter((node) => node !== undefined);
  expect(outputs.length, "every gradient is there").toBe(roots.length);
  const { dispatches } = compileGraph(makeGraph(outputs), device);
  return dispatches.map(({ label }) => label.replace(/^.*\/|#.*$/g, ""));
}

const trained = (x: Node, channels: number) =>
  batchNorm(x, { weight: f32(channels), bias: f32(channels), training: true });

describe("training", () => {
  test("is a measurement and one dispatch, activation included; moments come with it", () => {
    const x = f32(8, 32, 7, 7);
    const y = leakyRelu(trained(x, 32));
    const alone = ["batch_norm_statistics_planes", "batch_norm_apply_rows"];
    expect(kernels([y], gpuProfile)).toEqual(alone);
    expect(kernels([y, batchMoments(x)], gpuProfile)).toEqual([...alone, "elementwise_map"]);
    expect(kernels([y], fallbackProfile)).toEqual(["batch_norm_statistics_serial", "batch_norm_apply_rows"]);
    expect(kernels([relu(trained(f32(64, 32), 32))], gpuProfile)).toEqual([alone[0], "elementwise_map"]);
  });

  test("has one second stage where few channels are cut into slabs", () => {
    expect(kernels([trained(f32(64, 4, 64, 64), 4)], gpuProfile)).toEqual([
      "batch_norm_statistics_planes",
      "batch_norm_statistics_merge",
      "batch_norm_apply_rows",
    ]);
  });

  test.each([
    [gpuProfile, "tiled", "planes"],
    [fallbackProfile, "direct", "serial"],
  ] as const)(
    "backward is the sums and one dispatch; the activation's slope joins the convolution (%#)",
    (device, convolution, sums) => {
      const h = f32(16, 32, 8, 8);
      const [weight, bias] = [f32(32), f32(32)];
      const y = conv2d(leakyRelu(batchNorm(h, { weight, bias, training: true })), f32(32, 32, 3, 3));
      const all = kernels(differentiate(y, f32(...y.shape), [h, weight, bias]), device);
      expect(all.slice(0, 5)).toEqual([
        `batch_norm_statistics_${sums}`,
        "batch_norm_apply_rows",
        `conv2d_input_gradient_${convolution}`,
        `batch_norm_sums_${sums}`,
        "batch_norm_input_gradient_rows",
      ]);
      // What is left are copies of the two gradients, which stand in one buffer, into results of their own.
      expect(all.slice(5).every((kernel) => kernel === "elementwise_map")).toBe(true);
    },
  );

  test("running values are brought up to date by one dispatch", () => {
    const x = f32(8, 32, 7, 7);
    const running = f32(65);
    const statistics = batchStatistics(reshape(x, [8, 32, 49]), { eps: 1e-5 });
    const value = runningMoments(running, statistics, 0.1);
    const graph = makeGraph([trained(x, 32)], [{ target: running, value }]);
    expect(compileGraph(graph, gpuProfile).dispatches.length).toBe(3);
  });
});

describe("groups", () => {
  test("are a measurement and one dispatch, activation included, and stay parallel where they are long", () => {
    const options = { weight: f32(64), bias: f32(64) };
    expect(kernels([relu(groupNorm(f32(8, 64, 32, 32), 32, options))], gpuProfile)).toEqual([
      "batch_norm_statistics_planes",
      "batch_norm_apply_rows",
    ]);
    for (const device of [gpuProfile, fallbackProfile]) {
      const x = f32(1, 64, 16_384);
      const { dispatches } = compileGraph(makeGraph([groupNorm(x, 1, options)]), device);
      expect(dispatches.length).toBe(3);
      const [x0, y0, z0] = dispatches[0].workgroups;
      expect(x0 * y0 * z0).toBeGreaterThanOrEqual(device === gpuProfile ? 16 : 4);
    }
  });

  test("backward is the sums of channels, those of items and of groups, and one dispatch", () => {
    const x = f32(8, 64, 32, 32);
    const [weight, bias] = [f32(64), f32(64)];
    const y = groupNorm(x, 32, { weight, bias });
    const all = kernels([y, ...differentiate(y, f32(...y.shape), [x, weight, bias])], gpuProfile);
    expect(all.slice(0, 6).sort()).toEqual([
      "batch_norm_apply_rows",
      "batch_norm_input_gradient_rows",
      "batch_norm_statistics_planes",
      "batch_norm_sums_planes",
      "reduce_columns_serial",
      "reduce_rows_serial",
    ]);
    expect(all.slice(6).every((kernel) => kernel === "elementwise_map")).toBe(true);
  });

  test("of one channel need no sum of their own where there are no weights", () => {
    const x = f32(8, 64, 32, 32);
    const y = instanceNorm(x);
    expect(kernels(differentiate(y, f32(...y.shape), [x]), gpuProfile)).toEqual([
      "batch_norm_statistics_planes",
      "batch_norm_sums_planes",
      "batch_norm_input_gradient_rows",
    ]);
  });

  test("local response norm is its squares and a pooling", () => {
    const x = f32(2, 16, 8, 8);
    for (const size of [4, 5]) {
      const y = localResponseNorm(x, size);
      const forward = ["elementwise_map", "avg_pool2d_forward"];
      expect(kernels([y], gpuProfile)).toEqual(forward);
      const all = kernels([y, ...differentiate(y, f32(...y.shape), [x])], gpuProfile);
      expect(all).toEqual([...forward, "avg_pool2d_gradient"]);
    }
  });
});

describe("evaluation", () => {
  test("is part of the convolution before it", () => {
    for (const device of [gpuProfile, fallbackProfile]) {
      const h = conv2d(f32(8, 16, 8, 8), f32(32, 16, 3, 3), { bias: f32(32) });
      const options = { runningMean: f32(32), runningVar: f32(32), weight: f32(32), bias: f32(32) };
      expect(kernels([leakyRelu(batchNorm(h, options))], device).length).toBe(1);
    }
  });
});

test("binary cross-entropy is one dispatch before its mean, and its slope one", () => {
  const [x, target] = [f32(64), f32(64)];
  const loss = binaryCrossEntropyWithLogits(x, target);
  expect(kernels([loss], gpuProfile).length).toBe(1);
  expect(kernels(differentiate(loss, constantNode(1, "f32"), [x]), gpuProfile)).toEqual(["elementwise_map"]);
});

describe.each(["gpu", "fallback"] as const)("f16 storage, %s kernels", (kind) => {
  test.each([1, 9, 2000])("channels of %i neighbours", async (length) => {
    const gpu = await openNodeGpu("null");
    if (typeof gpu === "string") throw new Error(gpu);
    const { device, profile } = keepForever(await openDevice({ gpu, profile: kind }));
    const x = inputNode([30, 4, length], "f16");
    const [weight, bias] = [inputNode([4], "f16"), inputNode([4], "f16")];
    const results = [batchNorm(x, { weight, bias, training: true }), groupNorm(x, 2, { weight, bias })];
    const gradients = results.flatMap((y) => differentiate(y, inputNode(y.shape, "f16"), [x, weight, bias]));
    const known = [...results, ...gradients].filter((node) => node !== undefined);
    expect(known.map(({ dtype }) => dtype)).toEqual(new Array(8).fill("f16"));
    const plan = compileGraph(makeGraph(known), profile);
    expect(plan.shaders.some(({ wgsl }) => wgsl.startsWith("enable f16;"))).toBe(true);
    const pipelines = await new PipelineCache(device).make(plan.shaders);
    expect(pipelines.length).toBe(plan.shaders.length);
  });
});
