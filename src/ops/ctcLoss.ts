// ctcLoss: connectionist temporal classification, for labels whose places in time are not known.

import { ShapeError, UsageError } from "../base/errors.ts";
import { requireWhole } from "../base/requireWhole.ts";
import type { Value } from "../graph/node.ts";
import { constantNode } from "../graph/source.ts";
import { MOST_CTC_LABELS } from "../kernels/ctc.ts";
import { requireDtype, requireFloating } from "../tensor/dtype.ts";
import { isSameShape, printShape, type Shape } from "../tensor/shape.ts";
import { add } from "./add.ts";
import { arangeNode } from "./arange.ts";
import { bitwiseAnd } from "./bitwiseAnd.ts";
import { bitwiseRightShift } from "./bitwiseRightShift.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { cast } from "./cast.ts";
import { ctcPaths } from "./ctcPaths.ts";
import { cumsum } from "./cumsum.ts";
import { div } from "./div.ts";
import { equal } from "./equal.ts";
import { gather } from "./gather.ts";
import { less } from "./less.ts";
import { maximum } from "./maximum.ts";
import { minimum } from "./minimum.ts";
import { type Reduction, reduceLosses } from "./reduceLosses.ts";
import { reshape } from "./reshape.ts";
import { unsqueeze } from "./squeeze.ts";
import { sub } from "./sub.ts";
import { where } from "./where.ts";

/** How `ctcLoss` is computed. */
export interface CtcLossOptions {
  /** The class that stands for no label. Default 0. */
  readonly blank?: number;
  /** "mean" (default) of losses that are divided by their numbers of labels, "sum", or "none". */
  readonly reduction?: Reduction;
  /** Whether infinite losses, of targets that the inputs are too short for, count as 0, without a gradient. Default false. */
  readonly zeroInfinity?: boolean;
}

/** How long each sequence is: i32 or u32 [batch], or one number for all. */
export type SequenceLengths<T extends Value> = T | number;

/**
 * -log of the probability that what a network says at each step, less its blanks and what it says twice in a row, is the
 * target. logProbs: log-probabilities, as of `logSoftmax`, [time, batch, classes] or [time, classes], f32 or f16. targets: i32 or
 * u32, [batch, labels], at most 1000 of them, or all one behind the other, [sum of targetLengths], which costs more where these
 * are a tensor, since each target might be that long. inputLengths: steps of each sequence; targetLengths: labels of each.
 * Infinity where a target does not fit into its input. NaN for a label that is no class, for a length out of range (a number
 * out of range is refused), and where a log-probability that counts is NaN or +infinity.
 * The gradient is the derivative by logProbs as they are. PyTorch's is exp(logProbs) more, which comes to the same behind
 * logSoftmax, and nowhere else; that of an infinite loss has NaN in both. Unlike PyTorch's it can be differentiated again, and
 * keeps its digits in f32: to about 5e-5 of itself after 1000 steps.
 * Throws ShapeError, DtypeError or UsageError. Source: torch.nn.functional.ctc_loss; Graves et al. 2006.
 */
export function ctcLoss<T extends Value>(
  logProbs: T,
  targets: T,
  inputLengths: SequenceLengths<T>,
  targetLengths: SequenceLengths<T>,
  { blank = 0, reduction = "mean", zeroInfinity = false }: CtcLossOptions = {},
): T {
  requireScores(logProbs, blank);
  requireDtype("ctcLoss", "targets", targets, ["i32", "u32"]);
  const isSingle = logProbs.shape.length === 2;
  const scores = cast(isSingle ? unsqueeze(logProbs, 1) : logProbs, "f32");
  const [time, batch] = scores.shape;
  const steps = lengthsOf("inputLengths", scores, inputLengths, time);
  const counts = lengthsOf(
    "targetLengths",
    scores,
    targetLengths,
    targets.shape[targets.shape.length - 1] ?? 0,
  );
  const padded = paddedTargets(cast(targets, "i32"), counts, batch, targetLengths);
  const labels = withBlanks(padded, blank);
  const index = broadcastTo(labels, [time, ...labels.shape]);
  const all = ctcPaths(gather(scores, index, { axis: 2 }), labels, steps, counts);
  const losses = zeroInfinity ? where(equal(all, Infinity), 0, all) : all;
  const shares = reduction === "mean" ? div(losses, cast(maximum(counts, 1), "f32")) : losses;
  const reduced = reduceLosses("ctcLoss", shares, reduction);
  return cast(isSingle ? reshape(reduced, []) : reduced, logProbs.dtype);
}

