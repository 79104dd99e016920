// Scaled dot-product attention by fused kernels: no matrix of scores is ever in memory, forward or backward.
//
// Decides: what is computed in which launch. Forward: one, whose result is packed: O [batch, queries, heads, value
// width], then of each row of scores [batch, heads, queries] its largest and the inverse of its sum, in units of log 2.
// (Their sum, the logarithm, would lose the number of keys beside a mask of -1e9.) Backward: the dots dO O, packed
// with the other two into `stats`; dq; dk and dv together. They lie row by row, [batch, rows, heads, width], as what
// projected them did.
// Leaves to others: gradients of gradients (composedAttention.ts), and the drawing of random numbers (api/attention.ts).
// After Dao et al. 2022, FlashAttention, and Milakov, Gimelshein 2018, Online normalizer calculation for softmax.

import { ShapeError, UsageError } from "../base/errors.ts";
import { product } from "../base/integers.ts";
import { accessOf } from "../graph/access.ts";
import { isInput } from "../graph/graph.ts";
import type { Node, Spec, Value } from "../graph/node.ts";
import type { PasteRecord } from "../graph/op.ts";
import { constantNode } from "../graph/source.ts";
import {
  type AttentionSizes,
  attentionForward,
  attentionKeyValueGradient,
  attentionQueryGradient,
  attentionStats,
  attentionStatsStart,
  isAttentionComposed,
} from "../kernels/attention.ts";
import type { DeviceProfile } from "../kernels/kernel.ts";
import { type Dtype, promote, requireDtype, requireFloating } from "../tensor/dtype.ts";
import { type HostArray, hostZeros } from "../tensor/hostArray.ts";
import { contiguousLayout, permuteLayout, reshapeLayout, sliceLayout } from "../tensor/layout.ts";
import { isBroadcastable, isSameShape, printShape, requireRank, type Shape } from "../tensor/shape.ts";
import { arangeNode } from "./arange.ts";
import { attentionGradientReference, attentionReference } from "./attentionReference.ts";
import { type AttentionAttrs, attentionSizes } from "./attentionSizes.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { cast } from "./cast.ts";
import { composedAttention, composedAttentionGradients } from "./composedAttention.ts";
import { concat } from "./concat.ts";
import {
  apply,
  defineKernel,
  definePaste,
  defineView,
  type KernelOp,
  makeNode,
  type Rewrite,
} from "./define.ts";
import { equal } from "./equal.ts";
import { permute } from "./permute.ts";
import type { RandomKey } from "./randomUniform.ts";
import { reshape } from "./reshape.ts";
import type { SliceOptions } from "./slice.ts";
import { slice } from "./slice.ts";
import { where } from "./where.ts";

const NAME = "scaledDotProductAttention";
const MAX_WIDTH = 256;

/** The shape of O as the forward kernel stores it. */
function storedShape({ batch, heads, queries, valueWidth }: AttentionSizes): Shape {
  return [batch, queries, heads, valueWidth];
}

/** Elements of the packed result. */
function packedCount(sizes: AttentionSizes): number {
  return attentionStatsStart(sizes) + 2 * sizes.batch * sizes.heads * sizes.queries;
}

/** [batch, rows, heads, width] as [batch, heads, rows, width], and back. */
const SWAP_HEADS = [0, 2, 1, 3];

/** Inputs q, k, v, mask [batch, heads, queries, keys] and random [3]; the packed result. */
const record: KernelOp<AttentionAttrs> = defineKernel<AttentionAttrs>({
  name: NAME,
  output: (inputs, attrs) => ({ shape: [packedCount(attentionSizes(inputs, attrs))], dtype: "f32" }),
  reference([q, k, v, mask, random], attrs) {
    const sizes = attentionSizes([q, k, v], attrs);
    const { y, largest, inverse } = attentionReference({ q, k, v, mask, random }, sizes);
    const packed = hostZeros([packedCount(sizes)]);
    packed.data.set(y.data);
    packed.data.set(largest.data, attentionStatsStart(sizes));
    packed.data.set(inverse.data, attentionStatsStart(sizes) + largest.data.length);
    return packed;
  },
  gradient({ dy, y, inputs: [q, k, v, mask, random], attrs }) {
    const sizes = attentionSizes([q, k, v], attrs);
    const dO = dy.op === padRecord ? permute(dy.inputs[0], SWAP_HEADS) : outputOf(dy, sizes);
    const stats = makeNode(statsRecord, [dO, y], sizes);
    const given = (kept: Node) => [q, k, v, dO, kept, mask, random];
    const dq = permute(makeNode(queryGradientRecord, given(y), attrs), SWAP_HEADS);
    const { dk, dv } = keyAndValue(makeNode(keyValueGradientRecord, given(stats), attrs), sizes);
    return [dq, dk, dv].map((gradient, index) => cast(gradient, [q, k, v][index].dtype));
  },
  expand({ inputs: [q, k, v, mask, random], attrs, device }) {
    const sizes = attentionSizes([q, k, v], attrs);
    if (!isAttentionComposed(sizes, device)) return undefined;
    const y = composedAttention({ q, k, v, mask, random }, attrs);
    return padded(permute(y, SWAP_HEADS), packedCount(sizes));
  },
  dispatch: (inputs, attrs, device) => attentionForward(attentionSizes(inputs, attrs), device),
});

