// interpolate: images and signals of another size, from the nearest neighbour or mixed from several.
//
// A whole factor repeats neighbours by a view. What is mixed is a product with a small matrix for each axis, whose rows say
// how much of each old place there is: it is computed from indices, and gradients come with the product.

import { ShapeError, UsageError } from "../base/errors.ts";
import { product } from "../base/integers.ts";
import type { Spec, Value } from "../graph/node.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { printShape, type Shape } from "../tensor/shape.ts";
import { add } from "./add.ts";
import { alongAxis } from "./alongAxis.ts";
import { arangeNode } from "./arange.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { cast } from "./cast.ts";
import { clamp } from "./clamp.ts";
import { gather } from "./gather.ts";
import { matmul } from "./matmul.ts";
import { mul } from "./mul.ts";
import { transpose } from "./permute.ts";
import { reshape } from "./reshape.ts";
import { type ResizedAxis, type ResizeFilter, resizeWeights } from "./resizeWeights.ts";

/** How new elements come from old ones. */
export type InterpolateMode =
  | "nearest"
  | "nearest-exact"
  | "linear"
  | "bilinear"
  | "trilinear"
  | "bicubic"
  | "area";

/** How sizes change. One number counts for all axes behind the channels. */
export interface InterpolateOptions {
  /** The new sizes. Either this or `scaleFactor`. */
  readonly size?: number | Shape;
  /** What sizes are multiplied by, rounded down. */
  readonly scaleFactor?: number | readonly number[];
  /**
   * "nearest" (default): the neighbour below; "nearest-exact": the nearest of them; "linear", "bilinear", "trilinear":
   * straight lines between neighbours, for one, two or three axes; "bicubic": cubic curves through four neighbours, for
   * images; "area": the mean of what a new element covers.
   */
  readonly mode?: InterpolateMode;
  /** For lines and curves: whether corner pixels keep their places, rather than the edges of the image. Default false. */
  readonly alignCorners?: boolean;
  /** Places are computed from the sizes that come out rather than from `scaleFactor`. Default false; "area" always does. */
  readonly recomputeScaleFactor?: boolean;
  /** For "bilinear" and "bicubic": smaller images are mixed from all that a new pixel covers, as Pillow does. Default false. */
  readonly antialias?: boolean;
}

/** What a mode needs: the axes of x, where they are not free, and how old places are mixed. */
interface ModeFacts {
  readonly rank?: number;
  readonly filter?: ResizeFilter;
  readonly wideFilter?: ResizeFilter;
}

const modes: Readonly<Record<InterpolateMode, ModeFacts>> = {
  nearest: {},
  "nearest-exact": {},
  linear: { rank: 3, filter: "line" },
  bilinear: { rank: 4, filter: "line", wideFilter: "wideLine" },
  trilinear: { rank: 5, filter: "line" },
  bicubic: { rank: 4, filter: "cubic", wideFilter: "wideCubic" },
  area: { filter: "area" },
};

/**
 * x resized behind its channels. x: [batch, channels, ...sizes], f32 or f16; y: the same but for the sizes. Modes that mix
 * multiply with zeros, too: along the axes, one NaN or infinity makes NaN of all. Throws ShapeError, DtypeError or UsageError
 * where options do not fit. Source: torch.nn.functional.interpolate.
 */
export function interpolate<T extends Value>(x: T, options: InterpolateOptions): T {
  const { mode = "nearest", alignCorners = false, antialias = false } = options;
  requireFloating("interpolate", "x", x);
  requireMode(x, mode, options);
  const sizes = newSizes(x, options);
  const scales = factorsOf(x, options, sizes);
  const { filter, wideFilter } = modes[mode];
  if (filter === undefined) return nearest(x, sizes, scales, mode === "nearest-exact" ? 0.5 : 0);
  const axes = sizes.map((size, axis) =>
    resizedAxis(x.shape[axis + 2], size, scales[axis], alignCorners, antialias),
  );
  // What makes x smaller comes first: the rest then has less to do.
  const order = [...axes.keys()].sort((a, b) => sizes[a] / axes[a].old - sizes[b] / axes[b].old);
  const used = (antialias && wideFilter) || filter;
  return cast(
    order.reduce((y, axis) => mixedAlong(y, axis + 2, axes[axis], used), x),
    x.dtype,
  );
}

function resizedAxis(
  old: number,
  size: number,
  scale: number,
  alignCorners: boolean,
  antialias: boolean,
): ResizedAxis {
  // Pillow's filters count from the edges also where corners are aligned, and PyTorch's with them.
  const origin = alignCorners && !antialias ? 0 : 0.5;
  if (alignCorners) return { old, size, origin, step: size > 1 ? old - 1 : 0, unit: Math.max(1, size - 1) };
  return scale === size / old
    ? { old, size, origin, step: old, unit: size }
    : { old, size, origin, step: 1, unit: scale };
}

