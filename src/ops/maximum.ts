// maximum: the larger of a and b.

import extremaLibrary from "../../shaders/lib/extrema.wgsl?raw";
import { isFloating } from "../tensor/dtype.ts";
import { type BinaryOp, defineBinary } from "./defineElementwise.ts";
import { arithmetic } from "./dtypeRules.ts";
import { greater } from "./greater.ts";
import { less } from "./less.ts";
import { splitGradient } from "./splitGradient.ts";

/** The larger of a and b; NaN where either is. Where they are equal each gets half of the gradient. Source: torch.maximum. */
export const maximum: BinaryOp = defineBinary({
  name: "maximum",
  dtypes: arithmetic,
  reference: ([a, b]) => Math.max(a, b),
  wgsl: ([a, b], { operands, call }) => (isFloating(operands[0]) ? call("maximum", a, b) : `max(${a}, ${b})`),
  libraries: [extremaLibrary],
  gradient: ({ dy, inputs: [a, b] }) => splitGradient(dy, greater(a, b), less(a, b)),
});
