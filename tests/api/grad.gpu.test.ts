// Gradients as users ask for them, also of gradients; what does not depend is reported by name.

import { beforeAll, expect, test } from "vitest";
import {
  compile,
  exp,
  grad,
  gradients,
  init,
  matmul,
  mul,
  sum,
  type Tensor,
  tensor,
  valueAndGrad,
  withScope,
} from "../../src/index.ts";

beforeAll(async () => {
  await init();
});

const list = async (x: Tensor) => Array.from(await x.data());

test("a gradient of a gradient of a gradient, eager and compiled", async () => {
  const cube = (x: Tensor) => sum(mul(x, mul(x, x)));
  const second = grad((x) => sum(grad(cube)(x)));
  const third = grad((x) => sum(second(x)));
  const x = tensor([1, 2]);
  expect(await list(second(x))).toEqual([6, 12]);
  expect(await list(third(x))).toEqual([6, 6]);
  expect(await list(compile((v: Tensor) => third(v))(x))).toEqual([6, 6]);
});

test("value and gradient share one plan", async () => {
  const { value, gradient } = valueAndGrad((x: Tensor) => sum(exp(x)))(tensor([0]));
  expect([await value.item(), await gradient.item()]).toEqual([1, 1]);
});

test("a value that is used twice gets both gradients", async () => {
  const w = tensor([
    [1, 2],
    [3, 4],
  ]);
  const [dw] = gradients(sum(matmul(w, w)), [w]);
  expect(await list(dw)).toEqual([7, 11, 9, 13]);
});

test("refusals", () => {
  const used = tensor([1], undefined, { name: "used" });
  const unused = tensor([1, 2], undefined, { name: "encoder.weight" });
  expect(() => gradients(sum(mul(used, 2)), [used, unused])).toThrow(
    "gradients: the loss does not depend on encoder.weight; leave them out, or set allowUnused for zeros.",
  );
  expect(() => gradients(mul(unused, 2), [unused])).toThrow(
    "gradients: the loss is [2]; it must be one number, such as a mean or a sum.",
  );
  const whole = tensor([1], undefined, { dtype: "i32", name: "labels" });
  expect(() => gradients(sum(used), [whole])).toThrow(
    "gradients: labels has dtype i32; gradients flow only through f32 and f16.",
  );
  expect(() => withScope("blocks.0", () => matmul(tensor([[1, 2]]), tensor([[1, 2]])))).toThrow(
    "matmul: inner sizes differ, a is [1, 2] and b is [1, 2]; a's last size must equal b's second-last.\n  in layer \"blocks.0\"",
  );
});

test("what the loss does not reach is zero where that is allowed", async () => {
  const x = tensor([1, 2]);
  const [dx] = gradients(sum(tensor([3])), [x], { allowUnused: true });
  expect(await list(dx)).toEqual([0, 0]);
});
