// crossEntropy: the negative log-probability of the right class, straight from logits.

import { UsageError } from "../base/errors.ts";
import { product } from "../base/integers.ts";
import type { Spec, Value } from "../graph/node.ts";
import {
  type CrossEntropySizes,
  crossEntropyGradientVariant,
  crossEntropyRows,
  crossEntropyRowsVariant,
  crossEntropyGradient as gradientKernel,
  IGNORED_LABEL,
} from "../kernels/crossEntropy.ts";
import { rowChoices } from "../kernels/rowChoices.ts";
import type { RowVariant } from "../kernels/softmax.ts";
import { isFloating, requireTensor } from "../tensor/dtype.ts";
import { type HostArray, hostZeros } from "../tensor/hostArray.ts";
import { isSameShape } from "../tensor/shape.ts";
import { add } from "./add.ts";
import { cast } from "./cast.ts";
import { classAxis, requireClassWeight, requireLabels, requireScores } from "./classLabels.ts";
import { apply, defineKernel } from "./define.ts";
import { div } from "./div.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { notEqual } from "./notEqual.ts";
import { oneHot } from "./oneHot.ts";
import { permute } from "./permute.ts";
import { type Reduction, reduceLosses } from "./reduceLosses.ts";
import { reshape } from "./reshape.ts";
import { logSoftmax, softmax } from "./softmax.ts";
import { unsqueeze } from "./squeeze.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";
import { where } from "./where.ts";

/** What a loss is to be compared with. */
export interface TargetOptions {
  /** The label of what does not count: no loss, no gradient, no part in the mean. Default -100. */
  readonly ignoreIndex?: number;
  /** The share of the target, from 0 to 1, that all classes divide among themselves. Default 0. */
  readonly labelSmoothing?: number;
}

/** How `crossEntropy` is computed. */
export interface CrossEntropyOptions<T extends Value = Value> extends TargetOptions {
  /** "mean" (default) over what counts, by its weight, "sum", or "none". */
  readonly reduction?: Reduction;
  /** What the loss of each class is multiplied by, [classes]. Default 1. */
  readonly weight?: T;
}

type TargetAttrs = Required<TargetOptions>;

function rowSizes({ shape }: Spec, attrs: TargetAttrs): CrossEntropySizes {
  return { rows: shape[0], classes: shape[1], ...attrs };
}

/** The log-probabilities of a row. */
function logProbabilities(logits: HostArray, row: number): Float64Array {
  const classes = logits.shape[1];
  const values = logits.data.subarray(row * classes, (row + 1) * classes);
  const largest = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const total = values.reduce((sum, value) => sum + Math.exp(value - largest), 0);
  return values.map((value) => value - largest - Math.log(total));
}

/** The probabilities that a row should have; undefined where it does not count. NaN where the label is no class. */
function targetsOf(label: number, classes: number, attrs: TargetAttrs): Float64Array | undefined {
  if (label === attrs.ignoreIndex) return undefined;
  const { labelSmoothing } = attrs;
  const isClass = label >= 0 && label < classes;
  const targets = new Float64Array(classes).fill(isClass ? labelSmoothing / classes : Number.NaN);
  if (isClass) targets[label] += 1 - labelSmoothing;
  return targets;
}

const rowsRecord = defineKernel<TargetAttrs>({
  name: "crossEntropy",
  output: ([logits]) => ({ shape: [logits.shape[0]], dtype: logits.dtype }),
  reference([logits, labels], attrs) {
    const [rows, classes] = logits.shape;
    const losses = hostZeros([rows]);
    for (let row = 0; row < rows; row++) {
      const targets = targetsOf(labels.data[row], classes, attrs);
      const log = logProbabilities(logits, row);
      // A target of 0 counts nothing, also where the logarithm is infinite.
      targets?.forEach((target, index) => {
        if (target !== 0) losses.data[row] -= target * log[index];
      });
    }
    return losses;
  },
  gradient: ({ dy, inputs: [logits, labels], attrs }) => [crossEntropyGradient(logits, labels, dy, attrs)],
  dispatch: ([logits], attrs, device) => crossEntropyRows(rowSizes(logits, attrs), device),
  choices([logits], attrs, device) {
    const sizes = rowSizes(logits, attrs);
    const launch = (variant: RowVariant) => crossEntropyRowsVariant(variant, sizes, device);
    return rowChoices("crossEntropy", sizes.rows, sizes.classes, device, launch);
  },
});

