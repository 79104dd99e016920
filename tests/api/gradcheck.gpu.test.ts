// gradcheck finds gradients that are wrong, and only those.

import { beforeAll, describe, expect, test } from "vitest";
import {
  add,
  cast,
  crossEntropy,
  customGradient,
  dropout,
  embedding,
  exp,
  GradcheckError,
  gradcheck,
  gradgradcheck,
  layerNorm,
  matmul,
  mul,
  square,
  sum,
  type Tensor,
  tanh,
  tensor,
  UsageError,
  zeros,
} from "../../src/index.ts";
import { initShared } from "../setup/sharedDevice.ts";

beforeAll(async () => {
  await initShared();
});

const wave = (shift: number, ...shape: number[]) =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(3 * i + shift)),
    shape,
  );

/** tanh, with a gradient that is `factor` times what it should be at the elements where `where` is 1. */
const tanhOf = (factor: number) =>
  customGradient(
    (x: Tensor) => tanh(x),
    ({ dy, y }) => [mul(mul(dy, factor), add(mul(square(y), -1), 1))],
  );

test("a small network, with labels: right", async () => {
  const labels = tensor(Int32Array.of(1, 0, 2));
  const loss = (x: Tensor, w: Tensor, index: Tensor) =>
    crossEntropy(matmul(layerNorm(tanh(x), [4]), w), index);
  const report = await gradcheck(loss, [wave(0, 3, 4), wave(1, 4, 3), labels]);
  expect(report).toMatchObject({ ok: true, checked: 24, faults: [] });
});

test("a gradient of the gradient", async () => {
  const report = await gradgradcheck((x: Tensor) => ({ y: tanhOf(1)(x), z: exp(x) }), [wave(2, 3)]);
  expect(report).toMatchObject({ ok: true, checked: 9 });
});

test("a gradient that is 1 % off is named by input and element, or reported", async () => {
  const f = (a: Tensor, x: Tensor) => [a, tanhOf(1.01)(x)];
  const inputs: [Tensor, Tensor] = [wave(0, 2), tensor([0, 0.25, 3])];
  const caught: unknown = await gradcheck(f, inputs).catch((error: unknown) => error);
  expect(caught).toBeInstanceOf(GradcheckError);
  if (!(caught instanceof GradcheckError)) return;
  const { worst, faults, checked } = caught.report;
  expect([checked, faults.map(({ input, element }) => [input, element]), worst?.input]).toEqual([
    5,
    [
      [1, 0],
      [1, 1],
    ],
    1,
  ]);
  expect(caught.message).toMatch(
    /^gradcheck: for element \d of input 1 the gradient is [\d.]+ and the differences give [\d.]+, the furthest apart of 2 faults in 5 elements; the two must agree by atol and rtol, away from kinks and with results near the size of 1\.$/,
  );
  const report = await gradcheck(f, inputs, { raiseException: false });
  expect(report.ok).toBe(false);
  expect((await gradcheck(f, inputs, { rtol: 0.02 })).ok).toBe(true);
});

test("a missing gradient, a second one that is wrong, and one that is no number", async () => {
  const unknown = customGradient(
    (x: Tensor) => tanh(x),
    () => [undefined],
  );
  expect((await gradcheck(unknown, [wave(1, 2)], { raiseException: false })).faults.length).toBe(2);
  // The rule counts y² as constant, so the first gradient is right and the second is not.
  const flat = customGradient(
    (x: Tensor) => ({ y: tanh(x), saved: undefined }),
    ({ dy, inputs: [x] }) => [
      customGradient(
        (v: Tensor, g: Tensor) => mul(g, add(mul(square(tanh(v)), -1), 1)),
        ({ dy: d }) => [mul(d, 0), mul(d, 1)],
      )(x, dy),
    ],
  );
  await expect(gradcheck(flat, [wave(1, 2)])).resolves.toMatchObject({ ok: true });
  await expect(gradgradcheck(flat, [wave(1, 2)])).rejects.toThrow(/^gradgradcheck: for element/);
  const nothing = customGradient(
    (x: Tensor) => mul(x, 1),
    ({ dy }) => [mul(dy, Number.NaN)],
  );
  await expect(gradcheck(nothing, [wave(1, 1)])).rejects.toThrow("the gradient is NaN");
});

describe("what is refused", () => {
  const x = () => tensor([1, 2]);
  const f = (v: Tensor) => square(v);
  test.each([
    ["no input", () => gradcheck(() => x(), []), "gradcheck: there is no input; give one tensor at least."],
    [
      "a number",
      () => gradcheck(f, [1 as unknown as Tensor]),
      "gradcheck: input 0 is no tensor; numbers and options are to be captured.",
    ],
    [
      "whole numbers alone",
      () => gradcheck((v: Tensor) => embedding(v, zeros([3, 2])), [tensor(Int32Array.of(1))]),
      "gradcheck: no input is of fractions; those that are differentiated must be f32, and there must be one.",
    ],
    [
      "an eps of 0",
      () => gradcheck(f, [x()], { eps: 0 }),
      "gradcheck: eps is 0; it must be a finite number above 0.",
    ],
    [
      "an eps that is none",
      () => gradcheck(f, [x()], { eps: Number.NaN }),
      "gradcheck: eps is NaN; it must be a finite number above 0.",
    ],
    [
      "a negative tolerance",
      () => gradgradcheck(f, [x()], { rtol: -1 }),
      "gradgradcheck: rtol is -1; it must be at least 0.",
    ],
    [
      "a function of whole numbers",
      () => gradcheck((v: Tensor) => cast(v, "i32"), [x()]),
      "gradcheck: f gives no tensor of f32 or f16; it must give one at least, and not be asynchronous.",
    ],
    [
      "a function that draws",
      () => gradcheck((v: Tensor) => sum(dropout(v, 0.5)), [wave(0, 64)]),
      "gradcheck: f gives other values at each call; it must depend on its inputs alone, so without dropout or noise.",
    ],
  ])("%s", async (_, run, text) => {
    await expect(run()).rejects.toThrow(new UsageError(text));
  });
});
