// erf: the error function.

import erfLibrary from "../../shaders/lib/erf.wgsl?raw";
import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { floating } from "./dtypeRules.ts";
import { exp } from "./exp.ts";
import { keepNaN } from "./keepNaN.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { square } from "./square.ts";

/** erf in float64: its series for small x, its continued fraction (Lentz) for large. */
export function erfFloat64(x: number): number {
  const size = Math.abs(x);
  if (x === 0) return x; // of its own sign
  if (size > 6) return Math.sign(x);
  if (size < 2.5) {
    let term = x;
    let total = x;
    for (let n = 1; n < 100; n++) {
      term *= (-x * x) / n;
      total += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * total;
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (size + fraction);
  return Math.sign(x) * (1 - Math.exp(-size * size) / Math.sqrt(Math.PI) / (size + fraction));
}

/** erf x. x: any shape; integers count as f32. Source: torch.erf; Abramowitz and Stegun 7.1.26 with a Taylor series near 0. */
export const erf: UnaryOp = defineUnary({
  name: "erf",
  dtypes: floating,
  reference: ([x]) => erfFloat64(x),
  wgsl: ([x], types) => keepNaN(x, types.call("erf", x), types),
  libraries: [erfLibrary],
  flops: 20,
  gradient: ({ dy, inputs: [x] }) => [mul(mul(dy, 2 / Math.sqrt(Math.PI)), exp(neg(square(x))))],
});
