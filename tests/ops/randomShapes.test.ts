// Every elementwise op, reduction, softmax and matrix product at random shapes, forward and gradient.
//
// VITE_RANDOM_SHAPES sets how many shapes each op is run at; the numbers drawn are the same in every run.

import { describe, test } from "vitest";
import { seededRandom } from "../../src/data/seededRandom.ts";
import * as ops from "../../src/ops/index.ts";
import { activation, exact, exponential, logarithm, normalised, power, sums, ulps } from "./families.ts";
import { checkOnGpu } from "./gpuCase.ts";
import { checkGradient, checkReference } from "./opCase.ts";
import {
  alongAxisAt,
  type BinaryBars,
  binaryAt,
  type DrawCase,
  matmulAt,
  type OpBars,
  reductionAt,
  unaryAt,
  whereAt,
} from "./randomShapes.ts";

const COUNT = Number(import.meta.env.VITE_RANDOM_SHAPES ?? 20);
/** Shapes that one compiled function takes at once. */
const AT_ONCE = 20;

const plain: OpBars = { tolerance: exact };
const truth: OpBars = { tolerance: exact, withoutGradient: true, integers: true, low: -3, high: 4 };
const positive = { low: 0.125, high: 5 };
const smooth: OpBars = { tolerance: activation, low: -5, high: 5 };
const summed: BinaryBars = { tolerance: ulps(1), summed: sums };
/** Whole numbers, which are exact to halve and to add up. */
const chosen: BinaryBars = { tolerance: exact, integers: true, low: -50, high: 50 };

const cases: Record<string, DrawCase> = {
  abs: unaryAt(ops.abs, plain),
  neg: unaryAt(ops.neg, plain),
  relu: unaryAt(ops.relu, plain),
  leakyRelu: unaryAt((x) => ops.leakyRelu(x), { tolerance: ulps(1) }),
  clamp: unaryAt((x) => ops.clamp(x, { min: -1, max: 1 }), plain),
  cast: unaryAt((x) => ops.cast(x, "i32"), { tolerance: exact, withoutGradient: true }),
  isNaN: unaryAt(ops.isNaN, truth),
  logicalNot: unaryAt(ops.logicalNot, truth),
  square: unaryAt(ops.square, { tolerance: ulps(1) }),
  sqrt: unaryAt(ops.sqrt, { tolerance: ulps(5), ...positive }),
  rsqrt: unaryAt(ops.rsqrt, { tolerance: ulps(5), ...positive }),
  exp: unaryAt(ops.exp, { tolerance: exponential }),
  log: unaryAt(ops.log, { tolerance: logarithm, gradientTolerance: ulps(3), ...positive }),
  tanh: unaryAt(ops.tanh, smooth),
  sigmoid: unaryAt(ops.sigmoid, smooth),
  silu: unaryAt(ops.silu, smooth),
  softplus: unaryAt(ops.softplus, smooth),
  erf: unaryAt(ops.erf, smooth),
  gelu: unaryAt((x) => ops.gelu(x), smooth),
  erfInv: unaryAt(ops.erfInv, { tolerance: activation, gradientTolerance: normalised, low: -0.9, high: 0.9 }),
  add: binaryAt(ops.add, summed),
  sub: binaryAt(ops.sub, summed),
  mul: binaryAt(ops.mul, summed),
  div: binaryAt(ops.div, { ...summed, tolerance: ulps(3), second: positive }),
  pow: binaryAt(ops.pow, {
    tolerance: power,
    summed: () => normalised,
    low: 0.5,
    high: 2,
    second: { low: -2, high: 2 },
  }),
  maximum: binaryAt(ops.maximum, chosen),
  minimum: binaryAt(ops.minimum, chosen),
  equal: binaryAt(ops.equal, truth),
  notEqual: binaryAt(ops.notEqual, truth),
  greater: binaryAt(ops.greater, truth),
  greaterEqual: binaryAt(ops.greaterEqual, truth),
  less: binaryAt(ops.less, truth),
  lessEqual: binaryAt(ops.lessEqual, truth),
  where: whereAt,
  sum: reductionAt(ops.sum, { value: () => exact, gradient: () => exact, integers: true, ofNothing: true }),
  mean: reductionAt(ops.mean, { value: sums, gradient: sums, ofNothing: false }),
  max: reductionAt(ops.max, { value: () => exact, gradient: () => ulps(3), ofNothing: false }),
  min: reductionAt(ops.min, { value: () => exact, gradient: () => ulps(3), ofNothing: false }),
  argmax: reductionAt(ops.argmax, { value: () => exact, integers: true, ofNothing: false }),
  argmin: reductionAt(ops.argmin, { value: () => exact, integers: true, ofNothing: false }),
  softmax: alongAxisAt(ops.softmax, normalised),
  logSoftmax: alongAxisAt(ops.logSoftmax, normalised),
  matmul: matmulAt,
};

describe("random shapes", () => {
  for (const [index, [name, draw]] of Object.entries(cases).entries()) {
    for (let from = 0; from < COUNT; from += AT_ONCE) {
      const drawn = Array.from({ length: Math.min(AT_ONCE, COUNT - from) }, (_, place) =>
        draw(seededRandom(11, index, from + place)),
      );
      test(`${name}: ${from} to ${from + drawn.length - 1}`, async () => {
        if (__GPU__) return await checkOnGpu(drawn);
        for (const one of drawn) {
          checkReference(one);
          if (!one.withoutGradient) checkGradient(one, 6);
        }
      });
    }
  }
});
