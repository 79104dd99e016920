// First values of weights: each function writes new numbers into a tensor that is there, and gives it back.
//
// Decides: what is drawn. All numbers come from the engine's sequence on the CPU, so `manualSeed` fixes them. A compiled
// function that was traced before sees the new values. The names are those of torch.nn.init, without the underscore.

import { hostNormal, hostUniform } from "../api/random.ts";
import { Tensor } from "../api/tensor.ts";
import { DtypeError, ShapeError, UsageError } from "../base/errors.ts";
import { isFloating } from "../tensor/dtype.ts";
import { printShape } from "../tensor/shape.ts";
import { orthonormalColumns } from "./orthonormal.ts";

/** What a layer's result goes through, for `calculateGain`. */
export type Nonlinearity = keyof typeof gains;

const { SQRT2 } = Math;
const gains = {
  linear: 1,
  conv1d: 1,
  conv2d: 1,
  conv3d: 1,
  convTranspose1d: 1,
  convTranspose2d: 1,
  convTranspose3d: 1,
  sigmoid: 1,
  tanh: 5 / 3,
  relu: SQRT2,
  leakyRelu: SQRT2,
  selu: 3 / 4,
} as const;

/**
 * By how much weights should be larger where `nonlinearity` follows, so that values keep their size. `param` is leakyRelu's
 * slope below 0 (default 0.01); others ignore it. Throws UsageError for another nonlinearity, or a slope that is not finite.
 * Source: torch.nn.init.calculate_gain.
 */
export function calculateGain(nonlinearity: Nonlinearity, param = 0.01): number {
  if (!Object.hasOwn(gains, nonlinearity)) {
    const known = Object.keys(gains).join(", ");
    throw new UsageError(
      `init.calculateGain: nonlinearity is "${nonlinearity}"; it must be one of ${known}.`,
    );
  }
  if (nonlinearity !== "leakyRelu") return gains[nonlinearity];
  requireNumber("calculateGain", "param", param, Number.NEGATIVE_INFINITY);
  return Math.sqrt(2 / (1 + param * param));
}

/** Numbers from [low, high), default [0, 1). Source: torch.nn.init.uniform_. */
export function uniform(
  x: Tensor,
  { low = 0, high = 1 }: { readonly low?: number; readonly high?: number } = {},
): Tensor {
  requireWeight("uniform", x);
  requireBounds("uniform", low, high);
  return x.write(hostUniform(x.size, low, high, x));
}

/** Numbers from N(mean, std²), default N(0, 1). Source: torch.nn.init.normal_. */
export function normal(
  x: Tensor,
  { mean = 0, std = 1 }: { readonly mean?: number; readonly std?: number } = {},
): Tensor {
  requireWeight("normal", x);
  requireNumber("normal", "mean", mean, Number.NEGATIVE_INFINITY);
  requireNumber("normal", "std", std, 0);
  return x.write(hostNormal(x.size, mean, std, x));
}

/** The same number everywhere. Source: torch.nn.init.constant_. */
export function constant(x: Tensor, value: number): Tensor {
  requireWeight("constant", x);
  return x.write(new Float32Array(x.size).fill(value));
}

/** Source: torch.nn.init.zeros_. */
export function zeros(x: Tensor): Tensor {
  return constant(x, 0);
}

/** Source: torch.nn.init.ones_. */
export function ones(x: Tensor): Tensor {
  return constant(x, 1);
}

/** 1 where row and column agree, else 0. x: [rows, cols]. Source: torch.nn.init.eye_. */
export function eye(x: Tensor): Tensor {
  const [, cols] = requireAxes("eye", x, 2, 2);
  return x.write(
    Float32Array.from({ length: x.size }, (_, i) => (i % (cols + 1) === 0 && i < cols * cols ? 1 : 0)),
  );
}

/**
 * A convolution's weight [outChannels, inChannels / groups, ...kernel] that passes on as many channels as it can, each as
 * it is: 1 in the middle of the kernel, else 0. One to three sizes of the kernel; `groups` (default 1) must divide the
 * outChannels. Source: torch.nn.init.dirac_.
 */
export function dirac(x: Tensor, { groups = 1 }: { readonly groups?: number } = {}): Tensor {
  const [outChannels, inChannels, ...kernel] = requireAxes("dirac", x, 3, 5);
  if (!(Number.isInteger(groups) && groups >= 1 && outChannels % groups === 0)) {
    throw new UsageError(
      `init.dirac: groups is ${groups} for ${outChannels} channels; it must be a whole number that divides them.`,
    );
  }
  const values = new Float32Array(x.size);
  const area = kernel.reduce((product, size) => product * size, 1);
  const middle = kernel.reduce((place, size) => place * size + Math.floor(size / 2), 0);
  const each = outChannels / groups;
  for (let out = 0; out < outChannels; out++) {
    if (out % each < inChannels) values[(out * inChannels + (out % each)) * area + middle] = 1;
  }
  return x.write(values);
}

