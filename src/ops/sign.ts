// sign: -1, 0 or 1.

import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { defineUnary } from "./defineElementwise.ts";
import { arithmetic, NUMBERS } from "./dtypeRules.ts";
import { operandOne, operandZero } from "./operandZero.ts";
import { zeroGradient } from "./zeroGradient.ts";

const signOfNumber = defineUnary({
  name: "sign",
  dtypes: arithmetic,
  takes: NUMBERS,
  reference: ([x]) => (x > 0 ? 1 : x < 0 ? -1 : 0),
  wgsl([x], types) {
    const zero = operandZero(types);
    const atMostZero =
      types.operands[0] === "u32" ? zero : `select(${zero}, -${operandOne(types)}, ${x} < ${zero})`;
    return `select(${atMostZero}, ${operandOne(types)}, ${x} > ${zero})`;
  },
  gradient: zeroGradient,
});

/** 1 where x > 0, -1 where x < 0, else 0, also for NaN; the gradient is 0. x: any shape; bools stay bools. Source: torch.sign. */
export function sign<T extends Value>(x: T): T {
  requireTensor("sign", "x", x);
  return x.dtype === "bool" ? x : signOfNumber(x);
}
