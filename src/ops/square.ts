// square: y = x * x.

import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { arithmetic } from "./dtypeRules.ts";
import { mul } from "./mul.ts";

/** x * x. x: any shape. Source: torch.square. */
export const square: UnaryOp = defineUnary({
  name: "square",
  dtypes: arithmetic,
  reference: ([x]) => x * x,
  wgsl: ([x]) => `${x} * ${x}`,
  gradient: ({ dy, inputs: [x] }) => [mul(mul(dy, 2), x)],
});
