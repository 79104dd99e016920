// checkpoint: a part of a compiled function that keeps nothing for its gradient but what it was given.
//
// Decides: what counts as given (all tensors that stood before the call, those that `fn` captures included). Leaves to
// autodiff/segment.ts how the part is computed again.

import { markSegment } from "../autodiff/segment.ts";
import { UsageError } from "../base/errors.ts";
import type { Node } from "../graph/node.ts";
import { constantNode } from "../graph/source.ts";
import { flatten } from "./structure.ts";
import { Tensor } from "./tensor.ts";
import type { Trace } from "./trace.ts";

/**
 * `fn(...inputs)`, whose inner values are not kept for gradients: where one is taken, they are computed again from what
 * `fn` reads, at the cost of one more forward pass of `fn`. Values and gradients are those without it; random numbers
 * are drawn once and computed again, assignments are made once. fn may capture tensors, parameters for instance, and
 * must return a tensor, or arrays or plain objects with tensors in them. Gradients with respect to a tensor that fn made
 * inside do not see what goes through the result. Outside of compiled functions it is just `fn(...inputs)`.
 * Throws UsageError where fn returns no tensor. Source: torch.utils.checkpoint.checkpoint.
 */
export function checkpoint<A extends readonly unknown[], R>(fn: (...inputs: A) => R, ...inputs: A): R {
  const before = newestId();
  const result = fn(...inputs);
  if (result instanceof Promise) {
    throw new UsageError("checkpoint: fn is asynchronous; it must be an ordinary function.");
  }
  const flat = flatten("checkpoint", result);
  const [first] = flat.tensors;
  if (first === undefined) {
    throw new UsageError(
      "checkpoint: fn returns no tensor; it must return what was computed from its inputs.",
    );
  }
  const { trace } = first.engine;
  if (trace === undefined) return result;
  const ends = flat.tensors.map((tensor) => tensor.toNode("checkpoint"));
  return flat.rebuild(tensorsOf(flat.tensors, markSegment(ends, before), trace)) as R;
}

/** The id of a node that is newer than all that stand so far. */
function newestId(): number {
  return constantNode(0, "f32").id;
}

function tensorsOf(originals: readonly Tensor[], nodes: readonly Node[], trace: Trace): Tensor[] {
  return originals.map(({ engine }, index) => new Tensor(engine, nodes[index], trace));
}
