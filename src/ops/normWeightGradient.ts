// normWeightGradient: dL/dweight and dL/dbias of layerNorm and rmsNorm, packed, as both are sums over the same rows.

import type { Node, Spec, Value } from "../graph/node.ts";
import { constantNode } from "../graph/source.ts";
import {
  type NormWeightSizes,
  normStatistics,
  normWeightGradientSerial,
  normWeightGradientSlabs,
  normWeightGradient as slabsKernel,
} from "../kernels/norm.ts";
import { type HostArray, hostZeros } from "../tensor/hostArray.ts";
import { cast } from "./cast.ts";
import { concat } from "./concat.ts";
import { apply, defineKernel, type KernelOp, makeNode } from "./define.ts";
import { mul } from "./mul.ts";
import { composeRows, type NormAttrs, normalizeRows, normSizes } from "./normRecord.ts";
import { reshape } from "./reshape.ts";
import { sum } from "./sum.ts";

/** How rows are normalised, and whether dL/dbias is wanted beside dL/dweight. */
export interface NormWeightAttrs extends NormAttrs {
  readonly bias: boolean;
}

interface SlabAttrs extends NormWeightAttrs {
  readonly slabs: number;
}

function weightSizes(x: Spec, attrs: SlabAttrs): NormWeightSizes {
  return { ...normSizes(x, attrs), bias: attrs.bias, slabs: attrs.slabs };
}

function accumulate(x: HostArray, dy: HostArray, attrs: NormWeightAttrs): HostArray {
  const { cols, bias } = attrs;
  const dw = hostZeros([bias ? 2 : 1, cols]);
  normalizeRows(x, attrs).values.forEach((value, index) => {
    dw.data[index % cols] += dy.data[index] * value;
    if (bias) dw.data[cols + (index % cols)] += dy.data[index];
  });
  return dw;
}

const record: KernelOp<NormWeightAttrs> = defineKernel<NormWeightAttrs>({
  name: "normWeightGradient",
  output: (_inputs, { cols, bias }) => ({ shape: [bias ? 2 : 1, cols], dtype: "f32" }),
  reference: ([x, dy], attrs) => accumulate(x, dy, attrs),
  compose({ inputs: [x, dy], attrs }) {
    const { values } = composeRows(x, attrs);
    const pull = reshape(cast(dy, "f32"), values.shape);
    const weight = sum(mul(pull, values), { axis: 0, keepDims: true });
    return attrs.bias ? concat([weight, sum(pull, { axis: 0, keepDims: true })]) : weight;
  },
  expand({ node, inputs: [x, dy], attrs, device }) {
    const { rows, cols } = normSizes(x, attrs);
    if (rows === 0) return constantNode(0, node.dtype, node.shape);
    const slabs = normWeightGradientSlabs(rows, cols, device);
    if (device.kind === "gpu" && slabs === 1) return undefined;
    const parts =
      device.kind === "gpu"
        ? makeNode(slabsRecord, [x, dy], { ...attrs, slabs })
        : makeNode(measuredRecord, [x, dy, makeNode(statisticsRecord, [x], normOnly(attrs))], {
            ...attrs,
            slabs,
          });
    return slabs === 1 ? reshape(parts, node.shape) : sum(parts, { axis: 0 });
  },
  dispatch: ([x], attrs, device) => slabsKernel(weightSizes(x, { ...attrs, slabs: 1 }), device),
});

/** The attributes on which statistics depend, so that equal ones are computed once. */
function normOnly({ cols, eps, centered }: NormAttrs): NormAttrs {
  return { cols, eps, centered };
}

/** The same for each slab of rows, to be added up: [slabs, 1 or 2, cols]. */
const slabsRecord = defineKernel<SlabAttrs>({
  name: "normWeightGradientSlabs",
  output: (_inputs, { cols, bias, slabs }) => ({ shape: [slabs, bias ? 2 : 1, cols], dtype: "f32" }),
  reference: ([x, dy], attrs) => inFirstSlab(accumulate(x, dy, attrs), attrs),
  dispatch: ([x], attrs, device) => slabsKernel(weightSizes(x, attrs), device),
});

/** The same from statistics: a device without workgroup memory measures each row once and not once for each column. */
const measuredRecord = defineKernel<SlabAttrs>({
  name: "normWeightGradientMeasured",
  output: (_inputs, { cols, bias, slabs }) => ({ shape: [slabs, bias ? 2 : 1, cols], dtype: "f32" }),
  reference: ([x, dy], attrs) => inFirstSlab(accumulate(x, dy, attrs), attrs),
  dispatch: ([x], attrs, device) => normWeightGradientSerial(weightSizes(x, attrs), device),
});

/** Only the sum over the slabs is defined; here the first slab is all of it. */
function inFirstSlab({ shape, data }: HostArray, { slabs }: SlabAttrs): HostArray {
  const parts = hostZeros([slabs, ...shape]);
  parts.data.set(data);
  return parts;
}

/** (center, drift, scale, 0) of each row; x - mean is (x - center) - drift. */
const statisticsRecord = defineKernel<NormAttrs>({
  name: "normStatistics",
  output: ([x], attrs) => ({ shape: [normSizes(x, attrs).rows, 4], dtype: "f32" }),
  reference(inputs, attrs) {
    const [x] = inputs;
    const { rows, cols, centered } = normSizes(x, attrs);
    const statistics = hostZeros([rows, 4]);
    normalizeRows(x, attrs).scales.forEach((scale, row) => {
      const values = x.data.subarray(row * cols, (row + 1) * cols);
      const mean = centered ? values.reduce((total, value) => total + value, 0) / cols : 0;
      statistics.data.set([mean, 0, scale], 4 * row);
    });
    return statistics;
  },
  dispatch: ([x], attrs, device) => normStatistics(normSizes(x, attrs), device),
});

/** Whether `node` holds the statistics of the rows of `x`, as `attrs` would normalise them. */
export function isStatisticsOf(node: Node, x: Node, attrs: NormAttrs): boolean {
  return node.op === statisticsRecord && node.inputs[0] === x && isSameNorm(node.attrs as NormAttrs, attrs);
}

/** Which slabs `node` adds up, with or without the bias, if it does so for `x`, `dy` and rows normalised by `attrs`. */
export function slabsOf(
  node: Node,
  x: Node,
  dy: Node,
  attrs: NormAttrs,
): { bias: boolean; slabs: number } | undefined {
  if (node.op !== record && node.op !== slabsRecord) return undefined;
  if (node.inputs[0] !== x || node.inputs[1] !== dy) return undefined;
  const { bias, slabs = 1, ...own } = node.attrs as NormWeightAttrs & Partial<SlabAttrs>;
  return isSameNorm(own, attrs) ? { bias, slabs } : undefined;
}

function isSameNorm(a: NormAttrs, b: NormAttrs): boolean {
  return a.cols === b.cols && a.eps === b.eps && a.centered === b.centered;
}

/** [dL/dweight] or [dL/dweight, dL/dbias] for y = normalised x * w + b, f32 [1 or 2, cols]. x, dy: [..., cols]. */
export function normWeightGradient<T extends Value>(x: T, dy: T, attrs: NormWeightAttrs): T {
  return apply(record, [x, dy], attrs);
}
