// gruStep: what a GRU does with the products of its input and its state, as one dispatch forward and one backward; the
// gates are computed again for the gradient. The gradient of that is made of elementwise ops.

import { range } from "../base/integers.ts";
import type { Value } from "../graph/node.ts";
import { gruStepGradient as gradientKernel, gruStep as kernel } from "../kernels/recurrent.ts";
import { promote } from "../tensor/dtype.ts";
import { hostZeros } from "../tensor/hostArray.ts";
import { add } from "./add.ts";
import { concat } from "./concat.ts";
import { apply, defineKernel, type KernelOp } from "./define.ts";
import { logistic, slopeOfSigmoid, slopeOfTanh } from "./lstmStep.ts";
import { mul } from "./mul.ts";
import { narrow } from "./narrow.ts";
import { sigmoid } from "./sigmoid.ts";
import { sub } from "./sub.ts";
import { tanh } from "./tanh.ts";

const record: KernelOp = defineKernel({
  name: "gruStep",
  output: ([x, , h]) => ({ shape: h.shape, dtype: promote(x.dtype, h.dtype) }),
  reference([x, p, h]) {
    const y = hostZeros(h.shape);
    forEachGates(x.data, p.data, h.shape, (fromX, fromH, at) => {
      y.data[at] = gruElement(fromX, fromH, h.data[at]);
    });
    return y;
  },
  gradient({ dy, inputs: [x, p, h] }) {
    const d = gruStepGradient(x, p, h, dy);
    const width = h.shape[1];
    return [0, 3, 6].map((part) => narrow(d, 1, part * width, part === 6 ? width : 3 * width));
  },
  dispatch: ([, , h], _attrs, device) => kernel({ rows: h.shape[0], width: h.shape[1] }, device),
});

const gradientRecord: KernelOp = defineKernel({
  name: "gruStepGradient",
  output: ([x, , h]) => ({ shape: [h.shape[0], 7 * h.shape[1]], dtype: promote(x.dtype, h.dtype) }),
  reference([x, p, h, dy]) {
    const [rows, width] = h.shape;
    const d = hostZeros([rows, 7 * width]);
    forEachGates(x.data, p.data, h.shape, (fromX, fromH, at) => {
      const [r, z] = [0, 1].map((gate) => logistic(fromX[gate] + fromH[gate]));
      const n = Math.tanh(fromX[2] + r * fromH[2]);
      const dn = dy.data[at] * (1 - z) * (1 - n ** 2);
      const dz = dy.data[at] * (h.data[at] - n) * z * (1 - z);
      const dr = dn * fromH[2] * r * (1 - r);
      [dr, dz, dn, dr, dz, dn * r, dy.data[at] * z].forEach((value, part) => {
        d.data[Math.floor(at / width) * 7 * width + part * width + (at % width)] = value;
      });
    });
    return d;
  },
  compose({ inputs: [x, p, h, dy] }) {
    const width = h.shape[1];
    const [fromX, fromH] = [x, p].map((sums) =>
      range(0, 3).map((part) => narrow(sums, 1, part * width, width)),
    );
    const [r, z] = [0, 1].map((gate) => sigmoid(add(fromX[gate], fromH[gate])));
    const n = tanh(add(fromX[2], mul(r, fromH[2])));
    const dn = mul(mul(dy, sub(1, z)), slopeOfTanh(n));
    const dz = mul(mul(dy, sub(h, n)), slopeOfSigmoid(z));
    const dr = mul(mul(dn, fromH[2]), slopeOfSigmoid(r));
    return concat([dr, dz, dn, dr, dz, mul(dn, r), mul(dy, z)], { axis: 1 });
  },
  dispatch: ([, , h], _attrs, device) => gradientKernel({ rows: h.shape[0], width: h.shape[1] }, device),
});

/** The products of all gates of each element of a state, and where in the state that stands. */
function forEachGates(
  x: Float64Array,
  p: Float64Array,
  [, width]: readonly number[],
  visit: (fromX: number[], fromH: number[], at: number) => void,
): void {
  for (let at = 0; 3 * at < x.length; at++) {
    const first = Math.floor(at / width) * 3 * width + (at % width);
    const [fromX, fromH] = [x, p].map((sums) => range(0, 3).map((gate) => sums[first + gate * width]));
    visit(fromX, fromH, at);
  }
}

/** h' of one element. */
export function gruElement(x: readonly number[], p: readonly number[], h: number): number {
  const [r, z] = [0, 1].map((gate) => logistic(x[gate] + p[gate]));
  return (1 - z) * Math.tanh(x[2] + r * p[2]) + z * h;
}

/**
 * h' = (1 - z) n + z h, [rows, width], with r and z the logistic functions of x + p and n = tanh(x + r p), each of their own
 * part. x, p: [rows, 3 width] of r, z, n, what input and state come to; h: [rows, width], f32 or f16.
 */
export function gruStep<T extends Value>(x: T, p: T, h: T): T {
  return apply(record, [x, p, h], undefined);
}

/** dL/dx, dL/dp and dL/dh, one behind the other in each row: [rows, 7 width]. dy: what h' gets, [rows, width]. */
export function gruStepGradient<T extends Value>(x: T, p: T, h: T, dy: T): T {
  return apply(gradientRecord, [x, p, h, dy], undefined);
}
