// isNaN: whether x is not a number.

import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { floatingTest } from "./dtypeRules.ts";
import { isNaNText } from "./keepNaN.ts";

/** Whether x is NaN. x: any dtype, though only floats can be; the result is bool. Source: torch.isnan. */
const notANumber: UnaryOp = defineUnary({
  name: "isNaN",
  dtypes: floatingTest,
  reference: ([x]) => (Number.isNaN(x) ? 1 : 0),
  wgsl: ([x], types) => isNaNText(x, types),
});

// By another name inside this file, where the global isNaN stays itself.
export { notANumber as isNaN };
