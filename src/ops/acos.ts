// acos: the inverse of the cosine.

import arc from "../../shaders/lib/arc.wgsl?raw";
import floatBits from "../../shaders/lib/float_bits.wgsl?raw";
import { add } from "./add.ts";
import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { floating } from "./dtypeRules.ts";
import { keepNaN } from "./keepNaN.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { rsqrt } from "./rsqrt.ts";
import { sub } from "./sub.ts";

/** acos x, from 0 to pi; NaN beyond -1 and 1. x: any shape; integers count as f32. Source: torch.acos. */
export const acos: UnaryOp = defineUnary({
  name: "acos",
  dtypes: floating,
  reference: ([x]) => Math.acos(x),
  wgsl: ([x], types) => keepNaN(x, types.call("arc_cosine", x), types),
  libraries: [arc, floatBits],
  flops: 22,
  gradient: ({ dy, inputs: [x] }) => [neg(mul(dy, rsqrt(mul(sub(1, x), add(x, 1)))))],
});
