// Ops that give whole numbers: integers stay as they are, and the gradient is 0.

import { isFloating } from "../tensor/dtype.ts";
import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { arithmetic, NUMBERS } from "./dtypeRules.ts";
import { keepNaN } from "./keepNaN.ts";
import { zeroGradient } from "./zeroGradient.ts";

/** An op that WGSL has by `name`; `reference` is the same in float64. */
export function defineRounding(name: string, reference: (x: number) => number): UnaryOp {
  return defineUnary({
    name,
    dtypes: arithmetic,
    takes: NUMBERS,
    reference: ([x]) => reference(x),
    wgsl: ([x], types) => (isFloating(types.operands[0]) ? keepNaN(x, `${name}(${x})`, types) : x),
    gradient: zeroGradient,
    simplify: ({ inputs: [x] }) => (isFloating(x.dtype) ? undefined : x),
  });
}
