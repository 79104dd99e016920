// LayerNorm, RMSNorm and embedding, forward and backward, against PyTorch's in float64.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../../src/api/engine.ts";
import { gradients } from "../../src/api/grad.ts";
import { type Tensor, tensor } from "../../src/api/tensor.ts";
import * as nn from "../../src/nn/nn.ts";
import { mul, sum } from "../../src/ops/index.ts";
import type { Shape } from "../../src/tensor/shape.ts";
import { initShared } from "../setup/sharedDevice.ts";
import { backward, expectStored, type Fixture, forward, loadFixture } from "./fixture.ts";
import { hashIntegers, hashNumbers } from "./hashNumbers.ts";
import facts from "./modules.json";

/** Tensor numbers of the hash: x is 0, parameters start at STATE. */
const DY = 50;
const STATE = 100;
/** Elements that are stored of a parameter's gradient. */
const PARAMETER_SAMPLES = 64;

let fixture: Fixture;

beforeAll(async () => {
  fixture = await loadFixture("modules");
});

function upload(data: Float32Array | Int32Array, shape: Shape): Tensor {
  return tensor(data, shape);
}

describe.each(["gpu", "fallback"] as const)("kernels for %s", (profile) => {
  let engine: Engine;

  beforeAll(async () => {
    engine = await initShared({ profile });
  });

  afterAll(() => engine.destroy());

  const norms = facts.cases.filter(({ module }) => module === "LayerNorm" || module === "RMSNorm");

  test.each(norms)(
    "$module, $name",
    async ({ module, seed, shape = [], normalizedShape = [], ...options }) => {
      const made =
        module === "LayerNorm"
          ? new nn.LayerNorm(normalizedShape, options)
          : new nn.RMSNorm(normalizedShape, options);
      const state = [...made.stateDict()].map(([name, parameter], index) => {
        const data = hashNumbers(seed, STATE + index, parameter.shape, { scale: 0.5, offset: 1 });
        return [name, { shape: parameter.shape, data }] as const;
      });
      made.loadStateDict(new Map(state));
      const x = upload(hashNumbers(seed, 0, shape, { scale: 2, offset: 0.5 }), shape);
      const y = made.forward(x);
      const names = [...made.namedParameters().keys()];
      const loss = sum(mul(y, upload(hashNumbers(seed, DY, y.shape), y.shape)));
      const [dx, ...others] = gradients(loss, [x, ...made.parameters()]);
      expectStored("y", await y.data(), fixture.get(`${seed}.y`), forward);
      expectStored("dx", await dx.data(), fixture.get(`${seed}.d0`), backward);
      for (const [index, name] of names.entries()) {
        const stored = fixture.get(`${seed}.d.${name}`);
        expectStored(`d ${name}`, await others[index].data(), stored, backward, PARAMETER_SAMPLES);
      }
    },
  );

  const embeddings = facts.cases.filter(({ module }) => module === "Embedding");

  test.each(embeddings)("$module, $name", async ({ seed, shape = [], paddingIdx, ...sizes }) => {
    const { numEmbeddings = 0, embeddingDim = 0 } = sizes;
    const made = new nn.Embedding(numEmbeddings, embeddingDim, { paddingIndex: paddingIdx });
    const size = [numEmbeddings, embeddingDim];
    made.loadStateDict(new Map([["weight", { shape: size, data: hashNumbers(seed, STATE, size) }]]));
    const index = upload(hashIntegers(seed, 0, shape, numEmbeddings), shape);
    const y = made.forward(index);
    const loss = sum(mul(y, upload(hashNumbers(seed, DY, y.shape), y.shape)));
    const [dWeight] = gradients(loss, [made.weight]);
    expectStored("y", await y.data(), fixture.get(`${seed}.y`), forward);
    expectStored("d weight", await dWeight.data(), fixture.get(`${seed}.d.weight`), backward);
  });
});

test("the fixture has norms over one axis and several, with and without parameters, and padding", () => {
  const count = (wanted: string) => facts.cases.filter(({ module }) => module === wanted).length;
  expect([count("LayerNorm"), count("RMSNorm"), count("Embedding")]).toEqual([7, 6, 4]);
});
