// Layouts: how the elements of a view stand in the buffer of what it looks at.
//
// A layout maps a row-major index over `shape` to an element of the buffer: offset + sum(coordinate * stride).
// Decides: which views are a mere change of layout. Leaves to compile/: when to copy instead.

import { product } from "../base/integers.ts";
import type { Shape } from "./shape.ts";

/** Where each element of a view stands, in elements (not bytes). A stride of 0 repeats. */
export interface Layout {
  readonly shape: Shape;
  readonly strides: readonly number[];
  readonly offset: number;
}

/** Row-major strides of a shape. */
export function contiguousStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

/** The layout of a tensor that fills its own buffer. */
export function contiguousLayout(shape: Shape): Layout {
  return { shape, strides: contiguousStrides(shape), offset: 0 };
}

/** Whether index i of the view is element i of the buffer. */
export function isContiguous(layout: Layout): boolean {
  if (layout.offset !== 0) return false;
  const expected = contiguousStrides(layout.shape);
  return layout.shape.every((size, axis) => size === 1 || layout.strides[axis] === expected[axis]);
}

/** The same elements in the same order with the fewest axes: size-1 axes dropped, neighbours that step as one merged. */
export function collapseLayout({ shape, strides, offset }: Layout): Layout {
  const sizes: number[] = [];
  const steps: number[] = [];
  shape.forEach((size, axis) => {
    if (size === 1) return;
    const last = sizes.length - 1;
    if (last >= 0 && steps[last] === strides[axis] * size) {
      sizes[last] *= size;
      steps[last] = strides[axis];
    } else {
      sizes.push(size);
      steps.push(strides[axis]);
    }
  });
  return { shape: sizes, strides: steps, offset };
}

/** The layout of the same elements under another shape, or undefined where strides cannot express it. */
export function reshapeLayout(layout: Layout, shape: Shape): Layout | undefined {
  if (product(shape) === 0) return { shape, strides: contiguousStrides(shape), offset: layout.offset };
  const from = collapseLayout(layout);
  const strides = new Array<number>(shape.length).fill(0);
  let axis = shape.length - 1;
  for (let group = from.shape.length - 1; group >= 0; group--) {
    let rest = from.shape[group];
    let stride = from.strides[group];
    while (rest > 1) {
      while (axis >= 0 && shape[axis] === 1) axis--;
      if (axis < 0 || rest % shape[axis] !== 0) return undefined;
      strides[axis] = stride;
      stride *= shape[axis];
      rest /= shape[axis];
      axis--;
    }
  }
  return { shape, strides, offset: layout.offset };
}

/** Axes in another order: axis a of the result is axis order[a] of the layout. */
export function permuteLayout(layout: Layout, order: readonly number[]): Layout {
  return {
    shape: order.map((axis) => layout.shape[axis]),
    strides: order.map((axis) => layout.strides[axis]),
    offset: layout.offset,
  };
}

/** Stretches axes of size 1 (and adds leading ones) by a stride of 0. */
export function broadcastLayout(layout: Layout, shape: Shape): Layout {
  const shift = shape.length - layout.shape.length;
  const strides = shape.map((size, axis) => {
    const source = axis - shift;
    return source < 0 || (layout.shape[source] === 1 && size !== 1) ? 0 : layout.strides[source];
  });
  return { shape, strides, offset: layout.offset };
}

/** Every `step`-th element from `starts` on, `shape` of them. Steps may be negative. */
export function sliceLayout(
  layout: Layout,
  starts: readonly number[],
  steps: readonly number[],
  shape: Shape,
): Layout {
  let offset = layout.offset;
  if (product(shape) > 0) starts.forEach((start, axis) => (offset += start * layout.strides[axis]));
  return { shape, strides: layout.strides.map((stride, axis) => stride * steps[axis]), offset };
}

/** The element of the buffer under each index of the view, in row-major order. Slow: for references and tests. */
export function layoutIndices({ shape, strides, offset }: Layout): Int32Array {
  const indices = new Int32Array(product(shape));
  const coordinates = new Array<number>(shape.length).fill(0);
  let position = offset;
  for (let i = 0; i < indices.length; i++) {
    indices[i] = position;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      position += strides[axis];
      if (++coordinates[axis] < shape[axis]) break;
      position -= coordinates[axis] * strides[axis];
      coordinates[axis] = 0;
    }
  }
  return indices;
}

/** Whether its elements, in order, are neighbours from its offset on. */
export function isRun(layout: Layout): boolean {
  const { shape, strides } = collapseLayout(layout);
  return shape.length === 0 || (shape.length === 1 && strides[0] === 1);
}
