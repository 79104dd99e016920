// tan: the tangent.

import floatBits from "../../shaders/lib/float_bits.wgsl?raw";
import trigonometry from "../../shaders/lib/trigonometry.wgsl?raw";
import { add } from "./add.ts";
import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { floating } from "./dtypeRules.ts";
import { mul } from "./mul.ts";
import { square } from "./square.ts";

/** tan x, of radians, exact for all sizes of x; NaN for infinities. x: any shape; integers count as f32. Source: torch.tan. */
export const tan: UnaryOp = defineUnary({
  name: "tan",
  dtypes: floating,
  reference: ([x]) => Math.tan(x),
  wgsl: ([x], { call }) => call("tangent", x),
  libraries: [floatBits, trigonometry],
  flops: 34,
  gradient: ({ dy, y }) => [mul(dy, add(square(y), 1))],
});
