// What the head of a GPT-2 becomes: a plan that never holds more than one chunk of its logits, without a GPU.

import { describe, expect, test } from "vitest";
import { differentiate } from "../../src/autodiff/differentiate.ts";
import { compileGraph } from "../../src/compile/compileGraph.ts";
import type { Plan } from "../../src/compile/plan.ts";
import { makeGraph } from "../../src/graph/graph.ts";
import { constantNode, inputNode } from "../../src/graph/source.ts";
import type { DeviceProfile } from "../../src/kernels/kernel.ts";
import { linearCrossEntropy } from "../../src/ops/index.ts";
import { type HeadSizes, headChunk } from "../../src/ops/linearCrossEntropyChunks.ts";
import { fallbackProfile, gpuProfile } from "../setup/deviceProfile.ts";

const MIB = 2 ** 20;
const gpt2: HeadSizes = { rows: 1024, classes: 50257, dim: 768 };

/** The plan of a loss, and of both gradients where they are wanted. */
function planOf({ rows, classes, dim }: HeadSizes, device: DeviceProfile, withGradients = true): Plan {
  const x = inputNode([rows, dim], "f32");
  const weight = inputNode([classes, dim], "f32");
  const loss = linearCrossEntropy(x, weight, inputNode([rows], "i32"));
  const gradients = withGradients ? differentiate(loss, constantNode(1, "f32"), [x, weight]) : [];
  return compileGraph(makeGraph([loss, ...gradients.filter((node) => node !== undefined)]), device);
}

/** What a dispatch computes, without its number. */
function labelsOf(plan: Plan): string[] {
  return plan.dispatches.map(({ label, shape }) => `${label.replace(/#\d+/, "")} [${shape.join(", ")}]`);
}

describe.each([
  ["gpu", gpuProfile],
  ["fallback", fallbackProfile],
] as const)("GPT-2's head, %s kernels", (_, device) => {
  const weightBytes = 4 * gpt2.classes * gpt2.dim;
  const plan = planOf(gpt2, device);

  test("no value but the weight and its gradient passes 128 MiB", () => {
    const large = plan.dispatches.flatMap(({ bindings }) =>
      bindings.filter((binding) => "buffer" in binding && binding.sizeBytes > 128 * MIB),
    );
    const sizes = new Set(large.map(({ sizeBytes }) => sizeBytes));
    // The gradients of both stand in one buffer.
    const both = weightBytes + 4 * gpt2.rows * gpt2.dim;
    expect([...sizes].sort()).toEqual([weightBytes, both].sort());
  });

  test("beside the results there is one chunk of logits, and little more", () => {
    const results = plan.outputs.reduce((total, { buffer }) => total + plan.buffers[buffer].sizeBytes, 0);
    const chunk = headChunk(gpt2, undefined, device) ?? expect.fail("no chunks");
    const chunkBytes = 4 * chunk.rows * chunk.classes;
    expect(chunkBytes).toBeLessThanOrEqual(32 * MIB);
    // The gradients are computed side by side, and then copied out as two results.
    const gradients = weightBytes + 4 * gpt2.rows * gpt2.dim;
    const products = 8 * 4 * gpt2.rows * gpt2.dim;
    expect(plan.ownBytes - results).toBeLessThanOrEqual(gradients + chunkBytes + products + MIB);
  });

  test("each chunk is computed once forward and once backward", () => {
    const flops = plan.dispatches
      .filter(({ label }) => label.includes("matmul"))
      .reduce((total, dispatch) => total + dispatch.flops, 0);
    expect(flops).toBe(4 * 2 * gpt2.rows * gpt2.classes * gpt2.dim);
  });
});

