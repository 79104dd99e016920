// The cross-entropy of a linear head in chunks: how large they are, and what is computed for each.
//
// Decides: whether the logits of all rows and classes stand in memory at once, and else which part of them does.
// Forward, each chunk of logits is folded into a state of three numbers a row (see crossEntropyState) and forgotten.
// Backward, it is computed again, transposed, and becomes the slope of the loss in the very dispatch that computes it;
// both gradients read it. Classes are cut first: then each row of the weight's gradient is written once, to its place,
// and only the gradient of x, which is small, is added up over chunks; rows are cut where there are very many of them.
//
// Invariant: nodes are made chunk by chunk, since dispatches run in the order of their making; so one chunk of logits
// is alive at a time. Forward and backward chunks differ (one is the other's transpose), or they would be one value
// that lives from the first to the last. Both gradients come from one node for the same reason: the chunks of one
// would else all come before those of the other.

import { ceilDiv, roundUp } from "../base/integers.ts";
import type { Node } from "../graph/node.ts";
import type { ElementwiseRecord } from "../graph/op.ts";
import { constantNode } from "../graph/source.ts";
import type { DeviceProfile } from "../kernels/kernel.ts";
import type { Shape } from "../tensor/shape.ts";
import { add } from "./add.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { cast } from "./cast.ts";
import { concat } from "./concat.ts";
import { crossEntropyState } from "./crossEntropyState.ts";
import { makeNode } from "./define.ts";
import { log } from "./log.ts";
import { matmul } from "./matmul.ts";
import { notEqual } from "./notEqual.ts";
import { transpose } from "./permute.ts";
import { reshape } from "./reshape.ts";
import { slice } from "./slice.ts";
import { unsqueeze } from "./squeeze.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";
import { where } from "./where.ts";

/** x: [rows, dim], weight: [classes, dim], labels and dy: [rows]. */
export interface HeadSizes {
  readonly rows: number;
  readonly classes: number;
  readonly dim: number;
}

/** How much of the logits is computed at a time. */
export interface HeadChunk {
  readonly rows: number;
  readonly classes: number;
}

/** What the head is told. `chunk` undefined: the device decides. */
export interface HeadAttrs {
  readonly ignoreIndex: number;
  readonly chunk: HeadChunk | undefined;
}

const MIB = 2 ** 20;
/** Up to so many bytes of logits are kept: computing them again costs a third of the head's backward pass. */
const KEPT_BYTES = 64 * MIB;
/** A chunk of this size is work enough for any GPU, and small beside the weight of a large vocabulary. */
const CHUNK_BYTES = 32 * MIB;
/** Fewer classes than this in a chunk make narrow products: then rows are cut as well. */
const FEWEST_CLASSES = 1024;
/** Sums of so many products are waited for at the most before they are added up. */
const MOST_PENDING = 7;

/** The chunks in which to compute, or undefined where all fits at once. Follows from sizes and limits alone. */
export function headChunk(
  { rows, classes, dim }: HeadSizes,
  chunk: HeadChunk | undefined,
  { maxBindingBytes }: DeviceProfile,
): HeadChunk | undefined {
  if (rows === 0) return undefined;
  if (chunk !== undefined) {
    return { rows: Math.min(rows, chunk.rows), classes: Math.min(classes, chunk.classes) };
  }
  const isBound = 4 * dim * Math.max(rows, classes) <= maxBindingBytes;
  if (isBound && 4 * rows * classes <= Math.min(KEPT_BYTES, maxBindingBytes)) return undefined;
  const elements = Math.min(CHUNK_BYTES, maxBindingBytes / 4) / 4;
  const inBinding = Math.max(1, Math.floor(maxBindingBytes / 4 / Math.max(1, dim)));
  const fewest = Math.min(classes, FEWEST_CLASSES);
  const rowsAtOnce = evenly(rows, Math.min(inBinding, Math.floor(elements / fewest)), 4);
  const classesAtOnce = evenly(classes, Math.min(inBinding, Math.floor(elements / rowsAtOnce)), 64);
  return { rows: rowsAtOnce, classes: classesAtOnce };
}

/** `total` cut into as few parts of at most `most` as there can be, nearly equal, of a multiple of `step` if possible. */
function evenly(total: number, most: number, step: number): number {
  const limit = Math.max(1, most >= step ? Math.floor(most / step) * step : most);
  if (total <= limit) return total;
  return Math.min(limit, roundUp(ceilDiv(total, ceilDiv(total, limit)), step));
}

/** A range of rows or of classes. */
interface Range {
  readonly start: number;
  readonly end: number;
}

function cut(total: number, size: number): Range[] {
  return Array.from({ length: ceilDiv(total, size) }, (_, index) => ({
    start: index * size,
    end: Math.min(total, (index + 1) * size),
  }));
}

/** What a head's expansion works on. */
export interface Head {
  readonly x: Node;
  readonly weight: Node;
  readonly labels: Node;
  readonly ignoreIndex: number;
}

