// unfold: windows that slide along an axis, without a copy. The gradient adds up where they overlap.

import { ShapeError } from "../base/errors.ts";
import { requireWhole } from "../base/requireWhole.ts";
import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { normalizeAxis, printShape } from "../tensor/shape.ts";
import { apply, defineView } from "./define.ts";
import { overlapAdd } from "./overlapAdd.ts";
import { reachOf } from "./slidingWindow.ts";

interface UnfoldAttrs {
  readonly axis: number;
  readonly size: number;
  readonly step: number;
  readonly dilation: number;
}

/** How many windows fit into `length`. */
function windowCount(length: number, { size, step, dilation }: UnfoldAttrs): number {
  const reach = size === 0 ? 0 : reachOf({ kernel: size, dilation });
  return Math.floor((length - reach) / step) + 1;
}

function withWindows(list: readonly number[], axis: number, along: number, within: number): number[] {
  return [...list.map((old, index) => (index === axis ? along : old)), within];
}

const record = defineView<UnfoldAttrs>({
  name: "unfold",
  output: ([{ shape, dtype }], attrs) => ({
    shape: withWindows(shape, attrs.axis, windowCount(shape[attrs.axis], attrs), attrs.size),
    dtype,
  }),
  layout({ shape, strides, offset }, attrs) {
    const { axis, size, step, dilation } = attrs;
    return {
      shape: withWindows(shape, axis, windowCount(shape[axis], attrs), size),
      strides: withWindows(strides, axis, strides[axis] * step, strides[axis] * dilation),
      offset,
    };
  },
  gradient: ({ dy, inputs: [x], attrs: { axis, step, dilation } }) => [
    overlapAdd(dy, axis, { step, dilation, length: x.shape[axis] }),
  ],
});

/**
 * Windows of `size` elements of `x` along `axis`, one at every `step`-th element that has a whole one: a view, in which
 * `axis` counts windows and a new last axis what is in them. x: any dtype. Throws ShapeError where not even one window
 * fits, UsageError for a size or step that is not whole. Source: torch.Tensor.unfold.
 */
export function unfold<T extends Value>(x: T, axis: number, size: number, step: number): T {
  requireTensor("unfold", "x", x);
  const along = normalizeAxis("unfold", axis, x.shape.length);
  requireWhole("unfold: size", size, 0);
  requireWhole("unfold: step", step, 1);
  if (size > x.shape[along]) {
    throw new ShapeError(
      `unfold: a window of ${size} on axis ${along} of ${printShape(x.shape)}; it may have at most ${x.shape[along]}.`,
    );
  }
  return windowsAlong(x, along, { size, step });
}

/** The same for an axis that is known to fit; elements of a window may stand `dilation` apart. */
export function windowsAlong<T extends Value>(
  x: T,
  axis: number,
  { size, step, dilation = 1 }: Omit<UnfoldAttrs, "axis" | "dilation"> & { readonly dilation?: number },
): T {
  return apply(record, [x], { axis, size, step, dilation });
}
