// What a newcomer reads first: add, multiply, differentiate, train XOR.

import { beforeAll, expect, test } from "vitest";
import {
  add,
  compile,
  grad,
  init,
  manualSeed,
  matmul,
  mseLoss,
  nn,
  optim,
  square,
  type Tensor,
  tensor,
} from "../src/index.ts";

beforeAll(async () => {
  await init();
});

test("add", async () => {
  expect([...(await add(tensor([1, 2]), tensor([3, 4])).data())]).toEqual([4, 6]);
});

test("matmul", async () => {
  expect([...(await matmul(tensor([[1, 2]]), tensor([[3], [4]])).data())]).toEqual([11]);
});

test("grad", async () => {
  const slope = grad((x) => square(x));
  expect(await slope(tensor(3)).item()).toBe(6);
});

test("XOR is learned", async () => {
  manualSeed(2);
  const model = new nn.Sequential(new nn.Linear(2, 8), new nn.Tanh(), new nn.Linear(8, 1), new nn.Sigmoid());
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 });
  const step = compile((x: Tensor, y: Tensor) => {
    const loss = mseLoss(model.forward(x), y);
    optimizer.step(loss);
    return loss;
  });
  const x = tensor([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]);
  const y = tensor([[0], [1], [1], [0]]);
  for (let i = 0; i < 300; i++) step(x, y);
  const answers = await model.forward(x).data();
  expect([...answers].map(Math.round)).toEqual([0, 1, 1, 0]);
});
