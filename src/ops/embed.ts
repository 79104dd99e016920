// embed: elements put at regular places of a larger axis of zeros; what slice does, backwards.

import { ShapeError } from "../base/errors.ts";
import { product } from "../base/integers.ts";
import type { Node, Spec, Value } from "../graph/node.ts";
import { embed as embedKernel } from "../kernels/embed.ts";
import { forDtype } from "../kernels/forDtype.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { hostZeros } from "../tensor/hostArray.ts";
import { normalizeAxis } from "../tensor/shape.ts";
import { concat } from "./concat.ts";
import { apply, defineKernel, type KernelOp } from "./define.ts";
import { slice } from "./slice.ts";

/** Where the elements of x go: element j along `axis` to place start + j * step of `size`. */
export interface EmbedOptions {
  readonly axis: number;
  readonly size: number;
  readonly start: number;
  /** Default 1; may be negative. */
  readonly step?: number;
}

type EmbedAttrs = Required<EmbedOptions>;

function embedSizes({ shape }: Spec, { axis, size, start, step }: EmbedAttrs) {
  const outer = product(shape.slice(0, axis));
  return { outer, size, count: shape[axis], inner: product(shape.slice(axis + 1)), start, step };
}

const record: KernelOp<EmbedAttrs> = defineKernel<EmbedAttrs>({
  name: "embed",
  output: ([x], { axis, size }) => ({
    shape: x.shape.map((old, index) => (index === axis ? size : old)),
    dtype: x.dtype,
  }),
  reference([x], attrs) {
    const { outer, size, count, inner, start, step } = embedSizes({ ...x, dtype: "f32" }, attrs);
    const y = hostZeros(x.shape.map((old, index) => (index === attrs.axis ? size : old)));
    for (let row = 0; row < outer; row++) {
      for (let j = 0; j < count; j++) {
        const source = (row * count + j) * inner;
        y.data.set(x.data.subarray(source, source + inner), (row * size + start + j * step) * inner);
      }
    }
    return y;
  },
  gradient({ dy, inputs: [x], attrs: { axis, start, step } }) {
    const fill = (value: number) => x.shape.map((_, index) => (index === axis ? value : undefined));
    if (x.shape[axis] === 0) return [slice(dy, { ends: fill(0) })];
    const end = start + x.shape[axis] * step;
    return [slice(dy, { starts: fill(start), ends: end < 0 ? [] : fill(end), steps: fill(step) })];
  },
  sumOf: (nodes) => sideBySide(nodes),
  dispatch: ([x], attrs, device) => forDtype(embedKernel(embedSizes(x, attrs), device), x.dtype),
});

/** The sum of results whose elements, put side by side, fill the axis. */
function sideBySide(nodes: readonly Node[]): Node | undefined {
  const parts = nodes.map((node) => ({ x: node.inputs[0], ...(node.attrs as EmbedAttrs) }));
  const { axis, size } = parts[0];
  parts.sort((a, b) => a.start - b.start);
  let end = 0;
  for (const part of parts) {
    if (part.axis !== axis || part.step !== 1 || part.start !== end) return undefined;
    end += part.x.shape[axis];
  }
  if (end !== size || nodes.some(({ dtype }) => dtype !== nodes[0].dtype)) return undefined;
  return concat(
    parts.map(({ x }) => x),
    { axis },
  );
}

/**
 * Zeros of `size` along `axis`, with element j of x at start + j * step. x: any dtype.
 * Throws ShapeError where an element would fall outside.
 */
export function embed<T extends Value>(x: T, { axis, size, start, step = 1 }: EmbedOptions): T {
  requireTensor("embed", "x", x);
  const along = normalizeAxis("embed", axis, x.shape.length);
  const count = x.shape[along];
  const last = start + (count - 1) * step;
  const isInside = (place: number) => Number.isInteger(place) && place >= 0 && place < size;
  if (step === 0 || (count > 0 && !(isInside(start) && isInside(last)))) {
    throw new ShapeError(
      `embed: ${count} elements from ${start} by ${step} reach ${last}; all must fall inside an axis of ${size}, at a step that is not 0.`,
    );
  }
  return apply(record, [x], { axis: along, size, start, step });
}
