// Parameters and buffers: which tensors of a module are trained, and which are state that only goes into checkpoints.
//
// Both are ordinary tensors; a mark beside the tensor says what it is, so that ops, optimizers and users meet one kind.

import type { Tensor } from "../api/tensor.ts";
import { DtypeError } from "../base/errors.ts";
import { isFloating } from "../tensor/dtype.ts";
import { printShape } from "../tensor/shape.ts";

const parameters = new WeakSet<Tensor>();
const buffers = new WeakSet<Tensor>();

/**
 * Marks `value` as a parameter: a module that has it as a property trains and saves it. Returns the same tensor.
 * value: any shape, f32 or f16. Throws DtypeError for another dtype, UsageError while a compiled function is traced.
 */
export function parameter(value: Tensor): Tensor {
  if (!isFloating(value.dtype)) {
    throw new DtypeError(
      `parameter: the tensor ${printShape(value.shape)} has dtype ${value.dtype}; it must be f32 or f16.`,
    );
  }
  parameters.add(value.evaluate());
  return value;
}

/**
 * Marks `value` as state that is saved and not trained, such as a running mean. Returns the same tensor.
 * value: any shape and dtype. Throws UsageError while a compiled function is traced.
 */
export function buffer(value: Tensor): Tensor {
  buffers.add(value.evaluate());
  return value;
}

/** Whether `value` was marked by `parameter`. */
export function isParameter(value: Tensor): boolean {
  return parameters.has(value);
}

/** Whether `value` was marked by `buffer`. */
export function isBuffer(value: Tensor): boolean {
  return buffers.has(value);
}
