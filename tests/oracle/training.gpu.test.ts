// Twelve steps of training against PyTorch's, in float64: a perceptron with Adam, LeNet-5 with SGD, Nesterov's momentum and
// decay, and a residual network with batch norms and RMSprop. What they end with is compared, too.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import type { Engine } from "../../src/api/engine.ts";
import { type Tensor, tensor } from "../../src/api/tensor.ts";
import { lenet5 } from "../../src/models/lenet5.ts";
import * as nn from "../../src/nn/nn.ts";
import { add, crossEntropy, relu } from "../../src/ops/index.ts";
import * as optim from "../../src/optim/optim.ts";
import { initShared } from "../setup/sharedDevice.ts";
import { backward, expectStored, type Fixture, loadFixture } from "./fixture.ts";
import { hashIntegers, hashNumbers } from "./hashNumbers.ts";
import training from "./training.json";

/** Two convolutions beside a way around them, which is one of 1 x 1 where the size changes. */
class Block extends nn.Module {
  readonly conv1: nn.Conv2d;
  readonly norm1: nn.BatchNorm2d;
  readonly conv2: nn.Conv2d;
  readonly norm2: nn.BatchNorm2d;
  readonly around: nn.Conv2d | undefined;

  constructor(channelsIn: number, channelsOut: number, stride: number) {
    super();
    this.conv1 = new nn.Conv2d(channelsIn, channelsOut, 3, { stride, padding: 1, bias: false });
    this.norm1 = new nn.BatchNorm2d(channelsOut);
    this.conv2 = new nn.Conv2d(channelsOut, channelsOut, 3, { padding: 1, bias: false });
    this.norm2 = new nn.BatchNorm2d(channelsOut);
    this.around = stride > 1 ? new nn.Conv2d(channelsIn, channelsOut, 1, { stride }) : undefined;
  }

  forward(x: Tensor): Tensor {
    const y = relu(this.norm1.forward(this.conv1.forward(x)));
    return relu(add(this.norm2.forward(this.conv2.forward(y)), this.around?.forward(x) ?? x));
  }
}

interface Recipe {
  readonly make: () => nn.Sequential;
  readonly optimizer: (parameters: Tensor[]) => optim.Optimizer;
}

const recipes: Readonly<Record<string, Recipe>> = {
  perceptron: {
    make: () =>
      new nn.Sequential(
        new nn.Linear(20, 32),
        new nn.Tanh(),
        new nn.Linear(32, 24),
        new nn.ReLU(),
        new nn.Linear(24, 5),
      ),
    optimizer: (parameters) => new optim.Adam(parameters, { lr: 0.01 }),
  },
  lenet5: {
    make: lenet5,
    optimizer: (parameters) =>
      new optim.SGD(parameters, { lr: 0.05, momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
  },
  residual: {
    make: () =>
      new nn.Sequential(
        new nn.Conv2d(3, 8, 3, { padding: 1, bias: false }),
        new nn.BatchNorm2d(8),
        new nn.ReLU(),
        new Block(8, 8, 1),
        new Block(8, 16, 2),
        new nn.AvgPool2d(6),
        new nn.Flatten(),
        new nn.Linear(16, 10),
      ),
    optimizer: (parameters) => new optim.RMSprop(parameters, { lr: 0.001, momentum: 0.9 }),
  },
};

/** What make_training.py's `initial` gives. */
function loadInitial(model: nn.Sequential, seed: number): void {
  const entries = [...model.namedParameters()].map(([name, { shape }], index) => {
    const isMatrix = shape.length >= 2;
    const scale = isMatrix ? shape.slice(1).reduce((a, b) => a * b) ** -0.5 : training.vectorScale;
    const offset = !isMatrix && name.endsWith("weight") ? 1 : 0;
    return [name, { shape, data: hashNumbers(seed, 100 + index, shape, { scale, offset }) }] as const;
  });
  model.loadStateDict(new Map(entries), { strict: false });
}

describe.each(["gpu", "fallback"] as const)("kernels for %s", (profile) => {
  let engine: Engine;
  let fixture: Fixture;

  beforeAll(async () => {
    engine = await initShared({ profile });
    fixture = await loadFixture("training");
  });

  afterAll(() => engine.destroy());

  test.each(training.cases)("$name with $optimizer", async (wanted) => {
    const { name, seed, shape, classes, optimizer: optimizerName } = wanted;
    const model = recipes[name].make();
    loadInitial(model, seed);
    const optimizer = recipes[name].optimizer(model.parameters());
    const step = compile((x: Tensor, labels: Tensor) => {
      const loss = crossEntropy(model.forward(x), labels);
      optimizer.step(loss);
      return loss;
    });
    const losses: number[] = [];
    for (let count = 0; count < training.steps; count++) {
      const batch = count % training.batches;
      const x = tensor(hashNumbers(seed, 2 * batch, shape), shape);
      losses.push(await step(x, tensor(hashIntegers(seed, 2 * batch + 1, [shape[0]], classes))).item());
    }
    const stored = { shape: [losses.length], data: Float64Array.from(wanted.losses) };
    expectStored("losses", losses, stored, backward);
    const state = [...model.stateDict()].filter(([, value]) => value.shape.length > 0);
    expect(state.map(([path]) => `${name}/${path}`).sort()).toEqual(
      fixture.names.filter((key) => key.startsWith(`${name}/`)).sort(),
    );
    // RMSprop divides each gradient by its own size at first: of a weight whose gradient is next to nothing it is rounding
    // that says where it goes, so that only the losses can be told beforehand.
    for (const [path, value] of optimizerName === "RMSprop" ? [] : state) {
      expectStored(path, await value.data(), fixture.get(`${name}/${path}`), backward, 64);
    }
  });
});

test("every network learns its last batch, so that the losses depend on the gradients", () => {
  const { steps, batches } = training;
  for (const { losses } of training.cases) expect(losses[steps - 1]).toBeLessThan(0.95 * losses[batches - 1]);
});
