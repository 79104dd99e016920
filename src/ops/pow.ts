// pow: y = a to the power of b.

import powerLibrary from "../../shaders/lib/power.wgsl?raw";
import { constantValue } from "../graph/source.ts";
import { type BinaryOp, defineBinary, floating } from "./defineElementwise.ts";

/** a^b; NaN for a negative a with a fractional b; 1 for b = 0 or a = 1, whatever the other is. Shapes broadcast; integers count as f32. Source: torch.pow. */
export const pow: BinaryOp = defineBinary({
  name: "pow",
  dtypes: floating,
  reference: ([a, b]) => (a === 1 ? 1 : a ** b),
  wgsl: ([a, b], { call }) => call("power", a, b),
  libraries: [powerLibrary],
  flops: 4,
  gradient({ dy, y, inputs: [a, b], o }) {
    const da = o.where(o.equal(b, 0), 0, o.mul(dy, o.mul(b, o.pow(a, o.sub(b, 1)))));
    const isZero = o.equal(a, 0);
    const db = o.where(isZero, 0, o.mul(dy, o.mul(y, o.log(o.where(isZero, 1, a)))));
    return [da, db];
  },
  simplify({ node, inputs: [a, b], o }) {
    if (a.dtype !== node.dtype) return undefined;
    const exponent = constantValue(b);
    if (exponent === 1) return a;
    if (exponent === 2) return o.square(a);
    if (exponent === 0.5) return o.sqrt(a);
    return exponent === -1 ? o.div(1, a) : undefined;
  },
});
