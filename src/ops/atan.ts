// atan: the inverse of the tangent.

import arc from "../../shaders/lib/arc.wgsl?raw";
import floatBits from "../../shaders/lib/float_bits.wgsl?raw";
import { add } from "./add.ts";
import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { div } from "./div.ts";
import { floating } from "./dtypeRules.ts";
import { keepNaN } from "./keepNaN.ts";
import { square } from "./square.ts";

/** atan x, from -pi/2 to pi/2. x: any shape; integers count as f32. Source: torch.atan. */
export const atan: UnaryOp = defineUnary({
  name: "atan",
  dtypes: floating,
  reference: ([x]) => Math.atan(x),
  wgsl: ([x], types) => keepNaN(x, types.call("arc_tangent", x), types),
  libraries: [arc, floatBits],
  flops: 24,
  gradient: ({ dy, inputs: [x] }) => [div(dy, add(square(x), 1))],
});
