// What attention and a transformer's training step become: how many dispatches, in how many submits, and how much
// memory. Nothing is run: the null backend of the npm package `webgpu` lends a device to hold the model.

import { beforeAll, describe, expect, test } from "vitest";
import { differentiate } from "../../src/autodiff/differentiate.ts";
import { compileGraph } from "../../src/compile/compileGraph.ts";
import { type Plan, printPlan } from "../../src/compile/plan.ts";
import { type Graph, makeGraph } from "../../src/graph/graph.ts";
import type { Node } from "../../src/graph/node.ts";
import { inputNode } from "../../src/graph/source.ts";
import { compile, init, models, optim, type Tensor, tensor } from "../../src/index.ts";
import { permute, scaledDotProductAttention } from "../../src/ops/index.ts";
import { fallbackProfile, gpuProfile } from "../setup/deviceProfile.ts";
import { keepForever, openNodeGpu } from "../setup/nodeGpu.ts";

const profiles = [
  ["gpu", gpuProfile],
  ["fallback", fallbackProfile],
] as const;

/** Bytes that a plan takes beside its inputs and results. */
function ownBytes({ buffers, outputs, ownBytes: all }: Plan): number {
  const results = new Set(outputs.map(({ buffer }) => buffer));
  return [...results].reduce(
    (rest, index) => (buffers[index].input === undefined ? rest - buffers[index].sizeBytes : rest),
    all,
  );
}

describe.each(profiles)("attention over 1024 tokens, forward and backward, %s kernels", (_, device) => {
  const sizes = { batch: 4, heads: 8, tokens: 1024, width: 64 };
  const wanted = 100e6; // A matrix of scores is 134 MB.

  /** Results o, dq, dk, dv for q, k, v, dO [batch, heads, tokens, width]; each `asGiven` of what the caller holds. */
  function planOf(shape: readonly number[], asGiven: (x: Node) => Node, withOutput: boolean): Plan {
    const given = Array.from({ length: 4 }, () => inputNode(shape, "f32"));
    const [q, k, v] = given.map(asGiven);
    const o = asGiven(scaledDotProductAttention(q, k, v, { causal: true }));
    const gradients = differentiate(o, given[3], given.slice(0, 3)).filter((node) => node !== undefined);
    expect(gradients).toHaveLength(3);
    return compileGraph(makeGraph(withOutput ? [o, ...gradients] : gradients), device);
  }

  test("on what projections write, heads behind tokens: 3 dispatches, and each gradient brought into that order", () => {
    const { batch, heads, tokens, width } = sizes;
    const swapped = (x: Node) => permute(x, [0, 2, 1, 3]);
    const plan = planOf([batch, tokens, heads, width], swapped, false);
    expect(plan.dispatches.length, printPlan(plan)).toBeLessThanOrEqual(5);
    expect(ownBytes(plan)).toBeLessThan(wanted);
  });

  test("on heads before tokens: 3 dispatches, and nothing is copied", () => {
    const { batch, heads, tokens, width } = sizes;
    const plan = planOf([batch, heads, tokens, width], (x) => x, true);
    expect(plan.outputs.map(({ shape }) => shape)).toEqual(new Array(4).fill([batch, heads, tokens, width]));
    expect(plan.dispatches.length, printPlan(plan)).toBe(3);
    expect(ownBytes(plan)).toBeLessThan(wanted);
  });
});

describe("a training step of a GPT: 2 layers, 64 wide, 16 texts of 64 tokens, AdamW with clipping", () => {
  const config = { vocabularySize: 65, context: 64, layers: 2, heads: 4, width: 64 };
  const shape = [16, config.context];
  let graph: Graph;

  beforeAll(async () => {
    const gpu = await openNodeGpu("null");
    if (typeof gpu === "string") throw new Error(gpu);
    keepForever(await init({ gpu }));
    const model = new models.Gpt(config);
    const parameters = optim.decayMatricesOnly(model.parameters(), 0.1);
    const optimizer = new optim.AdamW(parameters, { lr: 3e-3, betas: [0.9, 0.95], maxGradNorm: 1 });
    const step = compile((tokens: Tensor, targets: Tensor) => {
      const loss = model.loss(tokens, targets);
      optimizer.step(loss);
      return loss;
    });
    const [tokens, targets] = [0, 1].map(() => tensor(new Int32Array(shape[0] * shape[1]), shape));
    await step.prepare(tokens, targets);
    [{ graph }] = step.inspect();
  });

  test.each(profiles)("is one submit of few dispatches, %s kernels", (_, device) => {
    const plan = compileGraph(graph, device);
    expect(plan.submits, printPlan(plan)).toEqual([0]);
    expect(plan.dispatches.length, printPlan(plan)).toBeLessThanOrEqual(60);
  });
});
