// A trace: what a compiled function does while it is recorded.

import { UsageError } from "../base/errors.ts";
import type { Update } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import type { Tensor } from "./tensor.ts";

/** Records which tensors a function captures, and what it assigns to them. */
export class Trace {
  /** Tensors from outside the function, by their leaves. They are read anew at every call. */
  readonly captured = new Map<Node, Tensor>();
  private readonly updated = new Map<Node, Node>();
  /** Random streams handed out, so that each random op of the function has its own. */
  streams = 0;

  /** The node for a tensor from outside: what was assigned to it in this trace, else its leaf. */
  capture(tensor: Tensor): Node {
    const { engine } = tensor;
    const [leaf] = engine.settle([tensor.currentNode]);
    this.captured.set(leaf, tensor);
    return this.updated.get(leaf) ?? leaf;
  }

  /** Makes `value` the value of `target` after the call. */
  update(target: Tensor, value: Node): void {
    if (target.isTraced) {
      throw new UsageError(
        "assign: the target is a value of the traced function; only tensors from outside can be assigned to.",
      );
    }
    const [leaf] = target.engine.settle([target.currentNode]);
    this.captured.set(leaf, target);
    this.updated.set(leaf, value);
  }

  get updates(): Update[] {
    return [...this.updated].map(([target, value]) => ({ target, value }));
  }
}
