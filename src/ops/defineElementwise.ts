// Elementwise ops: one WGSL expression and one JavaScript expression; broadcasting and dtypes are settled here.

import type { Value } from "../graph/node.ts";
import type { ElementwiseRecord } from "../graph/op.ts";
import { type Dtype, isFloating, promote } from "../tensor/dtype.ts";
import { broadcastShapes } from "../tensor/shape.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { apply, type Operand, type Ops, withConstants } from "./define.ts";

/** An elementwise op of one input. */
export type UnaryOp = <T extends Value>(x: T) => T;

/** An elementwise op of two inputs that broadcast; either may be a number. */
export interface BinaryOp {
  <T extends Value>(a: T, b: Operand<T>): T;
  <T extends Value>(a: Operand<T>, b: T): T;
}

/** How dtypes go through an op: what the inputs are converted to, and what comes out. */
export interface DtypeRule {
  operand(promoted: Dtype): Dtype;
  result(promoted: Dtype): Dtype;
}

/** bool counts as i32; the result has the dtype of the operands. */
export const arithmetic: DtypeRule = {
  operand: (dtype) => (dtype === "bool" ? "i32" : dtype),
  result: (dtype) => (dtype === "bool" ? "i32" : dtype),
};

/** As `arithmetic`, but u32 counts as i32, since the result may be negative. */
export const signed: DtypeRule = {
  operand: (dtype) => (isFloating(dtype) ? dtype : "i32"),
  result: (dtype) => (isFloating(dtype) ? dtype : "i32"),
};

/** Integers count as f32, as in PyTorch. */
export const floating: DtypeRule = {
  operand: (dtype) => (isFloating(dtype) ? dtype : "f32"),
  result: (dtype) => (isFloating(dtype) ? dtype : "f32"),
};

/** As `arithmetic`, since WGSL orders no bools; the result is a bool. */
export const comparison: DtypeRule = { operand: arithmetic.operand, result: () => "bool" };

/** Integers count as f32; the result is a bool. */
export const floatingTest: DtypeRule = { operand: floating.operand, result: () => "bool" };

type ElementwiseDefinition = Pick<
  ElementwiseRecord<undefined, Ops>,
  "name" | "reference" | "wgsl" | "libraries" | "flops" | "gradient" | "simplify"
> & { readonly dtypes: DtypeRule };

function recordOf({ dtypes, ...rest }: ElementwiseDefinition): ElementwiseRecord<undefined, Ops> {
  const promoted = (inputs: readonly { dtype: Dtype }[]) => inputs.map(({ dtype }) => dtype).reduce(promote);
  return {
    ...rest,
    kind: "elementwise",
    output: (inputs) => ({ shape: inputs[0].shape, dtype: dtypes.result(promoted(inputs)) }),
    operands: (inputs) => inputs.map(() => dtypes.operand(promoted(inputs))),
  };
}

/** Defines y = f(x). */
export function defineUnary(definition: ElementwiseDefinition): UnaryOp {
  const record = recordOf(definition);
  return (x) => apply(record, [x], undefined);
}

/** Defines y = f(a, b), which broadcast against each other. */
export function defineBinary(definition: ElementwiseDefinition): BinaryOp {
  const record = recordOf(definition);
  return <T extends Value>(a: Operand<T>, b: Operand<T>): T =>
    apply(record, broadcastTogether(record.name, withConstants(record.name, [a, b])), undefined);
}

/** The values, all stretched to their common shape. Throws ShapeError where there is none. */
export function broadcastTogether<T extends Value>(op: string, values: readonly T[]): T[] {
  const shape = broadcastShapes(
    op,
    values.map((value) => value.shape),
  );
  return values.map((value) => broadcastTo(value, shape));
}
