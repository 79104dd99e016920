// Which parameters are Muon's own, what is kept of them, in how many dispatches they are updated, and what is refused.

import { beforeAll, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import { type Tensor, tensor } from "../../src/api/tensor.ts";
import { UsageError } from "../../src/base/errors.ts";
import { AdamW, Muon, type MuonOptions } from "../../src/optim/optim.ts";
import { initShared } from "../setup/sharedDevice.ts";
import { numbers } from "./reference.ts";

beforeAll(async () => {
  await initShared();
});

const shapes = [[4, 3], [5], [4, 4], [2, 3]];
const filled = (seed: number) =>
  shapes.map((shape, i) =>
    tensor(
      numbers(
        shape.reduce((a, b) => a * b, 1),
        1,
        seed + i,
      ),
      shape,
    ),
  );

test("what is no matrix, and what is given to AdamW, moves as AdamW moves it at its part of the rate", async () => {
  const [parameters, others, gradients] = [filled(1), filled(1), filled(20)];
  const embedding = parameters[2];
  const muon = new Muon(parameters, { lr: 0.5, adamW: [embedding], adamWLrFactor: 0.25, weightDecay: 0.125 });
  const adamW = new AdamW(others, { lr: 0.125, betas: [0.9, 0.95], eps: 1e-10, weightDecay: 0.125 });
  for (let step = 0; step < 2; step++) for (const each of [muon, adamW]) each.applyGradients(gradients);
  for (const index of [1, 2]) expect(await parameters[index].data()).toEqual(await others[index].data());
  for (const index of [0, 3]) expect(await parameters[index].data()).not.toEqual(await others[index].data());
  expect([...muon.stateDict().keys()].sort()).toEqual([
    "0.momentum_buffer",
    "1.exp_avg",
    "1.exp_avg_sq",
    "2.exp_avg",
    "2.exp_avg_sq",
    "3.momentum_buffer",
    "corrections",
    "lr",
  ]);
});

test("steps have singular values near 1: of a matrix of one row they have one length, whatever the gradient's", async () => {
  const row = tensor([[0, 0, 0, 0]]);
  const muon = new Muon([row], { lr: 1, momentum: 0, nesterov: false });
  const lengths: number[] = [];
  for (const scale of [1e-3, 1, 1e3]) {
    row.write([0, 0, 0, 0]);
    muon.applyGradients([tensor([[3 * scale, 0, -4 * scale, 0]])]);
    const step = await row.data();
    lengths.push(Math.hypot(...step));
    expect(step[0] / step[2]).toBeCloseTo(-0.75, 5);
  }
  for (const length of lengths) {
    expect(length).toBeGreaterThan(0.6);
    expect(length).toBeLessThan(1.3);
    expect(length).toBeCloseTo(lengths[0], 5);
  }
});

test("a gradient of 0 moves nothing but by decay", async () => {
  const p = tensor([
    [1, 2],
    [3, 4],
  ]);
  new Muon([p], { lr: 0.5, weightDecay: 0.5 }).applyGradients([
    tensor([
      [0, 0],
      [0, 0],
    ]),
  ]);
  expect([...(await p.data())]).toEqual([0.75, 1.5, 2.25, 3]);
});

test("momenta of all small matrices are one dispatch, and their steps another", async () => {
  const parameters = filled(1);
  const muon = new Muon(parameters, { nsSteps: 1 });
  const step = compile((gradients: Tensor[]) => muon.applyGradients(gradients));
  step(filled(30));
  const { plan } = step.inspect()[0];
  const pack = muon.clusters.find(({ members }) => members.length === 3);
  expect(pack?.isPack).toBe(true);
  const count = (label: RegExp) => plan.dispatches.filter((dispatch) => label.test(dispatch.label)).length;
  // Three products for each matrix; the corrections, all momenta, and all steps.
  expect(count(/^matmul/)).toBe(9);
  expect(count(/^(mul\+)?sub\+mul\+/)).toBe(3);
  await parameters[0].data();
});

test("goes on from its state with the same bits", async () => {
  const [whole, resumed] = [filled(1), filled(1)];
  const [first, second] = [new Muon(whole), new Muon(resumed)];
  first.applyGradients(filled(40));
  for (const [index, parameter] of resumed.entries()) parameter.write(await whole[index].data());
  second.loadStateDict(first.stateDict());
  for (const each of [first, second]) each.applyGradients(filled(50));
  for (const [index, parameter] of resumed.entries()) {
    expect(await parameter.data()).toEqual(await whole[index].data());
  }
  first.dispose();
  expect([...first.stateDict().values()].every((value) => value.isDisposed)).toBe(true);
});

test("options that are refused", () => {
  const faults: [MuonOptions, string][] = [
    [{ momentum: 1 }, "Muon: momentum is 1; it must be a finite number from 0 and below 1."],
    [{ eps: -1 }, "Muon: eps is -1; it must be a finite number from 0."],
    [{ nsSteps: 0 }, "Muon: nsSteps is 0; it must be a whole number from 1 to 99."],
    [{ adamWLrFactor: -1 }, "Muon: adamWLrFactor is -1; it must be a finite number from 0."],
    [{ adjustLr: "none" as "original" }, "Muon: adjustLr is none; it must be original or matchRmsAdamW."],
    [{ weightDecay: -1 }, "Muon: weightDecay is -1; it must be a finite number from 0."],
  ];
  const p = tensor([[1]]);
  for (const [options, message] of faults)
    expect(() => new Muon([p], options)).toThrow(new UsageError(message));
});
