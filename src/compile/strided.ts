// Strided ports: inputs that a kernel reads by address, see kernels/kernel.ts.
//
// Decides: which layouts such a port can read as they stand, and which numbers then go into the kernel's parameters.

import { assertPresent } from "../base/assert.ts";
import { accessOf } from "../graph/access.ts";
import type { Node } from "../graph/node.ts";
import type { Dispatch } from "../kernels/kernel.ts";
import { type Layout, reshapeLayout } from "../tensor/layout.ts";
import { isSameShape } from "../tensor/shape.ts";

/** `layout` as strides over `shape` that a port with these `fields` can be told, or undefined where it must be copied. */
function fittingLayout(layout: Layout, shape: Node["shape"], fields: readonly string[]): Layout | undefined {
  const shaped = isSameShape(layout.shape, shape) ? layout : reshapeLayout(layout, shape);
  if (shaped === undefined || shaped.strides.some((stride) => stride < 0)) return undefined;
  const last = shape.length - 1;
  const isStated = fields.length > shape.length;
  return isStated || shape[last] === 1 || shaped.strides[last] === 1 ? shaped : undefined;
}

/** Whether the port with these `fields` can read `input` where it stands. */
export function isStridedReadable(input: Node, fields: readonly string[]): boolean {
  const access = accessOf(input);
  return access !== undefined && fittingLayout(access.layout, input.shape, fields) !== undefined;
}

/** `layout` over `shape`, as simplify made sure that it can be had. A stride along an axis of one element is 0. */
export function stridedLayout(layout: Layout, shape: Node["shape"], fields: readonly string[]): Layout {
  const fitting = assertPresent(fittingLayout(layout, shape, fields), "strides for a port read by address");
  const strides = fitting.strides.map((stride, axis) => (shape[axis] === 1 ? 0 : stride));
  return { ...fitting, strides };
}

/** Whether four neighbours along the last axis are one whole vec4 wherever they begin at a multiple of 4. */
export function isStridedQuad({ shape, strides, offset }: Layout): boolean {
  const last = shape.length - 1;
  const isUnit = strides[last] === 1;
  return isUnit && offset % 4 === 0 && strides.every((stride, axis) => axis === last || stride % 4 === 0);
}

/** The values of `fields` for `layout`. */
export function stridedParams(layout: Layout, fields: readonly string[]): Record<string, number> {
  const numbers = [...layout.strides.slice(0, fields.length - 1), layout.offset];
  return Object.fromEntries(fields.map((field, index) => [field, numbers[index]]));
}

/** The fields of the port at place `index` of a launch's kernel, if it is read by address. */
export function stridedFields({ kernel }: Dispatch, index: number): readonly string[] | undefined {
  return kernel.strided?.[kernel.inputs[index]];
}
