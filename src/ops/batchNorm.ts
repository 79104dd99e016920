// batchNorm: each channel less its mean, divided by its deviation, over a batch (training) or by what was learned of
// many (evaluation); and what it shares with groupNorm and instanceNorm, which measure groups of an item's channels.
//
// Where x is measured the record here has no kernel: it is expanded into the measurement (batchStatistics.ts) and
// what is computed from it for every element, with which the activation after it fuses. That has a kernel of its own
// where channels have many neighbours: elementwise work would divide, at every element, to find its channel. In
// evaluation all is elementwise, part of the convolution before it.

import { InternalError, ShapeError, UsageError } from "../base/errors.ts";
import type { Node, Spec, Value } from "../graph/node.ts";
import { constantNode, constantValue } from "../graph/source.ts";
import { batchNormApply } from "../kernels/batchNorm.ts";
import { type Dtype, promote, requireFloating } from "../tensor/dtype.ts";
import { type HostArray, hostZeros } from "../tensor/hostArray.ts";
import { isSameShape, printShape } from "../tensor/shape.ts";
import { add } from "./add.ts";
import { batchNormInputGradient } from "./batchNormInputGradient.ts";
import { batchNormWeightGradient } from "./batchNormWeightGradient.ts";
import {
  asChannels,
  type BatchNormAttrs,
  channelSizes,
  kernelSizes,
  MOMENTS,
  measureChannels,
  placeOf,
  requireEps,
  statisticsOf,
} from "./batchStatistics.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { cast } from "./cast.ts";
import { apply, defineKernel, type KernelOp, makeNode } from "./define.ts";
import { mul } from "./mul.ts";
import { partOf } from "./partOf.ts";
import { reshape } from "./reshape.ts";
import { rsqrt } from "./rsqrt.ts";
import { slice } from "./slice.ts";
import { sub } from "./sub.ts";

/** What is applied after normalising; both are [channels], f32 or f16. */
export interface ChannelAffine<T extends Value> {
  /** Multiplies the normalised values. Default: ones. */
  readonly weight?: T | undefined;
  /** Is added after that. Default: zeros. */
  readonly bias?: T | undefined;
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
}

/** Moments that are not measured but known; all tensors are [channels], f32 or f16. */
export interface RunningNormOptions<T extends Value> extends ChannelAffine<T> {
  /** What counts for mean and variance of each channel where x is not measured. Not read where it is. */
  readonly runningMean?: T | undefined;
  readonly runningVar?: T | undefined;
}

/** What batchNorm may be given beside its input. */
export interface BatchNormOptions<T extends Value> extends RunningNormOptions<T> {
  /** Whether x itself is measured. Default false: the running values count. */
  readonly training?: boolean;
}

/** The record of op `name`: y = normalised x * w + b. x: [batch, channels, length], w, b: [channels]. */
export function batchNormRecord(name: string): KernelOp<BatchNormAttrs> {
  return defineKernel<BatchNormAttrs>({
    name,
    output: ([x, w, b]) => ({ shape: x.shape, dtype: promote(x.dtype, promote(w.dtype, b.dtype)) }),
    reference: normalizeInFloat64,
    gradient({ dy, inputs: [x, w, b], attrs }) {
      const packed = batchNormWeightGradient(x, dy, attrs);
      const part = (row: number, { shape, dtype }: Node) =>
        cast(partOf(packed, { start: row * shape[0], shape }), dtype);
      const isConstant = (input: Node) => constantValue(input) !== undefined;
      return [
        batchNormInputGradient(x, w, dy, attrs),
        isConstant(w) ? undefined : part(0, w),
        isConstant(b) ? undefined : part(1, b),
      ];
    },
    expand({ node, inputs: [x, w, b], attrs }) {
      if (usesRows(x, attrs)) {
        return makeNode(applyRecord, [x, w, b, statisticsOf(x, attrs)], { ...attrs, dtype: node.dtype });
      }
      const { normalized, scale } = normalizeByStatistics(x, attrs);
      const y = add(mul(normalized, mul(scale, alongChannels(w, x))), alongChannels(b, x));
      return cast(y, node.dtype);
    },
    dispatch: () => {
      throw new InternalError(`${name} was not expanded`);
    },
  });
}

function normalizeInFloat64([x, w, b]: readonly HostArray[], attrs: BatchNormAttrs): HostArray {
  const { means, scales } = measureChannels(x, attrs);
  const place = placeOf(x, attrs);
  const y = hostZeros(x.shape);
  x.data.forEach((value, index) => {
    const { moment, channel } = place(index);
    y.data[index] = (value - means[moment]) * scales[moment] * w.data[channel] + b.data[channel];
  });
  return y;
}

interface ApplyAttrs extends BatchNormAttrs {
  readonly dtype: Dtype;
}

/** y from x, w, b and the statistics of x. */
const applyRecord = defineKernel<ApplyAttrs>({
  name: "batchNormApply",
  output: ([x], { dtype }) => ({ shape: x.shape, dtype }),
  reference: normalizeInFloat64,
  dispatch: ([x], attrs, device) => batchNormApply(kernelSizes(x, attrs), device),
});