/** `x` with new places along `axis`, mixed from old ones. */
function mixedAlong<T extends Value>(x: T, axis: number, resized: ResizedAxis, filter: ResizeFilter): T {
  const { old, size, step, unit } = resized;
  const shape = x.shape.map((count, other) => (other === axis ? size : count));
  if (old === 1) return broadcastTo(x, shape);
  if (old === size && step === unit) return x;
  const weights = resizeWeights(x, resized, filter);
  const [outer, inner] = [product(shape.slice(0, axis)), product(shape.slice(axis + 1))];
  const y =
    inner === 1
      ? matmul(reshape(x, [outer, old]), transpose(weights))
      : matmul(weights, reshape(x, [outer, old, inner]));
  return reshape(y, shape);
}

/** Elements of x, none of them mixed: `offset` is where in itself a new place looks for its old one. */
function nearest<T extends Value>(x: T, sizes: Shape, scales: readonly number[], offset: number): T {
  const isRepeated = sizes.every(
    (size, axis) => size % x.shape[axis + 2] === 0 && scales[axis] === size / x.shape[axis + 2],
  );
  if (isRepeated) return repeated(x, sizes);
  return sizes.reduce((y, size, axis) => nearestAlong(y, axis + 2, size, scales[axis], offset), x);
}

/** Each element as often as its axis grows. */
function repeated<T extends Value>(x: T, sizes: Shape): T {
  const [batch, channels, ...old] = x.shape;
  const apart = old.flatMap((size) => [size, 1]);
  const stretched = old.flatMap((size, axis) => [size, sizes[axis] / size]);
  const wide = broadcastTo(reshape(x, [batch, channels, ...apart]), [batch, channels, ...stretched]);
  return reshape(wide, [batch, channels, ...sizes]);
}

/** Element i along `axis` is element floor((i + offset) / scale) of x. */
function nearestAlong<T extends Value>(x: T, axis: number, size: number, scale: number, offset: number): T {
  const old = x.shape[axis];
  if (size === old && scale === 1) return x;
  const counted = add(x.derive(arangeNode(size, "f32"), [x]), offset);
  const source = clamp(cast(mul(counted, 1 / scale), "i32"), { max: old - 1 });
  return gather(x, alongAxis(source, axis, x.shape), { axis });
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

/** New sizes over old ones as places are computed with: what was asked for, unless it is what sizes came out. */
function factorsOf(x: Spec, options: InterpolateOptions, sizes: Shape): number[] {
  const { scaleFactor, recomputeScaleFactor = false, mode } = options;
  const asked = typeof scaleFactor === "number" ? sizes.map(() => scaleFactor) : scaleFactor;
  return asked === undefined || recomputeScaleFactor || mode === "area"
    ? sizes.map((size, axis) => size / x.shape[axis + 2])
    : [...asked];
}

const axisNames = ["length", "height, width", "depth, height, width"];

function requireMode({ shape }: Spec, mode: InterpolateMode, options: InterpolateOptions): void {
  const named = (fits: (facts: ModeFacts) => boolean, last: string) => {
    const names = Object.entries(modes).flatMap(([name, facts]) => (fits(facts) ? [`"${name}"`] : []));
    return `${names.slice(0, -1).join(", ")} ${last} ${names.at(-1)}`;
  };
  if (!Object.hasOwn(modes, mode)) {
    throw new UsageError(`interpolate: mode "${mode}"; it must be ${named(() => true, "or")}.`);
  }
  const { rank, wideFilter } = modes[mode];
  if (options.alignCorners && rank === undefined) {
    const allowed = named((facts) => facts.rank !== undefined, "and");
    throw new UsageError(`interpolate: alignCorners is set for mode "${mode}"; it belongs to ${allowed}.`);
  }
  if (options.antialias && wideFilter === undefined) {
    const allowed = named((facts) => facts.wideFilter !== undefined, "and");
    throw new UsageError(`interpolate: antialias is set for mode "${mode}"; it belongs to ${allowed}.`);
  }
  if (options.recomputeScaleFactor && options.size !== undefined) {
    throw new UsageError("interpolate: recomputeScaleFactor is set beside size; it belongs to scaleFactor.");
  }
  const isFitting = rank === undefined ? shape.length >= 3 : shape.length === rank;
  if (isFitting && shape.slice(2).every((size) => size > 0)) return;
  const axes = rank === undefined ? "...sizes" : axisNames[rank - 3];
  throw new ShapeError(
    `interpolate: x is ${printShape(shape)}; for mode "${mode}" it must be [batch, channels, ${axes}], with sizes of at least 1.`,
  );
}
