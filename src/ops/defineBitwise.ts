// Ops on the bits of two integers; of two bools they are the logical ones.

import type { Dtype } from "../tensor/dtype.ts";
import { type BinaryOp, defineBinary } from "./defineElementwise.ts";
import { unchanged } from "./dtypeRules.ts";

const INTEGERS: readonly Dtype[] = ["bool", "i32", "u32"];

/** An op by its operator: of integers, and of bools. */
export function defineBitwise(
  name: string,
  operators: { readonly ofIntegers: string; readonly ofBools: string },
  reference: (a: number, b: number) => number,
): BinaryOp {
  return defineBinary({
    name,
    dtypes: unchanged,
    takes: INTEGERS,
    reference: ([a, b]) => reference(a, b),
    wgsl: ([a, b], { operands }) =>
      `${a} ${operands[0] === "bool" ? operators.ofBools : operators.ofIntegers} ${b}`,
  });
}
