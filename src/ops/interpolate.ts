// interpolate: images and signals of another size, by the nearest neighbour or by straight lines between neighbours.
//
// A whole factor repeats neighbours by a view. Every other size is a product with a small matrix for each axis, whose
// rows say how much of each neighbour there is: it is computed from indices, and gradients come with the product.

import { ShapeError, UsageError } from "../base/errors.ts";
import type { Spec, Value } from "../graph/node.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { printShape, type Shape } from "../tensor/shape.ts";
import { abs } from "./abs.ts";
import { add } from "./add.ts";
import { arangeNode } from "./arange.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { cast } from "./cast.ts";
import { clamp } from "./clamp.ts";
import { gather } from "./gather.ts";
import { matmul } from "./matmul.ts";
import { mul } from "./mul.ts";
import { transpose } from "./permute.ts";
import { relu } from "./relu.ts";
import { reshape } from "./reshape.ts";
import { sub } from "./sub.ts";

/** How sizes change. One number counts for all axes behind the channels. */
export interface InterpolateOptions {
  /** The new sizes. Either this or `scaleFactor`. */
  readonly size?: number | Shape;
  /** What sizes are multiplied by, rounded down. */
  readonly scaleFactor?: number | readonly number[];
  /** "nearest" (default): the neighbour below; "bilinear": straight lines between neighbours, images alone. */
  readonly mode?: "nearest" | "bilinear";
  /** For "bilinear": whether corner pixels keep their places, rather than the edges of the image. Default false. */
  readonly alignCorners?: boolean;
}

/**
 * x resized behind its channels. x: [batch, channels, ...sizes], f32 or f16; y: the same but for the sizes.
 * Throws ShapeError, DtypeError or UsageError where options do not fit. Source: torch.nn.functional.interpolate.
 */
export function interpolate<T extends Value>(x: T, options: InterpolateOptions): T {
  const { mode = "nearest", alignCorners = false } = options;
  requireFloating("interpolate", "x", x.dtype);
  requireMode(x, mode, alignCorners);
  const sizes = newSizes(x, options);
  const scales = factorsOf(x, options, sizes);
  const isWhole = sizes.every((size, axis) => size % x.shape[axis + 2] === 0);
  if (mode === "nearest") {
    const hasOwnFactor = scales.some((scale, axis) => scale !== sizes[axis] / x.shape[axis + 2]);
    if (isWhole && !hasOwnFactor) return repeated(x, sizes);
    return sizes.reduce((y, size, axis) => nearestAlong(y, axis + 2, size, scales[axis]), x);
  }
  const places = (axis: 0 | 1) => placesAlong(x, x.shape[axis + 2], sizes[axis], scales[axis], alignCorners);
  const tall = matmul(places(0), x);
  return cast(matmul(tall, transpose(places(1))), x.dtype);
}

/** Each element as often as its axis grows. */
function repeated<T extends Value>(x: T, sizes: Shape): T {
  const [batch, channels, ...old] = x.shape;
  const apart = old.flatMap((size) => [size, 1]);
  const stretched = old.flatMap((size, axis) => [size, sizes[axis] / size]);
  const wide = broadcastTo(reshape(x, [batch, channels, ...apart]), [batch, channels, ...stretched]);
  return reshape(wide, [batch, channels, ...sizes]);
}

/** Element i along `axis` is element floor(i / scale) of x. */
function nearestAlong<T extends Value>(x: T, axis: number, size: number, scale: number): T {
  const old = x.shape[axis];
  if (size === old && scale === 1) return x;
  const counted = x.derive(arangeNode(size, "f32"), [x]);
  const source = clamp(cast(mul(counted, 1 / scale), "i32"), { max: old - 1 });
  const shape = x.shape.map((count, other) => (other === axis ? size : count));
  const row = reshape(
    source,
    shape.map((count, other) => (other === axis ? count : 1)),
  );
  return gather(x, broadcastTo(row, shape), { axis });
}

/** How much of each old place is in each new one: [size, old], rows of sum 1. */
function placesAlong<T extends Value>(
  x: T,
  old: number,
  size: number,
  scale: number,
  alignCorners: boolean,
): T {
  const counted = (count: number) => x.derive(arangeNode(count, "f32"), [x]);
  const raw = alignCorners
    ? mul(counted(size), size > 1 ? (old - 1) / (size - 1) : 0)
    : sub(mul(add(counted(size), 0.5), 1 / scale), 0.5);
  const place = clamp(raw, { min: 0, max: old - 1 });
  const distance = abs(sub(reshape(place, [size, 1]), counted(old)));
  return relu(sub(1, distance));
}

function newSizes(x: Spec, { size, scaleFactor }: InterpolateOptions): number[] {
  const rank = x.shape.length - 2;
  if ((size === undefined) === (scaleFactor === undefined)) {
    throw new UsageError("interpolate: exactly one of size and scaleFactor must be given.");
  }
  const given = size ?? scaleFactor ?? [];
  const all = typeof given === "number" ? new Array<number>(rank).fill(given) : [...given];
  const sizes = size === undefined ? all.map((factor, axis) => Math.floor(x.shape[axis + 2] * factor)) : all;
  const what = size === undefined ? "scaleFactor" : "size";
  if (all.length !== rank || !sizes.every((value) => Number.isInteger(value) && value >= 1)) {
    throw new UsageError(
      `interpolate: ${what} is [${all.join(", ")}] for x ${printShape(x.shape)}; it must be one number, or one for ` +
        "each axis behind the channels, and make sizes of at least 1.",
    );
  }
  return sizes;
}

/** New sizes over old ones as places are computed with: what was asked for rather than what sizes came out. */
function factorsOf(x: Spec, { scaleFactor }: InterpolateOptions, sizes: Shape): number[] {
  return sizes.map((size, axis) => {
    if (scaleFactor === undefined) return size / x.shape[axis + 2];
    return typeof scaleFactor === "number" ? scaleFactor : scaleFactor[axis];
  });
}

function requireMode({ shape }: Spec, mode: string, alignCorners: boolean): void {
  if (mode !== "nearest" && mode !== "bilinear") {
    throw new UsageError(`interpolate: mode "${mode}"; it must be "nearest" or "bilinear".`);
  }
  if (alignCorners && mode === "nearest") {
    throw new UsageError('interpolate: alignCorners is set for mode "nearest"; it belongs to "bilinear".');
  }
  const isFitting = mode === "nearest" ? shape.length >= 3 : shape.length === 4;
  if (isFitting && shape.slice(2).every((size) => size > 0)) return;
  const axes = mode === "nearest" ? "[batch, channels, ...sizes]" : "[batch, channels, height, width]";
  throw new ShapeError(
    `interpolate: x is ${printShape(shape)}; for mode "${mode}" it must be ${axes}, with sizes of at least 1.`,
  );
}
