// Random tensors beyond even and normal numbers: other distributions, whole numbers, orders and picks.
//
// All draw on the GPU with keys of random.ts: inside a compiled function each call has new numbers, and `manualSeed` starts
// them anew. No gradient flows into what they are drawn by.

import { ShapeError, UsageError } from "../base/errors.ts";
import { requireWhole } from "../base/requireWhole.ts";
import { exponentialOf, gumbelOf, type NormalRange, truncatedNormalOf } from "../ops/distributions.ts";
import {
  add,
  argsort,
  cast,
  cumsum,
  greater,
  less,
  log,
  logicalAnd,
  mul,
  narrow,
  randomUniform,
  remainder,
  searchSorted,
  sub,
  topK,
  where,
} from "../ops/index.ts";
import { requireAbove0, requireFinite } from "../ops/numberOptions.ts";
import { randomBits } from "../ops/randomUniform.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { printShape, requireShape, type Shape } from "../tensor/shape.ts";
import { requireEngine } from "./engine.ts";
import { normal, type RandomOptions, randomKey, uniform } from "./random.ts";
import type { Tensor } from "./tensor.ts";

/** f32 numbers evenly distributed in [0, 1). Throws ShapeError. Source: torch.rand. */
export function rand(shape: Shape, { engine = requireEngine("rand") }: RandomOptions = {}): Tensor {
  requireShape("rand", shape);
  return uniform(shape, { engine });
}

/** f32 numbers of the normal distribution of mean 0 and deviation 1. Throws ShapeError. Source: torch.randn. */
export function randn(shape: Shape, { engine = requireEngine("randn") }: RandomOptions = {}): Tensor {
  requireShape("randn", shape);
  return normal(shape, { engine });
}

/**
 * f32 numbers of a normal distribution, of those that lie between `a` and `b` (default -2 and 2, which are no deviations but
 * numbers). Beyond four deviations from the mean f32 leaves few different ones. Throws UsageError unless mean is finite, std finite
 * and above 0, and a < b; ShapeError. Source: torch.nn.init.trunc_normal_.
 */
export function truncatedNormal(
  shape: Shape,
  {
    mean = 0,
    std = 1,
    a = -2,
    b = 2,
    engine = requireEngine("truncatedNormal"),
  }: RandomOptions & Partial<NormalRange> = {},
): Tensor {
  requireShape("truncatedNormal", shape);
  requireFinite("truncatedNormal", "mean", mean);
  requireFinite("truncatedNormal", "std", std);
  requireAbove0("truncatedNormal", "std", std);
  if (!(a < b)) throw new UsageError(`truncatedNormal: a is ${a} and b is ${b}; a must be below b.`);
  return truncatedNormalOf(randomUniform(randomKey(engine), shape), { mean, std, a, b });
}

/**
 * f32 numbers of density rate e^(-rate x), all above 0 and at most 16.7 / rate. Throws UsageError unless rate is finite and above 0,
 * ShapeError. Source: torch.Tensor.exponential_.
 */
export function exponential(
  shape: Shape,
  { rate = 1, engine = requireEngine("exponential") }: RandomOptions & { rate?: number } = {},
): Tensor {
  requireShape("exponential", shape);
  requireFinite("exponential", "rate", rate);
  requireAbove0("exponential", "rate", rate);
  return mul(exponentialOf(randomUniform(randomKey(engine), shape)), 1 / rate);
}

/**
 * f32 numbers of Gumbel's distribution of extremes, e^(-e^(-(x - loc) / scale)), from loc - 2.9 scale to loc + 17.4 scale. Throws
 * UsageError unless loc is finite, scale finite and above 0; ShapeError. Source: torch.distributions.Gumbel.
 */
export function gumbel(
  shape: Shape,
  {
    loc = 0,
    scale = 1,
    engine = requireEngine("gumbel"),
  }: RandomOptions & { loc?: number; scale?: number } = {},
): Tensor {
  requireShape("gumbel", shape);
  requireFinite("gumbel", "loc", loc);
  requireFinite("gumbel", "scale", scale);
  requireAbove0("gumbel", "scale", scale);
  return add(mul(gumbelOf(randomUniform(randomKey(engine), shape)), scale), loc);
}

/**
 * i32 numbers from `low` and below `high`. What is left of 32 random bits: of count = high - low numbers the first ones are more
 * likely than the others, by at most count / 2^32 of their due. Throws UsageError unless both are whole, low < high, and
 * within -2^31 … 2^31 - 1; ShapeError. Source: torch.randint.
 */
export function randint(
  low: number,
  high: number,
  shape: Shape,
  { engine = requireEngine("randint") }: RandomOptions = {},
): Tensor {
  requireShape("randint", shape);
  requireWhole("randint: low", low, -(2 ** 31), 2 ** 31 - 2);
  requireWhole("randint: high", high, low + 1, 2 ** 31 - 1);
  return add(cast(remainder(randomBits(randomKey(engine), shape), high - low), "i32"), low);
}

/**
 * 0 … count - 1 in random order, as i32 [count]; sorted on the GPU by 32 random bits each, so new at each call of a compiled function
 * too (`permutation` draws on the CPU). Two that draw the same bits keep their order: all orders are equally likely but for a share
 * of count^2 / 2^33. Throws UsageError unless count is a whole number from 0. Source: torch.randperm.
 */
export function randperm(count: number, { engine = requireEngine("randperm") }: RandomOptions = {}): Tensor {
  requireWhole("randperm: count", count, 0, 2 ** 31 - 1);
  return argsort(randomBits(randomKey(engine), [count]));
}

/** Whether what was drawn may be drawn again. */
export interface MultinomialOptions {
  /** Default false. */
  readonly replacement?: boolean;
}

/**
 * `numSamples` indices for each row, drawn with these probabilities. probabilities: [n] or [batch, n], f32 or f16, not
 * negative, of any sum; y: i32 [numSamples] or [batch, numSamples]. -1 stands where nothing is left to be drawn, and with replacement for
 * all of a row whose sum is 0, infinite or NaN (PyTorch throws). Without replacement indices come in the order of the draws, by the race of
 * exponential numbers; with it, by running sums, in which an index without probability can be met only where rounding raises
 * them. Throws ShapeError, DtypeError, or UsageError unless numSamples is a whole number from 1, without replacement at most n.
 * Source: torch.multinomial.
 */
export function multinomial(
  probabilities: Tensor,
  numSamples: number,
  { replacement = false }: MultinomialOptions = {},
): Tensor {
  const { shape, engine } = probabilities;
  requireFloating("multinomial", "probabilities", probabilities);
  const size = shape[shape.length - 1];
  if (shape.length < 1 || shape.length > 2 || size === 0) {
    throw new ShapeError(
      `multinomial: probabilities are ${printShape(shape)}; they must be [batch, n] or [n], with n at least 1.`,
    );
  }
  requireWhole("multinomial: numSamples", numSamples, 1, replacement ? 2 ** 31 - 1 : size);
  const weights = cast(probabilities, "f32");
  if (!replacement) {
    const race = sub(log(weights), log(exponentialOf(randomUniform(randomKey(engine), shape))));
    const { values, indices } = topK(race, numSamples);
    return where(greater(values, Number.NEGATIVE_INFINITY), indices, -1);
  }
  const sums = cumsum(weights, -1);
  const total = narrow(sums, -1, size - 1, 1);
  const marks = mul(uniform([...shape.slice(0, -1), numSamples], { engine }), total);
  const drawn = searchSorted(sums, marks, { right: true });
  return where(logicalAnd(greater(total, 0), less(total, Number.POSITIVE_INFINITY)), drawn, -1);
}