/** How large weights are. */
export interface GainOptions {
  /** What they are multiplied by, see `calculateGain`. Default 1. */
  readonly gain?: number;
}

/**
 * U(-k, k) with k = gain sqrt(6 / (fanIn + fanOut)), so that values and gradients keep their size. x: [fanOut, fanIn], or a
 * convolution's weight. Source: Glorot, Bengio 2010; torch.nn.init.xavier_uniform_.
 */
export function xavierUniform(x: Tensor, { gain = 1 }: GainOptions = {}): Tensor {
  return spread("xavierUniform", x, xavierStd("xavierUniform", x, gain));
}

/** N(0, std²) with std = gain sqrt(2 / (fanIn + fanOut)); else as `xavierUniform`. Source: torch.nn.init.xavier_normal_. */
export function xavierNormal(x: Tensor, { gain = 1 }: GainOptions = {}): Tensor {
  return normal(x, { std: xavierStd("xavierNormal", x, gain) });
}

/** How He's initialisation is made. */
export interface KaimingOptions {
  /** Whether values on the way forward keep their size, or gradients on the way back. Default "fanIn". */
  readonly mode?: "fanIn" | "fanOut";
  /** What the result goes through. Default "leakyRelu". */
  readonly nonlinearity?: Nonlinearity;
  /** leakyRelu's slope below 0. Default 0, which is relu. */
  readonly a?: number;
}

/**
 * U(-k, k) with k = gain sqrt(3 / fan), so that values keep their size through the nonlinearity. x: [fanOut, fanIn], or a
 * convolution's weight. Source: He, Zhang, Ren, Sun 2015; torch.nn.init.kaiming_uniform_.
 */
export function kaimingUniform(x: Tensor, options: KaimingOptions = {}): Tensor {
  return spread("kaimingUniform", x, kaimingStd("kaimingUniform", x, options));
}

/** N(0, std²) with std = gain / sqrt(fan); else as `kaimingUniform`. Source: torch.nn.init.kaiming_normal_. */
export function kaimingNormal(x: Tensor, options: KaimingOptions = {}): Tensor {
  return normal(x, { std: kaimingStd("kaimingNormal", x, options) });
}

/**
 * N(mean, std²) of which only what falls from `low` to `high` counts (default N(0, 1) from -2 to 2: absolute bounds, not
 * multiples of std). Source: torch.nn.init.trunc_normal_.
 */
export function truncatedNormal(
  x: Tensor,
  {
    mean = 0,
    std = 1,
    low = -2,
    high = 2,
  }: { readonly mean?: number; readonly std?: number; readonly low?: number; readonly high?: number } = {},
): Tensor {
  requireWeight("truncatedNormal", x);
  requireNumber("truncatedNormal", "mean", mean, Number.NEGATIVE_INFINITY);
  requireNumber("truncatedNormal", "std", std, Number.MIN_VALUE);
  requireBounds("truncatedNormal", low, high);
  // Where the density is the highest; further than 12 deviations from there is nothing.
  const mode = Math.min(Math.max(mean, low), high);
  const [from, to] = [Math.max(low, mode - 12 * std), Math.min(high, mode + 12 * std)];
  const density = (value: number) => -0.5 * ((value - mean) / std) ** 2;
  const values = new Float32Array(x.size);
  let places = Array.from(values.keys());
  while (places.length > 0) {
    const draws = hostUniform(2 * places.length, 0, 1, x);
    places = places.filter((place, k) => {
      const value = from + (to - from) * draws[2 * k];
      values[place] = value;
      return Math.log(1 - draws[2 * k + 1]) > density(value) - density(mode);
    });
  }
  return x.write(values);
}

/**
 * Rows at right angles and of length `gain` (default 1), or columns where there are more rows: of all such matrices each is as
 * likely. x: [rows, ...], all axes but the first taken as one. Source: Saxe, McClelland, Ganguli 2014;
 * torch.nn.init.orthogonal_.
 */
