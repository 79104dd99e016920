// What losses ask of their inputs before anything is computed.

import { ShapeError } from "../base/errors.ts";
import type { Spec } from "../graph/node.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { isSameShape, printShape } from "../tensor/shape.ts";

/** Throws DtypeError unless all `inputs` are f32 or f16, and ShapeError unless all have the shape of the first. */
export function requireAlike(op: string, inputs: Readonly<Record<string, Spec>>): void {
  const [[firstName, first], ...others] = Object.entries(inputs);
  requireFloating(op, firstName, first);
  for (const [name, x] of others) {
    requireFloating(op, name, x);
    const { shape } = x;
    if (isSameShape(shape, first.shape)) continue;
    throw new ShapeError(
      `${op}: ${firstName} is ${printShape(first.shape)} and ${name} ${printShape(shape)}; they must have the same shape.`,
    );
  }
}
