// The tests of the tests: what is wrong on purpose must be found.

import { describe, expect, test } from "vitest";
import { InternalError } from "../../src/base/errors.ts";
import type { Value } from "../../src/graph/node.ts";
import type { ElementwiseRecord, ViewRecord, WgslTypes } from "../../src/graph/op.ts";
import { elementwiseMap } from "../../src/kernels/elementwiseMap.ts";
import { apply, defineKernel, defineView, type KernelOp } from "../../src/ops/define.ts";
import { defineUnary, type UnaryOp } from "../../src/ops/defineElementwise.ts";
import { floating } from "../../src/ops/dtypeRules.ts";
import { div, matmul, mul, reshape, slice, sum, transpose } from "../../src/ops/index.ts";
import { isNaNText } from "../../src/ops/keepNaN.ts";
import { hostZeros } from "../../src/tensor/hostArray.ts";
import { broadcastLayout } from "../../src/tensor/layout.ts";
import { given } from "./elementwiseCases.ts";
import { exact, sums, ulps } from "./families.ts";
import { checkOnGpu } from "./gpuCase.ts";
import { checkGradient, checkReference, checkSecondGradient, type OpCase } from "./opCase.ts";

/** The square of x, with a gradient rule of one's own. */
function squareWith(gradient: ElementwiseRecord<undefined>["gradient"]): UnaryOp {
  const wgsl = ([x]: readonly string[]) => `${x} * ${x}`;
  return defineUnary({ name: "square", dtypes: floating, reference: ([x]) => x * x, wgsl, gradient });
}

function caseOf(op: UnaryOp, more: Partial<OpCase> = {}): OpCase {
  return {
    name: "wrong on purpose",
    inputs: [{ shape: [3, 4] }],
    apply: (x) => op(x),
    tolerance: ulps(1),
    ...more,
  };
}

const counted = Array.from({ length: 64 }, (_, index) => index);

const right = squareWith(({ dy, inputs: [x] }) => [mul(mul(dy, 2), x)]);

/** A kernel of two square matrices, of which only the gradient is used. */
function productWith(gradient: KernelOp["gradient"]) {
  const multiply = defineKernel<undefined>({
    name: "product",
    output: ([a]) => a,
    reference([a, b]) {
      const [size] = a.shape;
      const y = hostZeros(a.shape);
      for (let i = 0; i < y.data.length; i++) {
        const [row, col] = [Math.floor(i / size), i % size];
        for (let k = 0; k < size; k++) y.data[i] += a.data[row * size + k] * b.data[k * size + col];
      }
      return y;
    },
    gradient,
    dispatch: ([a], _attrs, device) => elementwiseMap(a.shape[0] * a.shape[1], 0, device),
  });
  return <T extends Value>(a: T, b: T): T => apply(multiply, [a, b], undefined);
}

/** A row stretched to three rows, with a gradient rule of one's own. */
function stretchWith(gradient: ViewRecord<undefined>["gradient"]): UnaryOp {
  const stretch = defineView<undefined>({
    name: "stretch",
    output: ([x]) => ({ shape: [3, x.shape[0]], dtype: x.dtype }),
    layout: (input) => broadcastLayout(input, [3, input.shape[0]]),
    gradient,
  });
  return (x) => apply(stretch, [x], undefined);
}

