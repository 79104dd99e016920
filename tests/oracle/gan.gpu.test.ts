// A DCGAN against PyTorch's: twelve steps of both networks, their losses and the running statistics of batch norms.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Gan, ganStep } from "../../demos/gan/twentyLines.ts";
import { compile } from "../../src/api/compile.ts";
import type { Engine } from "../../src/api/engine.ts";
import type { StateEntry } from "../../src/api/loadState.ts";
import { type Tensor, tensor } from "../../src/api/tensor.ts";
import { DcganDiscriminator, DcganGenerator } from "../../src/models/dcgan.ts";
import type { Module } from "../../src/nn/nn.ts";
import { Adam } from "../../src/optim/optim.ts";
import { initShared } from "../setup/sharedDevice.ts";
import { backward, expectStored, type Fixture, loadFixture } from "./fixture.ts";
import training from "./ganTraining.json";
import { hashIntegers, hashNumbers } from "./hashNumbers.ts";

type Case = (typeof training.cases)[number];
type Entry = { readonly name: string; readonly shape: readonly number[] };

const SETTINGS = { loss: "nonSaturating", realLabel: training.realLabel } as const;

/** What training starts with: weights of `parameters`, and running statistics as they are. */
function initialState(parameters: readonly Entry[], first: number): Map<string, StateEntry> {
  return new Map(
    parameters.map(({ name, shape }, index) => [
      name,
      { shape, data: initialValues(name, shape, first, index) },
    ]),
  );
}

function initialValues(name: string, shape: readonly number[], first: number, index: number): Float32Array {
  const { seed, weightScale, gainScale } = training;
  if (shape.length >= 2) return hashNumbers(seed, first + index, shape, { scale: weightScale });
  const layer = Number(name.split(".")[1]);
  return name.endsWith("weight")
    ? hashNumbers(seed, first + 100 + layer, shape, { scale: gainScale, offset: 1 })
    : new Float32Array(shape[0]);
}

function load(model: Module<never[]>, parameters: readonly Entry[], first: number): void {
  expect([...model.namedParameters()].map(([name, { shape }]) => ({ name, shape: [...shape] }))).toEqual(
    parameters,
  );
  model.loadStateDict(initialState(parameters, first), { strict: false });
}

async function train(training_: Case, engine: Engine) {
  const { size, latentSize, channels, parameters } = training_;
  const classes = "classes" in training_ ? training_.classes : undefined;
  const generator = new DcganGenerator({ size, latentSize, channels, classes });
  const discriminator = new DcganDiscriminator({ size, latentSize, channels, classes });
  load(generator, parameters.generator, 0);
  load(discriminator, parameters.discriminator, 1000);
  const { batch, lr, betas } = training;
  const options = { lr, betas: [betas[0], betas[1]] } as const;
  const gan: Gan = {
    generator,
    discriminator,
    generatorOptimizer: new Adam(generator.parameters(), options),
    discriminatorOptimizer: new Adam(discriminator.parameters(), options),
  };
  const step = compile<[real: Tensor, latents: Tensor, labels: Tensor | undefined], Tensor>(
    (real, latents, labels) => ganStep(gan, SETTINGS, real, latents, labels),
    { engine },
  );
  const losses = { discriminator: [] as number[], generator: [] as number[] };
  for (let count = 0; count < training.steps; count++) {
    const pictures = [batch, 1, size, size];
    const real = tensor(hashNumbers(training.pictureSeed, count, pictures), pictures);
    const scale = training.latentScale;
    const drawn = hashNumbers(training.latentSeed, count, [batch, latentSize], { scale });
    const labels = classes && tensor(hashIntegers(training.labelSeed, count, [batch], classes), [batch]);
    const [onBoth, onFake] = await step(real, tensor(drawn, [batch, latentSize]), labels || undefined).data();
    losses.discriminator.push(onBoth);
    losses.generator.push(onFake);
  }
  return { generator, discriminator, losses, submits: step.inspect()[0].plan.submits.length };
}

describe.each(["gpu", "fallback"] as const)("kernels for %s", (profile) => {
  let engine: Engine;
  let fixture: Fixture;

  beforeAll(async () => {
    engine = await initShared({ profile });
    fixture = await loadFixture("ganTraining");
  });

  afterAll(() => engine.destroy());

  test.each(training.cases.map((entry) => [entry.name, entry] as const))(
    "twelve steps, %s",
    async (name, entry) => {
      const result = await train(entry, engine);
      expect(result.submits).toBe(1);
      for (const network of ["discriminator", "generator"] as const) {
        // Gradients have moved all that is compared, so theirs is the bar.
        const expected = entry.losses[network];
        const stored = { shape: [expected.length], data: Float64Array.from(expected) };
        expectStored(`losses of the ${network}`, result.losses[network], stored, backward);
        for (const [path, value] of result[network].namedBuffers()) {
          expectStored(path, await value.data(), fixture.get(`${name}.${network}.${path}`), backward);
        }
      }
    },
  );
});

test("each network moves, so that there is something to compare, and only the discriminator meets pictures thrice", async () => {
  const fixture = await loadFixture("ganTraining");
  expect(fixture.get("28.generator.main.2.num_batches_tracked").data).toEqual(Float64Array.of(12));
  expect(fixture.get("28.discriminator.main.3.num_batches_tracked").data).toEqual(Float64Array.of(36));
  for (const { losses } of training.cases) {
    for (const list of [losses.discriminator, losses.generator]) {
      expect(Math.max(...list) - Math.min(...list)).toBeGreaterThan(0.3);
    }
  }
});
