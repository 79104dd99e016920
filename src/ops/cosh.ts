// cosh: the hyperbolic cosine.

import exponential from "../../shaders/lib/exponential.wgsl?raw";
import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { floating } from "./dtypeRules.ts";
import { keepNaN } from "./keepNaN.ts";
import { mul } from "./mul.ts";
import { sinh } from "./sinh.ts";

/** cosh x. x: any shape; integers count as f32. Source: torch.cosh. */
export const cosh: UnaryOp = defineUnary({
  name: "cosh",
  dtypes: floating,
  reference: ([x]) => Math.cosh(x),
  wgsl: ([x], types) => keepNaN(x, types.call("hyperbolic_cosine", x), types),
  libraries: [exponential],
  flops: 20,
  gradient: ({ dy, inputs: [x] }) => [mul(dy, sinh(x))],
});
