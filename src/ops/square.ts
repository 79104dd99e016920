// square: y = x * x.

import { arithmetic, defineUnary, type UnaryOp } from "./defineElementwise.ts";

/** x * x. x: any shape. Source: torch.square. */
export const square: UnaryOp = defineUnary({
  name: "square",
  dtypes: arithmetic,
  reference: ([x]) => x * x,
  wgsl: ([x]) => `${x} * ${x}`,
  gradient: ({ dy, inputs: [x], o }) => [o.mul(o.mul(dy, 2), x)],
});
