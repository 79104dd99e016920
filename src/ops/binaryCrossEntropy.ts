// binaryCrossEntropy: the negative log-probability of a yes or no, from its probability.

import libraryText from "../../shaders/lib/binary_cross_entropy.wgsl?raw";
import { ShapeError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import type { ElementwiseRecord } from "../graph/op.ts";
import { promote, requireFloating } from "../tensor/dtype.ts";
import { isBroadcastable, printShape } from "../tensor/shape.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { cast } from "./cast.ts";
import { apply } from "./define.ts";
import { div } from "./div.ts";
import { log } from "./log.ts";
import { requireAlike } from "./lossInputs.ts";
import { maximum } from "./maximum.ts";
import { mul } from "./mul.ts";
import { type Reduction, reduceLosses } from "./reduceLosses.ts";
import { sub } from "./sub.ts";

/** How `binaryCrossEntropy` is computed. */
export interface BinaryCrossEntropyOfOptions<T extends Value> {
  /** "mean" (default), "sum", or "none". */
  readonly reduction?: Reduction;
  /** What each loss is multiplied by; broadcasts to x. Default 1. */
  readonly weight?: T;
}

const record: ElementwiseRecord<undefined> = {
  kind: "elementwise",
  name: "binaryCrossEntropy",
  output: ([x, target]) => ({ shape: x.shape, dtype: promote(x.dtype, target.dtype) }),
  operands: () => ["f32", "f32"] as const,
  libraries: [libraryText],
  flops: 20,
  reference([x, target]) {
    if (!(x >= 0 && x <= 1)) return Number.NaN;
    return (target - 1) * Math.max(Math.log1p(-x), -100) - target * Math.max(Math.log(x), -100);
  },
  wgsl: ([x, target], { call }) => call("binaryCrossEntropy", x, target),
  gradient({ dy, inputs: [x, target] }) {
    const yes = cast(x, "f32"); // in f16, 1e-12 is 0
    const no = sub(1, yes);
    const slope = div(sub(yes, target), maximum(mul(no, yes), 1e-12));
    return [cast(mul(dy, slope), x.dtype), cast(mul(dy, sub(log(no), log(yes))), target.dtype)];
  },
};

/**
 * -(t log x + (1 - t) log(1 - x)), reduced; a logarithm is at least -100, so that a certain mistake costs 100. x:
 * probabilities, NaN where one is not from 0 to 1; target t: numbers from 0 to 1; both of one shape, f32 or f16. For logits,
 * `binaryCrossEntropyWithLogits` is more exact. Throws ShapeError or DtypeError where they do not fit, UsageError for
 * an unknown reduction. Source: torch.nn.functional.binary_cross_entropy.
 */
export function binaryCrossEntropy<T extends Value>(
  x: T,
  target: T,
  { reduction = "mean", weight }: BinaryCrossEntropyOfOptions<T> = {},
): T {
  requireAlike("binaryCrossEntropy", { x, target });
  const losses = apply(record, [x, target], undefined);
  return reduceLosses("binaryCrossEntropy", weighed("binaryCrossEntropy", losses, weight), reduction);
}

/** `losses` times `weight`, which broadcasts to them. Throws ShapeError or DtypeError where it does not fit. */
export function weighed<T extends Value>(op: string, losses: T, weight: T | undefined): T {
  if (weight === undefined) return losses;
  requireFloating(op, "weight", weight);
  if (isBroadcastable(weight.shape, losses.shape)) return mul(losses, broadcastTo(weight, losses.shape));
  throw new ShapeError(
    `${op}: weight is ${printShape(weight.shape)} for losses ${printShape(losses.shape)}; it must broadcast to them.`,
  );
}
