// Packed tensors: they stay the tensors they were, for whoever holds them.

import { beforeEach, describe, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import { type Engine, init } from "../../src/api/engine.ts";
import { gradients } from "../../src/api/grad.ts";
import { packTensors } from "../../src/api/pack.ts";
import { assignAll, full, type Tensor, tensor } from "../../src/api/tensor.ts";
import { add, mul, sum } from "../../src/ops/index.ts";
import { AdamW, decayMatricesOnly, SGD } from "../../src/optim/optim.ts";

let engine: Engine;

beforeEach(async () => {
  engine?.destroy();
  engine = await init();
});

const values = async (x: Tensor) => [...(await x.data())];

/** Three tensors of 3, 4 and 1 elements, packed; the one of whole quads stands first. */
function packed(): Tensor[] {
  const tensors = [tensor([1, 2, 3]), tensor([4, 5, 6, 7], [2, 2]), tensor([8], [])];
  const clusters = packTensors(tensors);
  expect(clusters.map(({ members, isPack }) => ({ members, isPack }))).toEqual([
    { members: [1, 0, 2], isPack: true },
  ]);
  return tensors;
}

describe("a packed tensor", () => {
  test("keeps its value, shape and place in ops", async () => {
    const [a, b, c] = packed();
    expect(await values(a)).toEqual([1, 2, 3]);
    expect(await values(b)).toEqual([4, 5, 6, 7]);
    expect(await c.item()).toBe(8);
    expect(await values(add(a, c))).toEqual([9, 10, 11]);
  });

  test("is written and assigned to without touching its neighbours", async () => {
    const [a, b, c] = packed();
    b.write([40, 50, 60, 70]);
    c.assign(tensor([80], []));
    a.assign(add(a, 1));
    expect(await values(a)).toEqual([2, 3, 4]);
    expect(await values(b)).toEqual([40, 50, 60, 70]);
    expect(await values(c)).toEqual([80]);
  });

  test("is assigned to in a compiled function, two at once from the old values", async () => {
    const [a, , c] = packed();
    const step = compile(() => {
      assignAll([
        [a, add(a, c)],
        [c, sum(a)],
      ]);
      return mul(a, 1);
    });
    expect(await values(step())).toEqual([9, 10, 11]);
    expect(await c.item()).toBe(6);
  });

  test("lets lazy values that need the old one be computed before it changes", async () => {
    const [a, b] = packed();
    const doubled = mul(a, 2);
    b.write([0, 0, 0, 0]);
    a.write([0, 0, 0]);
    expect(await values(doubled)).toEqual([2, 4, 6]);
  });

  test("has a gradient", async () => {
    const [a, , c] = packed();
    const [da, dc] = gradients(sum(mul(mul(a, a), c)), [a, c]);
    expect(await values(da)).toEqual([16, 32, 48]);
    expect(await values(dc)).toEqual([14]);
  });

  test("is seen anew by functions that were compiled before", async () => {
    const weight = tensor([1, 2, 3, 4]);
    const other = tensor([5, 6]);
    const read = compile(() => mul(weight, 10));
    expect(await values(read())).toEqual([10, 20, 30, 40]);
    const optimizer = new SGD([weight, other], { lr: 1 });
    expect(await values(read())).toEqual([10, 20, 30, 40]);
    optimizer.step(add(sum(weight), sum(other)));
    expect(await values(read())).toEqual([0, 10, 20, 30]);
    expect(await values(other)).toEqual([4, 5]);
  });

  test("gives the memory back when the last of its pack is disposed", async () => {
    const before = engine.memory().liveBytes;
    const tensors = packed();
    await tensors[0].data();
    tensors[0].dispose();
    tensors[1].dispose();
    expect(engine.memory().liveBytes).toBeGreaterThan(before);
    tensors[2].dispose();
    expect(engine.memory().liveBytes).toBe(before);
  });
});

describe("optimizers and packs", () => {
  test("a second optimizer of the same parameters takes the pack over, one of some of them works too", async () => {
    const parameters = [full([3], 1), full([4], 1)];
    new SGD(parameters, { lr: 1 }).step(sum(add(sum(parameters[0]), sum(parameters[1]))));
    new SGD([...parameters].reverse(), { lr: 1 }).step(add(sum(parameters[0]), sum(parameters[1])));
    new SGD([parameters[0]], { lr: 1 }).step(sum(parameters[0]));
    expect(await values(parameters[0])).toEqual([-2, -2, -2]);
    expect(await values(parameters[1])).toEqual([-1, -1, -1, -1]);
  });

  test("groups have a decay of their own", async () => {
    const matrix = full([2, 2], 1);
    const bias = full([2], 1);
    const optimizer = new AdamW(decayMatricesOnly([matrix, bias], 0.5), { lr: 0.1 });
    optimizer.applyGradients([full([2, 2], 0), full([2], 0)]);
    expect(await values(bias)).toEqual([1, 1]);
    for (const value of await values(matrix)) expect(value).toBeCloseTo(0.95, 6);
  });

  test("the state of each parameter is told apart and can be loaded", async () => {
    const make = () => [full([3], 1), full([2, 2], 1), full([1], 1)];
    const given = [tensor([1, 2, 3]), tensor([4, 5, 6, 7], [2, 2]), tensor([8])];
    const first = new AdamW(make(), { betas: [0.5, 0.5] });
    first.applyGradients(given);
    const state = first.stateDict();
    expect(await values(state.get("1.exp_avg") as Tensor)).toEqual([2, 2.5, 3, 3.5]);
    expect(await values(state.get("2.exp_avg_sq") as Tensor)).toEqual([32]);
    const second = new AdamW(make(), { betas: [0.5, 0.5] });
    second.loadStateDict(state);
    expect(await values(second.stateDict().get("0.exp_avg") as Tensor)).toEqual([0.5, 1, 1.5]);
  });
});

test("f16 tensors, empty and large ones, and one alone are not packed", () => {
  const clusters = packTensors([full([2 ** 18 + 4], 0), full([0, 3], 0), full([5], 0)]);
  expect(clusters.every(({ isPack }) => !isPack)).toBe(true);
  expect(clusters.map(({ members }) => members[0]).sort()).toEqual([0, 1, 2]);
});