if (!__GPU__) {
  describe("wrong gradient rules are found", () => {
    test("the right one is not", () => {
      checkGradient(caseOf(right));
      checkSecondGradient(caseOf(right));
    });

    test.each([
      ["a missing factor", squareWith(({ dy, inputs: [x] }) => [mul(dy, x)])],
      ["a factor of 1.00001 too much", squareWith(({ dy, inputs: [x] }) => [mul(mul(dy, 2.00002), x)])],
      ["the wrong sign", squareWith(({ dy, inputs: [x] }) => [mul(mul(dy, -2), x)])],
      ["the result in the place of the input", squareWith(({ dy, y }) => [mul(mul(dy, 2), y)])],
      ["dy left out", squareWith(({ inputs: [x] }) => [mul(x, 2)])],
      ["no gradient at all", squareWith(undefined)],
      ["no gradient for the input", squareWith(() => [undefined])],
    ])("%s", (_name, op) => {
      expect(() => checkGradient(caseOf(op))).toThrow();
    });

    const matrices = { inputs: [{ shape: [3, 3] }, { shape: [3, 3] }], tolerance: sums(3) };
    const pair = (op: <T extends Value>(a: T, b: T) => T): OpCase => ({
      name: "",
      ...matrices,
      apply: (a, b) => op(a, b),
    });

    test("a missing transposition", () => {
      const wrong = productWith(({ dy, inputs: [a, b] }) => [matmul(dy, b), matmul(transpose(a), dy)]);
      const correct = productWith(({ dy, inputs: [a, b] }) => [
        matmul(dy, transpose(b)),
        matmul(transpose(a), dy),
      ]);
      expect(() => checkGradient(pair(correct))).not.toThrow();
      expect(() => checkGradient(pair(wrong))).toThrow();
    });

    test("two gradients in each other's place", () => {
      const wrong = productWith(({ dy, inputs: [a, b] }) => [
        matmul(transpose(a), dy),
        matmul(dy, transpose(b)),
      ]);
      expect(() => checkGradient(pair(wrong))).toThrow();
    });

    test("a forgotten broadcast: one row's gradient for the sum of all, and a shape that does not fit", () => {
      const row = { inputs: [{ shape: [4] }] };
      const correct = stretchWith(({ dy }) => [sum(dy, { axis: 0 })]);
      const onlyFirst = stretchWith(({ dy, inputs: [x] }) => [reshape(slice(dy, { ends: [1] }), x.shape)]);
      const unsummed = stretchWith(({ dy }) => [dy]);
      expect(() => checkGradient(caseOf(correct, row))).not.toThrow();
      expect(() => checkGradient(caseOf(onlyFirst, row))).toThrow();
      expect(() => checkGradient(caseOf(unsummed, row))).toThrow(InternalError);
    });

    test("known gradients that are not those of the rule", () => {
      const known = { inputs: [given([1, 2])], dy: [1, 1] };
      expect(() => checkGradient(caseOf(right, { ...known, expectedGradients: [[2, 4]] }))).not.toThrow();
      expect(() => checkGradient(caseOf(right, { ...known, expectedGradients: [[2, 5]] }))).toThrow();
      expect(() => checkGradient(caseOf(right, { ...known, expectedGradients: [[2]] }))).toThrow();
      expect(() => checkGradient(caseOf(right, { ...known, expectedGradients: [] }))).toThrow();
    });
  });

  describe("wrong gradients of gradients are found", () => {
    const double = defineUnary({
      name: "double",
      dtypes: floating,
      reference: ([x]) => 2 * x,
      wgsl: ([x]) => `2.0 * ${x}`,
    });

    test("a rule that stops at an op without one", () => {
      const once = squareWith(({ dy, inputs: [x] }) => [mul(dy, double(x))]);
      expect(() => checkGradient(caseOf(once))).not.toThrow();
      expect(() => checkSecondGradient(caseOf(once))).toThrow();
    });

    test("a rule through an op whose own rule is wrong", () => {
      const wrong = defineUnary({
        name: "double",
        dtypes: floating,
        reference: ([x]) => 2 * x,
        wgsl: ([x]) => `2.0 * ${x}`,
        gradient: ({ dy }) => [mul(dy, 3)],
      });
      const once = squareWith(({ dy, inputs: [x] }) => [mul(dy, wrong(x))]);
      expect(() => checkGradient(caseOf(once))).not.toThrow();
      expect(() => checkSecondGradient(caseOf(once))).toThrow();
    });

    test("a rule that is wrong by dy alone", () => {
      const once = squareWith(({ dy, inputs: [x] }) => [mul(double(dy), x)]);
      expect(() => checkGradient(caseOf(once))).not.toThrow();
      expect(() => checkSecondGradient(caseOf(once))).toThrow();
    });
  });

  describe("wrong references are found", () => {
    const known = { inputs: [given([3, -0.5])], expected: [9, 0.25] };

    test("the right one is not", () => {
      checkReference(caseOf(right, { ...known, shape: [2], dtype: "f32" }));
    });

    test.each<[string, Partial<OpCase>]>([
      ["a value", { expected: [9, 0.2500001] }],
      ["a number for NaN", { expected: [9, Number.NaN] }],
      ["a sign of 0", { inputs: [given([0])], expected: [-0] }],
      ["a count", { expected: [9] }],
      ["a shape", { shape: [2, 1] }],
      ["a dtype", { dtype: "i32" }],
    ])("%s", (_name, wrong) => {
      expect(() => checkReference(caseOf(right, { ...known, ...wrong }))).toThrow();
    });
  });
}

