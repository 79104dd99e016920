// erfc: what the error function lacks to 1.

import erfcLibrary from "../../shaders/lib/erfc.wgsl?raw";
import exponential from "../../shaders/lib/exponential.wgsl?raw";
import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { floating } from "./dtypeRules.ts";
import { erfFloat64 } from "./erf.ts";
import { exp } from "./exp.ts";
import { keepNaN } from "./keepNaN.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { square } from "./square.ts";

/** erfc in float64: where erf is nearly 1, by the continued fraction (Lentz) of what is missing. */
function erfcFloat64(x: number): number {
  if (!(x > 2)) return 1 - erfFloat64(x);
  let fraction = 0;
  for (let n = 100; n > 0; n--) fraction = n / 2 / (x + fraction);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
}

/** 1 - erf x, exact also where that is small. x: any shape; integers count as f32. Source: torch.erfc. */
export const erfc: UnaryOp = defineUnary({
  name: "erfc",
  dtypes: floating,
  reference: ([x]) => erfcFloat64(x),
  wgsl: ([x], types) => keepNaN(x, types.call("erfc", x), types),
  libraries: [exponential, erfcLibrary],
  flops: 60,
  gradient: ({ dy, inputs: [x] }) => [mul(mul(dy, -2 / Math.sqrt(Math.PI)), exp(neg(square(x))))],
});