/** O out of the packed result, as [batch, heads, queries, value width]. */
const outputRecord = defineView<AttentionSizes>({
  name: "attentionOutput",
  output([{ dtype }], sizes) {
    const shape = storedShape(sizes);
    return { shape: SWAP_HEADS.map((axis) => shape[axis]), dtype };
  },
  layout(packed, sizes) {
    const shape = storedShape(sizes);
    const whole = sliceLayout(packed, [0], [1], [product(shape)]);
    const stored = reshapeLayout(whole, shape);
    return stored === undefined ? undefined : permuteLayout(stored, SWAP_HEADS);
  },
  gradient({ dy, inputs: [{ shape }] }) {
    return [padded(permute(dy, SWAP_HEADS), shape[0])];
  },
  simplify: ({ inputs: [packed] }) =>
    packed.op === padRecord ? permute(packed.inputs[0], SWAP_HEADS) : undefined,
});

/** `x` with zeros behind it, `count` elements in all. */
function padded(x: Node, count: number): Node {
  return makeNode(padRecord, [x, constantNode(0, x.dtype, [count - product(x.shape)])], undefined);
}

function outputOf(packed: Node, sizes: AttentionSizes): Node {
  return makeNode(outputRecord, [packed], sizes);
}

/** O and what stands behind it, packed again: a gradient on its way to the forward kernel. */
const padRecord: PasteRecord<undefined> = definePaste<undefined>({
  name: "attentionPad",
  output: ([x, rest]) => ({ shape: [product(x.shape) + rest.shape[0]], dtype: x.dtype }),
  places: ([x, rest]) => [
    contiguousLayout(x.shape),
    { ...contiguousLayout(rest.shape), offset: product(x.shape) },
  ],
  gradient({ dy, inputs: [x] }) {
    const count = product(x.shape);
    const part = (starts: number[], ends: number[]) => slice(dy, { starts, ends });
    return [reshape(part([0], [count]), x.shape), part([count], dy.shape.slice())];
  },
});

/** dO [batch, heads, queries, value width] and the packed result: [3, batch, heads, queries]. */
const statsRecord: KernelOp<AttentionSizes> = defineKernel<AttentionSizes>({
  name: "attentionStats",
  output: (_inputs, { batch, heads, queries }) => ({ shape: [3, batch, heads, queries], dtype: "f32" }),
  reference([dO, packed], sizes) {
    const { batch, heads, queries, valueWidth } = sizes;
    const stats = hostZeros([3, batch, heads, queries]);
    const rows = batch * heads * queries;
    stats.data.set(packed.data.subarray(attentionStatsStart(sizes)), rows);
    for (let row = 0; row < rows; row++) {
      const [item, i] = [Math.floor(row / queries), row % queries];
      const at = ((Math.floor(item / heads) * queries + i) * heads + (item % heads)) * valueWidth;
      for (let c = 0; c < valueWidth; c++)
        stats.data[row] += dO.data[row * valueWidth + c] * packed.data[at + c];
    }
    return stats;
  },
  dispatch: (_inputs, sizes, device) => attentionStats(sizes, device),
});

/** Inputs of both gradient records: q, k, v, dO, the packed result (for dq) or stats, mask, random. */
function gradientReference([q, k, v, dO, , mask, random]: readonly HostArray[], attrs: AttentionAttrs) {
  return attentionGradientReference({ q, k, v, mask, random }, dO, attentionSizes([q, k, v], attrs));
}

function composedGradients({ inputs: [q, k, v, dO, , mask, random], attrs }: Rewrite<AttentionAttrs>) {
  return composedAttentionGradients({ q, k, v, mask, random }, dO, attrs);
}

function composedQueryGradient(context: Rewrite<AttentionAttrs>): Node {
  return permute(composedGradients(context).dq, SWAP_HEADS);
}

function composedKeyValueGradient(context: Rewrite<AttentionAttrs>): Node {
  const { inputs, attrs } = context;
  const { dk, dv } = composedGradients(context);
  const flat = [dk, dv].map((x) => reshape(permute(x, SWAP_HEADS), [product(x.shape)]));
  return reshape(concat(flat), keyValueShape(attentionSizes(inputs, attrs)));
}

