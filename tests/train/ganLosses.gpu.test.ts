// Penalties on the discriminator's slope: their values, and their gradients, which are second ones, as computed by one
// plan on the GPU, against the same graph in float64; and R1 against its formula, by differences.

import { afterAll, beforeAll, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import { type Engine, init } from "../../src/api/engine.ts";
import { gradients } from "../../src/api/grad.ts";
import { manualSeed } from "../../src/api/random.ts";
import { type Tensor, tensor } from "../../src/api/tensor.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import { GanMlp } from "../../src/models/ganMlp.ts";
import { gradientPenalty, r1Penalty } from "../../src/train/ganLosses.ts";
import { allowedError } from "../setup/tolerances.ts";

let engine: Engine;

beforeAll(async () => {
  engine = await init();
});

afterAll(() => engine.destroy());

const SEED = 11;
const COUNT = 24;

function points(phase: number): Float32Array {
  return Float32Array.from({ length: 2 * COUNT }, (_, i) => 0.8 * Math.sin(3.7 * i + phase));
}

/** The penalty and its gradients by the parameters, from one plan on the GPU and in float64. */
async function bothWays(penalty: "gradientPenalty" | "r1", activation: "tanh" | "leakyRelu") {
  manualSeed(SEED);
  const model = new GanMlp({ inputs: 2, outputs: 1, hidden: [16, 16], activation });
  const parameters = [...model.namedParameters()];
  const step = compile((real: Tensor, fake: Tensor) => {
    const score = (x: Tensor) => model.forward(x);
    const value = penalty === "r1" ? r1Penalty(score, real) : gradientPenalty(score, real, fake);
    // The last bias moves no slope.
    const rest = parameters.slice(0, -1).map(([, parameter]) => parameter);
    return [value, ...gradients(value, rest, { allowUnused: true })];
  });
  const [real, fake] = [points(0.3), points(1.9)];
  const values = new Map<string, ArrayLike<number>>([
    ["argument 0", real],
    ["argument 1", fake],
    ["random seed", [SEED]],
    ["random step", [0]],
  ]);
  for (const [name, parameter] of parameters) values.set(name, await parameter.data());
  const results = step(tensor(real, [COUNT, 2]), tensor(fake, [COUNT, 2]));
  const onGpu = await Promise.all(results.map(async (result) => [...(await result.data())]));
  const [{ graph, plan }] = step.inspect();
  const names = new Map(parameters.map(([name, parameter]) => [parameter.currentNode, name]));
  const feeds = graph.inputs.map((node) => {
    const data = values.get(names.get(node) ?? node.origin ?? "");
    if (data === undefined) throw new Error(`nothing is known of the input ${node.origin}`);
    return [node, { shape: node.shape, data: Float64Array.from(data) }] as const;
  });
  const found = evaluate(graph, new Map(feeds));
  const inFloat64 = graph.outputs.map((node) => [...(found.get(node)?.data ?? [])]);
  return { onGpu, inFloat64, plan, values, parameters };
}

const cases = (["gradientPenalty", "r1"] as const).flatMap((penalty) =>
  (["tanh", "leakyRelu"] as const).map((activation) => ({ penalty, activation })),
);

test.each(cases)("$penalty of a network with $activation", async ({ penalty, activation }) => {
  const { onGpu, inFloat64, plan } = await bothWays(penalty, activation);
  expect(plan.submits.length).toBe(1);
  expect(onGpu.length).toBe(6);
  expect(inFloat64[0][0]).toBeGreaterThan(0);
  onGpu.forEach((list, index) => {
    const largest = Math.max(...inFloat64[index].map(Math.abs));
    list.forEach((value, place) => {
      // The sums of a gradient cancel: its bar is that of its largest element. Gradients get four times the bar.
      const comparison = { expected: largest, input: 0, magnitude: 0 };
      const bar = (index === 0 ? 1 : 4) * allowedError({ family: "normalised" }, comparison);
      const title = `result ${index}[${place}]: ${value}, expected ${inFloat64[index][place]}`;
      expect(Math.abs(value - inFloat64[index][place]), title).toBeLessThanOrEqual(bar);
    });
  });
  // Some weight of every layer feels the penalty.
  for (const index of [1, 3, 5]) expect(inFloat64[index].some((value) => Math.abs(value) > 1e-4)).toBe(true);
});

test("R1 is half the weight times the mean squared slope", async () => {
  const { inFloat64, values } = await bothWays("r1", "tanh");
  const of = (name: string) => Array.from(values.get(name) ?? []);
  const layer = (x: readonly number[], index: number) => {
    const weight = of(`layers.${index}.weight`);
    return of(`layers.${index}.bias`).map((bias, row) =>
      x.reduce((sum, one, i) => sum + one * weight[row * x.length + i], bias),
    );
  };
  const score = (x: number, y: number) =>
    layer(layer(layer([x, y], 0).map(Math.tanh), 1).map(Math.tanh), 2)[0];
  const real = of("argument 0");
  let total = 0;
  for (let i = 0; i < real.length; i += 2) {
    const [x, y, h] = [real[i], real[i + 1], 1e-5];
    const dx = (score(x + h, y) - score(x - h, y)) / (2 * h);
    const dy = (score(x, y + h) - score(x, y - h)) / (2 * h);
    total += dx * dx + dy * dy;
  }
  const expected = (5 * total) / COUNT;
  expect(Math.abs(inFloat64[0][0] - expected)).toBeLessThan(1e-6 * expected);
});
