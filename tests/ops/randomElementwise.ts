// Elementwise ops at random shapes, those that broadcast and views included: all that is said of one is its name.

import * as fc from "fast-check";
import { elementCount, isSameShape, printShape } from "../../src/tensor/shape.ts";
import { exact, normalised, sums } from "./families.ts";
import type { OpCase } from "./opCase.ts";
import { type Cases, casesOf, narrowed, type Seen, seen } from "./randomShapes.ts";
import { type Variant, variantsOf } from "./randomVariants.ts";

const unary = `abs acos acosh asin asinh atan atanh bitwiseNot cast ceil celu clamp cos cosh elu erf erfInv erfc exp exp2
  expm1 floor frac gelu hardShrink hardSigmoid hardSwish hardTanh isFinite isInf isNaN leakyRelu log log1p log2 logSigmoid
  logicalNot mish nanToNum neg reciprocal relu relu6 round rsqrt selu sigmoid sign silu sin sinh softShrink softplus softsign
  sqrt square swish tan tanh tanhShrink threshold trunc`;

const broadcasting = `add addcdiv addcmul atan2 bitwiseAnd bitwiseLeftShift bitwiseOr bitwiseRightShift bitwiseXor copysign div
  equal fmod greater greaterEqual heaviside hypot lerp less lessEqual logAddExp logicalAnd logicalOr logicalXor maskedFill
  maximum minimum mul notEqual pow remainder sub where`;

/** They pick one of two, so that the bar of a sum knows nothing of what they add up: whole numbers are added up exactly. */
const picking = ["maximum", "minimum"];

export const elementwise: Readonly<Record<string, Cases>> = Object.fromEntries(
  `${unary} ${broadcasting}`.split(/\s+/).map((op) => [op, broadcastAt(op)]),
);

function broadcastAt(op: string): Cases {
  const variants = variantsOf(op);
  const count = variants[0].inputs.length;
  const others = fc.array(narrowed, { minLength: count, maxLength: count });
  return casesOf(
    fc.tuple(fc.constantFrom(...variants), seen(), others, fc.nat(count - 1)),
    ([variant, x, narrow, widest]) => {
      const opCase = broadcastCase(variant, x, narrow, widest);
      if (!picking.includes(op)) return opCase;
      const whole = opCase.inputs.map((input) => ({ ...input, integers: true, low: -50, high: 50 }));
      return { ...opCase, inputs: whole, gradientTolerance: exact };
    },
  );
}

/** Input number `widest` has all axes, and the first one too where it is seen through a view. */
function broadcastCase(
  variant: Variant,
  { name, stored, shape, view }: Seen,
  narrow: readonly ((shape: readonly number[]) => readonly number[])[],
  widest: number,
): OpCase {
  const isViewed = name !== printShape(stored);
  const shapes = narrow.map((narrower, index) =>
    index === widest || (index === 0 && isViewed) ? shape : narrower(shape),
  );
  const summed = Math.max(1, elementCount(shape));
  const isBroadcast = shapes.some((one) => !isSameShape(one, shape));
  const { tolerance, gradientTolerance, withoutGradient, apply } = variant;
  const isSum = tolerance.family === "exact" || tolerance.family === "arithmetic";
  return {
    name: `${[isViewed ? name : printShape(shapes[0]), ...shapes.slice(1).map(printShape)].join(" and ")}${variant.call}`,
    inputs: variant.inputs.map((input, index) => input(index === 0 && isViewed ? stored : shapes[index])),
    apply: (x, ...rest) => apply(view(x), ...rest),
    shape,
    tolerance,
    gradientTolerance: isBroadcast ? (isSum ? sums(summed) : normalised) : gradientTolerance,
    withoutGradient,
  };
}
