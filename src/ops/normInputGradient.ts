// normInputGradient: dL/dx of layerNorm and rmsNorm, in one kernel that measures the rows of x anew.

import type { Value } from "../graph/node.ts";
import { normInputGradient as kernel } from "../kernels/norm.ts";
import { hostZeros } from "../tensor/hostArray.ts";
import { apply, defineKernel, type KernelOp } from "./define.ts";
import { composeRows, type NormAttrs, normalizeRows, normSizes } from "./normRecord.ts";

const record: KernelOp<NormAttrs> = defineKernel<NormAttrs>({
  name: "normInputGradient",
  output: ([x]) => x,
  reference([x, w, dy], attrs) {
    const { rows, cols, centered } = normSizes(x, attrs);
    const { values, scales } = normalizeRows(x, attrs);
    const dx = hostZeros(x.shape);
    for (let row = 0; row < rows; row++) {
      const at = row * cols;
      const pull = Float64Array.from({ length: cols }, (_, col) => dy.data[at + col] * w.data[col]);
      const mean = centered ? pull.reduce((total, g) => total + g, 0) / cols : 0;
      const slope = pull.reduce((total, g, col) => total + g * values[at + col], 0) / cols;
      pull.forEach((g, col) => {
        dx.data[at + col] = (g - mean - values[at + col] * slope) * scales[row];
      });
    }
    return dx;
  },
  compose({ inputs: [x, w, dy], attrs, o }) {
    const along = { axis: 1, keepDims: true };
    const { values, scales } = composeRows(x, attrs, o);
    const pull = o.mul(o.reshape(o.cast(dy, "f32"), values.shape), w);
    const level = attrs.centered ? o.sub(pull, o.mean(pull, along)) : pull;
    const slope = o.mean(o.mul(pull, values), along);
    const dx = o.mul(o.sub(level, o.mul(values, slope)), scales);
    return o.cast(o.reshape(dx, x.shape), x.dtype);
  },
  dispatch: ([x], attrs, device) => kernel(normSizes(x, attrs), device),
});

/** dL/dx for y = normalised x * w + b. x, dy: [..., cols], w: [cols]. */
export function normInputGradient<T extends Value>(x: T, w: T, dy: T, attrs: NormAttrs): T {
  return apply(record, [x, w, dy], attrs);
}