function isComposed({ inputs, attrs, device }: Rewrite<AttentionAttrs> & { readonly device: DeviceProfile }) {
  return isAttentionComposed(attentionSizes(inputs, attrs), device);
}

/** dq [batch, queries, heads, width]. */
const queryGradientRecord: KernelOp<AttentionAttrs> = defineKernel<AttentionAttrs>({
  name: "attentionQueryGradient",
  output: ([q]) => ({ shape: SWAP_HEADS.map((axis) => q.shape[axis]), dtype: "f32" }),
  reference: (inputs, attrs) => gradientReference(inputs, attrs).dq,
  compose: composedQueryGradient,
  expand: (context) => (isComposed(context) ? composedQueryGradient(context) : undefined),
  dispatch: (inputs, attrs, device) => attentionQueryGradient(attentionSizes(inputs, attrs), device),
  dispatchWith({ inputs, attrs, device }, other) {
    const [dO, packed] = [inputs[3], inputs[4]];
    if (other.op !== statsRecord || other.inputs[0] !== dO || other.inputs[1] !== packed) return undefined;
    return attentionQueryGradient(attentionSizes(inputs, attrs), device, 1);
  },
});

/** dk and dv, [batch, keys, key heads, width] each: one after the other along a first axis where the widths agree. */
const keyValueGradientRecord: KernelOp<AttentionAttrs> = defineKernel<AttentionAttrs>({
  name: "attentionKeyValueGradient",
  output: (inputs, attrs) => ({ shape: keyValueShape(attentionSizes(inputs, attrs)), dtype: "f32" }),
  reference(inputs, attrs) {
    const { dk, dv } = gradientReference(inputs, attrs);
    const both = hostZeros(keyValueShape(attentionSizes(inputs, attrs)));
    both.data.set(dk.data);
    both.data.set(dv.data, dk.data.length);
    return both;
  },
  compose: composedKeyValueGradient,
  expand: (context) => (isComposed(context) ? composedKeyValueGradient(context) : undefined),
  dispatch: (inputs, attrs, device) => attentionKeyValueGradient(attentionSizes(inputs, attrs), device),
});

function keyValueShape({ batch, keys, keyHeads, width, valueWidth }: AttentionSizes): Shape {
  const rows = batch * keys * keyHeads;
  return width === valueWidth ? [2, batch, keys, keyHeads, width] : [rows * (width + valueWidth)];
}

/** dk and dv as [batch, key heads, keys, width]. */
function keyAndValue(both: Node, { batch, keys, keyHeads, width, valueWidth }: AttentionSizes) {
  const border = width === valueWidth ? 1 : batch * keys * keyHeads * width;
  const part = (bounds: SliceOptions, size: number) =>
    permute(reshape(slice(both, bounds), [batch, keys, keyHeads, size]), SWAP_HEADS);
  return { dk: part({ ends: [border] }, width), dv: part({ starts: [border] }, valueWidth) };
}

/** How `scaledDotProductAttention` differs from softmax(q kT / sqrt(width)) v. */
export interface AttentionOptions<T extends Value> {
  /** Query i sees keys j <= i alone, counted from the first of each. Default false. */
  readonly causal?: boolean;
  /** Broadcast to [batch, heads, queries, keys]. bool: true where attention is allowed. f32, f16: added to the scores. */
  readonly mask?: T;
  /** What q kT is multiplied by. Default 1 / sqrt(width). */
  readonly scale?: number;
  /** The probability with which a weight becomes 0; the others are divided by 1 - dropout. Default 0. */
  readonly dropout?: number;
  /** What dropout draws its numbers by. */
  readonly random?: RandomKey<T>;
}

/**
 * softmax(q kT scale + mask) v for each head. q: [batch, heads, queries, width], k: [batch, key heads, keys, width],
 * v: [batch, key heads, keys, value width], f32 or f16, widths from 1 to 256; heads are a multiple of key heads, of which
 * neighbours share one. A query that may look at no key gives 0, and gradients of 0. No gradient flows to the mask: add
 * what must learn to the scores with ops of its own. Throws ShapeError, DtypeError, or UsageError for a scale or
 * dropout that is no such number. Source: torch.nn.functional.scaled_dot_product_attention.
 */
