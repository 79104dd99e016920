// What a value really is in memory: a node that has a buffer, and a layout over it.
//
// Views fold into whoever reads them. A reshape never moves an element, so it folds even where strides cannot express
// the new shape: the layout then keeps the shape below it, and only the element order is meaningful.

import { contiguousLayout, isContiguous, type Layout, reshapeLayout } from "../tensor/layout.ts";
import { isSameShape } from "../tensor/shape.ts";
import type { Node } from "./node.ts";

/** The elements of a value in order: element `i` is what `layout` gives for row-major index i, in the buffer of `base`. */
export interface Access {
  readonly base: Node;
  readonly layout: Layout;
}

/** Nodes never change, and everybody asks. */
const known = new WeakMap<Node, Access | undefined>();

/** How `node` is read, or undefined where a view below it must first be copied. */
export function accessOf(node: Node): Access | undefined {
  if (known.has(node)) return known.get(node);
  const access = findAccess(node);
  known.set(node, access);
  return access;
}

function findAccess(node: Node): Access | undefined {
  if (node.op.kind !== "view") return { base: node, layout: contiguousLayout(node.shape) };
  const [input] = node.inputs;
  const inner = accessOf(input);
  if (inner === undefined) return undefined;
  const shaped = isSameShape(inner.layout.shape, input.shape)
    ? inner.layout
    : reshapeLayout(inner.layout, input.shape);
  const layout = shaped === undefined ? undefined : node.op.layout(shaped, node.attrs);
  if (layout !== undefined) return { base: inner.base, layout };
  return node.op.preservesOrder ? inner : undefined;
}

/** Whether element i of the value is element i of the buffer it stands in. */
export function isWhole({ base, layout }: Access): boolean {
  const count = base.shape.reduce((total, size) => total * size, 1);
  return isContiguous(layout) && layout.shape.reduce((total, size) => total * size, 1) === count;
}
