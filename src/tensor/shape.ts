// Shapes: what sizes are allowed, how two of them broadcast, how axes are named.

import { ShapeError } from "../base/errors.ts";
import { product } from "../base/integers.ts";

/** Sizes of each axis, outermost first. `[]` is a scalar; a size may be 0. */
export type Shape = readonly number[];

/** Elements of a tensor of this shape. */
export function elementCount(shape: Shape): number {
  return product(shape);
}

/** `[2, 3]`, as error messages print it. */
export function printShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** Whether both have the same sizes. */
export function isSameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** Elements are counted in 32 bits on the GPU. */
const MAX_ELEMENTS = 2 ** 31 - 1;

/** Throws ShapeError unless every size is a whole number >= 0 and the element count fits 31 bits. */
export function requireShape(op: string, shape: Shape): void {
  for (const size of shape) {
    if (!Number.isInteger(size) || size < 0) {
      throw new ShapeError(
        `${op}: shape ${printShape(shape)} has size ${size}; sizes must be whole numbers >= 0.`,
      );
    }
  }
  if (elementCount(shape) > MAX_ELEMENTS) {
    throw new ShapeError(
      `${op}: shape ${printShape(shape)} has ${elementCount(shape)} elements; at most ${MAX_ELEMENTS} are allowed.`,
    );
  }
}

/** Throws ShapeError unless `shape` has `rank` axes. `axes` names them for the message: "[batch, channels, height, width]". */
export function requireRank(op: string, input: string, shape: Shape, rank: number, axes?: string): void {
  if (shape.length === rank) return;
  const names = axes === undefined ? "" : ` ${axes}`;
  throw new ShapeError(
    `${op}: ${input} is ${printShape(shape)}, which has ${shape.length} axes; it must have ${rank}${names}.`,
  );
}

/** `axis` counted from 0; a negative one counts from the end. Throws ShapeError when out of range. */
export function normalizeAxis(op: string, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    const allowed =
      rank === 0 ? "a scalar has no axes" : `it must be a whole number in ${-rank}..${rank - 1}`;
    throw new ShapeError(`${op}: axis ${axis} is out of range for ${rank} axes; ${allowed}.`);
  }
  return axis < 0 ? axis + rank : axis;
}

/** Several axes, normalised and sorted; `undefined` means all. Throws ShapeError on one given twice. */
export function normalizeAxes(
  op: string,
  axes: number | readonly number[] | undefined,
  rank: number,
): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  const list = (typeof axes === "number" ? [axes] : [...axes]).map((axis) => normalizeAxis(op, axis, rank));
  if (new Set(list).size !== list.length) {
    throw new ShapeError(`${op}: axes [${list.join(", ")}] name an axis twice; each may stand once.`);
  }
  return list.sort((a, b) => a - b);
}

/** The shape which all broadcast to (NumPy's rule: aligned at the last axis, a size of 1 stretches). */
export function broadcastShapes(op: string, shapes: readonly Shape[]): Shape {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    shape.forEach((size, index) => {
      const axis = index + rank - shape.length;
      if (size === 1 || size === result[axis]) return;
      if (result[axis] !== 1) {
        throw new ShapeError(
          `${op}: shapes ${shapes.map(printShape).join(" and ")} do not broadcast; ` +
            "sizes, aligned at the last axis, must be equal or 1.",
        );
      }
      result[axis] = size;
    });
  }
  return result;
}

/** Whether a tensor of `from` can be broadcast to `to` as it is. */
export function isBroadcastable(from: Shape, to: Shape): boolean {
  const shift = to.length - from.length;
  return shift >= 0 && from.every((size, axis) => size === 1 || size === to[axis + shift]);
}
