// crossEntropy: the negative log-probability of the right class, straight from logits.

import { ShapeError, UsageError } from "../base/errors.ts";
import { product } from "../base/integers.ts";
import type { Spec, Value } from "../graph/node.ts";
import {
  type CrossEntropySizes,
  crossEntropyRows,
  crossEntropyGradient as gradientKernel,
  IGNORED_LABEL,
} from "../kernels/crossEntropy.ts";
import { requireDtype, requireFloating } from "../tensor/dtype.ts";
import { type HostArray, hostZeros } from "../tensor/hostArray.ts";
import { isSameShape, printShape } from "../tensor/shape.ts";
import { cast } from "./cast.ts";
import { apply, defineKernel } from "./define.ts";
import { div } from "./div.ts";
import { notEqual } from "./notEqual.ts";
import { permute } from "./permute.ts";
import { type Reduction, reduceLosses } from "./reduceLosses.ts";
import { reshape } from "./reshape.ts";
import { sum } from "./sum.ts";

/** What a loss is to be compared with. */
export interface TargetOptions {
  /** The label of what does not count: no loss, no gradient, no part in the mean. Default -100. */
  readonly ignoreIndex?: number;
  /** The share of the target, from 0 to 1, that all classes divide among themselves. Default 0. */
  readonly labelSmoothing?: number;
}

/** How `crossEntropy` is computed. */
export interface CrossEntropyOptions extends TargetOptions {
  /** "mean" (default) over what counts, "sum", or "none". */
  readonly reduction?: Reduction;
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
  gradient: ({ dy, inputs: [logits, labels], attrs, o }) => [
    o.crossEntropyGradient(logits, labels, dy, attrs),
  ],
  dispatch: ([logits], attrs, device) => crossEntropyRows(rowSizes(logits, attrs), device),
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
  gradient({ dy: g, inputs: [logits, labels, dy], attrs: { ignoreIndex, labelSmoothing }, o }) {
    const classes = logits.shape[1];
    const probabilities = o.softmax(logits);
    const counts = o.notEqual(labels, ignoreIndex);
    const pull = o.mul(g, o.unsqueeze(o.where(counts, dy, 0), 1));
    const dot = o.sum(o.mul(probabilities, pull), { axis: 1, keepDims: true });
    const hits = o.mul(o.oneHot(labels, classes), 1 - labelSmoothing);
    const difference = o.sub(probabilities, o.add(hits, labelSmoothing / classes));
    const slope = o.sum(o.mul(difference, g), { axis: 1 });
    return [o.mul(probabilities, o.sub(pull, dot)), undefined, o.where(counts, slope, 0)];
  },
  dispatch: ([logits], attrs, device) => gradientKernel(rowSizes(logits, attrs), device),
});

/**
 * -log softmax(logits)[label] for each row. logits: [batch, classes] or [batch, classes, ...] (or [classes]), f32 or
 * f16; labels: i32 or u32 without the class axis. "mean" (default) and "sum" give a scalar. A label that is no class and
 * not `ignoreIndex` makes its loss NaN; the mean where nothing counts is NaN.
 * Throws ShapeError, DtypeError or UsageError. Source: torch.nn.functional.cross_entropy.
 */
export function crossEntropy<T extends Value>(
  logits: T,
  labels: T,
  { reduction = "mean", ignoreIndex = IGNORED_LABEL, labelSmoothing = 0 }: CrossEntropyOptions = {},
): T {
  requireLabels(logits, labels);
  const attrs = requireTarget("crossEntropy", { ignoreIndex, labelSmoothing });
  const last = logits.shape.length - 1;
  const order = logits.shape.map((_, axis) => axis).toSpliced(1, 1);
  const rows = last <= 1 ? logits : permute(logits, [...order, 1]);
  const classes = rows.shape[last];
  const flat = reshape(rows, [product(labels.shape), classes]);
  const losses = apply(rowsRecord, [flat, reshape(labels, [flat.shape[0]])], attrs);
  return reduceCounted("crossEntropy", reshape(losses, labels.shape), labels, ignoreIndex, reduction);
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

function requireLabels(logits: Spec, labels: Spec): void {
  requireFloating("crossEntropy", "logits", logits.dtype);
  requireDtype("crossEntropy", "labels", labels.dtype, ["i32", "u32"]);
  const { shape } = logits;
  if (shape.length === 0 || shape[shape.length === 1 ? 0 : 1] === 0) {
    throw new ShapeError(
      `crossEntropy: logits are ${printShape(shape)}; they must be [batch, classes] with at least one class.`,
    );
  }
  const expected = shape.length === 1 ? [] : shape.toSpliced(1, 1);
  if (isSameShape(labels.shape, expected)) return;
  throw new ShapeError(
    `crossEntropy: labels are ${printShape(labels.shape)} for logits ${printShape(shape)}; they must be ${printShape(expected)}, one class index for each row.`,
  );
}
