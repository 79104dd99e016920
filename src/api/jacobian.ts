// jacobian and hessian: all derivatives of a function of one tensor, a pass from behind for each element of its result.

import { UsageError } from "../base/errors.ts";
import { constantNode } from "../graph/source.ts";
import { cast, concat, equal, reshape } from "../ops/index.ts";
import { arange } from "./arange.ts";
import { grad } from "./grad.ts";
import { Tensor } from "./tensor.ts";
import { vjp } from "./vjp.ts";

/**
 * dy/dx for each element of y = f(x) and of x: [...y.shape, ...x.shape]. x, y: f32 or f16. The passes share what they can,
 * but each is part of the graph: for results of few elements. It can be differentiated again. Throws UsageError where f
 * does not give one tensor, and as `vjp` does. Source: torch.func.jacrev.
 */
export function jacobian(f: (x: Tensor) => Tensor, x: Tensor): Tensor {
  const { value, pullback } = vjp((variable: Tensor) => {
    const y: unknown = f(variable);
    if (y instanceof Tensor) return y;
    throw new UsageError("jacobian: f gives no tensor; it must give one, and not be asynchronous.");
  }, x);
  const { size, shape, dtype, engine } = value;
  const full = [...shape, ...x.shape];
  if (size === 0) return x.derive(constantNode(0, x.dtype, full), [x]);
  const places = reshape(arange(size, { dtype: "i32", engine }), shape);
  const rows = Array.from({ length: size }, (_, place) => {
    const [row] = pullback(cast(equal(places, place), dtype));
    return reshape(row, [1, x.size]);
  });
  return reshape(concat(rows), full);
}

/**
 * d²y/dx² for y = f(x), one number: [...x.shape, ...x.shape]. For x of few elements, and through ops whose gradients have
 * gradients. Throws ShapeError where y is not one number, else as `jacobian`. Source: torch.func.hessian.
 */
export function hessian(f: (x: Tensor) => Tensor, x: Tensor): Tensor {
  return jacobian(grad(f), x);
}