if (__GPU__) {
  /** An op whose shader computes another thing than its reference. */
  const withShader = (wgsl: (x: string, types: WgslTypes) => string): UnaryOp =>
    defineUnary({
      name: "square",
      dtypes: floating,
      reference: ([x]) => x * x,
      wgsl: ([x], types) => wgsl(x, types),
    });

  const shown = { withoutGradient: true } as const;

  const expectFound = async (opCase: OpCase, where: string) => {
    await expect(checkOnGpu([opCase])).rejects.toThrow(where);
  };

  describe("wrong shaders are found", () => {
    test("the right one is not", async () => {
      await checkOnGpu([caseOf(right, { secondGradient: true })]);
    });

    test.each<[string, UnaryOp, readonly number[]]>([
      ["by 4 units in the last place", withShader((x) => `${x} * ${x} * 1.0000005`), [1, 1.5, -3]],
      [
        "by a number for NaN",
        withShader((x, types) => `select(${x} * ${x}, ${types.f32}(7.0), ${isNaNText(x, types)})`),
        [2, Number.NaN],
      ],
      [
        "by a number for infinity",
        withShader((x, types) => `select(${x} * ${x}, ${types.f32}(7.0), ${x} > ${types.f32}(9.0))`),
        [1, Infinity],
      ],
      [
        "by NaN for a number",
        withShader((x, { u32, f32 }) => `bitcast<${f32}>(bitcast<${u32}>(${x}) | ${u32}(0x7fc00000u))`),
        [1],
      ],
      [
        "at one element of many",
        withShader((x, { index, u32 }) => `select(${x} * ${x}, ${x}, ${index} == ${u32}(62u))`),
        counted,
      ],
    ])("%s", async (_name, op, values) => {
      await expectFound(caseOf(op, { inputs: [given(values)], ...shown }), "gpu kernels: value");
    });

    test("in a gradient: the shader of an op that the rule alone uses", async () => {
      const twice = defineUnary({
        name: "twice",
        dtypes: floating,
        reference: ([x]) => 2 * x,
        wgsl: ([x]) => `2.00001 * ${x}`,
      });
      const op = squareWith(({ dy, inputs: [x] }) => [mul(dy, twice(x))]);
      await expectFound(caseOf(op), "gpu kernels: gradient 0");
    });

    test("in the gradient of a gradient", async () => {
      const twice = defineUnary({
        name: "twice",
        dtypes: floating,
        reference: ([x]) => 2 * x,
        wgsl: ([x]) => `2.0 * ${x}`,
        gradient: ({ dy }) => [div(thrice(mul(dy, 2)), 3)],
      });
      const thrice = defineUnary({
        name: "thrice",
        dtypes: floating,
        reference: ([x]) => 3 * x,
        wgsl: ([x]) => `3.0001 * ${x}`,
      });
      const op = squareWith(({ dy, inputs: [x] }) => [mul(dy, twice(x))]);
      await expectFound(caseOf(op, { secondGradient: true }), "gpu kernels: second gradient 0");
    });

    test("among several cases the one that is wrong", async () => {
      const wrong = caseOf(
        withShader((x) => `${x} * ${x} + 0.001`),
        { name: "this one", ...shown },
      );
      const cases = [caseOf(right), wrong, caseOf(right)];
      await expect(checkOnGpu(cases)).rejects.toThrow("this one, gpu kernels: value");
    });

    test("in a sum: an error that single terms would be allowed", async () => {
      const op = withShader((x) => `${x} * ${x} * 1.00002`);
      const row = { inputs: [{ shape: [2, 16] }], tolerance: sums(16), ...shown };
      await checkOnGpu([caseOf((x) => sum(right(x), { axis: 1 }), row)]);
      await expectFound(
        caseOf((x) => sum(op(x), { axis: 1 }), row),
        "gpu kernels: value",
      );
    });

    test("in whole numbers: one that is off by one", async () => {
      const op = withShader((x, { f32 }) => `select(${x} * ${x}, ${x} * ${x} + 1.0, ${x} == ${f32}(62.0))`);
      const row = { inputs: [given(counted)], tolerance: exact, ...shown };
      await checkOnGpu([caseOf((x) => sum(right(x)), row)]);
      await expectFound(
        caseOf((x) => sum(op(x)), row),
        "gpu kernels: value",
      );
    });
  });
}
