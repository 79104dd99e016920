// linearCrossEntropy: the cross-entropy of a linear head x Wᵀ, without the logits where they are many.
//
// The records here have no kernel: each is expanded, into a product and a cross-entropy where their logits are few
// enough to keep, else into chunks (linearCrossEntropyChunks.ts).

import { InternalError, ShapeError, UsageError } from "../base/errors.ts";
import type { Node, Spec, Value } from "../graph/node.ts";
import { IGNORED_LABEL } from "../kernels/crossEntropy.ts";
import type { DeviceProfile, Dispatch } from "../kernels/kernel.ts";
import { requireDtype, requireFloating } from "../tensor/dtype.ts";
import { type HostArray, hostZeros } from "../tensor/hostArray.ts";
import { elementCount, isSameShape, printShape, requireRank } from "../tensor/shape.ts";
import { cast } from "./cast.ts";
import { crossEntropy, crossEntropyGradient, reduceCounted, requireTarget } from "./crossEntropy.ts";
import { apply, defineKernel, type KernelOp, makeNode, type Rewrite } from "./define.ts";
import {
  chunkedGradients,
  chunkedLosses,
  type HeadAttrs,
  type HeadChunk,
  headChunk,
} from "./linearCrossEntropyChunks.ts";
import { matmul } from "./matmul.ts";
import { transpose } from "./permute.ts";
import type { Reduction } from "./reduceLosses.ts";
import { reshape } from "./reshape.ts";
import { slice } from "./slice.ts";

/** How `linearCrossEntropy` is computed. */
export interface LinearCrossEntropyOptions {
  /** "mean" (default) over what counts, "sum", or "none". */
  readonly reduction?: Reduction;
  /** The label of what does not count: no loss, no gradient, no part in the mean. Default -100. */
  readonly ignoreIndex?: number;
  /** How many rows and classes of logits are computed at a time. Default: as suits the device. */
  readonly chunk?: HeadChunk;
}

type Expand = Rewrite<HeadAttrs> & { readonly device: DeviceProfile };

function neverLaunched(): Dispatch {
  throw new InternalError("a linear head's cross-entropy was not expanded");
}

function headOf({ inputs: [x, weight, labels], attrs: { ignoreIndex } }: Rewrite<HeadAttrs>) {
  return { x, weight, labels, ignoreIndex };
}

/** The chunks for these inputs, if any. */
function chunkFor({ inputs: [x, weight], attrs, device }: Expand): HeadChunk | undefined {
  const sizes = { rows: x.shape[0], classes: weight.shape[0], dim: x.shape[1] };
  return headChunk(sizes, attrs.chunk, device);
}

/** x: [rows, dim], weight: [classes, dim], labels: [rows]; losses: [rows]. */
const record: KernelOp<HeadAttrs> = defineKernel<HeadAttrs>({
  name: "linearCrossEntropy",
  output: ([x]) => ({ shape: [x.shape[0]], dtype: "f32" }),
  reference([x, weight, labels], { ignoreIndex }) {
    const losses = hostZeros([x.shape[0]]);
    forEachRow(x, weight, labels, ignoreIndex, (row, label, logProbabilities) => {
      losses.data[row] = -(logProbabilities[label] ?? Number.NaN);
    });
    return losses;
  },
  gradient: ({ dy, inputs: [x, weight, labels], attrs }) => [
    makeNode(inputGradientRecord, [x, weight, labels, dy], attrs),
    makeNode(weightGradientRecord, [x, weight, labels, dy], attrs),
  ],
  dispatch: neverLaunched,
  expand(context) {
    const chunk = chunkFor(context);
    if (chunk !== undefined) return chunkedLosses(headOf(context), chunk);
    const {
      inputs: [x, weight, labels],
      attrs: { ignoreIndex },
    } = context;
    return crossEntropy(plainLogits(x, weight), labels, { reduction: "none", ignoreIndex });
  },
});

