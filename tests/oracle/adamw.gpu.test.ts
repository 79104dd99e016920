// Ten steps of AdamW with and without clipping, on a small network, against PyTorch's in float64.

import { afterAll, beforeAll, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import type { Engine } from "../../src/api/engine.ts";
import { gradients } from "../../src/api/grad.ts";
import { type Tensor, tensor } from "../../src/api/tensor.ts";
import * as nn from "../../src/nn/nn.ts";
import { crossEntropy } from "../../src/ops/index.ts";
import * as optim from "../../src/optim/optim.ts";
import { initShared } from "../setup/sharedDevice.ts";
import { backward, expectStored, type Fixture, forward, loadFixture } from "./fixture.ts";
import { hashIntegers, hashNumbers } from "./hashNumbers.ts";
import fixtureFacts from "./modules.json";

let engine: Engine;
let fixture: Fixture;

beforeAll(async () => {
  engine = await initShared();
  fixture = await loadFixture("modules");
});

afterAll(() => engine.destroy());

const cases = fixtureFacts.cases.filter(({ module }) => module === "AdamW");

test("there are three cases", () => {
  expect(cases.map(({ name }) => name)).toEqual([
    "as it is by default",
    "clipped, with decay",
    "clipped now and then",
  ]);
});

test.each(cases)("$name", async ({ seed, steps = 0, batch = 0, betas, ...options }) => {
  const model = new nn.Sequential(new nn.Linear(8, 16), new nn.GELU(), new nn.Linear(16, 4));
  loadHashState(model, seed);
  const [first, second] = betas ?? [];
  const optimizer = new optim.AdamW(model.parameters(), { ...options, betas: [first, second] });
  const step = compile((x: Tensor, classes: Tensor) => {
    const loss = crossEntropy(model.forward(x), classes);
    const { norm } = optim.clipGradNorm(gradients(loss, model.parameters()), 1);
    optimizer.step(loss);
    return { loss, norm };
  });
  const losses: number[] = [];
  const norms: number[] = [];
  for (let count = 0; count < steps; count++) {
    const x = tensor(hashNumbers(seed, 2 * count, [batch, 8]), [batch, 8]);
    const { loss, norm } = step(x, tensor(hashIntegers(seed, 2 * count + 1, [batch], 4)));
    losses.push(await loss.item());
    norms.push(await norm.item());
  }
  expectStored("losses", losses, fixture.get(`${seed}.losses`), forward);
  expectStored("norms", norms, fixture.get(`${seed}.norms`), backward);
  for (const [name, parameter] of model.stateDict()) {
    expectStored(name, await parameter.data(), fixture.get(`${seed}.${name}`), backward);
  }
});

/** Matrices in [-0.25, 0.25), vectors in [-0.5, 0.5): what make_modules.py calls `state_of`. */
function loadHashState(model: nn.AnyModule, seed: number): void {
  const entries = [...model.stateDict()].map(([name, { shape }], index) => {
    const data = hashNumbers(seed, 100 + index, shape, { scale: shape.length >= 2 ? 0.25 : 0.5 });
    return [name, { shape, data }] as const;
  });
  model.loadStateDict(new Map(entries));
}
