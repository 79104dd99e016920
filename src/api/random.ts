// Random numbers: a counter-based generator, the same in WGSL and in TypeScript.
//
// Every number is a function of (seed, stream, step, element). Outside compiled functions each call takes a stream of
// its own. Inside, streams are counted within the function, and `step` is a number on the GPU that the plan itself
// advances, so a replayed plan draws new numbers, and a gradient that computes a mask again gets the same one.

import { UsageError } from "../base/errors.ts";
import { requireWhole } from "../base/requireWhole.ts";
import { constantNode } from "../graph/source.ts";
import { normalOf } from "../ops/distributions.ts";
import { add, cast, less, mul, randomUniform } from "../ops/index.ts";
import { requireAtLeast, requireFinite } from "../ops/numberOptions.ts";
import { type RandomKey, uniformAt } from "../ops/randomUniform.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { requireShape, type Shape } from "../tensor/shape.ts";
import { type Engine, requireEngine } from "./engine.ts";
import { Tensor, tensor } from "./tensor.ts";
import type { Trace } from "./trace.ts";

/** Streams from here on belong to calls outside of compiled functions. */
const FIRST_EAGER_STREAM = 2 ** 31;
/** Streams from here on belong to numbers drawn on the CPU. */
const FIRST_HOST_STREAM = 3 * 2 ** 30;

interface Generator {
  /** u32 scalars on the GPU: what compiled functions read. */
  readonly seedTensor: Tensor;
  readonly stepTensor: Tensor;
  seed: number;
  eagerStreams: number;
  hostStreams: number;
}

const generators = new WeakMap<Engine, Generator>();
const traceKeys = new WeakMap<Trace, { seed: Tensor; step: Tensor }>();

/** Starts all random numbers of the engine anew. Throws UsageError unless `seed` is a whole number in 0 … 2^32 - 1. */
export function manualSeed(seed: number, engine: Engine = requireEngine("manualSeed")): void {
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new UsageError(`manualSeed: seed ${seed}; it must be a whole number from 0 to 4294967295.`);
  }
  const generator = generatorOf(engine);
  generator.seed = seed;
  generator.eagerStreams = 0;
  generator.hostStreams = 0;
  generator.seedTensor.write([seed]);
  generator.stepTensor.write([0]);
}

/** All that the random numbers to come depend on: plain numbers, for JSON. */
export interface RngState {
  readonly seed: number;
  /** Calls so far of compiled functions that draw. */
  readonly step: number;
  /** Streams taken outside of compiled functions, and by numbers drawn on the CPU. */
  readonly eagerStreams: number;
  readonly hostStreams: number;
}

/**
 * Where the engine's random numbers stand after all calls so far: for a run that is stopped and goes on with
 * `setRngState` as if it had not been. Rejects as `Tensor.data` does. Source: torch.get_rng_state.
 */
export async function getRngState(engine: Engine = requireEngine("getRngState")): Promise<RngState> {
  const { seed, eagerStreams, hostStreams, stepTensor } = generatorOf(engine);
  return { seed, step: await stepTensor.item(), eagerStreams, hostStreams };
}

/** Goes on from `state`. Throws UsageError for numbers that none can be. Source: torch.set_rng_state. */
export function setRngState(state: RngState, engine: Engine = requireEngine("setRngState")): void {
  for (const name of ["seed", "step", "eagerStreams", "hostStreams"] as const) {
    requireWhole(`setRngState: ${name}`, state[name], 0, 2 ** 32 - 1);
  }
  const generator = generatorOf(engine);
  generator.seed = state.seed;
  generator.eagerStreams = state.eagerStreams;
  generator.hostStreams = state.hostStreams;
  generator.seedTensor.write([state.seed]);
  generator.stepTensor.write([state.step]);
}

function generatorOf(engine: Engine): Generator {
  const known = generators.get(engine);
  if (known !== undefined) return known;
  const scalar = (name: string) => tensor(new Uint32Array(1), [], { engine, name });
  const counters = { seed: 0, eagerStreams: 0, hostStreams: 0 };
  const generator = { seedTensor: scalar("random seed"), stepTensor: scalar("random step"), ...counters };
  generators.set(engine, generator);
  return generator;
}

/**
 * A key that nobody else has, for numbers that are computed wherever they are needed, also a second time. Not for users.
 */
export function randomKey(engine: Engine): RandomKey<Tensor> {
  const generator = generatorOf(engine);
  const { trace } = engine;
  const constant = (value: number) => new Tensor(engine, constantNode(value, "u32"), trace);
  if (trace === undefined) {
    const stream = FIRST_EAGER_STREAM + generator.eagerStreams++;
    return { seed: constant(generator.seed), stream: constant(stream), step: constant(0) };
  }
  const known = traceKeys.get(trace) ?? beginTrace(engine, trace, generator);
  return { ...known, stream: constant(trace.streams++) };
}

