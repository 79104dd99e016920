// Reverse-mode differentiation: nodes in, nodes out.
//
// Decides: the order of accumulation (by falling id, so that it is the same every time), where gradients stop, and when
// a segment (segment.ts) is computed again: once the gradients of all its ends are known, so that its nodes follow, in
// the order of ids by which plans are scheduled, all that was differentiated before.
// Leaves every rule to the op records. The result is made of ordinary nodes, so it can be differentiated again.

import { assert } from "../base/assert.ts";
import { reachable } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { inputNode } from "../graph/source.ts";
import { substitute } from "../graph/substitute.ts";
import { add } from "../ops/add.ts";
import { isFloating } from "../tensor/dtype.ts";
import { isSameShape, printShape } from "../tensor/shape.ts";
import { isSameSegment, isSegmentEnd, repeatSegment } from "./segment.ts";

/**
 * d(sum(y * seed))/dx for every x of `wrt`; undefined where y does not depend on x through differentiable ops.
 * `seed` has the shape of `y`.
 */
export function differentiate(y: Node, seed: Node, wrt: readonly Node[]): (Node | undefined)[] {
  assert(isSameShape(y.shape, seed.shape), "the seed of a gradient has the shape of what is differentiated");
  return differentiateAll([[y, seed]], wrt);
}

/** The same of the sum over all pairs of sum(y * seed). */
export function differentiateAll(
  seeds: readonly (readonly [y: Node, seed: Node])[],
  wrt: readonly Node[],
): (Node | undefined)[] {
  const ys = seeds.map(([y]) => y);
  const relevant = dependents(ys, wrt);
  const gradients = new Map<Node, Node>();
  const give = (from: Node, input: Node, part: Node | undefined) => {
    if (part === undefined || !relevant.has(input) || !isFloating(input.dtype)) return;
    assert(
      isSameShape(part.shape, input.shape),
      `the gradient of ${from.op.name} is ${printShape(part.shape)} for an input of ${printShape(input.shape)}`,
    );
    const before = gradients.get(input);
    gradients.set(input, before === undefined ? part : add(before, part));
  };
  for (const [y, seed] of seeds) give(y, y, seed);
  const repeated = new Set<Node>();
  for (const node of [...relevant].sort((a, b) => b.id - a.id)) {
    const dy = gradients.get(node);
    if (dy === undefined || repeated.has(node)) continue;
    if (isSegmentEnd(node)) {
      const ends = [...gradients].filter(([other]) => isSameSegment(node, other));
      for (const [end] of ends) repeated.add(end);
      for (const [input, part] of segmentParts(ends, relevant)) give(node, input, part);
      continue;
    }
    const parts = gradientParts(
      node,
      dy,
      node.inputs.map((input) => relevant.has(input)),
    );
    node.inputs.forEach((input, index) => {
      give(node, input, parts[index]);
    });
  }
  return wrt.map((node) => gradients.get(node));
}

/** dL/dx for each beginning of a segment that counts, given its ends and their gradients; it is computed again for that. */
function segmentParts(
  ends: readonly (readonly [end: Node, dy: Node])[],
  relevant: ReadonlySet<Node>,
): (readonly [beginning: Node, part: Node | undefined])[] {
  const again = repeatSegment(ends.map(([end]) => end));
  const counting = again.beginnings.flatMap((node, index) => (relevant.has(node) ? [index] : []));
  const parts = differentiateAll(
    ends.map(([, dy], index) => [again.ends[index], dy]),
    counting.map((index) => again.leaves[index]),
  );
  return counting.map((index, k) => [again.beginnings[index], parts[k]]);
}

/** dL/dx for each input of `node`, by its rule or through its composition; nothing where it has neither. */
function gradientParts(node: Node, dy: Node, wanted: readonly boolean[]): readonly (Node | undefined)[] {
  const { op, inputs, attrs } = node;
  if (op.gradient !== undefined) return op.gradient({ dy, y: node, inputs, attrs, wanted });
  if (op.kind !== "kernel" || op.compose === undefined) return [];
  // Inputs may depend on each other; leaves in their place keep each gradient to its own input.
  const leaves = inputs.map(({ shape, dtype }) => inputNode(shape, dtype));
  const composed = op.compose({ node, inputs: leaves, attrs });
  const parts = differentiate(composed, dy, leaves);
  const known = parts.filter((part) => part !== undefined);
  const replaced = substitute(known, (leaf) => inputs[leaves.indexOf(leaf)]);
  return parts.map((part) => (part === undefined ? undefined : replaced[known.indexOf(part)]));
}

/** The nodes between `wrt` and `ys`: those on which one of ys depends and which depend on one of `wrt`. */
function dependents(ys: readonly Node[], wrt: readonly Node[]): Set<Node> {
  const result = new Set<Node>();
  const targets = new Set(wrt);
  for (const node of reachable(ys)) {
    if (targets.has(node) || node.inputs.some((input) => result.has(input))) result.add(node);
  }
  return result;
}
