// heaviside: the step at 0.

import { type BinaryOp, defineBinary } from "./defineElementwise.ts";
import { arithmetic } from "./dtypeRules.ts";
import { operandOne, operandZero } from "./operandZero.ts";

/**
 * 0 where a < 0 or a is NaN, b where a is 0, 1 where a > 0. Shapes broadcast; dtypes promote (bool counts as i32). Has no
 * gradient. Source: torch.heaviside.
 */
export const heaviside: BinaryOp = defineBinary({
  name: "heaviside",
  dtypes: arithmetic,
  reference: ([a, b]) => (a === 0 ? b : a > 0 ? 1 : 0),
  wgsl([a, b], types) {
    const zero = operandZero(types);
    return `select(select(${zero}, ${operandOne(types)}, ${a} > ${zero}), ${b}, ${a} == ${zero})`;
  },
});