export function orthogonal(x: Tensor, { gain = 1 }: GainOptions = {}): Tensor {
  const [rows] = requireAxes("orthogonal", x, 2, Number.POSITIVE_INFINITY);
  requireNumber("orthogonal", "gain", gain, Number.NEGATIVE_INFINITY);
  if (x.size === 0) return x;
  const cols = x.size / rows;
  const [long, short] = rows < cols ? [cols, rows] : [rows, cols];
  const q = orthonormalColumns(Float64Array.from(hostNormal(x.size, 0, 1, x)), long, short);
  const at = (i: number) => (rows < cols ? (i % cols) * short + Math.floor(i / cols) : i);
  return x.write(Float32Array.from(q, (_, i) => gain * q[at(i)]));
}

/**
 * N(0, std²), default std 0.01, with the share `sparsity` of each column, rounded up, set to 0. x: [rows, cols].
 * Source: Martens 2010; torch.nn.init.sparse_.
 */
export function sparse(
  x: Tensor,
  { sparsity, std = 0.01 }: { readonly sparsity: number; readonly std?: number },
): Tensor {
  const [rows, cols] = requireAxes("sparse", x, 2, 2);
  requireNumber("sparse", "std", std, 0);
  if (!(sparsity >= 0 && sparsity <= 1)) {
    throw new UsageError(`init.sparse: sparsity is ${sparsity}; it must be from 0 to 1.`);
  }
  const values = hostNormal(x.size, 0, std, x);
  const keys = hostUniform(x.size, 0, 1, x);
  const zeroCount = Math.ceil(sparsity * rows);
  for (let col = 0; col < cols; col++) {
    const order = Array.from({ length: rows }, (_, row) => row * cols + col);
    order.sort((a, b) => keys[a] - keys[b]);
    for (const place of order.slice(0, zeroCount)) values[place] = 0;
  }
  return x.write(values);
}

/** U(-k, k) of deviation `std`. */
function spread(name: string, x: Tensor, std: number): Tensor {
  requireWeight(name, x);
  const bound = Math.sqrt(3) * std;
  return x.write(hostUniform(x.size, -bound, bound, x));
}

function xavierStd(name: string, x: Tensor, gain: number): number {
  const { fanIn, fanOut } = fansOf(name, x);
  requireNumber(name, "gain", gain, 0);
  return gain * Math.sqrt(2 / Math.max(1, fanIn + fanOut));
}

function kaimingStd(
  name: string,
  x: Tensor,
  { mode = "fanIn", nonlinearity = "leakyRelu", a = 0 }: KaimingOptions,
): number {
  const fans = fansOf(name, x);
  if (mode !== "fanIn" && mode !== "fanOut") {
    throw new UsageError(`init.${name}: mode is "${mode}"; it must be "fanIn" or "fanOut".`);
  }
  return calculateGain(nonlinearity, a) / Math.sqrt(Math.max(1, fans[mode]));
}

/** How many numbers each result is made of, and how many results each number goes into. */
function fansOf(name: string, x: Tensor): { fanIn: number; fanOut: number } {
  const [outputs, inputs, ...kernel] = requireAxes(name, x, 2, Number.POSITIVE_INFINITY);
  const area = kernel.reduce((product, size) => product * size, 1);
  return { fanIn: inputs * area, fanOut: outputs * area };
}

function requireAxes(name: string, x: Tensor, least: number, most: number): readonly number[] {
  requireWeight(name, x);
  const count = x.shape.length;
  if (count >= least && count <= most) return x.shape;
  const allowed =
    most === least
      ? `${least}`
      : most === Number.POSITIVE_INFINITY
        ? `at least ${least}`
        : `${least} to ${most}`;
  throw new ShapeError(`init.${name}: the tensor is ${printShape(x.shape)}; it must have ${allowed} axes.`);
}

function requireWeight(name: string, x: Tensor): void {
  if (!(x instanceof Tensor)) throw new UsageError(`init.${name}: ${x} is no tensor; it must be one.`);
  if (isFloating(x.dtype)) return;
  throw new DtypeError(`init.${name}: the tensor has dtype ${x.dtype}; it must be f32 or f16.`);
}

function requireNumber(name: string, option: string, value: number, least: number): void {
  if (Number.isFinite(value) && value >= least) return;
  const allowed = least === Number.NEGATIVE_INFINITY ? "" : least === 0 ? " of at least 0" : " above 0";
  throw new UsageError(`init.${name}: ${option} is ${value}; it must be a finite number${allowed}.`);
}

function requireBounds(name: string, low: number, high: number): void {
  if (Number.isFinite(low) && Number.isFinite(high) && low <= high) return;
  throw new UsageError(
    `init.${name}: low is ${low} and high ${high}; both must be finite, and low at most high.`,
  );
}
