// What all optimizers share: what they refuse, clipping, and state that goes into a checkpoint and back.

import { beforeAll, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import { type Tensor, tensor, zeros } from "../../src/api/tensor.ts";
import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { add, mul, square, sum } from "../../src/ops/index.ts";
import * as optim from "../../src/optim/optim.ts";
import { initShared } from "../setup/sharedDevice.ts";
import { numbers } from "./reference.ts";

beforeAll(async () => {
  await initShared();
});

test("parameters and options that are refused", () => {
  const p = tensor([1, 2], undefined, { name: "0.weight" });
  const faults: [() => unknown, Error][] = [
    [
      () => new optim.SGD([]),
      new UsageError("SGD: the list of parameters is empty; it must have at least one."),
    ],
    [
      () => new optim.SGD([p, p]),
      new UsageError("SGD: 0.weight is given twice; each parameter may stand once."),
    ],
    [
      () => new optim.AdamW([p, tensor(Int32Array.of(1))]),
      new DtypeError("AdamW: parameter 1 has dtype i32; parameters must be f32 or f16."),
    ],
    [
      () => new optim.SGD([p], { lr: -1 }),
      new UsageError("SGD: lr is -1; it must be a finite number from 0."),
    ],
    [
      () => new optim.SGD([p], { maxGradNorm: 0 }),
      new UsageError("SGD: maxGradNorm is 0; it must be a finite number above 0."),
    ],
    [
      () => new optim.SGD([p], { nesterov: true }),
      new UsageError(
        "SGD: nesterov is set, momentum is 0 and dampening 0; it needs a momentum above 0 and no dampening.",
      ),
    ],
    [
      () => new optim.Adam([p], { betas: [0.9, 1] }),
      new UsageError("Adam: betas[1] is 1; it must be a finite number from 0 and below 1."),
    ],
    [
      () => new optim.AdamW([p], { eps: Number.NaN }),
      new UsageError("AdamW: eps is NaN; it must be a finite number from 0."),
    ],
    [
      () => new optim.Adam([p], { weightDecay: -0.1 }),
      new UsageError("Adam: weightDecay is -0.1; it must be a finite number from 0."),
    ],
    [
      () => optim.clipGradNorm([], 1),
      new UsageError("clipGradNorm: the list of gradients is empty; it must have at least one."),
    ],
    [() => optim.clipGradNorm([p], 0), new UsageError("clipGradNorm: maxNorm is 0; it must be above 0.")],
  ];
  for (const [body, error] of faults) {
    expect(body).toThrow(error);
    expect(body).toThrow(error.constructor as new () => Error);
  }
});

test("a rate that is no number is refused and changes nothing", () => {
  const optimizer = new optim.SGD([tensor([1])], { lr: 0.5 });
  expect(() => {
    optimizer.lr = Number.POSITIVE_INFINITY;
  }).toThrow(new UsageError("SGD: lr is Infinity; it must be a finite number from 0."));
  expect(optimizer.lr).toBe(0.5);
});

test("the rate cannot be set while a step is traced", () => {
  const optimizer = new optim.SGD([tensor([1])], { lr: 0.5 });
  const step = compile(() => {
    optimizer.lr = 1;
  });
  expect(() => step()).toThrow(UsageError);
  expect(optimizer.lr).toBe(0.5);
});

test("parameters that the loss does not reach are named", () => {
  const used = tensor([1], undefined, { name: "0.weight" });
  const unused = tensor([1, 2], undefined, { name: "1.weight" });
  const optimizer = new optim.SGD([used, unused]);
  expect(() => optimizer.step(sum(used))).toThrow(
    new UsageError(
      "gradients: the loss does not depend on 1.weight; leave them out, or set allowUnused for zeros.",
    ),
  );
});

test("gradients of the caller's own must fit", () => {
  const optimizer = new optim.SGD([tensor([1, 2], undefined, { name: "w" })]);
  expect(() => optimizer.applyGradients([])).toThrow(
    new UsageError("SGD: 0 gradients for 1 parameters; the counts must be equal."),
  );
  expect(() => optimizer.applyGradients([zeros([3])])).toThrow(
    new ShapeError("SGD: the gradient of w is [3]; it must be [2]."),
  );
});

test("clipGradNorm scales by the norm over all gradients, and leaves small ones alone", async () => {
  const gradients = [tensor([3, 0]), tensor([[4]])];
  const clipped = optim.clipGradNorm(gradients, 1);
  expect(await clipped.norm.item()).toBe(5);
  const factor = 1 / (5 + 1e-6);
  const [first, second] = await Promise.all(clipped.gradients.map((gradient) => gradient.data()));
  // The class "normalised": relative 1e-5 plus 1e-6.
  for (const [actual, expected] of [
    [first[0], 3 * factor],
    [first[1], 0],
    [second[0], 4 * factor],
  ]) {
    expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-5 * expected + 1e-6);
  }
  const small = optim.clipGradNorm(gradients, 6);
  expect([...(await small.gradients[0].data())]).toEqual([3, 0]);
  expect(small.gradients[1].shape).toEqual([1, 1]);
});

