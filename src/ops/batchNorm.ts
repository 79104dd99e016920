// batchNorm: each channel less its mean, divided by its deviation, over a batch (training) or by what was learned of
// many (evaluation).
//
// In training the record here has no kernel: it is expanded into the measurement of channels (batchStatistics.ts) and
// what is computed from it for every element, with which the activation after it fuses. That has a kernel of its own
// where channels have many neighbours: elementwise work would divide, at every element, to find its channel. In
// evaluation all is elementwise, part of the convolution before it.

import { InternalError, ShapeError, UsageError } from "../base/errors.ts";
import type { Node, Spec, Value } from "../graph/node.ts";
import { constantNode, constantValue } from "../graph/source.ts";
import { batchNormApply } from "../kernels/batchNorm.ts";
import { type Dtype, promote, requireFloating } from "../tensor/dtype.ts";
import { hostZeros } from "../tensor/hostArray.ts";
import { isSameShape, printShape } from "../tensor/shape.ts";
import { add } from "./add.ts";
import {
  asChannels,
  type BatchNormAttrs,
  channelSizes,
  MOMENTS,
  measureChannels,
  requireEps,
} from "./batchStatistics.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { cast } from "./cast.ts";
import { apply, defineKernel, type KernelOp, makeNode, type Ops } from "./define.ts";
import { mul } from "./mul.ts";
import { reshape } from "./reshape.ts";
import { rsqrt } from "./rsqrt.ts";
import { sub } from "./sub.ts";

/** What batchNorm may be given beside its input; all tensors are [channels], f32 or f16. */
export interface BatchNormOptions<T extends Value> {
  /** What evaluation takes for mean and variance of each channel. Not read in training. */
  readonly runningMean?: T | undefined;
  readonly runningVar?: T | undefined;
  /** Multiplies the normalised values. Default: ones. */
  readonly weight?: T | undefined;
  /** Is added after that. Default: zeros. */
  readonly bias?: T | undefined;
  /** Whether x itself is measured. Default false: the running values count. */
  readonly training?: boolean;
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
}

const record: KernelOp<BatchNormAttrs> = defineKernel<BatchNormAttrs>({
  name: "batchNorm",
  output: ([x, w, b]) => ({ shape: x.shape, dtype: promote(x.dtype, promote(w.dtype, b.dtype)) }),
  reference([x, w, b], attrs) {
    const { channels, length } = channelSizes(x);
    const { means, scales } = measureChannels(x, attrs);
    const y = hostZeros(x.shape);
    x.data.forEach((value, index) => {
      const channel = Math.floor(index / length) % channels;
      y.data[index] = (value - means[channel]) * scales[channel] * w.data[channel] + b.data[channel];
    });
    return y;
  },
  gradient({ dy, inputs: [x, w, b], attrs, o }) {
    const packed = o.batchNormWeightGradient(x, dy, attrs);
    const part = (row: number, like: Node) => {
      const own = o.slice(packed, { starts: [row], ends: [row + 1] });
      return o.cast(o.reshape(own, like.shape), like.dtype);
    };
    const isConstant = (input: Node) => constantValue(input) !== undefined;
    return [
      o.batchNormInputGradient(x, w, dy, attrs),
      isConstant(w) ? undefined : part(0, w),
      isConstant(b) ? undefined : part(1, b),
    ];
  },
  expand({ node, inputs: [x, w, b], attrs, o }) {
    if (channelSizes(x).length > 1) {
      const wide = { ...attrs, dtype: node.dtype };
      return makeNode(applyRecord, [x, w, b, o.batchStatistics(x, attrs)], wide);
    }
    const { normalized, scale } = normalizeByStatistics(x, attrs, o);
    const y = o.add(o.mul(normalized, o.mul(scale, alongChannels(w, x, o))), alongChannels(b, x, o));
    return o.cast(y, node.dtype);
  },
  dispatch: () => {
    throw new InternalError("batchNorm was not expanded");
  },
});

interface ApplyAttrs extends BatchNormAttrs {
  readonly dtype: Dtype;
}

/** y from x, w, b and the statistics of x. */
const applyRecord = defineKernel<ApplyAttrs>({
  name: "batchNormApply",
  output: ([x], { dtype }) => ({ shape: x.shape, dtype }),
  reference: ([x, w, b], { eps }) => record.reference([x, w, b], { eps }),
  dispatch: ([x], _attrs, device) => batchNormApply(channelSizes(x), device),
});

/** [channels] for every element of x. */
export function alongChannels(value: Node, x: Node, o: Ops): Node {
  return o.broadcastTo(o.reshape(value, [1, value.shape[0], 1]), x.shape);
}

/** x less its channel's mean, and one over its channel's deviation, for every element of x; f32. */
export function normalizeByStatistics(
  x: Node,
  attrs: BatchNormAttrs,
  o: Ops,
): { normalized: Node; scale: Node } {
  const statistics = o.batchStatistics(x, attrs);
  const row = (index: number) => {
    const own = o.slice(statistics, { starts: [index], ends: [index + 1] });
    return alongChannels(o.reshape(own, [x.shape[1]]), x, o);
  };
  const centered = o.sub(o.sub(x, row(MOMENTS.center)), row(MOMENTS.drift));
  return { normalized: centered, scale: row(MOMENTS.scale) };
}

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
  requireEps("batchNorm", eps);
  const channels = flat.shape[1];
  requireChannels("weight", weight, channels);
  requireChannels("bias", bias, channels);
  if (!training) return evaluated(x, options, eps);
  requireSeveral(x, flat);
  const row = (value: T | undefined, otherwise: number): T =>
    value ?? x.derive(constantNode(otherwise, x.dtype, [channels]), [x]);
  return reshape(apply(record, [flat, row(weight, 1), row(bias, 0)], { eps }), x.shape);
}

/** Every factor is stretched before it is computed with: so all is part of the dispatch that makes x. */
function evaluated<T extends Value>(
  x: T,
  { runningMean, runningVar, weight, bias }: BatchNormOptions<T>,
  eps: number,
): T {
  if (runningMean === undefined || runningVar === undefined) {
    throw new UsageError(
      "batchNorm: runningMean or runningVar is missing; evaluation needs both, training neither.",
    );
  }
  const channels = x.shape[1];
  requireChannels("runningMean", runningMean, channels);
  requireChannels("runningVar", runningVar, channels);
  const every = (value: T) =>
    broadcastTo(reshape(value, [channels, ...x.shape.slice(2).map(() => 1)]), x.shape);
  const scale = rsqrt(add(every(runningVar), eps));
  const centered = sub(x, every(runningMean));
  const scaled = mul(centered, weight === undefined ? scale : mul(scale, every(weight)));
  const y = bias === undefined ? scaled : add(scaled, every(bias));
  const dtypes = [x, weight, bias].flatMap((value) => (value === undefined ? [] : [value.dtype]));
  return cast(y, dtypes.reduce(promote));
}

function requireChannels(input: string, value: Spec | undefined, channels: number): void {
  if (value === undefined) return;
  requireFloating("batchNorm", input, value.dtype);
  if (isSameShape(value.shape, [channels])) return;
  throw new ShapeError(
    `batchNorm: ${input} is ${printShape(value.shape)}; it must be [${channels}], a number for each channel.`,
  );
}

function requireSeveral(x: Spec, flat: Spec): void {
  if (channelSizes(flat).count !== 1) return;
  throw new UsageError(
    `batchNorm: x is ${printShape(x.shape)}, one value per channel, which has no variance; ` +
      "training needs more than one.",
  );
}
