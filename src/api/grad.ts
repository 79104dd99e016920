// Gradients as users ask for them.

import { differentiate } from "../autodiff/differentiate.ts";
import { ShapeError, UsageError } from "../base/errors.ts";
import { constantNode } from "../graph/source.ts";
import { isFloating } from "../tensor/dtype.ts";
import { printShape } from "../tensor/shape.ts";
import type { Tensor } from "./tensor.ts";

/** How gradients are taken. */
export interface GradientOptions {
  /** Give zeros for tensors that the loss does not depend on, rather than throw. Default false. */
  readonly allowUnused?: boolean;
}

/**
 * dLoss/dx for each x of `wrt`, in that order. They are ordinary tensors and can be differentiated again.
 * Throws ShapeError unless `loss` is one number, and UsageError naming each x that the loss does not reach.
 */
export function gradients(
  loss: Tensor,
  wrt: readonly Tensor[],
  { allowUnused = false }: GradientOptions = {},
): Tensor[] {
  if (loss.size !== 1) {
    throw new ShapeError(
      `gradients: the loss is ${printShape(loss.shape)}; it must be one number, such as a mean or a sum.`,
    );
  }
  requireDifferentiable("the loss", loss);
  wrt.forEach((x, index) => requireDifferentiable(nameOf(x, index), x));
  const y = loss.toNode("gradients");
  const nodes = wrt.map((x) => x.toNode("gradients"));
  const found = differentiate(y, constantNode(1, y.dtype, y.shape), nodes);
  const missing = wrt.map(nameOf).filter((_, index) => found[index] === undefined);
  if (missing.length > 0 && !allowUnused) {
    throw new UsageError(
      `gradients: the loss does not depend on ${missing.join(", ")}; leave them out, or set allowUnused for zeros.`,
    );
  }
  return found.map((node, index) => {
    const { dtype, shape } = wrt[index];
    return wrt[index].derive(node ?? constantNode(0, dtype, shape), [loss, ...wrt]);
  });
}

/** A function that gives the gradient of `loss` with respect to its first argument. */
export function grad<A extends readonly unknown[]>(
  loss: (x: Tensor, ...rest: A) => Tensor,
): (x: Tensor, ...rest: A) => Tensor {
  return (x, ...rest) => valueAndGrad(loss)(x, ...rest).gradient;
}

/** A function that gives `loss` and its gradient with respect to its first argument. */
export function valueAndGrad<A extends readonly unknown[]>(
  loss: (x: Tensor, ...rest: A) => Tensor,
): (x: Tensor, ...rest: A) => { value: Tensor; gradient: Tensor } {
  return (x, ...rest) => {
    const value = loss(x, ...rest);
    const [gradient] = gradients(value, [x], { allowUnused: true });
    return { value, gradient };
  };
}

function nameOf(x: Tensor, index: number): string {
  return x.name ?? `tensor ${index} ${printShape(x.shape)}`;
}

function requireDifferentiable(what: string, { dtype }: Tensor): void {
  if (isFloating(dtype)) return;
  throw new UsageError(`gradients: ${what} has dtype ${dtype}; gradients flow only through f32 and f16.`);
}