test("maxGradNorm clips before the step", async () => {
  const p = tensor([0, 0]);
  const optimizer = new optim.SGD([p], { lr: 1, maxGradNorm: 1 });
  const step = compile((g: Tensor) => optimizer.step(sum(mul(p, g))));
  step(tensor([30, 40]));
  const [x, y] = await p.data();
  expect(Math.abs(x + 0.6)).toBeLessThanOrEqual(1e-5 * 0.6 + 1e-6);
  expect(Math.abs(y + 0.8)).toBeLessThanOrEqual(1e-5 * 0.8 + 1e-6);
  step(tensor([0.25, 0]));
  expect((await p.data())[0]).toBe(Math.fround(x - 0.25));
});

interface Run {
  readonly parameters: readonly Tensor[];
  readonly optimizer: optim.Optimizer;
  step(target: Tensor): void;
}

const optimizers: Record<string, (parameters: Tensor[]) => optim.Optimizer> = {
  SGD: (parameters) => new optim.SGD(parameters, { lr: 0.05, momentum: 0.9, dampening: 0.5 }),
  AdamW: (parameters) => new optim.AdamW(parameters, { lr: 0.01, maxGradNorm: 0.5 }),
};

function startRun(kind: string, values: readonly ArrayLike<number>[]): Run {
  const parameters = values.map((list) => tensor(Float32Array.from(list)));
  const optimizer = optimizers[kind](parameters);
  const step = compile((target: Tensor) => {
    const [first, second] = parameters;
    optimizer.step(sum(add(square(add(first, target)), mul(second, target))));
  });
  return { parameters, optimizer, step };
}

const targetAt = (step: number) => tensor(numbers(6, 1, step));
const readAll = (list: Iterable<Tensor>) => Promise.all([...list].map((entry) => entry.data()));

test.each(Object.keys(optimizers))(
  "a run of %s that is stopped, saved and resumed ends with the same bits",
  async (kind) => {
    const start = [numbers(6, 1, 1), numbers(6, 1, 2)];
    const whole = startRun(kind, start);
    for (let step = 0; step < 10; step++) {
      if (step === 3) whole.optimizer.lr = 0.02;
      whole.step(targetAt(step));
    }

    const first = startRun(kind, start);
    for (let step = 0; step < 5; step++) {
      if (step === 3) first.optimizer.lr = 0.02;
      first.step(targetAt(step));
    }
    const saved = new Map<string, optim.StateEntry>();
    for (const [name, value] of first.optimizer.stateDict()) {
      saved.set(name, { shape: value.shape, data: await value.data() });
    }
    const second = startRun(kind, await readAll(first.parameters));
    second.optimizer.loadStateDict(saved);
    expect(second.optimizer.lr).toBe(Math.fround(0.02));
    for (let step = 5; step < 10; step++) second.step(targetAt(step));

    expect(await readAll(second.parameters)).toEqual(await readAll(whole.parameters));
    expect(await readAll(second.optimizer.stateDict().values())).toEqual(
      await readAll(whole.optimizer.stateDict().values()),
    );
  },
);