/** Whether the kernels that go along rows are used for every element of x, and not elementwise work. */
export function usesRows({ shape }: Pick<Spec, "shape">, { groupSize }: BatchNormAttrs): boolean {
  return groupSize !== undefined || shape[2] > 1;
}

/** [channels] for every element of x. */
export function alongChannels(value: Node, x: Node): Node {
  return broadcastTo(reshape(value, [1, value.shape[0], 1]), x.shape);
}

/** x less its channel's mean, and one over its channel's deviation, for every element of x; f32. */
export function normalizeByStatistics(x: Node, attrs: BatchNormAttrs): { normalized: Node; scale: Node } {
  const statistics = statisticsOf(x, attrs);
  const row = (index: number) => {
    const own = slice(statistics, { starts: [index], ends: [index + 1] });
    return alongChannels(reshape(own, [x.shape[1]]), x);
  };
  const centered = sub(sub(x, row(MOMENTS.center)), row(MOMENTS.drift));
  return { normalized: centered, scale: row(MOMENTS.scale) };
}

const record = batchNormRecord("batchNorm");

/**
 * (x - mean) / sqrt(variance + eps) * weight + bias for each channel. x: [batch, channels, ...], f32 or f16; y: the same
 * shape. In training mean and (biased) variance are those of x over all other axes, through which gradients flow; in
 * evaluation they are `runningMean` and `runningVar`. Nothing is updated here: see `batchMoments` for what a running
 * average takes up. Throws UsageError in training for channels of one value, and where evaluation lacks running values;
 * ShapeError or DtypeError where inputs do not fit. Source: torch.nn.functional.batch_norm; Ioffe and Szegedy 2015.
 */
export function batchNorm<T extends Value>(x: T, options: BatchNormOptions<T> = {}): T {
  const { weight, bias, training = false, eps = 1e-5 } = options;
  const flat = asChannels("batchNorm", x);
  requireAffine("batchNorm", options, flat.shape[1]);
  if (!training) {
    return normalizeByRunning("batchNorm", x, options, "evaluation needs both, training neither");
  }
  requireSeveral(x, flat);
  return applyBatchNorm(record, x, flat, { weight, bias, eps });
}

/**
 * x normalised by running values; `rule` says when they must be there. Every factor is stretched before it is computed
 * with: so all is part of the dispatch that makes x.
 */
export function normalizeByRunning<T extends Value>(
  op: string,
  x: T,
  { runningMean, runningVar, weight, bias, eps = 1e-5 }: RunningNormOptions<T>,
  rule: string,
): T {
  if (runningMean === undefined || runningVar === undefined) {
    throw new UsageError(`${op}: runningMean or runningVar is missing; ${rule}.`);
  }
  const channels = x.shape[1];
  requireChannels(op, "runningMean", runningMean, channels);
  requireChannels(op, "runningVar", runningVar, channels);
  const every = (value: T) =>
    broadcastTo(reshape(value, [channels, ...x.shape.slice(2).map(() => 1)]), x.shape);
  const scale = rsqrt(add(every(runningVar), eps));
  const centered = sub(x, every(runningMean));
  const scaled = mul(centered, weight === undefined ? scale : mul(scale, every(weight)));
  const y = bias === undefined ? scaled : add(scaled, every(bias));
  const dtypes = [x, weight, bias].flatMap((value) => (value === undefined ? [] : [value.dtype]));
  return cast(y, dtypes.reduce(promote));
}

function requireSeveral(x: Spec, flat: Spec): void {
  if (channelSizes(flat).count !== 1) return;
  throw new UsageError(
    `batchNorm: x is ${printShape(x.shape)}, one value per channel, which has no variance; ` +
      "training needs more than one.",
  );
}

/** `record` applied to `flat`, which is `x` as [batch, channels, length]; in the shape of `x`. */
export function applyBatchNorm<T extends Value>(
  record: KernelOp<BatchNormAttrs>,
  x: T,
  flat: T,
  { weight, bias, ...attrs }: ChannelAffine<T> & BatchNormAttrs,
): T {
  const row = (value: T | undefined, otherwise: number): T =>
    value ?? x.derive(constantNode(otherwise, x.dtype, [flat.shape[1]]), [x]);
  return reshape(apply(record, [flat, row(weight, 1), row(bias, 0)], attrs), x.shape);
}

/** Throws unless weight, bias and eps fit so many channels. */
export function requireAffine<T extends Value>(
  op: string,
  { weight, bias, eps = 1e-5 }: ChannelAffine<T>,
  channels: number,
): void {
  requireEps(op, eps);
  requireChannels(op, "weight", weight, channels);
  requireChannels(op, "bias", bias, channels);
}

/** Throws DtypeError or ShapeError unless `value`, if there is one, has a number for each channel. */
export function requireChannels(op: string, input: string, value: Spec | undefined, channels: number): void {
  if (value === undefined) return;
  requireFloating(op, input, value);
  if (isSameShape(value.shape, [channels])) return;
  throw new ShapeError(
    `${op}: ${input} is ${printShape(value.shape)}; it must be [${channels}], a number for each channel.`,
  );
}
