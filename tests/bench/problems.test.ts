// The benchmark's networks: that their parameters are those that the names promise, and that what is laid out by hand for
// all engines is what the library has.

import { expect, test } from "vitest";
import { gptShapes, gptSizes } from "../../bench/gptProblem.ts";
import { mlpProblem } from "../../bench/mlpProblem.ts";
import {
  normNames,
  resnetBlocks,
  resnetFlops,
  resnetProblem,
  resnetShapes,
  resnetSizes,
  resnetState,
} from "../../bench/resnetProblem.ts";
import { models } from "../../src/index.ts";

function count(shapes: Iterable<readonly number[]>): number {
  return [...shapes].reduce(
    (total, shape) => total + shape.reduce((product, length) => product * length, 1),
    0,
  );
}

test("a GPT's parameters are those of the library's model, in its order", () => {
  for (const sizes of Object.values(gptSizes)) {
    expect([...gptShapes(sizes)]).toEqual([...models.gptShapes(sizes)]);
  }
  const parameters = Object.values(gptSizes).map((sizes) => count(gptShapes(sizes).values()));
  expect(parameters.map((each) => Math.round(each / 1e4) / 100)).toEqual([0.11, 0.24, 1.82, 4.82]);
});

test("the residual network has as many parameters as ResNet-18 for small pictures", () => {
  const { widths } = resnetSizes.hardware;
  // Of torchvision's 11,689,512: less the 7 x 7 stem and the 1000 classes, plus a 3 x 3 stem and 10 classes.
  const expected = 11_689_512 - 64 * 3 * 49 - 513_000 + 64 * 3 * 9 + 5130;
  expect(count(resnetShapes(widths).values())).toBe(expected);
  expect(resnetFlops(widths)).toBeGreaterThan(1.1e9);
  expect(resnetFlops(widths)).toBeLessThan(1.12e9);
  const blocks = resnetBlocks(widths);
  expect(blocks.map(({ stride }) => stride)).toEqual([1, 1, 2, 1, 2, 1, 2, 1]);
  expect(blocks.map(({ isProjected }) => isProjected)).toEqual(blocks.map(({ stride }) => stride > 1));
});

test("weights of the residual network are made in the same way each time, statistics behind them", () => {
  const { weights, images, labels } = resnetProblem(resnetSizes.small);
  expect(resnetProblem(resnetSizes.small).weights).toEqual(weights);
  const state = resnetState(resnetSizes.small.widths);
  expect(state.slice(0, weights.length)).toEqual(weights);
  const norms = normNames(weights.map(({ name }) => name));
  expect(norms).toHaveLength(20);
  expect(state).toHaveLength(weights.length + 2 * norms.length);
  for (const { name, shape, values } of state) {
    expect(values, name).toHaveLength(count([shape]));
    if (name.endsWith("running_var")) expect(Math.min(...values), name).toBeGreaterThan(0.4);
  }
  expect([images.length, [...labels]]).toEqual([4 * 3 * 32 * 32, [0, 1, 2, 3]]);
});

test("the plain network takes digits", () => {
  const { weights, images, labels } = mlpProblem();
  expect(weights.map(({ shape }) => shape)).toEqual([[256, 784], [256], [128, 256], [128], [10, 128], [10]]);
  for (const { shape, values } of weights) expect(values).toHaveLength(count([shape]));
  expect(images).toHaveLength(64 * 784);
  expect(new Set(labels).size).toBe(10);
});
