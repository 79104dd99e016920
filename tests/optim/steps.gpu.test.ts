// Every optimizer over 20 steps, each step compared with float64 from the values which the GPU had before it.

import { beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import { type Tensor, tensor } from "../../src/api/tensor.ts";
import { add, matmul, mul, sum } from "../../src/ops/index.ts";
import * as optim from "../../src/optim/optim.ts";
import { elementCount } from "../../src/tensor/shape.ts";
import { initShared } from "../setup/sharedDevice.ts";
import { adamStep, expectStep, type Moments, numbers, sgdStep } from "./reference.ts";

beforeAll(async () => {
  await initShared();
});

type Reference = (step: number, before: Moments, gradient: ArrayLike<number>) => Moments;
type MomentName = keyof Omit<Moments, "p">;

interface Case {
  readonly name: string;
  readonly make: (parameters: Tensor[]) => optim.Optimizer;
  readonly reference: Reference;
  readonly moments: readonly MomentName[];
}

const sgd = (name: string, options: optim.SGDOptions & { lr: number }): Case => ({
  name: `SGD ${name}`,
  make: (parameters) => new optim.SGD(parameters, options),
  reference: (step, before, gradient) => sgdStep(options, step, before, gradient),
  moments: options.momentum === undefined ? [] : ["momentum_buffer"],
});

const adam = (kind: "Adam" | "AdamW", name: string, options: optim.AdamOptions & { lr: number }): Case => ({
  name: `${kind} ${name}`,
  make: (parameters) =>
    kind === "Adam" ? new optim.Adam(parameters, options) : new optim.AdamW(parameters, options),
  reference: (step, before, gradient) => adamStep(options, kind === "AdamW", step, before, gradient),
  moments: ["exp_avg", "exp_avg_sq"],
});

const cases: Case[] = [
  sgd("plain", { lr: 0.1 }),
  sgd("with decay", { lr: 0.1, weightDecay: 0.05 }),
  sgd("with momentum", { lr: 0.1, momentum: 0.9 }),
  sgd("with nesterov and decay", { lr: 0.05, momentum: 0.8, nesterov: true, weightDecay: 0.01 }),
  sgd("with dampening", { lr: 0.1, momentum: 0.9, dampening: 0.999 }),
  adam("Adam", "by default", { lr: 1e-3 }),
  adam("Adam", "with decay and other betas", { lr: 0.02, betas: [0.5, 0.9], eps: 1e-3, weightDecay: 0.1 }),
  adam("AdamW", "by default", { lr: 1e-3 }),
  adam("AdamW", "with much decay", { lr: 0.01, betas: [0.9, 0.95], weightDecay: 0.5 }),
];

// The corrections of Adam have four entries: a parameter of as many must not be mistaken for them.
const shapes = [[3, 5], [4], [1], []];
const STEPS = 20;

/** The sum of all products: its gradient with respect to parameter i is gradients[i], exactly. */
function lossOf(parameters: readonly Tensor[], gradients: readonly Tensor[]): Tensor {
  return parameters.map((p, i) => sum(mul(p, gradients[i]))).reduce((total, next) => add(total, next));
}

async function momentsOf(
  parameters: readonly Tensor[],
  optimizer: optim.Optimizer,
  { moments }: Case,
): Promise<Moments[]> {
  const state = optimizer.stateDict();
  const read = async (name: string) => (await state.get(name)?.data()) ?? expect.fail(`no state ${name}`);
  return Promise.all(
    parameters.map(async (parameter, i) => {
      const entries = moments.map(async (name) => [name, await read(`${i}.${name}`)] as const);
      return { p: await parameter.data(), ...Object.fromEntries(await Promise.all(entries)) };
    }),
  );
}

async function checkSteps(entry: Case, makeStep: typeof eager): Promise<void> {
  const parameters = shapes.map((shape, i) => tensor(numbers(elementCount(shape), 1, i), shape));
  const optimizer = entry.make(parameters);
  const run = makeStep(parameters, optimizer);
  let before = await momentsOf(parameters, optimizer, entry);
  for (let step = 1; step <= STEPS; step++) {
    // From 1 down to 1e-3 and up again.
    const scale = 10 ** -(step % 4);
    const gradients = shapes.map((shape, i) => numbers(elementCount(shape), scale, 100 * step + i));
    run(gradients.map((values, i) => tensor(values, shapes[i])));
    const after = await momentsOf(parameters, optimizer, entry);
    before.forEach((start, i) => {
      const expected = entry.reference(step, start, gradients[i]);
      for (const name of ["p", ...entry.moments] as const) {
        expectStep(after[i][name] ?? [], expected[name] ?? [], `${name} ${i} after step ${step}`);
      }
    });
    before = after;
  }
}

const eager =
  (parameters: readonly Tensor[], optimizer: optim.Optimizer): ((gradients: Tensor[]) => void) =>
  (gradients) =>
    optimizer.step(lossOf(parameters, gradients));

const compiled: typeof eager = (parameters, optimizer) => {
  const step = compile((gradients: Tensor[]) => {
    const loss = lossOf(parameters, gradients);
    optimizer.step(loss);
    return loss;
  });
  return (gradients) => {
    step(gradients);
    expect(step.inspect().length).toBe(1);
  };
};

describe("compiled", () => {
  test.each(cases)("$name", async (entry) => {
    await checkSteps(entry, compiled);
  });
});

describe("outside of compiled functions", () => {
  test.each(cases.filter(({ name }) => /dampening|AdamW by default/.test(name)))("$name", async (entry) => {
    await checkSteps(entry, eager);
  });
});

test("a change of the rate is seen by the next call of a compiled step, which is not compiled again", async () => {
  const p = tensor([1, 2]);
  const optimizer = new optim.SGD([p], { lr: 0.5 });
  const step = compile(() => optimizer.step(sum(p)));
  const values: number[][] = [];
  for (const lr of [0.5, 0.25, 0, 2]) {
    optimizer.lr = lr;
    expect(optimizer.lr).toBe(lr);
    step();
    values.push([...(await p.data())]);
  }
  expect(values).toEqual([
    [0.5, 1.5],
    [0.25, 1.25],
    [0.25, 1.25],
    [-1.75, -0.75],
  ]);
  expect(step.inspect().length).toBe(1);
});

test("a schedule compiles nothing again", async () => {
  const p = tensor([8]);
  const optimizer = new optim.SGD([p], { lr: 1 });
  const schedule = new optim.StepLR(optimizer, 2, { gamma: 0.5 });
  const step = compile(() => optimizer.step(sum(p)));
  const values: number[] = [];
  for (let i = 0; i < 6; i++) {
    step();
    schedule.step();
    values.push(await p.item());
  }
  expect(values).toEqual([7, 6, 5.5, 5, 4.75, 4.5]);
  expect(step.inspect().length).toBe(1);
});

test("Adam's corrections are right from the first step to the six-thousandth", async () => {
  const p = tensor([0]);
  // At a rate of 1, from p = 0, an error in a correction is as large in p.
  const options: optim.AdamOptions & { lr: number } = { lr: 1, betas: [0.9, 0.998] };
  const optimizer = new optim.Adam([p], options);
  const step = compile((g: Tensor) => optimizer.step(sum(mul(p, g))));
  const entry = adam("Adam", "", options);
  for (let count = 1; count <= 6000; count++) {
    // Of one sign, so that the mean does not cancel.
    const gradient = numbers(1, 0.5, count).map((value) => 1 + value);
    if (count > 10 && count % 1000 !== 0) {
      step(tensor(gradient));
      if (count % 50 === 0) await p.engine.hasRoom();
      continue;
    }
    p.write([0]);
    const [before] = await momentsOf([p], optimizer, entry);
    step(tensor(gradient));
    const [after] = await momentsOf([p], optimizer, entry);
    expectStep(after.p, entry.reference(count, before, gradient).p, `p after ${count} steps`);
  }
});

test("AdamW updates all small parameters and their moments in one dispatch", async () => {
  const parameters = [3, 5, 4, 7, 6].map((size, index) => tensor(numbers(4 * size, 1, index), [4, size]));
  const optimizer = new optim.AdamW(parameters, { maxGradNorm: 1 });
  const x = tensor(numbers(8, 1, 9), [2, 4]);
  const step = compile(() => {
    const losses = parameters.map((parameter) => sum(matmul(x, parameter)));
    optimizer.step(losses.reduce((a, b) => add(a, b)));
  });
  step();
  const [{ plan }] = step.inspect();
  const made = plan.dispatches.filter(({ label }) => label.includes("optimizer"));
  // The corrections, the norm of all gradients (a sum), and the update; each gradient is written to its place.
  expect(made.length).toBe(3);
  expect(plan.dispatches.length).toBe(3 + parameters.length);
  await parameters[0].data();
});

test.each([
  ["AdamW", (groups: optim.ParameterGroup[]) => new optim.AdamW(groups, { lr: 0.1 }), 0.01],
  ["SGD", (groups: optim.ParameterGroup[]) => new optim.SGD(groups, { lr: 0.1 }), 0],
] as const)("%s updates groups of different decay in one dispatch", async (name, make, otherwise) => {
  const sizes = [8, 12, 3, 5, 4, 2];
  const parameters = sizes.map((size, index) => tensor(numbers(size, 1, index), [size]));
  const before = await Promise.all(parameters.map((parameter) => parameter.data()));
  const [a, b, c, d, e, f] = parameters;
  const groups = [
    { params: [a, c], weightDecay: 0.5 },
    { params: [b, d] },
    { params: [e, f], weightDecay: 0 },
  ];
  const optimizer = make(groups);
  expect(optimizer.parameters).toEqual([a, c, b, d, e, f]);
  const step = compile((x: Tensor) => optimizer.step(sum(mul(x, parameters.map((p) => sum(p)).reduce(add)))));
  step(tensor([1]));
  expect(step.inspect()[0].plan.dispatches.filter(({ label }) => label.includes("optimizer")).length).toBe(
    name === "AdamW" ? 2 : 1,
  );
  const decays = [0.5, otherwise, 0.5, otherwise, 0, 0];
  for (const [index, parameter] of parameters.entries()) {
    const [weightDecay, gradient] = [decays[index], new Array(sizes[index]).fill(1)];
    const zeros = new Float32Array(sizes[index]);
    const old: Moments = { p: before[index], exp_avg: zeros, exp_avg_sq: zeros, momentum_buffer: zeros };
    const expected =
      name === "AdamW"
        ? adamStep({ lr: 0.1, weightDecay }, true, 1, old, gradient)
        : sgdStep({ lr: 0.1, weightDecay }, 1, old, gradient);
    expectStep(await parameter.data(), expected.p, `parameter ${index}`);
  }
});
