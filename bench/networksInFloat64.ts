// Networks forward in float64, slow and plain: what inference has to give.
//
// Leaves to inferCases.ts how far a result may be off.

import type { GptSizes } from "./gptProblem.ts";
import { resnet, resnetBlocks } from "./resnetProblem.ts";

/** By name. */
export type Values = ReadonlyMap<string, ArrayLike<number>>;

/** One picture, [channels, side, side]. */
interface Picture {
  readonly channels: number;
  readonly side: number;
  readonly data: Float64Array<ArrayBuffer>;
}

/** Weight [to, channels, kernel, kernel]; no bias. */
function convolve(x: Picture, w: ArrayLike<number>, to: number, stride: number, padding: number): Picture {
  const { channels, side, data } = x;
  const kernel = Math.round(Math.sqrt(w.length / (to * channels)));
  const out = Math.floor((side + 2 * padding - kernel) / stride) + 1;
  const y = new Float64Array(to * out * out);
  for (let index = 0; index < y.length; index++) {
    const [row, col] = [Math.floor(index / out) % out, index % out];
    const first = Math.floor(index / (out * out)) * channels * kernel * kernel;
    const [top, left] = [row * stride - padding, col * stride - padding];
    let sum = 0;
    for (let ky = Math.max(0, -top); ky < Math.min(kernel, side - top); ky++) {
      for (let kx = Math.max(0, -left); kx < Math.min(kernel, side - left); kx++) {
        const place = (top + ky) * side + left + kx;
        const tap = first + ky * kernel + kx;
        for (let c = 0; c < channels; c++)
          sum += data[c * side * side + place] * w[tap + c * kernel * kernel];
      }
    }
    y[index] = sum;
  }
  return { channels: to, side: out, data: y };
}

/** f of each value and of its channel. */
function perChannel(x: Picture, f: (value: number, channel: number) => number): Picture {
  const plane = x.side ** 2;
  return { ...x, data: x.data.map((value, index) => f(value, Math.floor(index / plane))) };
}

function maxPool(x: Picture): Picture {
  const side = x.side / 2;
  const data = Float64Array.from({ length: x.channels * side * side }, (_, index) => {
    const start = 2 * x.side * Math.floor(index / side) + 2 * (index % side);
    return Math.max(...[0, 1, x.side, x.side + 1].map((step) => x.data[start + step]));
  });
  return { ...x, side, data };
}

/** w x + b; w: [to, from], or [from, to] where it is transposed. */
function linear(
  x: ArrayLike<number>,
  w: ArrayLike<number>,
  b: ArrayLike<number>,
  isTransposed = false,
): Float64Array<ArrayBuffer> {
  const [rowStep, colStep] = isTransposed ? [1, b.length] : [x.length, 1];
  return Float64Array.from(b, (bias, row) => {
    let sum = bias;
    for (let i = 0; i < x.length; i++) sum += x[i] * w[row * rowStep + i * colStep];
    return sum;
  });
}

const relu = (value: number) => Math.max(0, value);

/** p: the weights of lenetProblem.ts in order; one digit. */
export function lenetInFloat64(
  p: readonly ArrayLike<number>[],
  digit: ArrayLike<number>,
): Float64Array<ArrayBuffer> {
  const biased = (x: Picture, bias: ArrayLike<number>) =>
    maxPool(perChannel(x, (value, c) => relu(value + bias[c])));
  const image = { channels: 1, side: 28, data: Float64Array.from(digit) };
  const first = biased(convolve(image, p[0], 6, 1, 2), p[1]);
  const second = biased(convolve(first, p[2], 16, 1, 0), p[3]);
  const hidden = linear(linear(second.data, p[4], p[5]).map(relu), p[6], p[7]).map(relu);
  return linear(hidden, p[8], p[9]);
}

/** p: by the names of resnetState; one picture. */
export function resnetInFloat64(
  p: Values,
  widths: readonly number[],
  picture: ArrayLike<number>,
): Float64Array<ArrayBuffer> {
  const norm = (name: string, x: Picture) => {
    const [gain, shift] = [valuesOf(p, `${name}.weight`), valuesOf(p, `${name}.bias`)];
    const [mean, variance] = [valuesOf(p, `${name}.running_mean`), valuesOf(p, `${name}.running_var`)];
    return perChannel(x, (value, c) => {
      return ((value - mean[c]) / Math.sqrt(variance[c] + resnet.eps)) * gain[c] + shift[c];
    });
  };
  const image = { channels: resnet.channels, side: resnet.side, data: Float64Array.from(picture) };
  let x = perChannel(norm("norm", convolve(image, valuesOf(p, "stem.weight"), widths[0], 1, 1)), relu);
  for (const { name, to, stride, isProjected } of resnetBlocks(widths)) {
    const inner = norm(`${name}.norm1`, convolve(x, valuesOf(p, `${name}.conv1.weight`), to, stride, 1));
    const weight = valuesOf(p, `${name}.conv2.weight`);
    const way = norm(`${name}.norm2`, convolve(perChannel(inner, relu), weight, to, 1, 1));
    const around = isProjected
      ? norm(`${name}.shortcutNorm`, convolve(x, valuesOf(p, `${name}.shortcut.weight`), to, stride, 0))
      : x;
    x = { ...way, data: way.data.map((value, index) => relu(value + around.data[index])) };
  }
  const plane = x.side ** 2;
  const means = Float64Array.from({ length: x.channels }, (_, c) => {
    return x.data.subarray(c * plane, (c + 1) * plane).reduce((sum, value) => sum + value, 0) / plane;
  });
  return linear(means, valuesOf(p, "head.weight"), valuesOf(p, "head.bias"));
}

