// What layerNorm, rmsNorm and their gradients share: attributes, checks, the float64 reference, and the forward record.
//
// A tensor's last axes, `cols` elements together, are one row; RMS norm is layer norm whose mean counts as 0. A weight
// of ones and a bias of zeros stand in for those that are not given: as constants they fill no buffer.

import { ShapeError, UsageError } from "../base/errors.ts";
import { product } from "../base/integers.ts";
import type { Node, Spec, Value } from "../graph/node.ts";
import { constantNode, constantValue } from "../graph/source.ts";
import { type NormSizes, norm, normVariant, normWithStatistics } from "../kernels/norm.ts";
import { rowChoices } from "../kernels/rowChoices.ts";
import type { RowVariant } from "../kernels/softmax.ts";
import { promote, requireFloating } from "../tensor/dtype.ts";
import { type HostArray, hostZeros } from "../tensor/hostArray.ts";
import { elementCount, isSameShape, printShape, type Shape } from "../tensor/shape.ts";
import { add } from "./add.ts";
import { cast } from "./cast.ts";
import { apply, defineKernel, type KernelOp } from "./define.ts";
import { mean } from "./mean.ts";
import { mul } from "./mul.ts";
import { normInputGradient } from "./normInputGradient.ts";
import { isStatisticsOf, normWeightGradient } from "./normWeightGradient.ts";
import { partOf } from "./partOf.ts";
import { reshape } from "./reshape.ts";
import { rsqrt } from "./rsqrt.ts";
import { square } from "./square.ts";
import { sub } from "./sub.ts";

/** Sizes of the axes that are normalised together, the last ones; a number stands for one axis. */
export type NormalizedShape = number | Shape;

/** How rows are normalised. */
export interface NormAttrs {
  /** Elements of a row. */
  readonly cols: number;
  readonly eps: number;
  /** Whether the mean is taken away (layer norm) or counts as 0 (RMS norm). */
  readonly centered: boolean;
}

/** The rows of `x` as kernels have them. */
export function normSizes({ shape }: Pick<Spec, "shape">, attrs: NormAttrs): NormSizes {
  return { ...attrs, rows: attrs.cols === 0 ? 0 : elementCount(shape) / attrs.cols };
}

/** Each row less its mean, divided by its deviation; and what it was multiplied by. */
export function normalizeRows(
  x: HostArray,
  attrs: NormAttrs,
): { values: Float64Array; scales: Float64Array } {
  const { rows, cols, eps, centered } = normSizes(x, attrs);
  const values = x.data.slice();
  const scales = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const part = values.subarray(row * cols, (row + 1) * cols);
    const mean = centered ? part.reduce((total, value) => total + value, 0) / cols : 0;
    const variance = part.reduce((total, value) => total + (value - mean) ** 2, 0) / cols;
    scales[row] = 1 / Math.sqrt(variance + eps);
    part.forEach((value, col) => {
      part[col] = (value - mean) * scales[row];
    });
  }
  return { values, scales };
}

/** `normalizeRows` by ops that have gradients, in f32: [rows, cols] and [rows, 1]. */
export function composeRows(x: Node, attrs: NormAttrs): { values: Node; scales: Node } {
  const { rows, cols, eps, centered } = normSizes(x, attrs);
  const along = { axis: 1, keepDims: true };
  const flat = reshape(cast(x, "f32"), [rows, cols]);
  const distance = centered ? sub(flat, mean(flat, along)) : flat;
  const scales = rsqrt(add(mean(square(distance), along), eps));
  return { values: mul(distance, scales), scales };
}

/** The record of layerNorm or rmsNorm: y = normalised x * w + b. x: [..., cols], w, b: [cols]. */
export function normRecord(name: string): KernelOp<NormAttrs> {
  return defineKernel<NormAttrs>({
    name,
    output: ([x, w, b]) => ({ shape: x.shape, dtype: promote(x.dtype, promote(w.dtype, b.dtype)) }),
    reference([x, w, b], attrs) {
      const y = hostZeros(x.shape);
      normalizeRows(x, attrs).values.forEach((value, index) => {
        const col = index % attrs.cols;
        y.data[index] = value * w.data[col] + b.data[col];
      });
      return y;
    },
    gradient({ dy, inputs: [x, w, b], attrs }) {
      const bias = constantValue(b) === undefined;
      const packed = normWeightGradient(x, dy, { ...attrs, bias });
      const part = (row: number, { shape, dtype }: Node) =>
        cast(partOf(packed, { start: row * attrs.cols, shape }), dtype);
      return [normInputGradient(x, w, dy, attrs), part(0, w), bias ? part(1, b) : undefined];
    },
    dispatch: ([x], attrs, device) => norm(normSizes(x, attrs), device),
    choices([x], attrs, device) {
      const sizes = normSizes(x, attrs);
      const launch = (variant: RowVariant) => normVariant(variant, sizes, device);
      return rowChoices("norm", sizes.rows, sizes.cols, device, launch);
    },
    dispatchWith({ inputs: [x], attrs, device, dispatch }, other) {
      if (!isStatisticsOf(other, x, attrs)) return undefined;
      return normWithStatistics(normSizes(x, attrs), device, dispatch);
    },
  });
}

/** What `applyNorm` is told beside its input. */
export interface NormOptions<T extends Value> {
  readonly weight?: T | undefined;
  readonly bias?: T | undefined;
  readonly eps: number;
  readonly centered: boolean;
}

/** `record` applied to the last axes of `x`, which must be `normalizedShape`. */
export function applyNorm<T extends Value>(
  record: KernelOp<NormAttrs>,
  x: T,
  normalizedShape: NormalizedShape,
  { weight, bias, eps, centered }: NormOptions<T>,
): T {
  const { name } = record;
  const shape = typeof normalizedShape === "number" ? [normalizedShape] : normalizedShape;
  requireFloating(name, "x", x);
  requireEnding(name, x, shape);
  requireEps(name, eps);
  const cols = product(shape);
  const row = (input: string, value: T | undefined, otherwise: number): T => {
    if (value === undefined) return x.derive(constantNode(otherwise, x.dtype, [cols]), [x]);
    requireFloating(name, input, value);
    requireNormalizedShape(name, input, value, shape);
    return reshape(value, [cols]);
  };
  return apply(record, [x, row("weight", weight, 1), row("bias", bias, 0)], { cols, eps, centered });
}

function requireEnding(op: string, x: Spec, shape: Shape): void {
  if (shape.length === 0) {
    throw new ShapeError(`${op}: normalizedShape is []; it must name at least the last axis of x.`);
  }
  const ending = x.shape.slice(Math.max(0, x.shape.length - shape.length));
  if (isSameShape(ending, shape)) return;
  throw new ShapeError(
    `${op}: x is ${printShape(x.shape)} and normalizedShape ${printShape(shape)}; the sizes of x must end with it.`,
  );
}

function requireNormalizedShape(op: string, input: string, value: Spec, shape: Shape): void {
  if (isSameShape(value.shape, shape)) return;
  throw new ShapeError(
    `${op}: ${input} is ${printShape(value.shape)}; it must be ${printShape(shape)}, as normalizedShape is.`,
  );
}

function requireEps(op: string, eps: number): void {
  if (eps >= 0 && Number.isFinite(eps)) return;
  throw new UsageError(`${op}: eps is ${eps}; it must be a finite number of at least 0.`);
}
