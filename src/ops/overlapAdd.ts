// overlapAdd: windows laid along an axis and added up where they overlap, the adjoint of `unfold`.

import { ShapeError } from "../base/errors.ts";
import { product } from "../base/integers.ts";
import { requireWhole } from "../base/requireWhole.ts";
import type { Spec, Value } from "../graph/node.ts";
import { unfoldGradient } from "../kernels/unfold.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { hostZeros } from "../tensor/hostArray.ts";
import { normalizeAxis, printShape, type Shape } from "../tensor/shape.ts";
import { apply, defineKernel } from "./define.ts";
import { moveAxis } from "./moveAxis.ts";
import { narrow } from "./narrow.ts";
import { pad } from "./pad.ts";
import { reshape } from "./reshape.ts";
import { reachOf } from "./slidingWindow.ts";
import { windowsAlong } from "./unfold.ts";

/** Where the windows lie. */
export interface OverlapAddOptions {
  /** From the first element of a window to that of the next. */
  readonly step: number;
  /** Distance between the elements of a window. Default 1. */
  readonly dilation?: number;
  /** Elements in front of the result, and behind it, that are left out. Default 0. */
  readonly before?: number;
  readonly after?: number;
  /** Elements of the result. */
  readonly length: number;
}

interface OverlapAttrs {
  readonly axis: number;
  readonly step: number;
  readonly dilation: number;
  readonly before: number;
  readonly length: number;
}

function resultShape(shape: Shape, { axis, length }: Pick<OverlapAttrs, "axis" | "length">): number[] {
  return shape.slice(0, -1).map((old, index) => (index === axis ? length : old));
}

function sizesOf({ shape }: Pick<Spec, "shape">, { axis, ...attrs }: OverlapAttrs) {
  return {
    ...attrs,
    outer: product(shape.slice(0, axis)),
    count: shape[axis],
    inner: product(shape.slice(axis + 1, -1)),
    size: shape[shape.length - 1],
  };
}

/** What `count` windows of `size` cover; of none what one would. */
function reachOfAll(
  count: number,
  size: number,
  { step, dilation }: Pick<OverlapAttrs, "step" | "dilation">,
) {
  return Math.max(0, count - 1) * step + (size === 0 ? 0 : reachOf({ kernel: size, dilation }));
}

const record = defineKernel<OverlapAttrs>({
  name: "overlapAdd",
  output: ([{ shape, dtype }], attrs) => ({ shape: resultShape(shape, attrs), dtype }),
  reference([windows], attrs) {
    const { outer, count, inner, size, step, dilation, before, length } = sizesOf(windows, attrs);
    const y = hostZeros(resultShape(windows.shape, attrs));
    for (let o = 0; o < outer; o++) {
      for (let w = 0; w < count; w++) {
        for (let i = 0; i < inner; i++) {
          for (let k = 0; k < size; k++) {
            const at = w * step + k * dilation - before;
            if (at < 0 || at >= length) continue;
            y.data[(o * length + at) * inner + i] += windows.data[((o * count + w) * inner + i) * size + k];
          }
        }
      }
    }
    return y;
  },
  gradient({ dy, inputs: [{ shape }], attrs }) {
    const { axis, step, dilation, before, length } = attrs;
    const [count, size] = [shape[axis], shape[shape.length - 1]];
    const after = Math.max(0, reachOfAll(count, size, attrs) - before - length);
    const behind = new Array<number>(2 * (dy.shape.length - 1 - axis)).fill(0);
    const padded = pad(dy, [...behind, before, after]);
    return [narrow(windowsAlong(padded, axis, { size, step, dilation }), axis, 0, count)];
  },
  dispatch: ([windows], attrs, device) => unfoldGradient(sizesOf(windows, attrs), device),
});

/**
 * What stands in windows along `axis`, added up in their order. windows: [..., count at `axis`, ..., size], f32 or f16; y: the
 * same without the last axis, and `length` at `axis`. Windows side by side without a gap are a view. Throws ShapeError where
 * windows reach beyond what is left out behind y. Source: torch.nn.functional.fold, for one axis.
 */
export function overlapAdd<T extends Value>(
  windows: T,
  axis: number,
  { step, dilation = 1, before = 0, after = 0, length }: OverlapAddOptions,
): T {
  requireFloating("overlapAdd", "windows", windows);
  const { shape } = windows;
  const along = normalizeAxis("overlapAdd", axis, shape.length - 1);
  requireWhole("overlapAdd: step", step, 1);
  const [count, size] = [shape[along], shape[shape.length - 1]];
  const reach = count === 0 ? 0 : reachOfAll(count, size, { step, dilation });
  if (!(reach <= before + length + after)) {
    throw new ShapeError(
      `overlapAdd: the windows of ${printShape(shape)} reach ${reach} at a step of ${step}, and length is ${length}; they must fit in.`,
    );
  }
  const attrs = { axis: along, step, dilation, before, length };
  const isSideBySide = step === size && dilation === 1 && before === 0 && length === count * size;
  if (!isSideBySide) return apply(record, [windows], attrs);
  return reshape(moveAxis(windows, -1, along + 1), resultShape(shape, attrs));
}
