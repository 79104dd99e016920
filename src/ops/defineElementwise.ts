// Elementwise ops: one WGSL expression and one JavaScript expression; broadcasting and dtypes are settled here.

import type { Value } from "../graph/node.ts";
import type { ElementwiseRecord } from "../graph/op.ts";
import { type Dtype, promote, requireDtype } from "../tensor/dtype.ts";
import { broadcastShapes } from "../tensor/shape.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { apply, type Operand, withConstants } from "./define.ts";
import type { DtypeRule } from "./dtypeRules.ts";

/** An elementwise op of one input. */
export type UnaryOp = <T extends Value>(x: T) => T;

/** An elementwise op of two inputs that broadcast; either may be a number. */
export interface BinaryOp {
  <T extends Value>(a: T, b: Operand<T>): T;
  <T extends Value>(a: Operand<T>, b: T): T;
}

type ElementwiseDefinition = Pick<
  ElementwiseRecord<undefined>,
  "name" | "reference" | "wgsl" | "libraries" | "flops" | "gradient" | "simplify"
> & {
  readonly dtypes: DtypeRule;
  /** What inputs may be; anything where not given. */
  readonly takes?: readonly Dtype[];
};

function recordOf({ dtypes, takes, ...rest }: ElementwiseDefinition): ElementwiseRecord<undefined> {
  const promoted = (inputs: readonly { dtype: Dtype }[]) => inputs.map(({ dtype }) => dtype).reduce(promote);
  return {
    ...rest,
    kind: "elementwise",
    output(inputs) {
      if (takes !== undefined) {
        const names = inputs.length === 1 ? ["x"] : ["a", "b"];
        inputs.forEach((x, k) => requireDtype(rest.name, names[k], x, takes));
      }
      return { shape: inputs[0].shape, dtype: dtypes.result(promoted(inputs)) };
    },
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
