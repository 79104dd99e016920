// erfInv: the inverse of the error function, which turns even random numbers into normal ones.

import library from "../../shaders/lib/erf_inv.wgsl?raw";
import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { floating } from "./dtypeRules.ts";
import { erfFloat64 } from "./erf.ts";
import { exp } from "./exp.ts";
import { mul } from "./mul.ts";
import { square } from "./square.ts";

/** erf^-1 in float64: Winitzki's guess, then Newton's method. */
function erfInvFloat64(y: number): number {
  if (Math.abs(y) >= 1) return y === 1 || y === -1 ? y * Number.POSITIVE_INFINITY : Number.NaN;
  const logarithm = Math.log1p(-y * y);
  const half = 2 / (Math.PI * 0.147) + logarithm / 2;
  let x = Math.sign(y) * Math.sqrt(Math.sqrt(half * half - logarithm / 0.147) - half);
  for (let i = 0; i < 4; i++) x -= (erfFloat64(x) - y) / ((2 / Math.sqrt(Math.PI)) * Math.exp(-x * x));
  return x;
}

/** The x with erf x = y, for -1 < y < 1. x: any shape; integers count as f32. Source: torch.erfinv; Giles 2010. */
export const erfInv: UnaryOp = defineUnary({
  name: "erfInv",
  dtypes: floating,
  reference: ([x]) => erfInvFloat64(x),
  wgsl: ([x], { call }) => call("erf_inv", x),
  libraries: [library],
  flops: 25,
  gradient: ({ dy, y }) => [mul(mul(dy, Math.sqrt(Math.PI) / 2), exp(square(y)))],
});
