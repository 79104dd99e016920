// GradientAccumulator: several batches make the step that one large batch makes.

import { beforeAll, expect, test } from "vitest";
import {
  add,
  compile,
  matmul,
  mean,
  mul,
  optim,
  ShapeError,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  UsageError,
  zeros,
} from "../../src/index.ts";
import { initShared } from "../setup/sharedDevice.ts";
import { allowedError } from "../setup/tolerances.ts";

beforeAll(async () => {
  await initShared();
});

const wave = (count: number, shift = 0) =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(3 * i + shift));

function start(maxGradNorm?: number) {
  const w = tensor(wave(6 * 4), [6, 4]);
  const bias = tensor(wave(4, 1));
  const large = tensor(wave(2 ** 18 + 4, 2));
  const parameters = [w, bias, large];
  const groups = optim.decayMatricesOnly(parameters, 0.1);
  const optimizer = new optim.SGD(groups, { lr: 0.1, momentum: 0.9, maxGradNorm });
  const lossOf = (x: Tensor) => {
    const y = sub(tanh(matmul(x, w)), bias);
    return mean(mul(square(y), mean(square(large))));
  };
  return { optimizer, lossOf, parameters };
}

const rows = (from: number, to: number, step: number) =>
  tensor(wave(12 * 6, step).subarray(6 * from, 6 * to), [to - from, 6]);

async function expectSame(actual: readonly Tensor[], expected: readonly Tensor[]): Promise<void> {
  for (const [index, value] of actual.entries()) {
    const [found, wanted] = await Promise.all([value.data(), expected[index].data()]);
    found.forEach((number, i) => {
      const bar = allowedError({ family: "optimizer" }, { expected: wanted[i], input: 0, magnitude: 0 });
      expect(Math.abs(number - wanted[i])).toBeLessThanOrEqual(bar);
    });
  }
}

test.each([undefined, 0.5])("three batches are one large batch, clipped at %s", async (maxGradNorm) => {
  const whole = start(maxGradNorm);
  const wholeStep = compile((x: Tensor) => whole.optimizer.step(whole.lossOf(x)));
  const parts = start(maxGradNorm);
  const accumulator = new optim.GradientAccumulator(parts.optimizer);
  const addBatch = compile((x: Tensor) => accumulator.add(parts.lossOf(x)));
  const partsStep = compile(() => accumulator.step());
  for (let step = 0; step < 3; step++) {
    wholeStep(rows(0, 12, step));
    for (const from of [0, 4, 8]) addBatch(rows(from, from + 4, step));
    partsStep();
  }
  await expectSame(parts.parameters, whole.parameters);
  expect([addBatch.inspect().length, partsStep.inspect().length]).toEqual([1, 1]);
});

test("both may stand in one compiled function, with dispatches for adding alone", async () => {
  const whole = start();
  const wholeStep = compile((x: Tensor) => whole.optimizer.step(whole.lossOf(x)));
  const parts = start();
  const accumulator = new optim.GradientAccumulator(parts.optimizer);
  const partsStep = compile((first: Tensor, second: Tensor) => {
    accumulator.add(parts.lossOf(first));
    accumulator.add(parts.lossOf(second));
    accumulator.step();
  });
  for (let step = 0; step < 2; step++) {
    wholeStep(rows(0, 12, step));
    partsStep(rows(0, 6, step), rows(6, 12, step));
  }
  await expectSame(parts.parameters, whole.parameters);
});

test("the sums are laid out as the optimizer's packs are: a step copies nothing", async () => {
  const parameters = [tensor(wave(24), [4, 6]), tensor(wave(7, 1)), tensor([1])];
  const accumulator = new optim.GradientAccumulator(new optim.SGD(parameters, { lr: 1 }));
  accumulator.add(parameters.map((p) => sum(p)).reduce((a, b) => add(a, b)));
  const step = compile(() => accumulator.step());
  step();
  const [{ plan, printPlan }] = step.inspect();
  // The share of a batch, one update of all parameters, and the count.
  expect(plan.dispatches.length, printPlan()).toBe(3);
  expect([...(await parameters[1].data())]).toEqual([...wave(7, 1)].map((value) => Math.fround(value - 1)));
});

test("a step without batches changes nothing; what was not finite is gone after a step that was left out", async () => {
  const p = tensor([1, 2]);
  const optimizer = new optim.SGD([p], { lr: 1, momentum: 0.5, weightDecay: 0.1 });
  const accumulator = new optim.GradientAccumulator(optimizer);
  accumulator.step();
  expect([...(await p.data())]).toEqual([1, 2]);
  const scaler = new optim.GradScaler();
  const addBatch = compile((g: Tensor) => accumulator.add(scaler.scale(sum(mul(p, g)))));
  const step = compile(() => {
    accumulator.step(scaler);
    scaler.update();
  });
  addBatch(tensor([1, 1]));
  addBatch(tensor([Number.NaN, 1]));
  step();
  expect([...(await p.data()), await scaler.getScale()]).toEqual([1, 2, 32768]);
  const other = new optim.SGD([p], { lr: 1 });
  const fresh = new optim.GradientAccumulator(other);
  fresh.add(sum(mul(p, tensor([1, 4]))));
  fresh.add(sum(mul(p, tensor([3, 0]))));
  fresh.step();
  expect([...(await p.data())]).toEqual([-1, 0]);
  addBatch(tensor([1, 1]));
  step();
  expect((await p.data()).every(Number.isFinite)).toBe(true);
});

test("gradients of the caller's own must fit, and dispose gives the sums back", () => {
  const p = tensor([1, 2], undefined, { name: "w" });
  const accumulator = new optim.GradientAccumulator(new optim.SGD([p]));
  expect(() => accumulator.addGradients([])).toThrow(
    new UsageError("GradientAccumulator: 0 gradients for 1 parameters; the counts must be equal."),
  );
  expect(() => accumulator.addGradients([zeros([3])])).toThrow(
    new ShapeError("GradientAccumulator: the gradient of w is [3]; it must be [2]."),
  );
  const { engine } = p;
  const before = engine.memory().liveTensors;
  accumulator.dispose();
  expect(engine.memory().liveTensors).toBe(before - 2);
  expect(p.isDisposed).toBe(false);
});
