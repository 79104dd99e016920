// Recurrent modules against PyTorch's, with the gradients of all parameters; and twelve steps of an LSTM classifier.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import type { Engine } from "../../src/api/engine.ts";
import { gradients } from "../../src/api/grad.ts";
import { type Tensor, tensor } from "../../src/api/tensor.ts";
import * as nn from "../../src/nn/nn.ts";
import { add, crossEntropy, mul, select, split, sum } from "../../src/ops/index.ts";
import * as optim from "../../src/optim/optim.ts";
import { initShared } from "../setup/sharedDevice.ts";
import { backward, expectStored, type Fixture, forward, loadFixture } from "./fixture.ts";
import { hashIntegers, hashNumbers } from "./hashNumbers.ts";
import facts from "./recurrent.json";

/** Tensor numbers of the hash: x is 0. */
const DY = 50;
const STATE = 100;

type Case = (typeof facts.cases)[number];
type Run = (x: Tensor, lengths: Tensor | undefined) => Tensor[];

let fixture: Fixture;

beforeAll(async () => {
  fixture = await loadFixture("recurrent");
});

/** The module of a case, and what it gives: output, hidden and cell, or, of a cell, its states after two steps. */
function make({ module, x: shape, hiddenSize, options }: Case): { made: nn.AnyModule; run: Run } {
  const features = shape[shape.length - 1];
  const { bias } = options;
  if (module === "LSTM") return overSequences(new nn.LSTM(features, hiddenSize, options));
  if (module === "GRU") return overSequences(new nn.GRU(features, hiddenSize, options));
  if (module === "RNN")
    return overSequences(new nn.RNN(features, hiddenSize, { ...options, nonlinearity: "relu" }));
  if (module === "GRUCell") return twoSteps(new nn.GRUCell(features, hiddenSize, { bias }));
  if (module === "RNNCell") return twoSteps(new nn.RNNCell(features, hiddenSize, { bias }));
  const made = new nn.LSTMCell(features, hiddenSize, { bias });
  const run = (x: Tensor) => {
    const [first, second] = split(x, 2);
    const { hidden, cell } = made.forward(second, made.forward(first));
    return [hidden, cell];
  };
  return { made, run };
}

function overSequences(made: nn.LSTM | nn.GRU | nn.RNN): { made: nn.AnyModule; run: Run } {
  return { made, run: (x, lengths) => Object.values(made.forward(x, { lengths })) };
}

function twoSteps(made: nn.GRUCell | nn.RNNCell): { made: nn.AnyModule; run: Run } {
  const run = (x: Tensor) => {
    const [first, second] = split(x, 2);
    return [made.forward(second, made.forward(first))];
  };
  return { made, run };
}

/** Parameter i is tensor STATE + i of the seed. */
function load(module: nn.AnyModule, seed: number): void {
  const state = [...module.stateDict()].map(([name, { shape }], index) => {
    return [name, { shape, data: hashNumbers(seed, STATE + index, shape, { scale: facts.scale }) }] as const;
  });
  module.loadStateDict(new Map(state));
}

class Classifier extends nn.Module<[x: Tensor, lengths: Tensor]> {
  readonly lstm = new nn.LSTM(facts.training.inputSize, facts.training.hiddenSize, { batchFirst: true });
  readonly head = new nn.Linear(facts.training.hiddenSize, facts.training.classes);

  forward(x: Tensor, lengths: Tensor): Tensor {
    return this.head.forward(select(this.lstm.forward(x, { lengths }).hidden, 0, -1));
  }
}

/** Numbers around those of a class, lengths, and classes. */
function batchOf(step: number): [x: Tensor, lengths: Tensor, labels: Tensor] {
  const { seed, batch, length, inputSize, classes } = facts.training;
  const labels = hashIntegers(seed, 1000 + 3 * step, [batch], classes);
  const lengths = hashIntegers(seed, 1001 + 3 * step, [batch], length).map((value) => value + 1);
  const shape = [batch, length, inputSize];
  const noise = hashNumbers(seed, 1002 + 3 * step, shape);
  const x = noise.map((value, index) => value + labels[Math.floor(index / (length * inputSize))] - 1);
  return [tensor(x, shape), tensor(lengths, [batch]), tensor(labels, [batch])];
}

describe.each(["gpu", "fallback"] as const)("kernels for %s", (profile) => {
  let engine: Engine;

  beforeAll(async () => {
    engine = await initShared({ profile });
  });

  afterAll(() => engine.destroy());

  test.each(facts.cases)("$module", async (one) => {
    const { seed } = one;
    const { made, run } = make(one);
    expect([...made.stateDict().keys()]).toEqual(one.parameters);
    load(made, seed);
    const x = tensor(hashNumbers(seed, 0, one.x), one.x);
    const lengths = one.lengths && tensor(Int32Array.from(one.lengths), [one.lengths.length]);
    const both = compile((x: Tensor) => {
      const ys = run(x, lengths);
      const losses = ys.map((y, index) =>
        sum(mul(y, tensor(hashNumbers(seed, DY + index, y.shape), y.shape))),
      );
      const loss = losses.reduce((a, b) => add(a, b));
      return { ys, found: gradients(loss, [x, ...made.parameters()]) };
    });
    const { ys, found } = both(x);
    for (const [index, y] of ys.entries()) {
      const stored = fixture.get(`${seed}.y${index}`);
      expect(y.shape).toEqual(stored.shape);
      expectStored(`result ${index}`, await y.data(), stored, forward);
    }
    for (const [index, name] of ["x", ...one.parameters].entries()) {
      expectStored(`d ${name}`, await found[index].data(), fixture.get(`${seed}.d.${name}`), backward);
    }
  });

  test("twelve steps of an LSTM classifier", async () => {
    const { seed, steps, lr, losses } = facts.training;
    const model = new Classifier();
    load(model, seed);
    const optimizer = new optim.Adam(model.parameters(), { lr });
    const step = compile((x: Tensor, lengths: Tensor, labels: Tensor) => {
      const loss = crossEntropy(model.forward(x, lengths), labels);
      optimizer.step(loss);
      return loss;
    });
    const reached: number[] = [];
    for (let count = 0; count < steps; count++) reached.push(await step(...batchOf(count)).item());
    const expected = { shape: [steps], data: Float64Array.from(losses) };
    expectStored("losses", reached, expected, forward);
    for (const [name, parameter] of model.stateDict())
      expectStored(name, await parameter.data(), fixture.get(`trained.${name}`), backward);
  });
});

test("the losses go down, so that there is something to compare", () => {
  const { losses, steps } = facts.training;
  expect(losses.length).toBe(steps);
  expect(losses[steps - 1]).toBeLessThan(losses[0] - 0.5);
});
