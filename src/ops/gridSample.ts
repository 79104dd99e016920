// gridSample: pictures looked up at any places, between pixels and outside of them.
//
// Decides: which pixels a place is mixed from, how much of each, and what stands outside. Pixels are the rows of a table, with their
// channels side by side, so that the gradient of the lookup is that of an embedding: sorted once for all channels, in a fixed order.

import { ShapeError, UsageError } from "../base/errors.ts";
import { product } from "../base/integers.ts";
import type { Spec, Value } from "../graph/node.ts";
import { requireFloating, requireTensor } from "../tensor/dtype.ts";
import { printShape } from "../tensor/shape.ts";
import { abs } from "./abs.ts";
import { add } from "./add.ts";
import { alongAxis } from "./alongAxis.ts";
import { arangeNode } from "./arange.ts";
import { bitwiseAnd } from "./bitwiseAnd.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { cast } from "./cast.ts";
import { clamp } from "./clamp.ts";
import { CUBIC_SLOPE, cubicWeight } from "./cubicWeight.ts";
import { detach } from "./detach.ts";
import { embedding } from "./embedding.ts";
import { equal } from "./equal.ts";
import { floor } from "./floor.ts";
import { greater } from "./greater.ts";
import { greaterEqual } from "./greaterEqual.ts";
import { less } from "./less.ts";
import { moveAxis } from "./moveAxis.ts";
import { mul } from "./mul.ts";
import { remainder } from "./remainder.ts";
import { reshape } from "./reshape.ts";
import { round } from "./round.ts";
import { select } from "./select.ts";
import { squeeze } from "./squeeze.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";
import { where } from "./where.ts";

/** What a place gets. */
export interface GridSampleOptions {
  /** "bilinear" (default): straight lines between pixels; "nearest": one of them; "bicubic": curves, in images alone. */
  readonly mode?: "bilinear" | "nearest" | "bicubic";
  /** What stands outside: "zeros" (default), the pixel at the "border", or the picture mirrored ("reflection"). */
  readonly paddingMode?: "zeros" | "border" | "reflection";
  /** Whether -1 and 1 are the middles of the corner pixels; else, as by default, the edges of the picture. */
  readonly alignCorners?: boolean;
}

type Choices = Required<GridSampleOptions>;

/** How many pixels along each axis a place is mixed from. */
const tapCounts = { bilinear: 2, nearest: 1, bicubic: 4 };

/** What an axis says of the pixels that places are mixed from, each [batch, ...taps, places]. */
interface Taps<T> {
  /** i32, inside the picture. */
  readonly index: T;
  /** Undefined where it is 1 everywhere. */
  readonly weight?: T;
  /** Undefined where it is so everywhere. */
  readonly isInside?: T;
}

/**
 * `x` at the places that `grid` names. x: [batch, channels, ...sizes] with two or three sizes, f32 or f16; grid: [batch, ...places,
 * axes], with as many places' axes as x has sizes, f32 or f16, coordinates from -1 to 1, the one along x's last axis first; y: [batch,
 * channels, ...places], x's dtype. A coordinate that is NaN or infinite gives NaN where pixels are mixed by it; at the border
 * and mirrored, lines take it for the nearest pixel inside, NaN for the first. With "nearest" the grid has the gradient 0.
 * Throws DtypeError, ShapeError, or UsageError for unknown options. Source: torch.nn.functional.grid_sample.
 */
export function gridSample<T extends Value>(x: T, grid: T, options: GridSampleOptions = {}): T {
  requireTensor("gridSample", "x", x);
  const { mode = "bilinear", paddingMode = "zeros", alignCorners = false } = options;
  requireOptions(x, mode, paddingMode);
  requireInputs(x, grid);
  const [batch, channels, ...sizes] = x.shape;
  const places = grid.shape.slice(1, -1);
  const count = product(places);
  // Whatever is said of taps has this shape from the start: then it is computed in a few dispatches.
  const shape = [batch, ...sizes.map(() => tapCounts[mode]), count];
  const coordinates = cast(grid, "f32");
  const axes = sizes.map((size, axis) => {
    const along = select(coordinates, -1, sizes.length - 1 - axis);
    const spread = broadcastTo(reshape(along, [batch, ...sizes.map(() => 1), count]), shape);
    return tapsAlong(spread, axis + 1, size, { mode, paddingMode, alignCorners });
  });
  const picture = alongAxis(x.derive(arangeNode(batch, "i32"), [x]), 0, shape);
  const pixel = axes.reduce((before, { index }, axis) => add(mul(before, sizes[axis]), index), picture);
  const found = embedding(
    reshape(pixel, [batch, product(shape.slice(1, -1)), count]),
    reshape(moveAxis(x, 1, -1), [batch * product(sizes), channels]),
  );
  /** What axes say together, beside `found`. */
  const together = (parts: readonly (T | undefined)[], join: (a: T, b: T) => T) => {
    const said = parts.filter((part) => part !== undefined);
    return said.length === 0 ? undefined : reshape(said.reduce(join), [...found.shape.slice(0, -1), 1]);
  };
  const isInside = together(
    axes.map((one) => one.isInside),
    (a, b) => bitwiseAnd(a, b),
  );
  const weight = together(
    axes.map((one) => one.weight),
    (a, b) => mul(a, b),
  );
  const seen = isInside === undefined ? found : where(isInside, found, 0);
  const mixed = weight === undefined ? squeeze(seen, 1) : sum(mul(seen, weight), { axis: 1 });
  return cast(reshape(moveAxis(mixed, -1, 1), [batch, channels, ...places]), x.dtype);
}

