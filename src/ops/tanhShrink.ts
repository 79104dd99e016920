// tanhShrink: y = x - tanh x.

import exponential from "../../shaders/lib/exponential.wgsl?raw";
import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { floating } from "./dtypeRules.ts";
import { keepNaN } from "./keepNaN.ts";
import { mul } from "./mul.ts";
import { square } from "./square.ts";
import { tanh } from "./tanh.ts";

/** x - tanh x. x: any shape; integers count as f32. Source: torch.nn.functional.tanhshrink. */
export const tanhShrink: UnaryOp = defineUnary({
  name: "tanhShrink",
  dtypes: floating,
  reference: ([x]) => x - Math.tanh(x),
  // Near 0 the two are nearly equal, so the error of WGSL's own tanh would be larger than what is left.
  wgsl: ([x], types) => keepNaN(x, `${x} - ${types.call("hyperbolic_tangent", x)}`, types),
  libraries: [exponential],
  flops: 24,
  gradient: ({ dy, inputs: [x] }) => [mul(dy, square(tanh(x)))],
});
