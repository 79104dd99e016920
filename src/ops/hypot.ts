// hypot: the length of the hypotenuse.

import floatBits from "../../shaders/lib/float_bits.wgsl?raw";
import hypotLibrary from "../../shaders/lib/hypot.wgsl?raw";
import { type BinaryOp, defineBinary } from "./defineElementwise.ts";
import { div } from "./div.ts";
import { FLOATS, floating } from "./dtypeRules.ts";
import { mul } from "./mul.ts";

/**
 * sqrt(a^2 + b^2), of which the squares may be too large or too small; infinite where either is. a, b: f32 or f16, which
 * broadcast. At (0, 0) there is no gradient: it is NaN. Throws DtypeError for integers. Source: torch.hypot.
 */
export const hypot: BinaryOp = defineBinary({
  name: "hypot",
  dtypes: floating,
  takes: FLOATS,
  reference: ([a, b]) => Math.hypot(a, b),
  wgsl: ([a, b], { call }) => call("hypot", a, b),
  libraries: [floatBits, hypotLibrary],
  flops: 8,
  gradient: ({ dy, y, inputs: [a, b] }) => [mul(dy, div(a, y)), mul(dy, div(b, y))],
});