function requireScores(logProbs: Value, blank: number): void {
  requireFloating("ctcLoss", "logProbs", logProbs);
  const { shape } = logProbs;
  const isFitting = (shape.length === 2 || shape.length === 3) && shape[0] > 0 && shape[shape.length - 1] > 0;
  if (!isFitting) {
    throw new ShapeError(
      `ctcLoss: logProbs is ${printShape(shape)}; it must be [time, batch, classes] or [time, classes], with a step and a class.`,
    );
  }
  requireWhole("ctcLoss: blank", blank, 0, shape[shape.length - 1] - 1);
}

/** `lengths` as i32 [batch]. Throws where they are no such tensor, and no whole number up to `most`. */
function lengthsOf<T extends Value>(name: string, scores: T, lengths: SequenceLengths<T>, most: number): T {
  const [, batch] = scores.shape;
  if (typeof lengths === "number") {
    requireWhole(`ctcLoss: ${name}`, lengths, 0, most);
    return scores.derive(constantNode(lengths, "i32", [batch]), [scores]);
  }
  requireDtype("ctcLoss", name, lengths, ["i32", "u32"]);
  const isOne = batch === 1 && lengths.shape.length === 0;
  if (!isOne && !isSameShape(lengths.shape, [batch])) {
    throw new ShapeError(
      `ctcLoss: ${name} is ${printShape(lengths.shape)}; it must be [${batch}], a length for each sequence, or a number.`,
    );
  }
  return reshape(cast(lengths, "i32"), [batch]);
}

/** The targets as [batch, labels], what lies behind them being of no account. */
function paddedTargets<T extends Value>(
  targets: T,
  counts: T,
  batch: number,
  lengths: SequenceLengths<T>,
): T {
  const { shape } = targets;
  const isBatch = shape.length === 2 && shape[0] === batch;
  const each = typeof lengths === "number" && batch > 1 ? lengths : shape[shape.length - 1];
  const isRow = shape.length === 1 && (typeof lengths !== "number" || shape[0] === batch * each);
  if (!isBatch && !isRow)
    throw new ShapeError(`ctcLoss: targets are ${printShape(shape)}; ${allowedTargets(shape, batch)}.`);
  const longest = isBatch ? shape[1] : each;
  if (longest > MOST_CTC_LABELS) {
    throw new UsageError(
      `ctcLoss: targets may have ${longest} labels each; they must have at most ${MOST_CTC_LABELS}.`,
    );
  }
  if (isBatch) return targets;
  if (batch === 1 || typeof lengths === "number") return reshape(targets, [batch, each]);
  const starts = unsqueeze(sub(cumsum(counts, 0), counts), 1);
  const places = targets.derive(arangeNode(each, "i32"), [targets]);
  const isInside = less(places, unsqueeze(counts, 1));
  const index = where(isInside, add(starts, places), 0);
  return gather(broadcastTo(targets, [batch, each]), index, { axis: 1 });
}

function allowedTargets(shape: Shape, batch: number): string {
  const row = shape.length === 1 ? " of as many labels as targetLengths say" : "";
  return `they must be [${batch}, labels], or one row${row}`;
}

/** [batch, 2 labels + 1]: a blank before each label, and one behind all. */
function withBlanks<T extends Value>(targets: T, blank: number): T {
  const [batch, labels] = targets.shape;
  const shape = [batch, 2 * labels + 1];
  if (labels === 0) return targets.derive(constantNode(blank, "i32", shape), [targets]);
  const places = targets.derive(arangeNode(shape[1], "i32"), [targets]);
  const index = minimum(bitwiseRightShift(places, 1), labels - 1);
  const label = gather(targets, broadcastTo(index, shape), { axis: 1 });
  return where(equal(bitwiseAnd(places, 1), 0), blank, label);
}
