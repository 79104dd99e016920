// Averages of parameters over the steps of a run.

import { beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import { full, type Tensor, tensor } from "../../src/api/tensor.ts";
import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { add, sum } from "../../src/ops/index.ts";
import { ExponentialMovingAverage, SGD } from "../../src/optim/optim.ts";
import { initShared } from "../setup/sharedDevice.ts";

beforeAll(async () => {
  await initShared();
});

const values = async (x: Tensor) => [...(await x.data())];

/** Of three shapes, of which two are no whole quads. */
const made = () => [full([3], 1), full([2, 2], 2), full([], 4)];

describe("ExponentialMovingAverage", () => {
  test("starts as the parameters are and moves towards them", async () => {
    const parameters = made();
    const average = new ExponentialMovingAverage(parameters, { decay: 0.75 });
    expect(await Promise.all(average.averages.map(values))).toEqual([[1, 1, 1], [2, 2, 2, 2], [4]]);
    parameters[0].write([5, 1, -3]);
    parameters[2].write([0]);
    average.update();
    expect(await Promise.all(average.averages.map(values))).toEqual([[2, 1, 0], [2, 2, 2, 2], [3]]);
  });

  test("in a compiled step sees what the optimizer has made of the parameters", async () => {
    const parameters = made();
    const optimizer = new SGD(parameters, { lr: 1 });
    const average = new ExponentialMovingAverage(parameters, { decay: 0.5 });
    const step = compile(() => {
      const loss = parameters.map((parameter) => sum(parameter)).reduce((a, b) => add(a, b));
      optimizer.step(loss);
      average.update();
      return loss;
    });
    await step().item();
    expect(await Promise.all(average.averages.map(values))).toEqual([
      [0.5, 0.5, 0.5],
      [1.5, 1.5, 1.5, 1.5],
      [3.5],
    ]);
    await step().item();
    expect(await values(average.averages[2])).toEqual([2.75]);
    expect(await values(parameters[2])).toEqual([2]);
  });

  test("is written into other tensors, packed or not", async () => {
    const parameters = made();
    const average = new ExponentialMovingAverage(parameters);
    const others = [full([3], 0), full([2, 2], 0), full([], 0)];
    average.copyTo(others);
    expect(await Promise.all(others.map(values))).toEqual([[1, 1, 1], [2, 2, 2, 2], [4]]);
    parameters[1].write([9, 9, 9, 9]);
    average.copyTo(parameters);
    expect(await values(parameters[1])).toEqual([2, 2, 2, 2]);
  });

  test("is saved and loaded by name, and given back", async () => {
    const first = new ExponentialMovingAverage(made());
    expect([...first.stateDict().keys()]).toEqual(["0.average", "1.average", "2.average"]);
    const parameters = [full([3], 0), full([2, 2], 0), full([], 0)];
    const second = new ExponentialMovingAverage(parameters);
    second.loadStateDict(first.stateDict());
    expect(await Promise.all(second.averages.map(values))).toEqual([[1, 1, 1], [2, 2, 2, 2], [4]]);
    const third = new ExponentialMovingAverage(parameters);
    const { averages } = third;
    await values(averages[0]);
    third.dispose();
    expect(averages.map(({ isDisposed }) => isDisposed)).toEqual([true, true, true]);
  });

  test("of one parameter alone", async () => {
    const parameter = tensor([1, 2, 3]);
    const average = new ExponentialMovingAverage([parameter], { decay: 0 });
    parameter.write([4, 5, 6]);
    average.update();
    expect(await values(average.averages[0])).toEqual([4, 5, 6]);
  });

  test("refuses what does not fit", () => {
    const owner = "ExponentialMovingAverage:";
    const parameters = made();
    const average = new ExponentialMovingAverage(parameters);
    expect(() => average.copyTo([parameters[0]])).toThrow(
      new UsageError(`${owner} 1 targets for 3 averages; the counts must be equal.`),
    );
    expect(() => average.copyTo([parameters[0], full([4], 0), parameters[2]])).toThrow(
      new ShapeError(`${owner} target 1 is [4] and its average [2, 2]; the shapes must be equal.`),
    );
    expect(() => new ExponentialMovingAverage([])).toThrow(
      new UsageError(`${owner} parameters must be a list of at least one tensor.`),
    );
    expect(() => new ExponentialMovingAverage([parameters[0], parameters[0]])).toThrow(
      new UsageError(`${owner} a parameter is given twice; each must be there once.`),
    );
    expect(() => new ExponentialMovingAverage([full([2], 0, { dtype: "i32" })])).toThrow(
      new DtypeError(`${owner} a parameter [2] has dtype i32; it must be f32 or f16.`),
    );
    expect(() => new ExponentialMovingAverage(parameters, { decay: 1.5 })).toThrow(
      new UsageError(`${owner} decay is 1.5; it must be a finite number from 0 to 1.`),
    );
  });
});
