// abs: y = |x|.

import { cast } from "./cast.ts";
import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { arithmetic } from "./dtypeRules.ts";
import { greater } from "./greater.ts";
import { less } from "./less.ts";
import { mul } from "./mul.ts";
import { sub } from "./sub.ts";

/** |x|. x: any shape; the gradient at 0 is 0. Source: torch.abs. */
export const abs: UnaryOp = defineUnary({
  name: "abs",
  dtypes: arithmetic,
  reference: ([x]) => Math.abs(x),
  wgsl: ([x]) => `abs(${x})`,
  gradient: ({ dy, inputs: [x] }) => [
    mul(dy, sub(cast(greater(x, 0), dy.dtype), cast(less(x, 0), dy.dtype))),
  ],
});
