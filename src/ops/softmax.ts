// softmax: y = exp(x - max x) / sum exp(x - max x) along an axis; and its logarithm.

import type { Spec, Value } from "../graph/node.ts";
import type { DeviceProfile } from "../kernels/kernel.ts";
import { rowChoices } from "../kernels/rowChoices.ts";
import { type RowVariant, softmax as softmaxKernel, softmaxVariant } from "../kernels/softmax.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { type HostArray, hostZeros } from "../tensor/hostArray.ts";
import { normalizeAxis } from "../tensor/shape.ts";
import { apply, defineKernel, type KernelOp } from "./define.ts";
import { exp } from "./exp.ts";
import { mul } from "./mul.ts";
import { transpose } from "./permute.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";

function rowSizes({ shape }: Pick<Spec, "shape">) {
  const cols = shape[shape.length - 1];
  return { rows: cols === 0 ? 0 : shape.reduce((a, b) => a * b, 1) / cols, cols };
}

function softmaxChoices(x: Spec, log: boolean, device: DeviceProfile) {
  const sizes = rowSizes(x);
  const launch = (variant: RowVariant) => softmaxVariant(variant, sizes, log, device);
  return rowChoices(log ? "logSoftmax" : "softmax", sizes.rows, sizes.cols, device, launch);
}

/** `softmaxOf` applied to each run of the last axis. */
function mapRows(x: HostArray, softmaxOf: (row: Float64Array) => Float64Array): HostArray {
  const y = hostZeros(x.shape);
  const { rows, cols } = rowSizes(x);
  for (let row = 0; row < rows; row++)
    y.data.set(softmaxOf(x.data.subarray(row * cols, (row + 1) * cols)), row * cols);
  return y;
}

/** The row less its largest, and the sum of its exponentials: apart, since one may be too large to hold the other. */
function shifted(row: Float64Array): { values: Float64Array; total: number } {
  const largest = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const values = row.map((value) => value - largest);
  return { values, total: values.reduce((sum, value) => sum + Math.exp(value), 0) };
}

function softmaxRow(row: Float64Array): Float64Array {
  const { values, total } = shifted(row);
  return values.map((value) => Math.exp(value) / total);
}

function logSoftmaxRow(row: Float64Array): Float64Array {
  const { values, total } = shifted(row);
  return values.map((value) => value - Math.log(total));
}

const softmaxRecord: KernelOp = defineKernel<undefined>({
  name: "softmax",
  output: ([x]) => x,
  reference: ([x]) => mapRows(x, softmaxRow),
  gradient({ dy, y }) {
    const dot = sum(mul(dy, y), { axis: -1, keepDims: true });
    return [mul(y, sub(dy, dot))];
  },
  dispatch: ([x], _attrs, device) => softmaxKernel(rowSizes(x), false, device),
  choices: ([x], _attrs, device) => softmaxChoices(x, false, device),
});

const logSoftmaxRecord: KernelOp = defineKernel<undefined>({
  name: "logSoftmax",
  output: ([x]) => x,
  reference: ([x]) => mapRows(x, logSoftmaxRow),
  gradient: ({ dy, y }) => [sub(dy, mul(exp(y), sum(dy, { axis: -1, keepDims: true })))],
  dispatch: ([x], _attrs, device) => softmaxKernel(rowSizes(x), true, device),
  choices: ([x], _attrs, device) => softmaxChoices(x, true, device),
});

function alongAxis<T extends Value>(record: KernelOp, x: T, axis: number): T {
  const { name } = record;
  requireFloating(name, "x", x);
  const along = normalizeAxis(name, axis, x.shape.length);
  const apart = along === x.shape.length - 1 ? x : transpose(x, along, -1);
  const y = apply(record, [apart], undefined);
  return apart === x ? y : transpose(y, along, -1);
}

/**
 * exp(x - max x) / sum exp(x - max x) along `axis` (default the last). x: any shape, f32 or f16.
 * Throws ShapeError for an axis out of range, DtypeError for integers. Source: torch.softmax.
 */
export function softmax<T extends Value>(x: T, { axis = -1 }: { readonly axis?: number } = {}): T {
  return alongAxis(softmaxRecord, x, axis);
}

/** The logarithm of `softmax`, computed so that it stays finite. Source: torch.log_softmax. */
export function logSoftmax<T extends Value>(x: T, { axis = -1 }: { readonly axis?: number } = {}): T {
  return alongAxis(logSoftmaxRecord, x, axis);
}