export function scaledDotProductAttention<T extends Value>(
  q: T,
  k: T,
  v: T,
  options: AttentionOptions<T> = {},
): T {
  requireOperands(q, k, v);
  const { causal = false, mask, scale = 1 / Math.sqrt(q.shape[3]), dropout = 0, random } = options;
  requireNumbers(scale, dropout, random !== undefined);
  const scores = [...q.shape.slice(0, 3), k.shape[2]];
  if (mask !== undefined) requireMask(mask, scores);
  const constant = (dtype: Dtype, shape: Shape) => q.derive(constantNode(0, dtype, shape), [q]);
  const kind = mask === undefined ? "none" : mask.dtype === "bool" ? "bool" : "additive";
  const attrs: AttentionAttrs = { causal, scale, mask: kind, dropout };
  const key = random === undefined || dropout === 0 ? constant("u32", [3]) : keyAsOne(random);
  const given = mask === undefined ? constant("f32", scores) : broadcastTo(mask, scores);
  const operands = [q, k, v, given];
  const items = operands.every(isHeadByHead) ? operands.map(headsAsItems) : operands;
  const packed = apply(record, [...items, key], attrs);
  const y = apply(outputRecord, [packed], attentionSizes(items, attrs));
  return cast(
    reshape(y, [...q.shape.slice(0, 3), v.shape[3]]),
    [k, v].reduce((dtype, one) => promote(dtype, one.dtype), q.dtype),
  );
}

/**
 * Whether `x` was given head by head, as it then is given back: a batch of single heads. What was computed comes from a
 * projection, whose rows hold all heads, and goes to one.
 */
function isHeadByHead<T extends Value>(x: T, index: number, all: readonly T[]): boolean {
  if (x.shape[1] !== all[0].shape[1]) return false;
  const access = accessOf(x.toNode(NAME));
  if (access === undefined || !isSameShape(access.layout.shape, x.shape)) return false;
  const [batchStride, headStride, rowStride] = access.layout.strides;
  const isMask = index === 3;
  if (!isMask && !(isInput(access.base) && headStride >= rowStride)) return false;
  return batchStride === headStride * x.shape[1];
}

function headsAsItems<T extends Value>(x: T): T {
  const [batch, heads, ...rest] = x.shape;
  return reshape(x, [batch * heads, 1, ...rest]);
}

/** seed, stream and step as one tensor. */
function keyAsOne<T extends Value>({ seed, stream, step }: RandomKey<T>): T {
  const index = seed.derive(arangeNode(3, "u32"), [seed]);
  return where(equal(index, 0), seed, where(equal(index, 1), stream, step));
}

function requireNumbers(scale: number, dropout: number, isRandom: boolean): void {
  if (!Number.isFinite(scale))
    throw new UsageError(`${NAME}: scale is ${scale}; it must be a finite number.`);
  if (!(dropout >= 0 && dropout < 1))
    throw new UsageError(`${NAME}: dropout is ${dropout}; it must be at least 0 and below 1.`);
  if (dropout > 0 && !isRandom)
    throw new UsageError(`${NAME}: dropout is ${dropout} without random; it must say what to draw by.`);
}

function requireOperands(q: Spec, k: Spec, v: Spec): void {
  for (const [name, x] of Object.entries({ q, k, v })) {
    requireFloating(NAME, name, x);
    const { shape } = x;
    requireRank(NAME, name, shape, 4, "[batch, heads, rows, width]");
  }
  const differ = (what: string, rule: string, a: [string, Spec], b: [string, Spec]) =>
    new ShapeError(
      `${NAME}: ${what} differ, ${a[0]} is ${printShape(a[1].shape)} and ${b[0]} is ${printShape(b[1].shape)}; ${rule}.`,
    );
  if (q.shape[3] !== k.shape[3]) throw differ("widths", "the last sizes must be equal", ["q", q], ["k", k]);
  if (k.shape[2] !== v.shape[2])
    throw differ("lengths", "k and v must have as many rows", ["k", k], ["v", v]);
  if (k.shape[1] !== v.shape[1]) throw differ("heads", "k and v must have as many", ["k", k], ["v", v]);
  for (const [name, other] of Object.entries({ k, v })) {
    if (q.shape[0] !== other.shape[0])
      throw differ("batches", "the first sizes must be equal", ["q", q], [name, other]);
  }
  const [heads, keyHeads] = [q.shape[1], k.shape[1]];
  if (keyHeads === 0 ? heads !== 0 : heads % keyHeads !== 0)
    throw new ShapeError(
      `${NAME}: q has ${heads} heads and k has ${keyHeads}; q's must be a multiple of k's.`,
    );
  for (const [name, { shape }] of Object.entries({ q, v })) {
    if (shape[3] < 1 || shape[3] > MAX_WIDTH)
      throw new ShapeError(
        `${NAME}: ${name} is ${printShape(shape)}, of width ${shape[3]}; it must be from 1 to ${MAX_WIDTH}.`,
      );
  }
}

function requireMask(mask: Spec, scores: Shape): void {
  requireDtype(NAME, "mask", mask, ["bool", "f32", "f16"]);
  const { shape } = mask;
  if (isBroadcastable(shape, scores)) return;
  throw new ShapeError(
    `${NAME}: mask is ${printShape(shape)}, which does not broadcast to ${printShape(scores)}; ` +
      "it must fit [batch, heads, queries, keys].",
  );
}
