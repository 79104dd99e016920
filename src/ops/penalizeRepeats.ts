// penalizeRepeats: logits of tokens that were there before, made less likely.

import { ShapeError, UsageError } from "../base/errors.ts";
import type { Spec, Value } from "../graph/node.ts";
import { requireDtype, requireFloating } from "../tensor/dtype.ts";
import { isBroadcastable, isSameShape, printShape } from "../tensor/shape.ts";
import { add } from "./add.ts";
import { arangeNode } from "./arange.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { cast } from "./cast.ts";
import { type Operand, withConstants } from "./define.ts";
import { div } from "./div.ts";
import { gather } from "./gather.ts";
import { greaterEqual } from "./greaterEqual.ts";
import { indexCopy } from "./indexCopy.ts";
import { less } from "./less.ts";
import { mul } from "./mul.ts";
import { reshape } from "./reshape.ts";
import { unsqueeze } from "./squeeze.ts";
import { where } from "./where.ts";

/** What came before, and how much it counts. */
export interface RepeatOptions<T extends Value> {
  /** Positive logits are divided by it and negative ones multiplied. A number, or f32 [] or [batch]. */
  readonly penalty: Operand<T>;
  /** Tokens so far: i32 or u32 [batch, capacity]. What is no token of the vocabulary counts for nothing. */
  readonly history: T;
  /** How many of them count: a number, or i32 or u32 [] or [batch]. Default: all. */
  readonly length?: Operand<T>;
}

/**
 * logits with each distinct token of the history penalised once. logits: [batch, vocabulary], f32 or f16 (or
 * [vocabulary], with a history of [capacity]). Throws ShapeError, DtypeError, or UsageError unless a penalty that is a
 * number is above 0. Source: Keskar et al., CTRL, 2019; as in Hugging Face's transformers.
 */
export function penalizeRepeats<T extends Value>(
  logits: T,
  { penalty, history, length }: RepeatOptions<T>,
): T {
  requireFitting(logits, history);
  if (logits.shape.length === 1) {
    const single = { penalty, history: unsqueeze(history, 0), length };
    return reshape(penalizeRepeats(unsqueeze(logits, 0), single), logits.shape);
  }
  const [batch, vocabulary] = logits.shape;
  const capacity = history.shape[1];
  const [, strength] = withConstants("penalizeRepeats", [logits, requirePenalty(penalty)]);
  const [, count] = withConstants("penalizeRepeats", [history, length === undefined ? capacity : length]);
  requirePerRow("penalty", strength, batch);
  requirePerRow("length", count, batch);
  requireDtype("penalizeRepeats", "length", count, ["i32", "u32"]);

  const counting = (size: number) => history.derive(arangeNode(size, "i32"), [history]);
  const perRow = (value: T) => unsqueeze(broadcastTo(value, [batch]), 1);
  const isToken = mul(greaterEqual(history, 0), less(history, vocabulary));
  const isValid = cast(mul(isToken, less(counting(capacity), perRow(count))), "bool");
  const tokens = where(isValid, cast(history, "i32"), 0);
  const old = gather(logits, tokens, { axis: 1 });
  const factor = perRow(strength);
  const penalised = cast(where(less(old, 0), mul(old, factor), div(old, factor)), logits.dtype);
  const places = where(isValid, add(tokens, mul(unsqueeze(counting(batch), 1), vocabulary)), -1);
  // A token that was there twice is written twice, with one value.
  const flat = (value: T) => reshape(value, [value.shape[0] * value.shape[1]]);
  return reshape(indexCopy(flat(logits), 0, flat(places), flat(penalised)), logits.shape);
}

function requirePenalty<T extends Value>(penalty: Operand<T>): Operand<T> {
  if (typeof penalty !== "number" || (penalty > 0 && Number.isFinite(penalty))) return penalty;
  throw new UsageError(`penalizeRepeats: penalty is ${penalty}; it must be a number above 0.`);
}

function requireFitting(logits: Spec, history: Spec): void {
  requireFloating("penalizeRepeats", "logits", logits);
  requireDtype("penalizeRepeats", "history", history, ["i32", "u32"]);
  const { shape } = logits;
  if (shape.length < 1 || shape.length > 2) {
    throw new ShapeError(
      `penalizeRepeats: logits are ${printShape(shape)}; they must be [batch, vocabulary] or [vocabulary].`,
    );
  }
  if (isSameShape(history.shape.slice(0, -1), shape.slice(0, -1)) && history.shape.length > 0) return;
  const expected = [...shape.slice(0, -1), "capacity"].join(", ");
  throw new ShapeError(
    `penalizeRepeats: history is ${printShape(history.shape)} for logits ${printShape(shape)}; it must be [${expected}].`,
  );
}

function requirePerRow(name: string, { shape }: Spec, batch: number): void {
  if (isBroadcastable(shape, [batch])) return;
  throw new ShapeError(`penalizeRepeats: ${name} is ${printShape(shape)}; it must be [] or [${batch}].`);
}
