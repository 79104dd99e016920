// pad: axes made longer at both ends, by one value or by what x holds; or shorter, where numbers are negative.
//
// What is added and x stand side by side in one concat for each axis, so that whatever makes x writes it to its place.

import { ShapeError, UsageError } from "../base/errors.ts";
import { requireWhole } from "../base/requireWhole.ts";
import type { Value } from "../graph/node.ts";
import { constantNode } from "../graph/source.ts";
import { isFloating, requireTensor } from "../tensor/dtype.ts";
import { printShape } from "../tensor/shape.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { concat } from "./concat.ts";
import { flip } from "./flip.ts";
import { narrow } from "./narrow.ts";

/** What is added. */
export type PadMode = "constant" | "reflect" | "replicate" | "circular";

/** How `pad` fills what it adds. */
export interface PadOptions {
  /**
   * "constant" (default): `value`; "reflect": the elements beside the end, backwards; "replicate": the last one;
   * "circular": the elements of the other end.
   */
  readonly mode?: PadMode;
  /** For "constant". Default 0. */
  readonly value?: number;
}

/**
 * `x` with padding[0] elements in front of its last axis and padding[1] behind it, padding[2] and padding[3] those of the
 * axis before, and so on. Negative numbers take elements away; all but "reflect" and "replicate" do so before the rest is
 * added. x: any dtype. Throws ShapeError where sizes do not allow it, UsageError for numbers or options that do not fit.
 * Source: torch.nn.functional.pad, with every mode for any axes.
 */
export function pad<T extends Value>(
  x: T,
  padding: readonly number[],
  { mode = "constant", value }: PadOptions = {},
): T {
  requireTensor("pad", "x", x);
  requirePadding(x, padding, mode, value);
  let y = x;
  for (let pair = 0; 2 * pair < padding.length; pair++) {
    const sides = { before: padding[2 * pair], after: padding[2 * pair + 1] };
    y = padAlong(y, x.shape.length - 1 - pair, sides, mode, value ?? 0);
  }
  return y;
}

interface Sides {
  readonly before: number;
  readonly after: number;
}

function padAlong<T extends Value>(x: T, axis: number, sides: Sides, mode: PadMode, value: number): T {
  const cropsFirst = mode === "constant" || mode === "circular";
  const cropped = cropsFirst ? crop(x, axis, sides) : x;
  const size = cropped.shape[axis];
  const before = Math.max(0, sides.before);
  const after = Math.max(0, sides.after);
  if (before > 0 || after > 0) requireEnough(x, axis, size, Math.max(before, after), mode);
  const added = (count: number, isBefore: boolean) =>
    count === 0 ? [] : [addition(cropped, axis, count, isBefore, mode, value)];
  const longer = concat([...added(before, true), cropped, ...added(after, false)], { axis });
  return cropsFirst ? longer : crop(longer, axis, sides);
}

/** `x` without what negative numbers take away. */
function crop<T extends Value>(x: T, axis: number, { before, after }: Sides): T {
  const start = Math.max(0, -before);
  const length = x.shape[axis] - start - Math.max(0, -after);
  if (length >= 0) return narrow(x, axis, start, length);
  throw new ShapeError(
    `pad: ${before} and ${after} take more from axis ${axis} of ${printShape(x.shape)} than its ${x.shape[axis]}; they may take all of it.`,
  );
}

/** The `count` elements that stand before or after `x`. */
function addition<T extends Value>(
  x: T,
  axis: number,
  count: number,
  isBefore: boolean,
  mode: PadMode,
  value: number,
): T {
  const size = x.shape[axis];
  const shape = x.shape.map((old, other) => (other === axis ? count : old));
  switch (mode) {
    case "constant":
      return x.derive(constantNode(value, x.dtype, shape), [x]);
    case "replicate":
      return broadcastTo(narrow(x, axis, isBefore ? 0 : size - 1, 1), shape);
    case "reflect":
      return flip(narrow(x, axis, isBefore ? 1 : size - 1 - count, count), axis);
    case "circular":
      return narrow(x, axis, isBefore ? size - count : 0, count);
  }
}

const MODES: readonly string[] = ["constant", "reflect", "replicate", "circular"];

function requirePadding(x: Value, padding: readonly number[], mode: string, value: number | undefined): void {
  for (const count of padding) requireWhole("pad: a padding", count, Number.MIN_SAFE_INTEGER);
  if (padding.length % 2 !== 0 || padding.length > 2 * x.shape.length) {
    throw new UsageError(
      `pad: ${padding.length} numbers for x ${printShape(x.shape)}; there must be two for each axis that is padded, the last axis first.`,
    );
  }
  if (!MODES.includes(mode)) {
    throw new UsageError(`pad: mode "${mode}"; it must be one of "${MODES.join('", "')}".`);
  }
  if (mode !== "constant" && value !== undefined) {
    throw new UsageError(`pad: value is ${value} for mode "${mode}"; only "constant" has one.`);
  }
  if (!isFloating(x.dtype)) requireWhole(`pad: value for ${x.dtype}`, value ?? 0, -(2 ** 31), 2 ** 32 - 1);
}

/** Throws ShapeError where x does not hold what is to be added. */
function requireEnough(x: Value, axis: number, size: number, count: number, mode: PadMode): void {
  const most = { constant: Infinity, replicate: size > 0 ? Infinity : 0, reflect: size - 1, circular: size }[
    mode
  ];
  if (count <= most) return;
  throw new ShapeError(
    `pad: ${count} elements to add to axis ${axis} of ${printShape(x.shape)} in mode "${mode}"; there may be at most ${Math.max(0, most)}.`,
  );
}
