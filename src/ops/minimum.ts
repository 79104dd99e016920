// minimum: the smaller of a and b.

import extremaLibrary from "../../shaders/lib/extrema.wgsl?raw";
import { isFloating } from "../tensor/dtype.ts";
import { type BinaryOp, defineBinary } from "./defineElementwise.ts";
import { arithmetic } from "./dtypeRules.ts";
import { greater } from "./greater.ts";
import { less } from "./less.ts";
import { splitGradient } from "./splitGradient.ts";

/** The smaller of a and b; NaN where either is. Where they are equal each gets half of the gradient. Source: torch.minimum. */
export const minimum: BinaryOp = defineBinary({
  name: "minimum",
  dtypes: arithmetic,
  reference: ([a, b]) => Math.min(a, b),
  wgsl: ([a, b], { operands, call }) => (isFloating(operands[0]) ? call("minimum", a, b) : `min(${a}, ${b})`),
  libraries: [extremaLibrary],
  gradient: ({ dy, inputs: [a, b] }) => splitGradient(dy, less(a, b), greater(a, b)),
});
