// normInputGradient: dL/dx of layerNorm and rmsNorm, in one kernel that measures the rows of x anew; and with it, where
// that suits the device, the parts of the gradients of weight and bias.

import type { Value } from "../graph/node.ts";
import {
  normInputGradient as kernel,
  normInputGradientVariant,
  normInputGradientWithWeights,
} from "../kernels/norm.ts";
import { rowChoices } from "../kernels/rowChoices.ts";
import type { RowVariant } from "../kernels/softmax.ts";
import { hostZeros } from "../tensor/hostArray.ts";
import { cast } from "./cast.ts";
import { apply, defineKernel, type KernelOp } from "./define.ts";
import { mean } from "./mean.ts";
import { mul } from "./mul.ts";
import { composeRows, type NormAttrs, normalizeRows, normSizes } from "./normRecord.ts";
import { slabsOf } from "./normWeightGradient.ts";
import { reshape } from "./reshape.ts";
import { sub } from "./sub.ts";

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
  compose({ inputs: [x, w, dy], attrs }) {
    const along = { axis: 1, keepDims: true };
    const { values, scales } = composeRows(x, attrs);
    const pull = mul(reshape(cast(dy, "f32"), values.shape), w);
    const level = attrs.centered ? sub(pull, mean(pull, along)) : pull;
    const slope = mean(mul(pull, values), along);
    const dx = mul(sub(level, mul(values, slope)), scales);
    return cast(reshape(dx, x.shape), x.dtype);
  },
  dispatch: ([x], attrs, device) => kernel(normSizes(x, attrs), device),
  choices([x], attrs, device) {
    const sizes = normSizes(x, attrs);
    const launch = (variant: RowVariant) => normInputGradientVariant(variant, sizes, device);
    return rowChoices("normInputGradient", sizes.rows, sizes.cols, device, launch);
  },
  dispatchWith({ inputs: [x, , dy], attrs, device }, other) {
    const slabs = slabsOf(other, x, dy, attrs);
    return slabs && normInputGradientWithWeights({ ...normSizes(x, attrs), ...slabs }, device);
  },
});

/** dL/dx for y = normalised x * w + b. x, dy: [..., cols], w: [cols]. */
export function normInputGradient<T extends Value>(x: T, w: T, dy: T, attrs: NormAttrs): T {
  return apply(record, [x, w, dy], attrs);
}
