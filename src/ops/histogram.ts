// histogram: how many elements fall into each of some bins of equal width, or how much they weigh.

import { ShapeError, UsageError } from "../base/errors.ts";
import { requireWhole } from "../base/requireWhole.ts";
import type { Value } from "../graph/node.ts";
import { constantNode } from "../graph/source.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { elementCount, isSameShape, printShape } from "../tensor/shape.ts";
import { add } from "./add.ts";
import { arangeNode } from "./arange.ts";
import { cast } from "./cast.ts";
import { clamp } from "./clamp.ts";
import { detach } from "./detach.ts";
import { div } from "./div.ts";
import { equal } from "./equal.ts";
import { gatherGradient } from "./gather.ts";
import { greaterEqual } from "./greaterEqual.ts";
import { lessEqual } from "./lessEqual.ts";
import { max } from "./max.ts";
import { min } from "./min.ts";
import { mul } from "./mul.ts";
import { reshape } from "./reshape.ts";
import { searchSorted } from "./searchSorted.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";
import { where } from "./where.ts";

/** Where bins lie, and what is counted. */
export interface HistogramOptions<T extends Value> {
  /** Where the first bin begins and the last one ends. Default: the smallest and the largest element. */
  readonly range?: readonly [low: number, high: number];
  /** What each element counts: x's shape, f32 or f16. Default 1. */
  readonly weight?: T;
  /** Divide by the sum and by the width of a bin, so that the whole comes to 1. Default false. */
  readonly density?: boolean;
}

/** A histogram, and where its bins begin and end. */
export interface Histogram<T extends Value> {
  /** f32 [bins]. */
  readonly hist: T;
  /** f32 [bins + 1], rising. */
  readonly binEdges: T;
}

/**
 * How many elements of `x` fall into each of `bins` bins of equal width; the last one holds its end, too. x: f32 or f16, any
 * shape. What lies outside of the range, and NaN, counts nowhere; where all elements are equal the range is 1 wide around
 * them. Added up in a fixed order; no gradient. Throws ShapeError for a weight of another shape or where nothing says what
 * the range is, DtypeError for whole numbers, UsageError for bins or a range that do not fit. Source: torch.histogram.
 */
export function histogram<T extends Value>(
  x: T,
  bins: number,
  { range, weight, density = false }: HistogramOptions<T> = {},
): Histogram<T> {
  requireArguments(x, bins, range, weight);
  const count = elementCount(x.shape);
  const row = detach(reshape(cast(x, "f32"), [count]));
  const { low, high } = boundsOf(row, range);
  const binEdges = edgesBetween(low, high, bins);
  // The bin whose beginning is the last that does not lie above the element; what is at the very end goes into the last bin.
  const place = clamp(sub(searchSorted(binEdges, row, { right: true }), 1), { max: bins - 1 });
  const isInside = mul(greaterEqual(row, low), lessEqual(row, high));
  const bin = where(cast(isInside, "bool"), place, -1);
  const ones = x.derive(constantNode(1, "f32", [count]), [x]);
  const counted = weight === undefined ? ones : detach(reshape(cast(weight, "f32"), [count]));
  const hist = gatherGradient(counted, bin, { axis: 0, size: bins });
  if (!density) return { hist, binEdges };
  return { hist: div(div(hist, sum(hist)), div(sub(high, low), bins)), binEdges };
}

/** The scalars between which bins lie. */
function boundsOf<T extends Value>(
  row: T,
  range: readonly [number, number] | undefined,
): { low: T; high: T } {
  const given = (value: number) => row.derive(constantNode(value, "f32"), [row]);
  const [low, high] = range === undefined ? [min(row), max(row)] : range.map(given);
  const widen = where(equal(low, high), given(0.5), 0);
  return { low: sub(low, widen), high: add(high, widen) };
}

/** f32 [bins + 1]: evenly from `low` to `high`, each half counted from its own end, so that both are met. */
function edgesBetween<T extends Value>(low: T, high: T, bins: number): T {
  const at = low.derive(arangeNode(bins + 1, "f32"), [low]);
  const step = div(sub(high, low), bins);
  const isFirstHalf = lessEqual(at, Math.floor(bins / 2) - (bins % 2 === 0 ? 1 : 0));
  return where(isFirstHalf, add(low, mul(at, step)), sub(high, mul(sub(bins, at), step)));
}

function requireArguments(
  x: Value,
  bins: number,
  range: readonly [number, number] | undefined,
  weight: Value | undefined,
): void {
  requireFloating("histogram", "x", x);
  requireWhole("histogram: bins", bins, 1, 2 ** 24);
  if (range !== undefined && !(range.every(Number.isFinite) && range[0] <= range[1])) {
    throw new UsageError(
      `histogram: range is [${range.join(", ")}]; it must be two finite numbers, the lower one first.`,
    );
  }
  if (range === undefined && elementCount(x.shape) === 0) {
    throw new ShapeError(
      `histogram: x is ${printShape(x.shape)}, which has no elements; without any a range must be given.`,
    );
  }
  if (weight === undefined) return;
  requireFloating("histogram", "weight", weight);
  if (isSameShape(weight.shape, x.shape)) return;
  throw new ShapeError(
    `histogram: weight is ${printShape(weight.shape)} for x ${printShape(x.shape)}; it must be the same shape.`,
  );
}