test("the dispatches of a head in chunks", () => {
  expect(labelsOf(planOf({ rows: 1024, classes: 20000, dim: 64 }, gpuProfile))).toMatchInlineSnapshot(`
    [
      "matmul/matmul_tiled64 [1, 1024, 6720]",
      "crossEntropyState/cross_entropy_state_rows [3, 1024]",
      "matmul/matmul_tiled64 [1, 1024, 6720]",
      "crossEntropyState/cross_entropy_state_rows [3, 1024]",
      "matmul/matmul_tiled64 [1, 1024, 6560]",
      "crossEntropyState/cross_entropy_state_rows [3, 1024]",
      "notEqual+cast+sum+div/reduce_rows []",
      "sub+log+add+notEqual+where+sum+div/reduce_rows []",
      "matmul+crossEntropySlope/matmul_tiled64 [6720, 1024]",
      "matmul/matmul_tiled32 [1, 1024, 64]",
      "matmul/matmul_tiled64 [1, 6720, 64]",
      "matmul+crossEntropySlope/matmul_tiled64 [6720, 1024]",
      "matmul/matmul_tiled32 [1, 1024, 64]",
      "matmul/matmul_tiled64 [1, 6720, 64]",
      "matmul+crossEntropySlope/matmul_tiled64 [6560, 1024]",
      "matmul/matmul_tiled32 [1, 1024, 64]",
      "matmul/matmul_tiled64 [1, 6560, 64]",
      "sum/reduce_columns_serial [1, 65536]",
      "copy/elementwise_map [1024, 64]",
    ]
  `);
});

test("a small vocabulary is a product and a cross-entropy, whose logits are kept", () => {
  expect(labelsOf(planOf({ rows: 1024, classes: 512, dim: 64 }, gpuProfile))).toMatchInlineSnapshot(`
    [
      "matmul/matmul_tiled64 [1, 1024, 512]",
      "crossEntropy/cross_entropy_rows [1024]",
      "notEqual+cast+sum+div/reduce_rows []",
      "sum+div/reduce_rows []",
      "crossEntropyGradient/cross_entropy_gradient_rows [1024, 512]",
      "matmul/matmul_tiled32 [1, 1024, 64]",
      "matmul/matmul_tiled32 [1, 512, 64]",
    ]
  `);
});

test("the loss alone of a large vocabulary", () => {
  const plan = planOf(gpt2, gpuProfile, false);
  expect(plan.ownBytes).toBeLessThanOrEqual(33 * MIB);
});

describe("chunks", () => {
  const kept = (sizes: HeadSizes) => headChunk(sizes, undefined, gpuProfile);

  test("none where all logits fit", () => {
    expect(kept({ rows: 4096, classes: 512, dim: 256 })).toBeUndefined();
    expect(kept({ rows: 256, classes: 50257, dim: 64 })).toBeUndefined();
    expect(kept({ rows: 0, classes: 50257, dim: 768 })).toBeUndefined();
  });

  test("of classes first, then of rows", () => {
    expect(kept(gpt2)).toEqual({ rows: 1024, classes: 7232 });
    expect(kept({ ...gpt2, rows: 4096 })).toEqual({ rows: 4096, classes: 2048 });
    expect(kept({ ...gpt2, rows: 65536 })).toEqual({ rows: 8192, classes: 1024 });
  });

  test("also where the weight is bound in parts only because it is large", () => {
    const chunk = kept({ rows: 8, classes: 50257, dim: 768 });
    expect(chunk).toEqual({ rows: 8, classes: 25152 });
  });

  test("no more than a device can bind", () => {
    const small = { ...gpuProfile, maxBindingBytes: MIB };
    for (const sizes of [
      gpt2,
      { rows: 1, classes: 50257, dim: 4096 },
      { rows: 70000, classes: 300, dim: 9 },
    ]) {
      const chunk = headChunk(sizes, undefined, small) ?? expect.fail("no chunks");
      expect(4 * chunk.rows * chunk.classes).toBeLessThanOrEqual(MIB);
      expect(4 * sizes.dim * Math.max(chunk.rows, chunk.classes)).toBeLessThanOrEqual(MIB);
    }
  });
});
