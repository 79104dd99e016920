// jacobian and hessian against derivatives known by heart.

import { beforeAll, expect, test } from "vitest";
import {
  compile,
  hessian,
  jacobian,
  mul,
  prod,
  reshape,
  ShapeError,
  square,
  sum,
  type Tensor,
  tensor,
  UsageError,
  zeros,
} from "../../src/index.ts";
import { initShared } from "../setup/sharedDevice.ts";

beforeAll(async () => {
  await initShared();
});

const list = async (x: Tensor) => Array.from(await x.data());

test("a row for each result, in the shape of both", async () => {
  const x = tensor([
    [1, 2],
    [3, 4],
  ]);
  const f = (v: Tensor) => sum(square(v), { axis: 1 });
  const y = compile((v: Tensor) => jacobian(f, v))(x);
  expect(y.shape).toEqual([2, 2, 2]);
  expect(await list(y)).toEqual([2, 4, 0, 0, 0, 0, 6, 8]);
});

test("of one number, of nothing, and of what does not depend", async () => {
  const x = tensor([2, 3]);
  expect(await list(jacobian((v) => prod(v), x))).toEqual([3, 2]);
  expect(jacobian((v) => reshape(zeros([0, 2]), [0, v.size]), x).shape).toEqual([0, 2, 2]);
  expect(await list(jacobian(() => tensor([1, 1]), x))).toEqual([0, 0, 0, 0]);
});

test("the matrix of second derivatives", async () => {
  const f = (v: Tensor) => sum(mul(square(v), tensor([1, 10, 100])));
  const g = (v: Tensor) => mul(f(v), sum(v));
  const y = hessian(g, tensor([1, 0, -1]));
  expect(y.shape).toEqual([3, 3]);
  // 2 w (sum v) on the diagonal, and 2 w v of both: w v = [1, 0, -100], sum v = 0.
  expect(await list(y)).toEqual([4, 2, -198, 2, 0, -200, -198, -200, -400]);
});

test("refusals", () => {
  const x = tensor([1, 2]);
  const noTensor = "jacobian: f gives no tensor; it must give one, and not be asynchronous.";
  expect(() => jacobian((() => 3) as unknown as (v: Tensor) => Tensor, x)).toThrow(new UsageError(noTensor));
  const later = async (v: Tensor) => v;
  expect(() => jacobian(later as unknown as (v: Tensor) => Tensor, x)).toThrow(new UsageError(noTensor));
  expect(() => jacobian((v) => v, 1 as unknown as Tensor)).toThrow(
    new UsageError("vjp: primal 0 is no tensor; numbers and options are to be captured."),
  );
  expect(() => jacobian((v) => v, zeros([2], { dtype: "i32" }))).toThrow(
    new UsageError("vjp: primal 0 has dtype i32; gradients flow only through f32 and f16."),
  );
  expect(() => hessian((v) => v, x)).toThrow(
    new ShapeError("gradients: the loss is [2]; it must be one number, such as a mean or a sum."),
  );
});
