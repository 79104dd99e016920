// cosineEmbeddingLoss: rows that are alike shall point one way, others shall not.

import { ShapeError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireFloating, requireTensor } from "../tensor/dtype.ts";
import { isSameShape, printShape } from "../tensor/shape.ts";
import { add } from "./add.ts";
import { clamp } from "./clamp.ts";
import { div } from "./div.ts";
import { equal } from "./equal.ts";
import { requireAlike } from "./lossInputs.ts";
import { mul } from "./mul.ts";
import { requireFinite } from "./numberOptions.ts";
import { type Reduction, reduceLosses } from "./reduceLosses.ts";
import { sqrt } from "./sqrt.ts";
import { square } from "./square.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";
import { where } from "./where.ts";

/** How `cosineEmbeddingLoss` is computed. */
export interface CosineEmbeddingLossOptions {
  /** "mean" (default), "sum", or "none". */
  readonly reduction?: Reduction;
  /** Which cosine is small enough for rows that are not alike, from -1 to 1. Default 0. */
  readonly margin?: number;
}

/** What is added to squared norms, as PyTorch has it. */
const EPSILON = 1e-12;

/**
 * 1 - cos(a, b) where the target is 1, max(0, cos(a, b) - margin) where it is -1, else 0; reduced. a, b: [batch, size] or [size],
 * f32 or f16; target: [batch] or [], of any dtype that can be 1 and -1. Throws ShapeError or DtypeError where they do not
 * fit, UsageError for a margin that is not finite or an unknown reduction.
 * Source: torch.nn.functional.cosine_embedding_loss.
 */
export function cosineEmbeddingLoss<T extends Value>(
  a: T,
  b: T,
  target: T,
  { reduction = "mean", margin = 0 }: CosineEmbeddingLossOptions = {},
): T {
  const name = "cosineEmbeddingLoss";
  requireAlike(name, { a, b });
  requireFinite(name, "margin", margin);
  requireRows(name, a, target);
  const norm = (x: T) => add(sum(square(x), { axis: -1 }), EPSILON);
  // Two roots where PyTorch has one of the product, which overflows sooner.
  const cosine = div(sum(mul(a, b), { axis: -1 }), mul(sqrt(norm(a)), sqrt(norm(b))));
  const unlike = where(equal(target, -1), clamp(sub(cosine, margin), { min: 0 }), 0);
  return reduceLosses(name, where(equal(target, 1), sub(1, cosine), unlike), reduction);
}

function requireRows(op: string, a: Value, target: Value): void {
  requireFloating(op, "a", a);
  requireTensor(op, "target", target);
  const { shape } = a;
  if (shape.length !== 1 && shape.length !== 2) {
    throw new ShapeError(`${op}: a is ${printShape(shape)}; it must be [batch, size] or [size].`);
  }
  const rows = shape.slice(0, -1);
  if (isSameShape(target.shape, rows)) return;
  throw new ShapeError(
    `${op}: target is ${printShape(target.shape)} for a ${printShape(shape)}; it must be ${printShape(rows)}.`,
  );
}