const inputGradientRecord: KernelOp<HeadAttrs> = defineKernel<HeadAttrs>({
  name: "linearCrossEntropyInputGradient",
  output: ([x]) => x,
  reference([x, weight, labels, dy], { ignoreIndex }) {
    const dx = hostZeros(x.shape);
    const dim = x.shape[1];
    forEachSlope(x, weight, labels, dy, ignoreIndex, (row, index, slope) => {
      for (let i = 0; i < dim; i++) dx.data[row * dim + i] += slope * weight.data[index * dim + i];
    });
    return dx;
  },
  compose: ({ inputs: [x, weight, labels, dy], attrs }) =>
    cast(matmul(plainSlopes(x, weight, labels, dy, attrs), weight), x.dtype),
  dispatch: neverLaunched,
  expand(context) {
    const {
      node,
      inputs: [x, weight],
    } = context;
    if (chunkFor(context) === undefined) return composed(context);
    const packed = makeNode(packedRecord, node.inputs, node.attrs as HeadAttrs);
    return cast(slice(packed, { starts: [weight.shape[0]] }), x.dtype);
  },
});

const weightGradientRecord: KernelOp<HeadAttrs> = defineKernel<HeadAttrs>({
  name: "linearCrossEntropyWeightGradient",
  output: ([, weight]) => weight,
  reference([x, weight, labels, dy], { ignoreIndex }) {
    const dw = hostZeros(weight.shape);
    const dim = x.shape[1];
    forEachSlope(x, weight, labels, dy, ignoreIndex, (row, index, slope) => {
      for (let i = 0; i < dim; i++) dw.data[index * dim + i] += slope * x.data[row * dim + i];
    });
    return dw;
  },
  compose: ({ inputs: [x, weight, labels, dy], attrs }) =>
    cast(matmul(transpose(plainSlopes(x, weight, labels, dy, attrs)), x), weight.dtype),
  dispatch: neverLaunched,
  expand(context) {
    const {
      node,
      inputs: [, weight],
    } = context;
    if (chunkFor(context) === undefined) return composed(context);
    const packed = makeNode(packedRecord, node.inputs, node.attrs as HeadAttrs);
    return cast(slice(packed, { ends: [weight.shape[0]] }), weight.dtype);
  },
});

/** Both gradients, that of the weight first: [classes + rows, dim]. Made where there are chunks, which they share. */
const packedRecord: KernelOp<HeadAttrs> = defineKernel<HeadAttrs>({
  name: "linearCrossEntropyGradients",
  output: ([x, weight]) => ({ shape: [weight.shape[0] + x.shape[0], x.shape[1]], dtype: "f32" }),
  reference(inputs, attrs) {
    const dw = weightGradientRecord.reference(inputs, attrs);
    const dx = inputGradientRecord.reference(inputs, attrs);
    const packed = hostZeros([dw.shape[0] + dx.shape[0], dx.shape[1]]);
    packed.data.set(dw.data);
    packed.data.set(dx.data, dw.data.length);
    return packed;
  },
  dispatch: neverLaunched,
  expand(context) {
    const chunk = chunkFor(context);
    if (chunk === undefined) throw new InternalError("packed gradients of a head without chunks");
    return chunkedGradients(headOf(context), context.inputs[3], chunk);
  },
});

function composed(context: Expand): Node | undefined {
  const { op } = context.node;
  return op.kind === "kernel" ? op.compose?.(context) : undefined;
}

function plainLogits(x: Node, weight: Node): Node {
  return cast(matmul(x, transpose(weight)), "f32");
}

/** dL/dlogits, all of them. */
function plainSlopes(x: Node, weight: Node, labels: Node, dy: Node, { ignoreIndex }: HeadAttrs): Node {
  return crossEntropyGradient(plainLogits(x, weight), labels, dy, { ignoreIndex });
}

