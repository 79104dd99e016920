// sinh: the hyperbolic sine.

import exponential from "../../shaders/lib/exponential.wgsl?raw";
import { cosh } from "./cosh.ts";
import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { floating } from "./dtypeRules.ts";
import { keepNaN } from "./keepNaN.ts";
import { mul } from "./mul.ts";

/** sinh x, exact also where x is near 0. x: any shape; integers count as f32. Source: torch.sinh. */
export const sinh: UnaryOp = defineUnary({
  name: "sinh",
  dtypes: floating,
  reference: ([x]) => Math.sinh(x),
  wgsl: ([x], types) => keepNaN(x, types.call("hyperbolic_sine", x), types),
  libraries: [exponential],
  flops: 36,
  gradient: ({ dy, inputs: [x] }) => [mul(dy, cosh(x))],
});
