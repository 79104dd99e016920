// embeddingBag: the rows of a table that the tokens of each bag name, added up, averaged, or the largest of them.
//
// Decides: how bags that stand one behind the other are told apart. Each token learns its bag from the offsets; sums are
// those by which an embedding's gradient adds up rows, in order and without atomics. The largest is found by comparing each
// row with the one 1, 2, 4, … tokens before it while that is of the same bag, and only then picked, so that its gradient
// goes to one token.

import { ShapeError, UsageError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { constantNode } from "../graph/source.ts";
import { type Dtype, requireDtype, requireFloating } from "../tensor/dtype.ts";
import { isSameShape, printShape, requireRank, type Shape } from "../tensor/shape.ts";
import { arangeNode } from "./arange.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { cast } from "./cast.ts";
import { clamp } from "./clamp.ts";
import { concat } from "./concat.ts";
import { div } from "./div.ts";
import { embedding, embeddingGradient, requirePadding } from "./embedding.ts";
import { gather } from "./gather.ts";
import { greater } from "./greater.ts";
import { greaterEqual } from "./greaterEqual.ts";
import { indexSelect } from "./indexSelect.ts";
import { isNaN as isNoNumber } from "./isNaN.ts";
import { logicalAnd } from "./logicalAnd.ts";
import { logicalNot } from "./logicalNot.ts";
import { logicalOr } from "./logicalOr.ts";
import { maximum } from "./maximum.ts";
import { maxWithIndices } from "./maxWithIndices.ts";
import { mul } from "./mul.ts";
import { narrow } from "./narrow.ts";
import { notEqual } from "./notEqual.ts";
import { pad } from "./pad.ts";
import { searchSorted } from "./searchSorted.ts";
import { unsqueeze } from "./squeeze.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";
import { where } from "./where.ts";

/** What becomes of the rows of a bag. */
export type EmbeddingBagMode = "sum" | "mean" | "max";

/** How `embeddingBag` is computed. */
export interface EmbeddingBagOptions<T extends Value = Value> {
  /** Default "mean". */
  readonly mode?: EmbeddingBagMode;
  /** i32 or u32 [bags], for an index of one axis alone: where each bag begins. Rising, and the first is 0. */
  readonly offsets?: T;
  /** Whether `offsets` ends with one more entry, the number of tokens. Default false. */
  readonly includeLastOffset?: boolean;
  /** f32 or f16, the index's shape: what each row is multiplied by. For "sum" alone. */
  readonly perSampleWeights?: T;
  /** A row that no bag counts and that gets no gradient. Negative counts from the end. Default: none. */
  readonly paddingIndex?: number;
}

/** Bags of tokens, and how rows, one for each token, are reduced to one for each bag. */
interface Bags<T> {
  readonly count: number;
  /** [..., dim] to [bags, dim]. */
  total(rows: T): T;
  /** The same; what it is for a bag without tokens does not matter. */
  largest(rows: T): T;
  /** bool, the index's shape: whether the token is of a bag; undefined where all are. */
  readonly isInside: T | undefined;
}

/**
 * The rows of `weight` that the tokens of each bag name: added up, averaged (default), or the largest of each column. index:
 * i32 or u32, [bags, tokens], or [tokens] with `offsets`; weight: [rows, dim], f32 or f16; y: [bags, dim]. A bag without
 * tokens, or of padding alone, gives 0. A token that names no row gives NaN, and so does NaN anywhere in a bag: also for "max",
 * where PyTorch sees NaN only in a bag's first row. Of equal elements the first gets the gradient of "max". Throws
 * ShapeError, DtypeError or UsageError where inputs or options do not fit; the order of offsets is not checked.
 * Source: torch.nn.functional.embedding_bag.
 */
export function embeddingBag<T extends Value>(
  index: T,
  weight: T,
  {
    mode = "mean",
    offsets,
    includeLastOffset = false,
    perSampleWeights,
    paddingIndex,
  }: EmbeddingBagOptions<T> = {},
): T {
  requireTable(index, weight);
  requireMode("embeddingBag", mode);
  if (perSampleWeights !== undefined) requireFactors(perSampleWeights, mode, index, weight);
  const padding = requirePadding("embeddingBag", paddingIndex, weight.shape[0]);
  const bags = bagsOf(index, offsets, includeLastOffset);
  const isToken = padding < 0 ? undefined : notEqual(index, padding);
  const isCounted =
    isToken && bags.isInside ? logicalAnd(isToken, bags.isInside) : (isToken ?? bags.isInside);
  const column = (x: T) => unsqueeze(x, -1);
  const counted = (x: T, other: number) => (isCounted === undefined ? x : where(column(isCounted), x, other));
  // How many tokens of each bag count.
  const count = () => bags.total(column(ones(index, isCounted)));
  const rows = embedding(index, weight, { paddingIndex });
  if (mode === "max" && index.shape.every((size) => size > 0)) {
    const largest = bags.largest(counted(rows, Number.NEGATIVE_INFINITY));
    return isCounted === undefined ? largest : where(greater(count(), 0), largest, 0);
  }
  const weighed = perSampleWeights === undefined ? rows : mul(rows, column(perSampleWeights));
  const total = bags.total(counted(cast(weighed, "f32"), 0));
  return cast(mode === "mean" ? div(total, maximum(count(), 1)) : total, weight.dtype);
}

/** f32, the index's shape: 1 for each token that counts. */
function ones<T extends Value>(index: T, isCounted: T | undefined): T {
  return isCounted === undefined ? constant(index, 1, "f32", index.shape) : cast(isCounted, "f32");
}

function constant<T extends Value>(like: T, value: number, dtype: Dtype, shape: Shape): T {
  return like.derive(constantNode(value, dtype, shape), [like]);
}

function requireTable(index: Value, weight: Value): void {
  requireDtype("embeddingBag", "index", index, ["i32", "u32"]);
  requireFloating("embeddingBag", "weight", weight);
  requireRank("embeddingBag", "weight", weight.shape, 2, "[rows, dim]");
  if (index.shape.length === 1 || index.shape.length === 2) return;
  throw new ShapeError(
    `embeddingBag: index is ${printShape(index.shape)}; it must be [bags, tokens], or [tokens] with offsets.`,
  );
}

/** Throws UsageError unless `mode` is one. */
export function requireMode(op: string, mode: string): void {
  if (["sum", "mean", "max"].includes(mode)) return;
  throw new UsageError(`${op}: mode is "${mode}"; it must be "sum", "mean" or "max".`);
}

function requireFactors(factors: Value, mode: string, index: Value, weight: Value): void {
  if (mode !== "sum") {
    throw new UsageError(`embeddingBag: perSampleWeights with mode "${mode}"; they are for "sum" alone.`);
  }
  requireDtype("embeddingBag", "perSampleWeights", factors, [weight.dtype]);
  if (isSameShape(factors.shape, index.shape)) return;
  throw new ShapeError(
    `embeddingBag: perSampleWeights is ${printShape(factors.shape)} for an index of ${printShape(index.shape)}; the shapes must be equal.`,
  );
}

function bagsOf<T extends Value>(index: T, offsets: T | undefined, includeLast: boolean): Bags<T> {
  if (index.shape.length === 2) return bagsInRows(index, offsets);
  if (offsets === undefined) {
    throw new UsageError(
      `embeddingBag: index is ${printShape(index.shape)}, without offsets; bags in one row need them, else index must be [bags, tokens].`,
    );
  }
  requireDtype("embeddingBag", "offsets", offsets, ["i32", "u32"]);
  requireRank("embeddingBag", "offsets", offsets.shape, 1, "[bags]");
  const count = offsets.shape[0] - (includeLast ? 1 : 0);
  if (count < 0) {
    throw new ShapeError(
      "embeddingBag: offsets are [0] with includeLastOffset; there must be one at least, the number of tokens.",
    );
  }
  return bagsBehind(index, narrow(cast(offsets, "i32"), 0, 0, count));
}

function bagsInRows<T extends Value>(index: T, offsets: T | undefined): Bags<T> {
  if (offsets !== undefined) {
    throw new UsageError(
      `embeddingBag: index is ${printShape(index.shape)}, with offsets; they are for an index of one axis.`,
    );
  }
  return {
    count: index.shape[0],
    total: (rows) => sum(rows, { axis: 1 }),
    largest: (rows) => maxWithIndices(rows, { axis: 1 }).values,
    isInside: undefined,
  };
}

/** Bags that stand one behind the other and begin at `starts`, i32. */
function bagsBehind<T extends Value>(index: T, starts: T): Bags<T> {
  const [tokens] = index.shape;
  const [count] = starts.shape;
  const places = index.derive(arangeNode(tokens, "i32"), [index]);
  const bag = sub(searchSorted(starts, places, { right: true }), 1);
  return {
    count,
    total: (rows) => embeddingGradient(rows, bag, count),
    largest(rows) {
      const ends = concat([narrow(starts, 0, 1, count - 1), constant(starts, tokens, "i32", [1])]);
      const last = clamp(sub(ends, 1), { min: 0, max: tokens - 1 });
      return gather(rows, indexSelect(placesOfLargest(rows, bag), 0, last), { axis: 0 });
    },
    isInside: greaterEqual(bag, 0),
  };
}

/** For each of `rows` [tokens, dim] where the largest of its bag up to there stands, i32: the first of equal ones. */
function placesOfLargest<T extends Value>(rows: T, bag: T): T {
  const [tokens, dim] = rows.shape;
  let value = rows;
  const places = rows.derive(arangeNode(tokens, "i32"), [rows]);
  let place = broadcastTo(unsqueeze(places, 1), [tokens, dim]);
  for (let step = 1; step < tokens; step *= 2) {
    const before = (x: T, outside: number) =>
      pad(narrow(x, 0, 0, tokens - step), [...(x.shape.length === 1 ? [] : [0, 0]), step, 0], {
        value: outside,
      });
    const earlier = before(value, 0);
    const isAbove = logicalOr(
      greater(value, earlier),
      logicalAnd(isNoNumber(value), logicalNot(isNoNumber(earlier))),
    );
    const isOther = unsqueeze(notEqual(bag, before(bag, -2)), 1);
    const keeps = logicalOr(isAbove, isOther);
    value = where(keeps, value, earlier);
    place = where(keeps, place, before(place, 0));
  }
  return place;
}
