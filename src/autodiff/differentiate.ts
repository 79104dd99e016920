// Reverse-mode differentiation: nodes in, nodes out.
//
// Decides: the order of accumulation (by falling id, so that it is the same every time) and where gradients stop.
// Leaves every rule to the op records. The result is made of ordinary nodes, so it can be differentiated again.

import { assert } from "../base/assert.ts";
import { reachable } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { inputNode } from "../graph/source.ts";
import { substitute } from "../graph/substitute.ts";
import type { Ops } from "../ops/define.ts";
import * as ops from "../ops/index.ts";
import { isFloating } from "../tensor/dtype.ts";
import { isSameShape, printShape } from "../tensor/shape.ts";

/**
 * d(sum(y * seed))/dx for every x of `wrt`; undefined where y does not depend on x through differentiable ops.
 * `seed` has the shape of `y`.
 */
export function differentiate(y: Node, seed: Node, wrt: readonly Node[]): (Node | undefined)[] {
  assert(isSameShape(y.shape, seed.shape), "the seed of a gradient has the shape of what is differentiated");
  const relevant = dependents(y, wrt);
  const gradients = new Map<Node, Node>();
  if (relevant.has(y)) gradients.set(y, seed);
  for (const node of [...relevant].sort((a, b) => b.id - a.id)) {
    const dy = gradients.get(node);
    if (dy === undefined) continue;
    const parts = gradientParts(node, dy);
    node.inputs.forEach((input, index) => {
      const part = parts[index];
      if (part === undefined || !relevant.has(input) || !isFloating(input.dtype)) return;
      assert(
        isSameShape(part.shape, input.shape),
        `the gradient of ${node.op.name} is ${printShape(part.shape)} for an input of ${printShape(input.shape)}`,
      );
      const before = gradients.get(input);
      gradients.set(input, before === undefined ? part : ops.add(before, part));
    });
  }
  return wrt.map((node) => gradients.get(node));
}

/** dL/dx for each input of `node`, by its rule or through its composition; nothing where it has neither. */
function gradientParts(node: Node, dy: Node): readonly (Node | undefined)[] {
  const { op, inputs, attrs } = node;
  const o: Ops = ops;
  if (op.gradient !== undefined) return op.gradient({ dy, y: node, inputs, attrs, o });
  if (op.kind !== "kernel" || op.compose === undefined) return [];
  // Inputs may depend on each other; leaves in their place keep each gradient to its own input.
  const leaves = inputs.map(({ shape, dtype }) => inputNode(shape, dtype));
  const composed = op.compose({ node, inputs: leaves, attrs, o });
  const parts = differentiate(composed, dy, leaves);
  const known = parts.filter((part) => part !== undefined);
  const replaced = substitute(known, (leaf) => inputs[leaves.indexOf(leaf)]);
  return parts.map((part) => (part === undefined ? undefined : replaced[known.indexOf(part)]));
}

/** The nodes between `wrt` and `y`: those on which y depends and which depend on one of `wrt`. */
function dependents(y: Node, wrt: readonly Node[]): Set<Node> {
  const result = new Set<Node>();
  const targets = new Set(wrt);
  for (const node of reachable([y])) {
    if (targets.has(node) || node.inputs.some((input) => result.has(input))) result.add(node);
  }
  return result;
}
