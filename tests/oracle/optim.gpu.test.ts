// Twelve steps of every optimizer on given gradients, against PyTorch's in float64: parameters after each, state after the
// last, with the kernels of both profiles.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import type { Engine } from "../../src/api/engine.ts";
import { type Tensor, tensor } from "../../src/api/tensor.ts";
import * as optim from "../../src/optim/optim.ts";
import { initShared } from "../setup/sharedDevice.ts";
import { type Bar, expectStored, type Fixture, loadFixture } from "./fixture.ts";
import { hashNumbers } from "./hashNumbers.ts";
import facts from "./optim.json";

const bar: Bar = { tolerance: { family: "optimizer" } };
const { seed, steps, shapes } = facts;

/** What stands in the fixture: names and values are those of the optimizer's own options. */
type Options = Record<string, never>;

const makers: Record<string, (parameters: Tensor[], options: Options) => optim.Optimizer> = {
  SGD: (parameters, options) => new optim.SGD(parameters, options),
  Adam: (parameters, options) => new optim.Adam(parameters, options),
  AdamW: (parameters, options) => new optim.AdamW(parameters, options),
  RMSprop: (parameters, options) => new optim.RMSprop(parameters, options),
  Adagrad: (parameters, options) => new optim.Adagrad(parameters, options),
  Adadelta: (parameters, options) => new optim.Adadelta(parameters, options),
  Adamax: (parameters, options) => new optim.Adamax(parameters, options),
  NAdam: (parameters, options) => new optim.NAdam(parameters, options),
  RAdam: (parameters, options) => new optim.RAdam(parameters, options),
  Lion: (parameters, options) => new optim.Lion(parameters, options),
  Muon: (parameters, options) => new optim.Muon(parameters, options),
  Rprop: (parameters, options) => new optim.Rprop(parameters, options),
};

test("every optimizer has cases", () => {
  expect([...new Set(facts.cases.map(({ optimizer }) => optimizer))].sort()).toEqual(
    Object.keys(makers).sort(),
  );
});

describe.each(["gpu", "fallback"] as const)("kernels for %s", (profile) => {
  let engine: Engine;
  let fixture: Fixture;

  beforeAll(async () => {
    engine = await initShared({ profile });
    fixture = await loadFixture("optim");
  });

  afterAll(() => engine.destroy());

  test.each(facts.cases.map((entry, number) => ({ ...entry, number })))(
    "$optimizer, $name",
    async ({ optimizer: kind, options, state, number }) => {
      const numbers = (place: number, i: number, scale = 1) =>
        tensor(hashNumbers(seed, place, shapes[i], { scale }), shapes[i], { engine });
      const parameters = shapes.map((_, i) => numbers(i, i));
      const optimizer = makers[kind](parameters, options as Options);
      const step = compile((gradients: Tensor[]) => optimizer.applyGradients(gradients), { engine });
      const trajectory: number[] = [];
      for (let count = 1; count <= steps; count++) {
        step(shapes.map((_, i) => numbers(100 * count + i, i, 10 ** -(count % 3))));
        trajectory.push(...(await joined(parameters)));
      }
      expectStored("p", trajectory, fixture.get(`${number}.p`), bar, trajectory.length);
      const made = optimizer.stateDict();
      for (const name of state) {
        // Muon's momentum is that of matrices alone.
        const values = parameters.flatMap((_, i) => made.get(`${i}.${name}`) ?? []);
        expectStored(name, await joined(values), fixture.get(`${number}.${name}`), bar);
      }
    },
  );
});

async function joined(tensors: readonly Tensor[]): Promise<number[]> {
  const values = await Promise.all(tensors.map((value) => value.data()));
  return values.flatMap((list) => [...list]);
}