/** Of one layer, each [heads, prefix, width / heads]. */
export interface PastKeysAndValues {
  readonly keys: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/** Logits [tokens, vocabularySize] of `tokens` that stand behind `prefix` others. p: by the names of gptShapes. */
export function gptInFloat64(
  p: Values,
  sizes: GptSizes,
  tokens: ArrayLike<number>,
  { prefix = 0, past = [] }: { prefix?: number; past?: readonly PastKeysAndValues[] } = {},
): Float64Array<ArrayBuffer> {
  const { vocabularySize, width, layers } = sizes;
  const [table, places] = [valuesOf(p, "transformer.wte.weight"), valuesOf(p, "transformer.wpe.weight")];
  let rows = Array.from({ length: tokens.length }, (_, index) =>
    Float64Array.from({ length: width }, (_, d) => {
      return table[tokens[index] * width + d] + places[(prefix + index) * width + d];
    }),
  );
  for (let layer = 0; layer < layers; layer++) {
    const block = `transformer.h.${layer}`;
    const normed = rows.map((row) => norm(p, `${block}.ln_1`, row, sizes.eps));
    const mixed = attend(p, `${block}.attn`, normed, { sizes, prefix, past: past[layer] });
    rows = rows.map((row, index) => sumOf(row, mixed[index]));
    rows = rows.map((row) => sumOf(row, feedForward(p, block, row, sizes.eps)));
  }
  const none = new Float64Array(vocabularySize);
  const logits = rows.map((row) => linear(norm(p, "transformer.ln_f", row, sizes.eps), table, none));
  return Float64Array.from(logits.flatMap((row) => [...row]));
}

function feedForward(
  p: Values,
  block: string,
  row: Float64Array<ArrayBuffer>,
  eps: number,
): Float64Array<ArrayBuffer> {
  const inner = dense(p, `${block}.mlp.c_fc`, norm(p, `${block}.ln_2`, row, eps));
  return dense(p, `${block}.mlp.c_proj`, inner.map(gelu));
}

interface Attending {
  readonly sizes: GptSizes;
  readonly prefix: number;
  readonly past: PastKeysAndValues | undefined;
}

function attend(
  p: Values,
  name: string,
  rows: readonly Float64Array<ArrayBuffer>[],
  { sizes: { heads, width }, prefix, past }: Attending,
): Float64Array<ArrayBuffer>[] {
  const all = rows.map((row) => dense(p, `${name}.c_attn`, row));
  const ofHead = width / heads;
  /** `part`: 1 for keys, 2 for values. */
  const vectorOf = (part: 1 | 2, head: number, token: number): ArrayLike<number> => {
    if (token >= prefix) {
      const start = part * width + head * ofHead;
      return all[token - prefix].subarray(start, start + ofHead);
    }
    const start = (head * prefix + token) * ofHead;
    const held = part === 1 ? past?.keys : past?.values;
    return Array.from({ length: ofHead }, (_, d) => held?.[start + d] ?? Number.NaN);
  };
  return all.map((own, index) => {
    const mixed = new Float64Array(width);
    for (let head = 0; head < heads; head++) {
      const q = own.subarray(head * ofHead, (head + 1) * ofHead);
      const scores = Float64Array.from({ length: prefix + index + 1 }, (_, token) => {
        const k = vectorOf(1, head, token);
        return q.reduce((sum, value, d) => sum + value * k[d], 0) / Math.sqrt(ofHead);
      });
      const most = scores.reduce((a, b) => Math.max(a, b));
      const weights = scores.map((score) => Math.exp(score - most));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      weights.forEach((weight, token) => {
        const v = vectorOf(2, head, token);
        for (let d = 0; d < ofHead; d++) mixed[head * ofHead + d] += (weight / total) * v[d];
      });
    }
    return dense(p, `${name}.c_proj`, mixed);
  });
}

/** GPT-2 has its weights as [from, to]. */
function dense(p: Values, name: string, row: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  return linear(row, valuesOf(p, `${name}.weight`), valuesOf(p, `${name}.bias`), true);
}

function norm(
  p: Values,
  name: string,
  row: Float64Array<ArrayBuffer>,
  eps: number,
): Float64Array<ArrayBuffer> {
  const [gain, shift] = [valuesOf(p, `${name}.weight`), valuesOf(p, `${name}.bias`)];
  const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
  const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
  return row.map((value, d) => ((value - mean) / Math.sqrt(variance + eps)) * gain[d] + shift[d]);
}

function gelu(x: number): number {
  return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
}

function sumOf(a: Float64Array, b: Float64Array): Float64Array<ArrayBuffer> {
  return a.map((value, index) => value + b[index]);
}

function valuesOf(p: Values, name: string): ArrayLike<number> {
  const values = p.get(name);
  if (values === undefined) throw new Error(`there are no values ${name}.`);
  return values;
}