/** Which pixels coordinates [batch, ...taps, places] are mixed from, along the axis of x whose taps stand along `axis`. */
function tapsAlong<T extends Value>(coordinate: T, axis: number, size: number, choices: Choices): Taps<T> {
  const { mode, paddingMode, alignCorners } = choices;
  const raw = add(mul(coordinate, (alignCorners ? size - 1 : size) / 2), (size - 1) / 2);
  const isCubic = mode === "bicubic";
  const place = isCubic ? raw : padded(raw, size, choices);
  const tapsOf = (pixel: T, isMasked: boolean, weight?: T) => ({
    index: cast(clamp(pixel, { min: 0, max: size - 1 }), "i32"),
    weight,
    isInside: isMasked ? bitwiseAnd(greaterEqual(pixel, 0), less(pixel, size)) : undefined,
  });
  if (mode === "nearest") return tapsOf(round(place), paddingMode === "zeros");
  const base = detach(floor(place));
  const beyond = sub(place, base);
  const counted = coordinate.derive(arangeNode(tapCounts[mode], "f32"), [coordinate]);
  const tap = alongAxis(counted, axis, coordinate.shape);
  // Also at the border, where the pixel beyond counts nothing even if it is infinite.
  if (!isCubic) return tapsOf(add(base, tap), true, where(equal(tap, 0), sub(1, beyond), beyond));
  const step = sub(tap, 1);
  const weight = cubicWeight(sub(beyond, step), CUBIC_SLOPE);
  return tapsOf(padded(add(base, step), size, choices), paddingMode === "zeros", weight);
}

/** Places, or those inside that stand for them. Slopes are 0 at the border as beyond it. */
function padded<T extends Value>(place: T, size: number, { paddingMode, alignCorners }: Choices): T {
  if (paddingMode === "zeros") return place;
  const [start, length] = alignCorners ? [0, size - 1] : [-0.5, size];
  const isMirrored = paddingMode === "reflection" && length > 0;
  const inside = isMirrored ? add(mirrored(sub(place, start), length), start) : place;
  return where(greater(inside, 0), where(less(inside, size - 1), inside, size - 1), 0);
}

/** From 0 to `length` and back, over and over. */
function mirrored<T extends Value>(place: T, length: number): T {
  return sub(length, abs(sub(remainder(abs(place), 2 * length), length)));
}

function requireOptions({ shape }: Spec, mode: string, paddingMode: string): void {
  if (!["bilinear", "nearest", "bicubic"].includes(mode)) {
    throw new UsageError(`gridSample: mode "${mode}"; it must be "bilinear", "nearest" or "bicubic".`);
  }
  if (!["zeros", "border", "reflection"].includes(paddingMode)) {
    throw new UsageError(
      `gridSample: paddingMode "${paddingMode}"; it must be "zeros", "border" or "reflection".`,
    );
  }
  const isFitting = shape.length === 4 || (shape.length === 5 && mode !== "bicubic");
  if (isFitting && shape.slice(2).every((size) => size > 0)) return;
  const volumes = mode === "bicubic" ? "" : " or [batch, channels, depth, height, width]";
  throw new ShapeError(
    `gridSample: x is ${printShape(shape)}; for mode "${mode}" it must be [batch, channels, height, width]${volumes}, with sizes of at least 1.`,
  );
}

function requireInputs(x: Spec, grid: Spec): void {
  requireFloating("gridSample", "x", x);
  requireFloating("gridSample", "grid", grid);
  const rank = x.shape.length - 2;
  const { shape } = grid;
  if (shape.length === rank + 2 && shape[0] === x.shape[0] && shape[rank + 1] === rank) return;
  const places = rank === 2 ? "height, width" : "depth, height, width";
  throw new ShapeError(
    `gridSample: grid is ${printShape(shape)} for x ${printShape(x.shape)}; it must be [${x.shape[0]}, ${places}, ${rank}].`,
  );
}