const gradientRecord = defineKernel<TargetAttrs>({
  name: "crossEntropyGradient",
  output: ([logits]) => logits,
  reference([logits, labels, dy], attrs) {
    const [rows, classes] = logits.shape;
    const dx = hostZeros(logits.shape);
    for (let row = 0; row < rows; row++) {
      const targets = targetsOf(labels.data[row], classes, attrs);
      if (targets === undefined) continue;
      logProbabilities(logits, row).forEach((log, index) => {
        dx.data[row * classes + index] = (Math.exp(log) - targets[index]) * dy.data[row];
      });
    }
    return dx;
  },
  gradient({ dy: g, inputs: [logits, labels, dy], attrs: { ignoreIndex, labelSmoothing } }) {
    const classes = logits.shape[1];
    const probabilities = softmax(logits);
    const counts = notEqual(labels, ignoreIndex);
    const pull = mul(g, unsqueeze(where(counts, dy, 0), 1));
    const dot = sum(mul(probabilities, pull), { axis: 1, keepDims: true });
    const hits = mul(oneHot(labels, classes), 1 - labelSmoothing);
    const difference = sub(probabilities, add(hits, labelSmoothing / classes));
    const slope = sum(mul(difference, g), { axis: 1 });
    return [mul(probabilities, sub(pull, dot)), undefined, where(counts, slope, 0)];
  },
  dispatch: ([logits], attrs, device) => gradientKernel(rowSizes(logits, attrs), device),
  choices([logits], attrs, device) {
    const sizes = rowSizes(logits, attrs);
    const launch = (variant: RowVariant) => crossEntropyGradientVariant(variant, sizes, device);
    return rowChoices("crossEntropyGradient", sizes.rows, sizes.classes, device, launch);
  },
});

/**
 * -log softmax(logits)[label] for each row. logits: [batch, classes] or [batch, classes, ...] (or [classes]), f32 or
 * f16; labels: i32 or u32 without the class axis, or probabilities, f32 or f16, of the logits' shape, for which the loss is
 * -sum(labels weight log softmax(logits)), `ignoreIndex` means nothing, and the mean is over rows. "mean" (default) and
 * "sum" give a scalar. A label that is no class and not `ignoreIndex` makes its loss NaN; the mean where nothing counts is NaN.
 * Throws ShapeError, DtypeError or UsageError. Source: torch.nn.functional.cross_entropy.
 */
export function crossEntropy<T extends Value>(
  logits: T,
  labels: T,
  {
    reduction = "mean",
    ignoreIndex = IGNORED_LABEL,
    labelSmoothing = 0,
    weight,
  }: CrossEntropyOptions<T> = {},
): T {
  requireTensor("crossEntropy", "logits", logits);
  requireTensor("crossEntropy", "labels", labels);
  const attrs = requireTarget("crossEntropy", { ignoreIndex, labelSmoothing });
  if (isFloating(labels.dtype) && isSameShape(labels.shape, logits.shape)) {
    requireScores("crossEntropy", "logits", logits);
    requireClassWeight("crossEntropy", "logits", logits, weight);
    return ofProbabilities(logits, labels, labelSmoothing, weight, reduction);
  }
  requireLabels("crossEntropy", "logits", logits, labels);
  requireClassWeight("crossEntropy", "logits", logits, weight);
  if (weight !== undefined) return weighedEntropy(logits, labels, attrs, weight, reduction);
  return reduceCounted("crossEntropy", ofRows(logits, labels, attrs), labels, ignoreIndex, reduction);
}