/** Calls `visit` with the log-probabilities of each row that counts. */
function forEachRow(
  x: HostArray,
  weight: HostArray,
  labels: HostArray,
  ignoreIndex: number,
  visit: (row: number, label: number, logProbabilities: Float64Array) => void,
): void {
  const [rows, dim] = x.shape;
  for (let row = 0; row < rows; row++) {
    const label = labels.data[row];
    if (label === ignoreIndex) continue;
    const logits = Float64Array.from({ length: weight.shape[0] }, (_, index) => {
      let total = 0;
      for (let i = 0; i < dim; i++) total += x.data[row * dim + i] * weight.data[index * dim + i];
      return total;
    });
    const largest = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const total = logits.reduce((sum, value) => sum + Math.exp(value - largest), 0);
    const logProbabilities = logits.map((value) => value - largest - Math.log(total));
    visit(row, label, logProbabilities);
  }
}

/** Calls `visit` with dL/dlogit of each row that counts and each class. */
function forEachSlope(
  x: HostArray,
  weight: HostArray,
  labels: HostArray,
  dy: HostArray,
  ignoreIndex: number,
  visit: (row: number, index: number, slope: number) => void,
): void {
  forEachRow(x, weight, labels, ignoreIndex, (row, label, logProbabilities) => {
    const isClass = label >= 0 && label < logProbabilities.length;
    logProbabilities.forEach((logProbability, index) => {
      const target = isClass ? Number(index === label) : Number.NaN;
      visit(row, index, (Math.exp(logProbability) - target) * dy.data[row]);
    });
  });
}

/**
 * `crossEntropy(matmul(x, transpose(weight)), labels)`, of which only a part of the logits is in memory at a time where
 * they are many, in both directions. x: [..., dim], weight: [classes, dim], f32 or f16; labels: i32 or u32 [...]; losses
 * are f32. A label that is no class and not `ignoreIndex` makes its loss NaN. Throws ShapeError, DtypeError or
 * UsageError. Source: torch.nn.functional.linear and cross_entropy; Wijmans et al., "Cut Your Losses in Large-Vocabulary
 * Language Models" (2024), for what need not be kept.
 */
export function linearCrossEntropy<T extends Value>(
  x: T,
  weight: T,
  labels: T,
  { reduction = "mean", ignoreIndex = IGNORED_LABEL, chunk }: LinearCrossEntropyOptions = {},
): T {
  requireHead(x, weight, labels);
  requireTarget("linearCrossEntropy", { ignoreIndex, labelSmoothing: 0 });
  requireChunk(chunk);
  const rows = elementCount(labels.shape);
  const flat = [reshape(x, [rows, weight.shape[1]]), weight, reshape(labels, [rows])];
  const losses = apply(record, flat, { ignoreIndex, chunk });
  const shaped = reshape(losses, labels.shape);
  return reduceCounted("linearCrossEntropy", shaped, labels, ignoreIndex, reduction);
}

function requireHead(x: Spec, weight: Spec, labels: Spec): void {
  requireFloating("linearCrossEntropy", "x", x);
  requireFloating("linearCrossEntropy", "weight", weight);
  requireDtype("linearCrossEntropy", "labels", labels, ["i32", "u32"]);
  requireRank("linearCrossEntropy", "weight", weight.shape, 2, "[classes, dim]");
  const [classes, dim] = weight.shape;
  if (x.shape.length === 0 || x.shape[x.shape.length - 1] !== dim || classes === 0) {
    throw new ShapeError(
      `linearCrossEntropy: x is ${printShape(x.shape)} and weight ${printShape(weight.shape)}; ` +
        "they must be [..., dim] and [classes, dim], with at least one class.",
    );
  }
  const expected = x.shape.slice(0, -1);
  if (isSameShape(labels.shape, expected)) return;
  throw new ShapeError(
    `linearCrossEntropy: labels are ${printShape(labels.shape)} for x ${printShape(x.shape)}; they must be ${printShape(expected)}, one class index for each row.`,
  );
}

function requireChunk(chunk: HeadChunk | undefined): void {
  if (chunk === undefined) return;
  const isSize = (size: number) => Number.isInteger(size) && size >= 1;
  if (isSize(chunk.rows) && isSize(chunk.classes)) return;
  throw new UsageError(
    `linearCrossEntropy: chunk has ${chunk.rows} rows and ${chunk.classes} classes; both must be whole numbers of at least 1.`,
  );
}