/** The losses of all rows, [rows]. */
export function chunkedLosses(head: Head, chunk: HeadChunk): Node {
  const { labels, ignoreIndex } = head;
  const losses = cut(head.x.shape[0], chunk.rows).map((rows) => {
    const { largest, total, wanted } = stateOf(head, rows, chunk);
    // The difference first: it is exact where both are large.
    const loss = add(sub(largest, wanted), log(total));
    return where(notEqual(part(labels, rows), ignoreIndex), loss, 0);
  });
  return concat(losses);
}

/** dL/dweight, and below it dL/dx: f32 [classes + rows, dim]. */
export function chunkedGradients(head: Head, dy: Node, chunk: HeadChunk): Node {
  const { x, weight, labels, ignoreIndex } = head;
  const rowRanges = cut(x.shape[0], chunk.rows);
  const rowParts = rowRanges.map((rows) => ({
    x: part(x, rows),
    labels: part(labels, rows),
    dy: cast(part(dy, rows), "f32"),
    state: stateOf(head, rows, chunk),
    dx: new Accumulator(),
  }));
  const dw = cut(weight.shape[0], chunk.classes).map((classes) => {
    const w = part(weight, classes);
    const total = new Accumulator();
    for (const { x: rows, labels: rowLabels, dy: rowDy, state, dx } of rowParts) {
      const logits = cast(matmul(w, transpose(rows)), "f32");
      const slope = slopeOf(logits, state, rowLabels, rowDy, [classes.start, ignoreIndex]);
      dx.add(matmul(transpose(slope), w));
      total.add(matmul(slope, rows));
    }
    return total.result();
  });
  return concat([...dw, ...rowParts.map(({ dx }) => dx.result())]);
}

/** What is known of rows after all their logits have been seen: each [rows]. */
interface RowState {
  readonly largest: Node;
  readonly total: Node;
  readonly wanted: Node;
}

function stateOf({ x, weight, labels, ignoreIndex }: Head, rows: Range, chunk: HeadChunk): RowState {
  const count = rows.end - rows.start;
  const allClasses = weight.shape[0];
  let state = constantNode(0, "f32", [3, count]);
  for (const classes of cut(allClasses, chunk.classes)) {
    const logits = matmul(part(x, rows), transpose(part(weight, classes)));
    const options = { start: classes.start, allClasses, ignoreIndex };
    state = crossEntropyState(cast(logits, "f32"), part(labels, rows), state, options);
  }
  const row = (index: number) => reshape(slice(state, { starts: [index], ends: [index + 1] }), [count]);
  return { largest: row(0), total: row(1), wanted: row(2) };
}

function part(value: Node, { start, end }: Range): Node {
  return start === 0 && end === value.shape[0] ? value : slice(value, { starts: [start], ends: [end] });
}

/** A sum of many products, of which few wait to be added up at a time. */
class Accumulator {
  private pending: Node[] = [];

  add(term: Node): void {
    const most = Math.floor(CHUNK_BYTES / (4 * Math.max(1, term.shape[0] * term.shape[1])));
    this.pending.push(term);
    if (this.pending.length > Math.max(1, Math.min(MOST_PENDING, most))) this.pending = [this.result()];
  }

  /** The terms stand side by side in one buffer, into which their products are written. */
  result(): Node {
    const { pending } = this;
    if (pending.length === 1) return pending[0];
    return sum(concat(pending.map((term) => unsqueeze(term, 0))), { axis: 0 });
  }
}

/** dL/dlogits of a transposed chunk [classes, rows]. */
function slopeOf(
  logits: Node,
  { largest, total }: RowState,
  labels: Node,
  dy: Node,
  labelNumbers: readonly [start: number, ignoreIndex: number],
): Node {
  const { shape } = logits;
  const everywhere = (row: Node) => broadcastTo(row, shape);
  const rows = constantNode(shape[1], "u32", shape);
  const numbers = labelNumbers.map((value) => constantNode(value, "i32", shape));
  const perRow = [largest, total, dy, labels].map(everywhere);
  return makeNode(slopeRecord, [logits, ...perRow, rows, ...numbers], undefined);
}

/**
 * (e^(logit - largest) / total - [class is label]) * dy, where the class is `first` plus the index along the first axis;
 * 0 where the label is to be ignored. Numbers of a size are inputs, so that they travel as data and another size
 * compiles nothing.
 */
const slopeRecord: ElementwiseRecord<undefined> = {
  kind: "elementwise",
  name: "crossEntropySlope",
  usesIndex: true,
  output: ([logits]): { shape: Shape; dtype: "f32" } => ({ shape: logits.shape, dtype: "f32" }),
  operands: () => ["f32", "f32", "f32", "f32", "i32", "u32", "i32", "i32"],
  reference([logit, largest, total, dy, label, rows, first, ignored], _attrs, index) {
    const scale = label === ignored ? 0 : dy;
    const isLabel = Math.floor(index / rows) + first === label;
    return Math.exp(logit - largest) * (scale / total) - (isLabel ? scale : 0);
  },
  wgsl([logit, largest, total, dy, label, rows, first, ignored], { f32, i32, index }) {
    const scale = `select(${dy}, ${f32}(0.0), ${label} == ${ignored})`;
    const isLabel = `${i32}(${index} / ${rows}) + ${first} == ${label}`;
    return `exp(${logit} - ${largest}) * (${scale} / ${total}) - select(${f32}(0.0), ${scale}, ${isLabel})`;
  },
  flops: 8,
};