/** The losses of rows, all classes being worth the same. */
function ofRows<T extends Value>(logits: T, labels: T, attrs: TargetAttrs): T {
  const last = logits.shape.length - 1;
  const rows = classesLast(logits);
  const classes = rows.shape[last];
  const flat = reshape(rows, [product(labels.shape), classes]);
  const losses = apply(rowsRecord, [flat, reshape(labels, [flat.shape[0]])], attrs);
  return reshape(losses, labels.shape);
}

function classesLast<T extends Value>(x: T): T {
  const order = x.shape.map((_, axis) => axis).toSpliced(1, 1);
  return x.shape.length <= 2 ? x : permute(x, [...order, 1]);
}

/** With a weight for each class: a label's loss counts by its class, and of what is smoothed each class's share by that class. */
function weighedEntropy<T extends Value>(
  logits: T,
  labels: T,
  { ignoreIndex, labelSmoothing }: TargetAttrs,
  weight: T,
  reduction: Reduction,
): T {
  const classes = weight.shape[0];
  const counts = notEqual(labels, ignoreIndex);
  const weights = where(counts, sum(mul(oneHot(labels, classes), weight), { axis: -1 }), 0);
  const hard = mul(weights, ofRows(logits, labels, { ignoreIndex, labelSmoothing: 0 }));
  const losses = labelSmoothing === 0 ? hard : add(mul(hard, 1 - labelSmoothing), where(counts, soft(), 0));
  if (reduction !== "mean") return reduceLosses("crossEntropy", losses, reduction);
  return cast(div(sum(losses), sum(weights)), losses.dtype);

  function soft(): T {
    const entropies = mul(sum(mul(logSoftmax(classesLast(logits)), weight), { axis: -1 }), -labelSmoothing);
    return mul(entropies, 1 / classes);
  }
}

function ofProbabilities<T extends Value>(
  logits: T,
  labels: T,
  labelSmoothing: number,
  weight: T | undefined,
  reduction: Reduction,
): T {
  const classes = logits.shape[classAxis(logits)];
  const given = classesLast(labels);
  const smooth = add(mul(given, 1 - labelSmoothing), labelSmoothing / classes);
  const log = logSoftmax(classesLast(logits));
  const targets = labelSmoothing === 0 ? given : smooth;
  const terms = mul(log, weight === undefined ? targets : mul(targets, weight));
  const losses = neg(sum(terms, { axis: -1 }));
  return reduceLosses("crossEntropy", losses, reduction);
}

/** dL/dlogits of `crossEntropy` on [rows, classes], given dL/dloss for each row. */
export function crossEntropyGradient<T extends Value>(
  logits: T,
  labels: T,
  dy: T,
  { ignoreIndex = IGNORED_LABEL, labelSmoothing = 0 }: TargetOptions = {},
): T {
  return apply(gradientRecord, [logits, labels, dy], { ignoreIndex, labelSmoothing });
}

/** `losses` reduced; the mean is over those whose label is not `ignoreIndex`, which are 0. */
export function reduceCounted<T extends Value>(
  op: string,
  losses: T,
  labels: T,
  ignoreIndex: number,
  reduction: Reduction,
): T {
  if (reduction !== "mean") return reduceLosses(op, losses, reduction);
  const count = sum(cast(notEqual(labels, ignoreIndex), "f32"));
  return cast(div(sum(losses), count), losses.dtype);
}

/** Throws UsageError unless the label to be ignored is a whole number of 32 bits and the smoothing a share. */
export function requireTarget(op: string, { ignoreIndex, labelSmoothing }: TargetAttrs): TargetAttrs {
  if ((ignoreIndex | 0) !== ignoreIndex) {
    throw new UsageError(
      `${op}: ignoreIndex is ${ignoreIndex}; it must be a whole number from -2147483648 to 2147483647.`,
    );
  }
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new UsageError(`${op}: labelSmoothing is ${labelSmoothing}; it must be from 0 to 1.`);
  }
  return { ignoreIndex, labelSmoothing };
}
