// What a training step gives back: a loss, and other numbers by name.

import { Tensor } from "../api/tensor.ts";
import { ShapeError, UsageError } from "../base/errors.ts";
import { printShape } from "../tensor/shape.ts";

/** A scalar loss; or scalars by name, `loss` among them, each a mean over the batch. They are disposed of when read. */
export type StepOutput = Tensor | ({ readonly loss: Tensor } & Readonly<Record<string, Tensor>>);

/** The scalars by name. Throws UsageError without a loss, ShapeError for what is not one number. */
export function scalarsOf(output: StepOutput): Readonly<Record<string, Tensor>> {
  const scalars = output instanceof Tensor ? { loss: output } : output;
  if (!(scalars?.loss instanceof Tensor)) {
    throw new UsageError(
      "fit: the step gives no loss; it must return a scalar tensor, or an object with one as loss.",
    );
  }
  for (const [name, value] of Object.entries(scalars)) {
    if (!(value instanceof Tensor)) {
      throw new UsageError(
        `fit: the step's ${name} is no tensor; all that it returns must be scalar tensors.`,
      );
    }
    if (value.size !== 1) {
      throw new ShapeError(`fit: the step's ${name} is ${printShape(value.shape)}; it must be one number.`);
    }
  }
  return scalars;
}
