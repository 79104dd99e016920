// lstmStep: what an LSTM does with the sums of its gates, as one dispatch forward and one backward; the gates are computed
// again for the gradient. The gradient of that is made of elementwise ops.

import { range } from "../base/integers.ts";
import type { Node, Value } from "../graph/node.ts";
import { lstmStepGradient as gradientKernel, lstmStep as kernel } from "../kernels/recurrent.ts";
import { promote } from "../tensor/dtype.ts";
import { hostZeros } from "../tensor/hostArray.ts";
import { add } from "./add.ts";
import { concat } from "./concat.ts";
import { apply, defineKernel, type KernelOp } from "./define.ts";
import { mul } from "./mul.ts";
import { narrow } from "./narrow.ts";
import { select } from "./select.ts";
import { sigmoid } from "./sigmoid.ts";
import { square } from "./square.ts";
import { sub } from "./sub.ts";
import { tanh } from "./tanh.ts";

const record: KernelOp = defineKernel({
  name: "lstmStep",
  output: ([gates, c]) => ({ shape: [2, ...c.shape], dtype: promote(gates.dtype, c.dtype) }),
  reference([gates, c]) {
    const y = hostZeros([2, ...c.shape]);
    forEachGates(gates.data, c.shape, (sums, at) => {
      const [h, cell] = lstmElement(sums, c.data[at]);
      y.data[at] = h;
      y.data[c.data.length + at] = cell;
    });
    return y;
  },
  gradient({ dy, inputs: [gates, c] }) {
    const d = lstmStepGradient(gates, c, select(dy, 0, 0), select(dy, 0, 1));
    const width = c.shape[1];
    return [narrow(d, 1, 0, 4 * width), narrow(d, 1, 4 * width, width)];
  },
  dispatch: ([, c], _attrs, device) => kernel({ rows: c.shape[0], width: c.shape[1] }, device),
});

const gradientRecord: KernelOp = defineKernel({
  name: "lstmStepGradient",
  output: ([gates, c]) => ({
    shape: [c.shape[0], 5 * c.shape[1]],
    dtype: promote(gates.dtype, c.dtype),
  }),
  reference([gates, c, dh, dc]) {
    const [rows, width] = c.shape;
    const d = hostZeros([rows, 5 * width]);
    forEachGates(gates.data, c.shape, (sums, at) => {
      const [i, f, o] = [sums[0], sums[1], sums[3]].map(logistic);
      const g = Math.tanh(sums[2]);
      const squashed = Math.tanh(f * c.data[at] + i * g);
      const slope = dc.data[at] + dh.data[at] * o * (1 - squashed ** 2);
      const parts = [
        slope * g * i * (1 - i),
        slope * c.data[at] * f * (1 - f),
        slope * i * (1 - g ** 2),
        dh.data[at] * squashed * o * (1 - o),
        slope * f,
      ];
      parts.forEach((value, part) => {
        d.data[Math.floor(at / width) * 5 * width + part * width + (at % width)] = value;
      });
    });
    return d;
  },
  compose({ inputs: [gates, c, dh, dc] }) {
    const width = c.shape[1];
    const [inner, forget, fresh, outer] = range(0, 4).map((part) => narrow(gates, 1, part * width, width));
    const [i, f, o] = [inner, forget, outer].map((sums) => sigmoid(sums));
    const g = tanh(fresh);
    const squashed = tanh(add(mul(f, c), mul(i, g)));
    const slope = add(dc, mul(mul(dh, o), slopeOfTanh(squashed)));
    const parts = [
      mul(mul(slope, g), slopeOfSigmoid(i)),
      mul(mul(slope, c), slopeOfSigmoid(f)),
      mul(mul(slope, i), slopeOfTanh(g)),
      mul(mul(dh, squashed), slopeOfSigmoid(o)),
      mul(slope, f),
    ];
    return concat(parts, { axis: 1 });
  },
  dispatch: ([, c], _attrs, device) => gradientKernel({ rows: c.shape[0], width: c.shape[1] }, device),
});

/** The sums of all gates of each element of a state, and where in the state that stands. */
function forEachGates(
  gates: Float64Array,
  [, width]: readonly number[],
  visit: (sums: number[], at: number) => void,
): void {
  for (let at = 0; 4 * at < gates.length; at++) {
    const first = Math.floor(at / width) * 4 * width + (at % width);
    visit(
      range(0, 4).map((gate) => gates[first + gate * width]),
      at,
    );
  }
}

/** 1 / (1 + e^-x). */
export function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** The slope of the logistic function where its value is y. */
export function slopeOfSigmoid(y: Node): Node {
  return mul(y, sub(1, y));
}

/** The slope of tanh where its value is y. */
export function slopeOfTanh(y: Node): Node {
  return sub(1, square(y));
}

/** [h', c'] of one element. */
export function lstmElement([i, f, g, o]: readonly number[], c: number): number[] {
  const cell = logistic(f) * c + logistic(i) * Math.tanh(g);
  return [logistic(o) * Math.tanh(cell), cell];
}

/**
 * [2, rows, width] of h' = sigmoid(o) tanh(c') and c' = sigmoid(f) c + sigmoid(i) tanh(g). gates: [rows, 4 width] of i, f, g, o;
 * c: [rows, width], f32 or f16.
 */
export function lstmStep<T extends Value>(gates: T, c: T): T {
  return apply(record, [gates, c], undefined);
}

/** dL/dgates and, behind it in each row, dL/dc: [rows, 5 width]. dh, dc: what h' and c' get, [rows, width]. */
export function lstmStepGradient<T extends Value>(gates: T, c: T, dh: T, dc: T): T {
  return apply(gradientRecord, [gates, c, dh, dc], undefined);
}