/** The first draw inside a compiled function makes the plan advance the step. */
function beginTrace(engine: Engine, trace: Trace, { seedTensor, stepTensor }: Generator) {
  const seed = new Tensor(engine, seedTensor.toNode("random"), trace);
  const step = new Tensor(engine, stepTensor.toNode("random"), trace);
  traceKeys.set(trace, { seed, step });
  stepTensor.assign(add(step, 1));
  return { seed, step };
}

/** Where random tensors are made. */
export interface RandomOptions {
  /** Default: the engine that `init` made. */
  readonly engine?: Engine;
}

/**
 * f32 numbers evenly distributed in [low, high). Throws UsageError unless both are finite and low <= high, ShapeError.
 * Source: torch.rand, torch.Tensor.uniform_.
 */
export function uniform(
  shape: Shape,
  {
    low = 0,
    high = 1,
    engine = requireEngine("uniform"),
  }: RandomOptions & { low?: number; high?: number } = {},
): Tensor {
  requireShape("uniform", shape);
  requireFinite("uniform", "low", low);
  requireFinite("uniform", "high", high);
  requireAtLeast("uniform", "high", high, low);
  const unit = randomUniform(randomKey(engine), shape);
  return low === 0 && high === 1 ? unit : add(mul(unit, high - low), low);
}

/**
 * f32 numbers of a normal distribution, at most 5.42 deviations from the mean. Throws UsageError unless mean and std are finite
 * and std >= 0, ShapeError. Source: torch.normal, by the inverse of the distribution function.
 */
export function normal(
  shape: Shape,
  {
    mean = 0,
    std = 1,
    engine = requireEngine("normal"),
  }: RandomOptions & { mean?: number; std?: number } = {},
): Tensor {
  requireShape("normal", shape);
  requireFinite("normal", "mean", mean);
  requireFinite("normal", "std", std);
  requireAtLeast("normal", "std", std, 0);
  return add(mul(normalOf(randomUniform(randomKey(engine), shape)), std), mean);
}

/**
 * True with probability p. With a shape and a number: bool of that shape; throws UsageError unless 0 <= p <= 1. With a tensor, f32
 * or f16: 1 or 0 for each of its elements, in its dtype; what is below 0 or NaN counts as 0, what is above 1 as 1.
 * No gradient flows. Throws ShapeError or DtypeError. Source: torch.bernoulli.
 */
export function bernoulli(p: Tensor): Tensor;
export function bernoulli(shape: Shape, p: number, options?: RandomOptions): Tensor;
export function bernoulli(first: Tensor | Shape, p = 0, options: RandomOptions = {}): Tensor {
  if (first instanceof Tensor) {
    requireFloating("bernoulli", "p", first);
    return cast(less(uniform(first.shape, { engine: first.engine }), first), first.dtype);
  }
  if (!(p >= 0 && p <= 1)) throw new UsageError(`bernoulli: p is ${p}; it must be from 0 to 1.`);
  return less(uniform(first, options), p);
}

/** 0 … count - 1 in random order, as i32; drawn on the CPU. Source: torch.randperm, by Fisher and Yates. */
export function permutation(
  count: number,
  { engine = requireEngine("permutation") }: RandomOptions = {},
): Tensor {
  requireShape("permutation", [count]);
  const order = Int32Array.from({ length: count }, (_, index) => index);
  const draws = hostUniform(count, 0, 1, { engine });
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(draws[last] * (last + 1));
    [order[last], order[other]] = [order[other], order[last]];
  }
  return tensor(order, [count], { engine });
}

/** Numbers drawn on the CPU from the engine's sequence, evenly distributed in [low, high). */
export function hostUniform(
  count: number,
  low: number,
  high: number,
  { engine = requireEngine("hostUniform") }: RandomOptions = {},
): Float32Array {
  const generator = generatorOf(engine);
  const stream = FIRST_HOST_STREAM + generator.hostStreams++;
  return Float32Array.from(
    { length: count },
    (_, index) => low + (high - low) * uniformAt(generator.seed, stream, 0, index),
  );
}

/** Numbers drawn on the CPU from the engine's sequence, of a normal distribution, by Box and Muller's transform. */
export function hostNormal(
  count: number,
  mean: number,
  std: number,
  { engine = requireEngine("hostNormal") }: RandomOptions = {},
): Float32Array {
  const draws = hostUniform(2 * Math.ceil(count / 2), 0, 1, { engine });
  return Float32Array.from({ length: count }, (_, index) => {
    const pair = index - (index % 2);
    const radius = Math.sqrt(-2 * Math.log(1 - draws[pair]));
    const angle = 2 * Math.PI * draws[pair + 1];
    return mean + std * radius * (index % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
  });
}
