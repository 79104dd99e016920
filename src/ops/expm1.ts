// expm1: y = e^x - 1.

import exponential from "../../shaders/lib/exponential.wgsl?raw";
import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { floating } from "./dtypeRules.ts";
import { exp } from "./exp.ts";
import { keepNaN } from "./keepNaN.ts";
import { mul } from "./mul.ts";

/** e^x - 1, exact also where x is near 0. x: any shape; integers count as f32. Source: torch.expm1. */
export const expm1: UnaryOp = defineUnary({
  name: "expm1",
  dtypes: floating,
  reference: ([x]) => Math.expm1(x),
  wgsl: ([x], types) => keepNaN(x, types.call("exp_minus_one", x), types),
  libraries: [exponential],
  flops: 20,
  gradient: ({ dy, inputs: [x] }) => [mul(dy, exp(x))],
});
