// where: y = a where the condition holds, else b.

import type { Value } from "../graph/node.ts";
import type { ElementwiseRecord } from "../graph/op.ts";
import { constantValue } from "../graph/source.ts";
import { promote, requireDtype, requireTensor } from "../tensor/dtype.ts";
import { apply, type Operand, withConstants } from "./define.ts";
import { broadcastTogether } from "./defineElementwise.ts";

const record: ElementwiseRecord<undefined> = {
  kind: "elementwise",
  name: "where",
  output([condition, a, b]) {
    requireDtype("where", "the condition", condition, ["bool"]);
    return { shape: condition.shape, dtype: promote(a.dtype, b.dtype) };
  },
  operands: ([, a, b]) => ["bool", promote(a.dtype, b.dtype), promote(a.dtype, b.dtype)],
  reference: ([condition, a, b]) => (condition !== 0 ? a : b),
  wgsl: ([condition, a, b]) => `select(${b}, ${a}, ${condition})`,
  gradient: ({ dy, inputs: [condition] }) => [undefined, where(condition, dy, 0), where(condition, 0, dy)],
  simplify({ node, inputs: [condition, a, b] }) {
    const known = constantValue(condition);
    const chosen = known === undefined ? undefined : known === 0 ? b : a;
    return chosen?.dtype === node.dtype ? chosen : undefined;
  },
};

/**
 * `a` where `condition` holds, else `b`. condition: bool; a, b: tensors or numbers; all broadcast together.
 * Throws DtypeError where the condition is not bool. Source: torch.where.
 */
export function where<T extends Value>(condition: T, a: Operand<T>, b: Operand<T>): T {
  requireTensor("where", "condition", condition);
  const owner = [a, b].find((value): value is T => typeof value !== "number") ?? condition;
  const [, first, second] = withConstants("where", [owner, a, b]);
  return apply(record, broadcastTogether("where", [condition, first, second]), undefined);
}
