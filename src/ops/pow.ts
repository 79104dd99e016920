// pow: y = a to the power of b.

import powerLibrary from "../../shaders/lib/power.wgsl?raw";
import { constantValue } from "../graph/source.ts";
import { type BinaryOp, defineBinary } from "./defineElementwise.ts";
import { div } from "./div.ts";
import { floating } from "./dtypeRules.ts";
import { equal } from "./equal.ts";
import { log } from "./log.ts";
import { mul } from "./mul.ts";
import { sqrt } from "./sqrt.ts";
import { square } from "./square.ts";
import { sub } from "./sub.ts";
import { where } from "./where.ts";

/** a^b; NaN for a negative a with a fractional b; 1 for b = 0 or a = 1, whatever the other is. Shapes broadcast; integers count as f32. Source: torch.pow. */
export const pow: BinaryOp = defineBinary({
  name: "pow",
  dtypes: floating,
  // JavaScript has NaN for 1 to any power that is not finite, and for -1 to an infinite one.
  reference: ([a, b]) => (a === 1 || (a === -1 && Math.abs(b) === Number.POSITIVE_INFINITY) ? 1 : a ** b),
  wgsl: ([a, b], { call }) => call("power", a, b),
  libraries: [powerLibrary],
  flops: 4,
  gradient({ dy, y, inputs: [a, b] }) {
    const da = where(equal(b, 0), 0, mul(dy, mul(b, pow(a, sub(b, 1)))));
    const isZero = equal(a, 0);
    const db = where(isZero, 0, mul(dy, mul(y, log(where(isZero, 1, a)))));
    return [da, db];
  },
  simplify({ node, inputs: [a, b] }) {
    if (a.dtype !== node.dtype) return undefined;
    const exponent = constantValue(b);
    if (exponent === 1) return a;
    if (exponent === 2) return square(a);
    if (exponent === 0.5) return sqrt(a);
    return exponent === -1 ? div(1, a) : undefined;
  },
});
