// The mean of parameters over updates, and clipping by value.

import { beforeAll, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import { full, type Tensor, tensor } from "../../src/api/tensor.ts";
import { UsageError } from "../../src/base/errors.ts";
import { add, sum } from "../../src/ops/index.ts";
import { clipGradValue, SGD, StochasticWeightAverage } from "../../src/optim/optim.ts";
import { initShared } from "../setup/sharedDevice.ts";
import { expectStep } from "./reference.ts";

beforeAll(async () => {
  await initShared();
});

const values = async (x: Tensor) => [...(await x.data())];

test("is the mean of what the parameters were at its updates, whatever they were before", async () => {
  const parameters = [tensor([100, 1e-3, 5]), tensor([[7]])];
  const average = new StochasticWeightAverage(parameters);
  const first = [Math.fround(0.1), -2, 1e8];
  parameters[0].write(first);
  average.update();
  expect(await values(average.averages[0])).toEqual(first);
  parameters[0].write([1, 2, 0]);
  parameters[1].write([4]);
  average.update();
  parameters[1].write([1]);
  average.update();
  expectStep((await values(average.averages[0])).slice(1), [2 / 3, 1e8 / 3], "means");
  expect(await values(average.averages[1])).toEqual([4]);
  expect(await average.stateDict().get("n_averaged")?.item()).toBe(3);
});

test("joins a compiled step after the optimizer, goes on from its state, and is given back", async () => {
  const parameters = [full([3], 1), full([2, 2], 2)];
  const optimizer = new SGD(parameters, { lr: 1 });
  const average = new StochasticWeightAverage(parameters);
  const step = compile(() => {
    optimizer.step(parameters.map((parameter) => sum(parameter)).reduce((a, b) => add(a, b)));
    average.update();
  });
  step();
  step();
  expect(await values(average.averages[0])).toEqual([-0.5, -0.5, -0.5]);
  expect([...average.stateDict().keys()]).toEqual(["n_averaged", "0.average", "1.average"]);
  const second = new StochasticWeightAverage([full([3], -1), full([2, 2], 0)]);
  second.loadStateDict(average.stateDict());
  second.update();
  expectStep((await values(second.averages[0])).slice(0, 1), [-2 / 3], "mean");
  expect(() => second.copyTo([full([3], 0)])).toThrow(
    new UsageError("StochasticWeightAverage: 1 targets for 2 averages; the counts must be equal."),
  );
  expect(() => new StochasticWeightAverage([])).toThrow(
    new UsageError("StochasticWeightAverage: parameters must be a list of at least one tensor."),
  );
  second.dispose();
  expect([...second.stateDict().values()].every((value) => value.isDisposed)).toBe(true);
});

test("gradients are clipped by value, and NaN stays", async () => {
  const [a, b] = clipGradValue([tensor([3, -0.25, Number.NaN]), tensor([[Number.NEGATIVE_INFINITY]])], 0.5);
  expect(await values(a)).toEqual([0.5, -0.25, Number.NaN]);
  expect(await values(b)).toEqual([-0.5]);
  expect(() => clipGradValue([], 1)).toThrow(
    new UsageError("clipGradValue: the list of gradients is empty; it must have at least one."),
  );
  for (const maxValue of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => clipGradValue([a], maxValue)).toThrow(
      new UsageError(`clipGradValue: maxValue is ${maxValue}; it must be a finite number from 0.`),
    );
  }
});
