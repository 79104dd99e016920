// Gradients by hand as users give them: eager, compiled, twice, in checkpoints; and what is refused.

import { beforeAll, describe, expect, test } from "vitest";
import {
  add,
  cast,
  checkpoint,
  clamp,
  compile,
  customGradient,
  DtypeError,
  div,
  exp,
  grad,
  gradients,
  log,
  mul,
  neg,
  round,
  ShapeError,
  square,
  sum,
  type Tensor,
  tensor,
  UsageError,
} from "../../src/index.ts";
import { initShared } from "../setup/sharedDevice.ts";

beforeAll(async () => {
  await initShared();
});

const list = async (x: Tensor) => Array.from(await x.data());

const roundStraight = customGradient(
  (x: Tensor) => round(x),
  ({ dy }) => [dy],
);

test("eager, compiled and in a checkpoint: the same gradient, which is the one by hand", async () => {
  const loss = (x: Tensor) => sum(square(roundStraight(x)));
  const x = tensor([0.6, 1.7, -2.2]);
  const wanted = [2, 4, -4];
  expect(await list(roundStraight(x))).toEqual([1, 2, -2]);
  expect(await list(grad(loss)(x))).toEqual(wanted);
  expect(await list(compile((v: Tensor) => grad(loss)(v))(x))).toEqual(wanted);
  const inPart = (v: Tensor) => checkpoint(loss, v);
  expect(await list(compile((v: Tensor) => grad(inPart)(v))(x))).toEqual(wanted);
});

test("what forward saves, in any structure, and a gradient of two inputs, one of whole numbers", async () => {
  const pick = customGradient(
    (x: Tensor, index: Tensor) => {
      const factor = cast(index, "f32");
      return { y: mul(x, factor), saved: { factor, scale: 10 } };
    },
    ({ dy, inputs, saved: { factor, scale } }) => {
      expect(inputs.length).toBe(2);
      return [mul(mul(dy, factor), scale), undefined];
    },
  );
  const x = tensor([1, 2]);
  const y = pick(x, tensor([3, 4], undefined, { dtype: "i32" }));
  const [dx] = gradients(sum(y), [x]);
  expect(await list(y)).toEqual([3, 8]);
  expect(await list(dx)).toEqual([30, 40]);
});

// ln(1 + e^x) with 1 - 1 / (1 + e^x), as in the literature of custom gradients: no NaN at 100, and a second one.
test("the second gradient is that of what backward computes", async () => {
  const softplus = customGradient(
    (x: Tensor) => {
      const grown = exp(clamp(x, { max: 80 }));
      return { y: log(add(grown, 1)), saved: grown };
    },
    ({ dy, inputs: [x] }) => [div(dy, add(exp(neg(x)), 1))],
  );
  const first = grad((x: Tensor) => sum(softplus(x)));
  const second = grad((x: Tensor) => sum(first(x)));
  const x = tensor([0, 100]);
  expect(await list(first(x))).toEqual([0.5, 1]);
  expect(await list(compile((v: Tensor) => second(v))(x))).toEqual([0.25, 0]);
});

test("what forward captures counts as constant", async () => {
  const w = tensor([2, 3], undefined, { name: "w" });
  const x = tensor([1, 1]);
  const y = sum(
    customGradient(
      (v: Tensor) => mul(v, w),
      ({ dy }) => [mul(dy, w)],
    )(x),
  );
  expect(await list(gradients(y, [x])[0])).toEqual([2, 3]);
  expect(() => gradients(y, [w])).toThrow("gradients: the loss does not depend on w;");
});

describe("what is refused", () => {
  const x = () => tensor([1, 2]);
  /** Takes the gradient of the identity, given by `backward`. */
  const taken = (backward: () => unknown) => () => {
    const input = x();
    const same = customGradient((v: Tensor) => mul(v, 1), backward as () => readonly Tensor[]);
    gradients(sum(same(input)), [input]);
  };
  const applied = (forward: () => unknown) => () =>
    customGradient(forward as (v: Tensor) => Tensor, ({ dy }) => [dy])(x());
  const gaveNoTensor =
    "customGradient: forward gave no tensor; it must give one, or { y, saved } with one in y, and not be asynchronous.";

  test.each([
    [
      "a half that is no function",
      () => customGradient((v: Tensor) => v, undefined as unknown as () => []),
      new UsageError("customGradient: backward is undefined; it must be a function."),
    ],
    [
      "no input",
      () =>
        customGradient(
          () => x(),
          () => [],
        )(),
      new UsageError("customGradient: there is no input; give one tensor at least."),
    ],
    [
      "a number as an input",
      () => roundStraight(3 as unknown as Tensor),
      new UsageError("customGradient: input 0 is no tensor; numbers and options are to be captured."),
    ],
    ["an asynchronous forward", applied(async () => x()), new UsageError(gaveNoTensor)],
    ["a forward that gives a number", applied(() => 3), new UsageError(gaveNoTensor)],
    ["a forward that gives nothing", applied(() => undefined), new UsageError(gaveNoTensor)],
    [
      "a result of whole numbers",
      applied(() => tensor([1], undefined, { dtype: "i32" })),
      new DtypeError("customGradient: y has dtype i32; gradients flow only through f32 and f16."),
    ],
    [
      "two gradients for one input",
      taken(() => [x(), x()]),
      new UsageError(
        "customGradient: backward gave 2 gradients for 1 inputs; it must give an array with one for each, or undefined in its place.",
      ),
    ],
    [
      "a gradient that is not in an array",
      taken(() => x()),
      new UsageError(
        "customGradient: backward gave no array for 1 inputs; it must give an array with one for each, or undefined in its place.",
      ),
    ],
    [
      "a number as a gradient",
      taken(() => [1]),
      new UsageError("customGradient: gradient 0 is no tensor of this engine; it must be one, or undefined."),
    ],
    [
      "a gradient of another shape",
      taken(() => [tensor([[1, 2]])]),
      new ShapeError("customGradient: gradient 0 is [1, 2] for an input of [2]; the shapes must be equal."),
    ],
    [
      "a gradient of whole numbers",
      taken(() => [tensor([1, 2], undefined, { dtype: "i32" })]),
      new DtypeError(
        "customGradient: gradient 0 has dtype i32 for an input of f32; it must have the input's.",
      ),
    ],
  ])("%s", (_, run, error) => {
    expect(run).toThrow(error);
  });
});
