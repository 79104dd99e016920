// vjp and jvp against derivatives known by heart, and PyTorch's: of several arguments and results, eager and compiled.

import { beforeAll, describe, expect, test } from "vitest";
import {
  compile,
  exp,
  hessian,
  jacobian,
  jvp,
  matmul,
  mul,
  round,
  sin,
  square,
  sum,
  type Tensor,
  tanh,
  tensor,
  UsageError,
  vjp,
  zeros,
} from "../../src/index.ts";
import { initShared } from "../setup/sharedDevice.ts";
import { allowedError } from "../setup/tolerances.ts";

beforeAll(async () => {
  await initShared();
});

const list = async (x: Tensor) => Array.from(await x.data());
const lists = (xs: readonly Tensor[]) => Promise.all(xs.map(list));

const f = (a: Tensor, b: Tensor) => ({ product: mul(a, b), squares: [square(a)] });

test("vjp of two arguments and two results, called twice", async () => {
  const [a, b] = [tensor([1, 2]), tensor([3, 5])];
  const { value, pullback } = vjp(f, a, b);
  // A value that was read is still differentiated.
  expect(await list(value.product)).toEqual([3, 10]);
  const dy = { product: tensor([1, 10]), squares: [tensor([1, 1])] };
  expect(await lists(pullback(dy))).toEqual([
    [5, 54],
    [1, 20],
  ]);
  const other = { product: zeros([2]), squares: [tensor([1, 0])] };
  expect(await lists(pullback(other))).toEqual([
    [2, 0],
    [0, 0],
  ]);
});

test("jvp of two arguments and two results, compiled, in the structure of the value", async () => {
  const run = compile((a: Tensor, b: Tensor, da: Tensor, db: Tensor) => jvp(f, [a, b], [da, db]));
  const { value, tangent } = run(tensor([1, 2]), tensor([3, 5]), tensor([1, 10]), tensor([100, 1]));
  expect(await list(value.squares[0])).toEqual([1, 4]);
  expect(await list(tangent.product)).toEqual([103, 52]);
  expect(await list(tangent.squares[0])).toEqual([2, 40]);
});

test("an argument stands for itself where it is given twice, or captured", async () => {
  const x = tensor([2, 3]);
  const g = (a: Tensor, b: Tensor) => mul(mul(square(a), b), x);
  const { pullback } = vjp(g, x, x);
  expect(await lists(pullback(tensor([1, 1])))).toEqual([
    [16, 54],
    [8, 27],
  ]);
  const { tangent } = jvp(g, [x, x], [tensor([1, 0]), tensor([0, 1])]);
  expect(await list(tangent)).toEqual([16, 27]);
});

/** What torch.func of PyTorch 2.13 gives in float64. */
const ofPyTorch = {
  jvp: [1.88713004878, 0.677860981905],
  vjp: [-1.389387220361, -2.949889443307, -2.827985101199],
  jacrev: [-0.509327182531, -1.50927542843, -1.244187251099, 0.370732855299, -0.068661413553, 0.339610599002],
  hessian: [
    -0.180580810749, 0.054000857762, -0.336961502029, 0.054000857762, -0.069861496453, 0.030983015128,
    -0.336961502029, 0.030983015128, -0.152946715747,
  ],
};

async function expectNear(actual: Tensor, expected: readonly number[]): Promise<void> {
  const values = await list(actual);
  expect(values.length).toBe(expected.length);
  values.forEach((value, i) => {
    // Gradients get four times the bar.
    const bar = 4 * allowedError({ family: "normalised" }, { expected: expected[i], input: 0, magnitude: 0 });
    expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(bar);
  });
}

test("a small network has the derivatives of torch.func, all in one plan", async () => {
  const w = tensor([0.5, -1, 2, 0.25, 1, -0.75], [3, 2]);
  const f = (x: Tensor) => sin(matmul(exp(x), w));
  const energy = (x: Tensor) => sum(square(tanh(matmul(exp(x), w))));
  const run = compile((x: Tensor, dx: Tensor, dy: Tensor) => ({
    jvp: jvp(f, [x], [dx]).tangent,
    vjp: vjp(f, x).pullback(dy)[0],
    jacrev: jacobian(f, x),
    hessian: hessian(energy, x),
  }));
  const found = run(tensor([[0.1, -0.2, 0.3]]), tensor([[1, -2, 0.5]]), tensor([[2, -1]]));
  expect(found.hessian.shape).toEqual([1, 3, 1, 3]);
  for (const name of ["jvp", "vjp", "jacrev", "hessian"] as const)
    await expectNear(found[name], ofPyTorch[name]);
});

test("what does not depend has no derivative", async () => {
  const { tangent } = jvp((x: Tensor) => [round(x), tensor([7])], [tensor([1.2])], [tensor([5])]);
  expect(await lists(tangent)).toEqual([[0], [0]]);
  expect(await lists(vjp((x: Tensor) => round(x), tensor([1.2])).pullback(tensor([1])))).toEqual([[0]]);
});

describe("what is refused", () => {
  const x = () => tensor([1, 2]);
  const whole = () => tensor([1, 2], undefined, { dtype: "i32" });
  const square2 = (v: Tensor) => square(v);
  test.each([
    ["no argument", () => vjp(() => x()), "vjp: there is no primal; give one tensor at least."],
    [
      "a number",
      () => vjp(square2, 2 as unknown as Tensor),
      "vjp: primal 0 is no tensor; numbers and options are to be captured.",
    ],
    [
      "whole numbers",
      () => vjp(square2, whole()),
      "vjp: primal 0 has dtype i32; gradients flow only through f32 and f16.",
    ],
    [
      "a result of whole numbers",
      () => jvp((_: Tensor) => whole(), [x()], [x()]),
      "jvp: result 0 has dtype i32; gradients flow only through f32 and f16.",
    ],
    [
      "an asynchronous function",
      () => vjp(async (v: Tensor) => v, x()),
      "vjp: f is asynchronous; it must be an ordinary function.",
    ],
    [
      "no result",
      () => vjp((_: Tensor) => 3, x()),
      "vjp: f gives no tensor; it must give what was computed from the primals.",
    ],
    [
      "a dy of another shape",
      () => vjp(square2, x()).pullback(zeros([3])),
      "vjp: dy is f32[3] and not f32[2]; it must have the structure, shapes and dtypes of what it belongs to.",
    ],
    [
      "a missing tangent",
      () => jvp(f, [x(), x()], [x()] as unknown as [Tensor, Tensor]),
      "jvp: tangents is (f32[2]) and not (f32[2]f32[2]); it must have the structure, shapes and dtypes of what it belongs to.",
    ],
    [
      "a tangent of another dtype",
      () => jvp(square2, [x()], [whole()]),
      "jvp: tangents.0 is i32[2] and not f32[2]; it must have the structure, shapes and dtypes of what it belongs to.",
    ],
  ])("%s", (_, run, text) => {
    expect(run).toThrow(new UsageError(text));
  });
});
