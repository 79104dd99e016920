// abs: y = |x|.

import { arithmetic, defineUnary, type UnaryOp } from "./defineElementwise.ts";

/** |x|. x: any shape; the gradient at 0 is 0. Source: torch.abs. */
export const abs: UnaryOp = defineUnary({
  name: "abs",
  dtypes: arithmetic,
  reference: ([x]) => Math.abs(x),
  wgsl: ([x]) => `abs(${x})`,
  gradient: ({ dy, inputs: [x], o }) => [
    o.mul(dy, o.sub(o.cast(o.greater(x, 0), dy.dtype), o.cast(o.less(x, 0), dy.dtype))),
  ],
});
