// binaryCrossEntropyWithLogits: the negative log-probability of a yes or no, straight from the logit. It is one
// elementwise op and its slope another, so that a backward pass keeps nothing but the logits.

import { ShapeError } from "../base/errors.ts";
import type { Spec, Value } from "../graph/node.ts";
import type { ElementwiseRecord } from "../graph/op.ts";
import { constantNode } from "../graph/source.ts";
import { promote, requireFloating } from "../tensor/dtype.ts";
import { isBroadcastable, printShape } from "../tensor/shape.ts";
import { add } from "./add.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { cast } from "./cast.ts";
import { apply, type Operand } from "./define.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { type Reduction, reduceLosses } from "./reduceLosses.ts";
import { sigmoid } from "./sigmoid.ts";
import { softplus } from "./softplus.ts";
import { sub } from "./sub.ts";

/** How `binaryCrossEntropyWithLogits` is computed. */
export interface BinaryCrossEntropyOptions<T extends Value> {
  /** "mean" (default), "sum", or "none". */
  readonly reduction?: Reduction;
  /** What the loss of a yes is multiplied by; broadcasts to the logits. Default 1. */
  readonly posWeight?: Operand<T>;
  /** What each loss is multiplied by; broadcasts to the logits. Default 1. */
  readonly weight?: T;
}

const common = {
  kind: "elementwise",
  output: ([x, target, weight]: readonly Spec[]) => ({
    shape: x.shape,
    dtype: promote(x.dtype, promote(target.dtype, weight.dtype)),
  }),
  operands: () => ["f32", "f32", "f32"] as const,
  flops: 12,
} as const;

/** log(1 + e^-x), safe for any size of x. */
function softplusOfNegative(x: number): number {
  return Math.max(-x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** (1 - t) x + (1 + (w - 1) t) log(1 + e^-x), for a logit x, a target t and the weight w of a yes. */
const record: ElementwiseRecord<undefined> = {
  ...common,
  name: "binaryCrossEntropyWithLogits",
  reference: ([x, target, weight]) => (1 - target) * x + (1 + (weight - 1) * target) * softplusOfNegative(x),
  wgsl([x, target, weight], { f32 }) {
    const one = `${f32}(1.0)`;
    const tail = `(select(${f32}(0.0), -${x}, ${x} < ${f32}(0.0)) + log(${one} + exp(-abs(${x}))))`;
    return `(${one} - ${target}) * ${x} + (${one} + (${weight} - ${one}) * ${target}) * ${tail}`;
  },
  gradient({ dy, inputs: [x, target, weight] }) {
    const tail = softplus(neg(x));
    return [
      cast(mul(dy, apply(slopeRecord, [x, target, weight], undefined)), x.dtype),
      cast(mul(dy, sub(mul(sub(weight, 1), tail), x)), target.dtype),
      cast(mul(dy, mul(target, tail)), weight.dtype),
    ];
  },
};

/** Its derivative by the logit: (1 - t) - (1 + (w - 1) t) / (1 + e^x). */
const slopeRecord: ElementwiseRecord<undefined> = {
  ...common,
  name: "binaryCrossEntropySlope",
  reference: ([x, target, weight]) => 1 - target - (1 + (weight - 1) * target) / (1 + Math.exp(x)),
  wgsl([x, target, weight], { f32 }) {
    const one = `${f32}(1.0)`;
    // Each side by the exponential that does not overflow: 1 / (1 + e^x) = e^-x / (1 + e^-x).
    const small = `exp(-abs(${x}))`;
    const share = `select(${one}, ${small}, ${x} > ${f32}(0.0)) / (${one} + ${small})`;
    return `(${one} - ${target}) - (${one} + (${weight} - ${one}) * ${target}) * (${share})`;
  },
  gradient({ dy, inputs: [x, target, weight] }) {
    const yes = sigmoid(x);
    const no = sigmoid(neg(x));
    const weighed = add(1, mul(sub(weight, 1), target));
    return [
      cast(mul(dy, mul(weighed, mul(yes, no))), x.dtype),
      cast(mul(dy, neg(add(1, mul(sub(weight, 1), no)))), target.dtype),
      cast(mul(dy, neg(mul(target, no))), weight.dtype),
    ];
  },
};

/**
 * -(w t log p + (1 - t) log(1 - p)) for p = 1 / (1 + e^-logits), reduced; right for logits of any size. logits: any shape,
 * f32 or f16; target t: numbers from 0 to 1, which broadcast to the logits, or one number; posWeight w the same.
 * Throws ShapeError or DtypeError where they do not fit, UsageError for an unknown reduction.
 * Source: torch.nn.functional.binary_cross_entropy_with_logits.
 */
export function binaryCrossEntropyWithLogits<T extends Value>(
  logits: T,
  target: Operand<T>,
  { reduction = "mean", posWeight = 1, weight }: BinaryCrossEntropyOptions<T> = {},
): T {
  const name = "binaryCrossEntropyWithLogits";
  requireFloating(name, "logits", logits);
  const inputs = [logits, stretched("target", target, logits), stretched("posWeight", posWeight, logits)];
  const losses = apply(record, inputs, undefined);
  return reduceLosses(
    name,
    weight === undefined ? losses : mul(losses, stretched("weight", weight, logits)),
    reduction,
  );
}

function stretched<T extends Value>(input: string, value: Operand<T>, logits: T): T {
  const { shape } = logits;
  if (typeof value === "number") return logits.derive(constantNode(value, logits.dtype, shape), [logits]);
  requireFloating("binaryCrossEntropyWithLogits", input, value);
  if (isBroadcastable(value.shape, shape)) return broadcastTo(value, shape);
  throw new ShapeError(
    `binaryCrossEntropyWithLogits: ${input} is ${printShape(value.shape)} and logits are ${printShape(shape)}; ` +
      `${input} must broadcast to the logits.`,
  );
}
