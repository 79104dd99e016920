// What every elementwise optimizer owes beside its formula, which tests/oracle compares with PyTorch's: few dispatches, decay by
// groups, state that goes into a checkpoint and back, steps that are left out, and options that are refused.

import { beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import { type Tensor, tensor } from "../../src/api/tensor.ts";
import { UsageError } from "../../src/base/errors.ts";
import { mul, sum } from "../../src/ops/index.ts";
import * as optim from "../../src/optim/optim.ts";
import { initShared } from "../setup/sharedDevice.ts";
import { expectStep, numbers } from "./reference.ts";

beforeAll(async () => {
  await initShared();
});

type Given = readonly Tensor[] | readonly optim.ParameterGroup[];

interface Kind {
  readonly name: string;
  readonly make: (given: Given) => optim.Optimizer;
  /** Dispatches for what all parameters share. */
  readonly shared: number;
  readonly state: readonly string[];
}

const moments = ["exp_avg", "exp_avg_sq"];
const kinds: Kind[] = [
  {
    name: "Adam with amsgrad",
    make: (given) => new optim.Adam(given, { amsgrad: true }),
    shared: 1,
    state: ["corrections", ...[...moments, "max_exp_avg_sq"].map((name) => `0.${name}`)],
  },
  {
    name: "RMSprop",
    make: (given) => new optim.RMSprop(given, { centered: true, momentum: 0.9 }),
    shared: 0,
    state: ["0.square_avg", "0.momentum_buffer", "0.grad_avg"],
  },
  {
    name: "Adagrad",
    make: (given) => new optim.Adagrad(given, { lrDecay: 0.5, initialAccumulatorValue: 1 }),
    shared: 1,
    state: ["step", "0.sum"],
  },
  {
    name: "Adadelta",
    make: (given) => new optim.Adadelta(given),
    shared: 0,
    state: ["0.square_avg", "0.acc_delta"],
  },
  {
    name: "Adamax",
    make: (given) => new optim.Adamax(given),
    shared: 1,
    state: ["corrections", "0.exp_avg", "0.exp_inf"],
  },
  {
    name: "NAdam",
    make: (given) => new optim.NAdam(given),
    shared: 2,
    state: ["corrections", "step", "mu_product", ...moments.map((name) => `0.${name}`)],
  },
  {
    name: "RAdam",
    make: (given) => new optim.RAdam(given),
    shared: 2,
    state: ["corrections", "step", "weighted_steps", ...moments.map((name) => `0.${name}`)],
  },
  { name: "Lion", make: (given) => new optim.Lion(given), shared: 0, state: ["0.exp_avg"] },
  {
    name: "Muon without matrices",
    make: (given) => new optim.Muon(given),
    shared: 1,
    state: ["corrections", ...moments.map((name) => `0.${name}`)],
  },
  { name: "Rprop", make: (given) => new optim.Rprop(given), shared: 0, state: ["0.prev", "0.step_size"] },
];

const readAll = (list: Iterable<Tensor>) => Promise.all([...list].map((entry) => entry.data()));
const start = (size: number, seed: number) => tensor(numbers(size, 1, seed), [size]);

describe.each(kinds)("$name", ({ make, shared, state }) => {
  test("updates all small parameters and their state in one dispatch, decays of groups among them", async () => {
    const parameters = [8, 12, 3, 5].map(start);
    const [a, b, c, d] = parameters;
    const optimizer = make([{ params: [a, c], weightDecay: 0.5 }, { params: [b, d] }]);
    const step = compile((gradients: Tensor[]) => optimizer.applyGradients(gradients));
    step(optimizer.parameters.map(({ size }, i) => start(size, 10 + i)));
    const labels = step.inspect()[0].plan.dispatches.map(({ label }) => label);
    // The gradients, which are given one by one, are put side by side first.
    expect(labels.filter((label) => !/concat|copy/.test(label)).length, labels.join("\n")).toBe(1 + shared);
    await a.data();
  });

  test("names its state, goes on from it with the same bits, and gives it back", async () => {
    const [whole, first, second] = [0, 1, 2].map(() => start(6, 1));
    const optimizers = [whole, first, second].map((parameter) => make([parameter]));
    expect([...optimizers[0].stateDict().keys()]).toEqual(["lr", ...state]);
    const run = (which: number, from: number, to: number) => {
      for (let step = from; step < to; step++) optimizers[which].applyGradients([start(6, 20 + step)]);
    };
    run(0, 0, 7);
    run(1, 0, 4);
    second.write(await first.data());
    const saved = await readAll(optimizers[1].stateDict().values());
    const entries = [...optimizers[1].stateDict()].map(([name, { shape }], i) => {
      return [name, { shape, data: saved[i] }] as const;
    });
    optimizers[2].loadStateDict(new Map(entries));
    run(2, 4, 7);
    expect(await second.data()).toEqual(await whole.data());
    expect(await readAll(optimizers[2].stateDict().values())).toEqual(
      await readAll(optimizers[0].stateDict().values()),
    );
    const other = make([second]);
    const given = [...other.stateDict().values()];
    await readAll(given);
    other.dispose();
    expect(given.map(({ isDisposed }) => isDisposed)).toEqual(given.map(() => true));
  });

  test("a step that a scaler leaves out changes nothing but the scale", async () => {
    const p = start(5, 1);
    const optimizer = make([p]);
    const scaler = new optim.GradScaler({ initScale: 8 });
    const step = compile((x: Tensor) => {
      scaler.step(optimizer, sum(mul(p, x)));
      scaler.update();
    });
    const values = async () => [await p.data(), ...(await readAll(optimizer.stateDict().values()))];
    step(start(5, 2));
    const before = await values();
    step(tensor([1, Number.POSITIVE_INFINITY, 0, 1, 1]));
    expect(await values()).toEqual(before);
    expect(await scaler.getScale()).toBe(4);
    step(start(5, 3));
    expect(await values()).not.toEqual(before);
  });
});

test("RAdam's rectification is right from the first step to the two-thousandth", async () => {
  const p = tensor([0]);
  const betas = [0, 0.998] as const;
  // With gradients of 1 alone, m' is 1 and v is 1 - beta2^t: at a rate of 1, p goes down by the rectification.
  const optimizer = new optim.RAdam([p], { lr: 1, betas, eps: 0 });
  const step = compile((g: Tensor) => optimizer.applyGradients([g]));
  const longest = 2 / (1 - betas[1]) - 1;
  for (let t = 1; t <= 2000; t++) {
    const isChecked = t <= 8 || t % 100 === 0;
    if (isChecked) p.write([0]);
    step(tensor([1]));
    if (t % 50 === 0) await p.engine.hasRoom();
    if (!isChecked) continue;
    const power = betas[1] ** t;
    const length = longest - (2 * t * power) / (1 - power);
    const squared = ((length - 4) * (length - 2) * longest) / ((longest - 4) * (longest - 2) * length);
    expectStep(await p.data(), [length > 5 ? -Math.sqrt(squared) : -1], `after step ${t}`);
  }
});

test("Lion does not move where the gradient is 0, and Rprop starts with its rate", async () => {
  const [p, q] = [tensor([1, 1, 1]), tensor([1, 1, 1])];
  const g = tensor([3, 0, -2]);
  new optim.Lion([p], { lr: 0.25 }).applyGradients([g]);
  expect([...(await p.data())]).toEqual([0.75, 1, 1.25]);
  new optim.Rprop([q], { lr: 0.5 }).applyGradients([g]);
  expect([...(await q.data())]).toEqual([0.5, 1, 1.5]);
});

test("maximize goes up, and is clipped as going down is", async () => {
  const p = tensor([0, 0]);
  const optimizer = new optim.SGD([p], { lr: 1, maximize: true, maxGradNorm: 0.5 });
  optimizer.applyGradients([tensor([0.25, 0])]);
  expect([...(await p.data())]).toEqual([0.25, 0]);
  optimizer.applyGradients([tensor([0, -30])]);
  expect((await p.data())[1]).toBeCloseTo(-0.5, 5);
});

test("options that are refused", () => {
  const p = [tensor([1])];
  const faults: [() => unknown, string][] = [
    [() => new optim.RMSprop(p, { alpha: -1 }), "RMSprop: alpha is -1; it must be a finite number from 0."],
    [
      () => new optim.RMSprop(p, { momentum: -1 }),
      "RMSprop: momentum is -1; it must be a finite number from 0.",
    ],
    [
      () => new optim.Adagrad(p, { lrDecay: -1 }),
      "Adagrad: lrDecay is -1; it must be a finite number from 0.",
    ],
    [
      () => new optim.Adagrad(p, { initialAccumulatorValue: -1 }),
      "Adagrad: initialAccumulatorValue is -1; it must be a finite number from 0.",
    ],
    [() => new optim.Adadelta(p, { rho: 2 }), "Adadelta: rho is 2; it must be a finite number from 0 to 1."],
    [() => new optim.Adamax(p, { eps: -1 }), "Adamax: eps is -1; it must be a finite number from 0."],
    [
      () => new optim.NAdam(p, { momentumDecay: -1 }),
      "NAdam: momentumDecay is -1; it must be a finite number from 0.",
    ],
    [
      () => new optim.RAdam(p, { betas: [1, 0.9] }),
      "RAdam: betas[0] is 1; it must be a finite number from 0 and below 1.",
    ],
    [
      () => new optim.Lion(p, { betas: [0.9, -1] }),
      "Lion: betas[1] is -1; it must be a finite number from 0 and below 1.",
    ],
    [
      () => new optim.Lion(p, { weightDecay: -1 }),
      "Lion: weightDecay is -1; it must be a finite number from 0.",
    ],
    [
      () => new optim.Rprop(p, { etas: [1.5, 1.2] }),
      "Rprop: etas are [1.5, 1.2]; the first must be above 0 and below 1, the second above 1.",
    ],
    [
      () => new optim.Rprop(p, { stepSizes: [2, 1] }),
      "Rprop: stepSizes are [2, 1]; they must be finite numbers from 0, the first not the larger.",
    ],
  ];
  for (const [body, message] of faults) expect(body).toThrow(new UsageError(message));
});
