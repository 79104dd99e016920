// What losses over classes ask of scores, labels and the weights of classes.

import { ShapeError } from "../base/errors.ts";
import type { Spec } from "../graph/node.ts";
import { requireDtype, requireFloating } from "../tensor/dtype.ts";
import { isSameShape, printShape } from "../tensor/shape.ts";

/** The axis of the classes in scores [batch, classes, ...] or [classes]. */
export function classAxis({ shape }: Spec): number {
  return shape.length === 1 ? 0 : 1;
}

/** Throws unless `scores` are f32 or f16 with a class, and `labels` i32 or u32 of that shape without the class axis. */
export function requireLabels(op: string, input: string, scores: Spec, labels: Spec): void {
  requireScores(op, input, scores);
  requireDtype(op, "labels", labels, ["i32", "u32"]);
  const { shape } = scores;
  const expected = shape.toSpliced(classAxis(scores), 1);
  if (isSameShape(labels.shape, expected)) return;
  throw new ShapeError(
    `${op}: labels are ${printShape(labels.shape)} for ${input} ${printShape(shape)}; they must be ${printShape(expected)}, one class index for each row.`,
  );
}

/** Throws unless `scores` are f32 or f16 with at least one class. */
export function requireScores(op: string, input: string, scores: Spec): void {
  requireFloating(op, input, scores);
  const { shape } = scores;
  if (shape.length === 0 || shape[classAxis(scores)] === 0) {
    throw new ShapeError(
      `${op}: ${input} are ${printShape(shape)}; they must be [batch, classes] with at least one class.`,
    );
  }
}

/** Throws unless `weight` is f32 or f16 with a number for each class. */
export function requireClassWeight(op: string, input: string, scores: Spec, weight: Spec | undefined): void {
  if (weight === undefined) return;
  requireFloating(op, "weight", weight);
  const classes = scores.shape[classAxis(scores)];
  if (isSameShape(weight.shape, [classes])) return;
  throw new ShapeError(
    `${op}: weight is ${printShape(weight.shape)} for ${input} ${printShape(scores.shape)}; it must be [${classes}], a number for each class.`,
  );
}
