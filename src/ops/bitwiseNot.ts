// bitwiseNot: the bits that are not set.

import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { defineUnary } from "./defineElementwise.ts";
import { unchanged } from "./dtypeRules.ts";
import { logicalNot } from "./logicalNot.ts";

const notOfIntegers = defineUnary({
  name: "bitwiseNot",
  dtypes: unchanged,
  takes: ["bool", "i32", "u32"],
  reference: ([x]) => ~x,
  wgsl: ([x]) => `~${x}`,
});

/** All bits turned over; of a bool the other bool. x: i32, u32 or bool. Throws DtypeError for floats. Source: torch.bitwise_not. */
export function bitwiseNot<T extends Value>(x: T): T {
  requireTensor("bitwiseNot", "x", x);
  return x.dtype === "bool" ? logicalNot(x) : notOfIntegers(x);
}
