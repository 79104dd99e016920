// customGradient: a function whose gradient the caller gives.
//
// Decides: what the two halves are handed, and what they may give back. Leaves to autodiff/handGradient.ts how a value
// with such a gradient stands in a graph.

import { type HandContext, withHandGradient } from "../autodiff/handGradient.ts";
import { DtypeError, ShapeError, UsageError } from "../base/errors.ts";
import type { Node } from "../graph/node.ts";
import { isFloating } from "../tensor/dtype.ts";
import { isSameShape, printShape } from "../tensor/shape.ts";
import type { Engine } from "./engine.ts";
import { flatten, requireTensors } from "./structure.ts";
import { Tensor } from "./tensor.ts";

/** What the forward half gives: the result, and what the backward half is to find besides. */
export interface CustomForward<S> {
  readonly y: Tensor;
  /** Tensors in arrays or plain objects, numbers, texts. */
  readonly saved?: S;
}

/** What the backward half is given. */
export interface CustomBackward<A extends readonly Tensor[], S> {
  /** dL/dy. */
  readonly dy: Tensor;
  readonly y: Tensor;
  readonly inputs: A;
  /** What the forward half saved. */
  readonly saved: S;
}

const NAME = "customGradient";

/**
 * `forward` as a function of tensors whose gradient is what `backward` gives: dL/dx for each input in order, in its shape
 * and dtype, or undefined where none flows. What `forward` captures or computes on the way counts as constant: all that is
 * to get a gradient must be an input. It works within compiled functions, outside of them and in `checkpoint`.
 *
 * Gradients of the gradient are those of what `backward` computes: through dy, the inputs and y, which has this very
 * rule again, and through what was saved as it was computed. Both halves are ordinary functions that may use any op.
 *
 * Throws UsageError where a half is not a function or asynchronous, an input is no tensor, or `forward` gives no tensor;
 * when the gradient is taken, UsageError, ShapeError or DtypeError for gradients that do not fit.
 * Source: torch.autograd.Function; jax.custom_vjp.
 *
 *     const roundStraight = customGradient((x: Tensor) => round(x), ({ dy }) => [dy]);
 */
export function customGradient<A extends readonly Tensor[], S = undefined>(
  forward: (...inputs: A) => Tensor | CustomForward<S>,
  backward: (context: CustomBackward<A, S>) => readonly (Tensor | undefined)[],
): (...inputs: A) => Tensor {
  for (const [name, half] of Object.entries({ forward, backward })) {
    if (typeof half === "function") continue;
    throw new UsageError(`${NAME}: ${name} is ${half}; it must be a function.`);
  }
  return (...inputs) => {
    requireTensors(NAME, "input", inputs);
    const { y, saved } = partsOf<S>(forward(...inputs));
    const kept = flatten(NAME, saved);
    const rule = (context: HandContext) => {
      const wrap = (node: Node) => new Tensor(y.engine, node, y.engine.trace);
      const found: unknown = backward({
        dy: wrap(context.dy),
        y: wrap(context.y),
        inputs: context.inputs.map(wrap) as readonly Tensor[] as A,
        saved: kept.rebuild(context.saved.map(wrap)) as S,
      });
      return gradientNodes(found, context.inputs, y.engine);
    };
    const nodesOf = (tensors: readonly Tensor[]) => tensors.map((tensor) => tensor.toNode(NAME));
    const node = withHandGradient(y.toNode(NAME), nodesOf(inputs), nodesOf(kept.tensors), rule);
    return y.derive(node, inputs);
  };
}

function partsOf<S>(made: Tensor | CustomForward<S>): CustomForward<S> {
  const parts = made instanceof Tensor ? { y: made } : made;
  if (!(parts?.y instanceof Tensor)) {
    throw new UsageError(
      `${NAME}: forward gave no tensor; it must give one, or { y, saved } with one in y, and not be asynchronous.`,
    );
  }
  if (isFloating(parts.y.dtype)) return parts;
  throw new DtypeError(`${NAME}: y has dtype ${parts.y.dtype}; gradients flow only through f32 and f16.`);
}

/** What `backward` gave, checked. */
function gradientNodes(
  found: unknown,
  inputs: readonly Node[],
  engine: Engine,
): readonly (Node | undefined)[] {
  const gradients: readonly unknown[] | undefined = Array.isArray(found) ? found : undefined;
  if (gradients?.length !== inputs.length) {
    const given = gradients === undefined ? "no array" : `${gradients.length} gradients`;
    throw new UsageError(
      `${NAME}: backward gave ${given} for ${inputs.length} inputs; it must give an array with one for each, or undefined in its place.`,
    );
  }
  return gradients.map((gradient, index) => {
    if (gradient === undefined) return undefined;
    const { shape, dtype } = inputs[index];
    if (!(gradient instanceof Tensor) || gradient.engine !== engine) {
      throw new UsageError(
        `${NAME}: gradient ${index} is no tensor of this engine; it must be one, or undefined.`,
      );
    }
    if (!isSameShape(gradient.shape, shape)) {
      throw new ShapeError(
        `${NAME}: gradient ${index} is ${printShape(gradient.shape)} for an input of ${printShape(shape)}; the shapes must be equal.`,
      );
    }
    if (isFloating(dtype) && gradient.dtype !== dtype) {
      throw new DtypeError(
        `${NAME}: gradient ${index} has dtype ${gradient.dtype} for an input of ${dtype}; it must have the input's.`,
      );
    }
    return gradient.toNode(NAME);
  });
}