test("state is taken from another optimizer's tensors, which stay its own", async () => {
  const first = startRun("AdamW", [numbers(6, 1, 1), numbers(6, 1, 2)]);
  first.step(targetAt(0));
  first.optimizer.lr = 0.125;
  const second = startRun("AdamW", [numbers(6, 1, 3), numbers(6, 1, 4)]);
  second.optimizer.loadStateDict(first.optimizer.stateDict());
  expect(second.optimizer.lr).toBe(0.125);
  const copied = await readAll(second.optimizer.stateDict().values());
  expect(copied).toEqual(await readAll(first.optimizer.stateDict().values()));
  first.step(targetAt(1));
  expect(await readAll(second.optimizer.stateDict().values())).toEqual(copied);
});

test("names of the state", () => {
  const momentum = startRun("SGD", [[1], [2]]).optimizer;
  expect([...momentum.stateDict().keys()]).toEqual([
    "lr",
    "started",
    "0.momentum_buffer",
    "1.momentum_buffer",
  ]);
  const adam = startRun("AdamW", [[1], [2]]).optimizer;
  expect([...adam.stateDict().keys()]).toEqual([
    "lr",
    "corrections",
    "0.exp_avg",
    "0.exp_avg_sq",
    "1.exp_avg",
    "1.exp_avg_sq",
  ]);
  expect([...new optim.SGD([tensor([1])]).stateDict().keys()]).toEqual(["lr"]);
});

test("state that does not fit is refused, and nothing is written", async () => {
  const { optimizer } = startRun("SGD", [[1], [2]]);
  const entry = (...data: number[]) => ({ shape: [data.length], data });
  const scalar = { shape: [], data: [0.5] };
  const full: [string, optim.StateEntry][] = [
    ["lr", scalar],
    ["started", scalar],
    ["0.momentum_buffer", entry(7)],
    ["1.momentum_buffer", entry(7)],
  ];
  const load = (...changes: [string, optim.StateEntry | Tensor][]) => {
    return () => optimizer.loadStateDict(new Map([...full, ...changes]));
  };
  const allowed = "names and shapes must be those of stateDict().";
  expect(() => optimizer.loadStateDict(new Map(full.slice(0, 3)))).toThrow(
    new UsageError(`loadStateDict: 1 of 4 names missing (1.momentum_buffer); ${allowed}`),
  );
  expect(load(["2.exp_avg", scalar])).toThrow(
    new UsageError(`loadStateDict: 1 unexpected (2.exp_avg); ${allowed}`),
  );
  expect(load(["1.momentum_buffer", entry(1, 2)])).toThrow(
    new ShapeError(
      `loadStateDict: 1 of the wrong shape (1.momentum_buffer is [2] and should be [1]); ${allowed}`,
    ),
  );
  expect(load(["1.momentum_buffer", { shape: [1], data: [1, 2] }])).toThrow(
    new ShapeError(
      `loadStateDict: 1 of the wrong shape (1.momentum_buffer has 2 values for [1]); ${allowed}`,
    ),
  );
  expect(load(["lr", { shape: [], data: [-1] }])).toThrow(
    new UsageError("SGD.loadStateDict: lr is -1; it must be a finite number from 0."),
  );
  expect(load(["lr", tensor([1], [])])).toThrow(
    new UsageError(
      "loadStateDict: lr is a tensor; it must be {shape, data}, or stand in the stateDict() of an optimizer.",
    ),
  );
  const values = await readAll(optimizer.stateDict().values());
  expect(values.map(([value]) => value)).toEqual([Math.fround(0.05), 0, 0, 0]);
  expect(optimizer.lr).toBe(0.05);
});

test("dispose gives the state back and keeps the parameters", async () => {
  const { optimizer, parameters } = startRun("AdamW", [[1], [2]]);
  optimizer.dispose();
  expect([...optimizer.stateDict().values()].every((value) => value.isDisposed)).toBe(true);
  expect([...(await parameters[1].data())]).toEqual([2]);
});
