// vjp and jvp: a function's derivative applied to given tensors, from behind and from in front.
//
// Decides: what counts as an argument (each apart, whatever else is the same tensor), and how results of any structure are
// paired with what they are multiplied by. jvp differentiates the product from behind once more by what it is multiplied by.

import { differentiateAll } from "../autodiff/differentiate.ts";
import { variableOf } from "../autodiff/variable.ts";
import { UsageError } from "../base/errors.ts";
import type { Node } from "../graph/node.ts";
import { constantNode } from "../graph/source.ts";
import { isFloating } from "../tensor/dtype.ts";
import { differenceOf, type Flattened, flatten, requireTensors } from "./structure.ts";
import type { Tensor } from "./tensor.ts";

/** A tensor in the place of each argument. */
export type TensorsLike<A extends readonly Tensor[]> = { readonly [K in keyof A]: Tensor };

/** What `vjp` gives. */
export interface VectorJacobian<A extends readonly Tensor[], R> {
  /** f(...primals). */
  readonly value: R;
  /** For dL/dvalue, in the structure of `value`, dL/dx for each of the primals. It may be called several times. */
  pullback(dy: R): TensorsLike<A>;
}

/** What `jvp` gives. */
export interface JacobianVector<R> {
  /** f(...primals). */
  readonly value: R;
  /** How `value` changes, to first order, where the primals change by the tangents; in the structure of `value`. */
  readonly tangent: R;
}

/** A function's value at some arguments, and what it is differentiated by. */
interface Traced<R> {
  readonly value: R;
  readonly flat: Flattened;
  readonly ends: readonly Node[];
  readonly variables: readonly Node[];
}

/**
 * f(...primals), and a function that takes dL/dvalue to dL/dprimals: zeros for those on which nothing depends. f gives a
 * tensor, or arrays or plain objects with tensors in them, all f32 or f16, and may capture tensors, which count as
 * constants. Each primal stands for itself, also where two are the same tensor. Throws UsageError where f is
 * asynchronous, gives no tensor or one of whole numbers, or where primals are no tensors of f32 or f16; the pullback, for
 * a dy that differs from the value in structure, shapes or dtypes. Source: torch.func.vjp.
 */
export function vjp<A extends readonly Tensor[], R>(
  f: (...primals: A) => R,
  ...primals: A
): VectorJacobian<A, R> {
  const { value, ends, variables } = trace("vjp", f, primals);
  return {
    value,
    pullback(dy) {
      const seeds = matching("vjp", "dy", value, dy);
      const found = differentiateAll(
        ends.map((end, index) => [end, seeds[index].toNode("vjp")]),
        variables,
      );
      const gradients = found.map((node, index) =>
        primals[index].derive(node ?? zerosOf(primals[index]), seeds),
      );
      return gradients as readonly Tensor[] as TensorsLike<A>;
    },
  };
}

/**
 * f(...primals), and how it changes where primals change by `tangents`, a tensor for each: the Jacobian times a vector,
 * in the structure of the value. By differentiating twice from behind, so through ops whose gradients have gradients; f and
 * errors are as with `vjp`, and tangents that differ from the primals in shapes or dtypes are refused with UsageError.
 * Source: torch.func.jvp, in the way of torch.autograd.functional.jvp.
 */
export function jvp<A extends readonly Tensor[], R>(
  f: (...primals: A) => R,
  primals: A,
  tangents: TensorsLike<A>,
): JacobianVector<R> {
  const directions = matching<readonly Tensor[]>("jvp", "tangents", primals, tangents);
  const { value, flat, ends, variables } = trace("jvp", f, primals);
  // The products from behind are linear in what they start from, so any number will do for it.
  const starts = ends.map(({ shape, dtype }) => constantNode(0, dtype, shape));
  const products = differentiateAll(
    ends.map((end, index) => [end, starts[index]]),
    variables,
  );
  const pairs = products.flatMap((product, index) =>
    product === undefined ? [] : [[product, directions[index].toNode("jvp")] as const],
  );
  const changes = differentiateAll(pairs, starts);
  const tangent = flat.tensors.map((end, index) => end.derive(changes[index] ?? zerosOf(end), directions));
  return { value, tangent: flat.rebuild(tangent) as R };
}

function trace<A extends readonly Tensor[], R>(op: string, f: (...primals: A) => R, primals: A): Traced<R> {
  requireTensors(op, "primal", primals);
  requireFloats(op, "primal", primals);
  const variables = primals.map((primal) => variableOf(primal.toNode(op)));
  const value = f(
    ...(primals.map((primal, index) => primal.derive(variables[index], primals)) as readonly Tensor[] as A),
  );
  if (value instanceof Promise) {
    throw new UsageError(`${op}: f is asynchronous; it must be an ordinary function.`);
  }
  const flat = flatten(op, value);
  if (flat.tensors.length === 0) {
    throw new UsageError(`${op}: f gives no tensor; it must give what was computed from the primals.`);
  }
  requireFloats(op, "result", flat.tensors);
  return { value, flat, ends: flat.tensors.map((end) => end.toNode(op)), variables };
}

/** The tensors of `given`, which must be as those of `model` are. */
function matching<V>(op: string, what: string, model: V, given: V): readonly Tensor[] {
  const difference = differenceOf(op, model, given, what);
  if (difference === undefined) return flatten(op, given).tensors;
  throw new UsageError(
    `${op}: ${difference}; it must have the structure, shapes and dtypes of what it belongs to.`,
  );
}

function requireFloats(op: string, what: string, tensors: readonly Tensor[]): void {
  tensors.forEach(({ dtype }, index) => {
    if (isFloating(dtype)) return;
    throw new UsageError(
      `${op}: ${what} ${index} has dtype ${dtype}; gradients flow only through f32 and f16.`,
    );
  });
}

function zerosOf({ shape, dtype }: Tensor): Node {
  return constantNode(0, dtype, shape);
}
