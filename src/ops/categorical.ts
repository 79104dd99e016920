// categorical: one draw from each row of probabilities, by a number that was drawn before.

import { ShapeError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { sampleCategorical } from "../kernels/sampling.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { hostZeros } from "../tensor/hostArray.ts";
import { isSameShape, printShape } from "../tensor/shape.ts";
import { apply, defineKernel } from "./define.ts";
import { reshape } from "./reshape.ts";

const record = defineKernel<undefined>({
  name: "categorical",
  output: ([x]) => ({ shape: [x.shape[0]], dtype: "i32" }),
  reference([x, u]) {
    const [rows, cols] = x.shape;
    const y = hostZeros([rows]);
    for (let row = 0; row < rows; row++)
      y.data[row] = drawFrom(x.data.subarray(row * cols, (row + 1) * cols), u.data[row]);
    return y;
  },
  dispatch: ([{ shape }], _attrs, device) => sampleCategorical({ rows: shape[0], cols: shape[1] }, device),
});

function drawFrom(probabilities: Float64Array, uniform: number): number {
  const total = probabilities.reduce((a, b) => a + b, 0);
  if (!(total > 0 && total < Number.POSITIVE_INFINITY)) return -1;
  let reached = 0;
  return probabilities.findIndex((value) => {
    reached += value;
    return value > 0 && reached > uniform * total;
  });
}

/**
 * For each row the least index at which the sum of the probabilities so far goes beyond `uniform` times that of all.
 * probabilities: [batch, n] or [n], f32 or f16, not negative, of any sum above 0; uniform: [batch] or [], evenly
 * distributed in [0, 1); y: i32 [batch] or []. What has no probability is never drawn; a row whose sum is 0, infinite or NaN
 * gives -1. Throws ShapeError or DtypeError. Source: torch.multinomial, by the inverse of the distribution function.
 */
export function categorical<T extends Value>(probabilities: T, uniform: T): T {
  requireFloating("categorical", "probabilities", probabilities);
  requireFloating("categorical", "uniform", uniform);
  const { shape } = probabilities;
  const cols = shape[shape.length - 1];
  if (shape.length < 1 || shape.length > 2 || cols === 0) {
    throw new ShapeError(
      `categorical: probabilities are ${printShape(shape)}; they must be [batch, n] or [n], with n at least 1.`,
    );
  }
  const outer = shape.slice(0, -1);
  if (!isSameShape(uniform.shape, outer)) {
    throw new ShapeError(
      `categorical: uniform is ${printShape(uniform.shape)} for probabilities ${printShape(shape)}; it must be ${printShape(outer)}.`,
    );
  }
  const rows = shape.length === 1 ? 1 : shape[0];
  const drawn = apply(record, [reshape(probabilities, [rows, cols]), reshape(uniform, [rows])], undefined);
  return reshape(drawn, outer);
}
