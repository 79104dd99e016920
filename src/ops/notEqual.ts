// notEqual: whether a != b.

import extremaLibrary from "../../shaders/lib/extrema.wgsl?raw";
import { isFloating } from "../tensor/dtype.ts";
import { type BinaryOp, defineBinary } from "./defineElementwise.ts";
import { comparison } from "./dtypeRules.ts";

/** Whether a is different from b, as bool. Shapes broadcast; nothing is true of NaN but this. Source: torch.ne. */
export const notEqual: BinaryOp = defineBinary({
  name: "notEqual",
  dtypes: comparison,
  reference: ([a, b]) => (a !== b ? 1 : 0),
  // WGSL's != is false where one side is NaN.
  wgsl: ([a, b], { operands, call }) =>
    isFloating(operands[0]) ? `(${a} != ${b}) | ${call("either_nan", a, b)}` : `${a} != ${b}`,
  libraries: [extremaLibrary],
});
