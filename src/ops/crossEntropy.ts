// crossEntropy: the negative log-probability of the right class, straight from logits.

import { ShapeError } from "../base/errors.ts";
import type { Spec, Value } from "../graph/node.ts";
import { crossEntropyRows, crossEntropyGradient as gradientKernel } from "../kernels/crossEntropy.ts";
import { requireDtype, requireFloating } from "../tensor/dtype.ts";
import { type HostArray, hostZeros } from "../tensor/hostArray.ts";
import { isSameShape, printShape } from "../tensor/shape.ts";
import { apply, defineKernel } from "./define.ts";
import { permute } from "./permute.ts";
import { type Reduction, reduceLosses } from "./reduceLosses.ts";
import { reshape } from "./reshape.ts";

/** The log-probabilities of a row. */
function logProbabilities(logits: HostArray, row: number): Float64Array {
  const classes = logits.shape[1];
  const values = logits.data.subarray(row * classes, (row + 1) * classes);
  const largest = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const total = values.reduce((sum, value) => sum + Math.exp(value - largest), 0);
  return values.map((value) => value - largest - Math.log(total));
}

const rowsRecord = defineKernel<undefined>({
  name: "crossEntropy",
  output: ([logits]) => ({ shape: [logits.shape[0]], dtype: logits.dtype }),
  reference([logits, labels]) {
    const [rows, classes] = logits.shape;
    const losses = hostZeros([rows]);
    for (let row = 0; row < rows; row++) {
      const label = labels.data[row];
      const isClass = label >= 0 && label < classes;
      losses.data[row] = isClass ? -logProbabilities(logits, row)[label] : Number.NaN;
    }
    return losses;
  },
  gradient: ({ dy, inputs: [logits, labels], o }) => [o.crossEntropyGradient(logits, labels, dy)],
  dispatch: ([{ shape }], _attrs, device) => crossEntropyRows({ rows: shape[0], classes: shape[1] }, device),
});

const gradientRecord = defineKernel<undefined>({
  name: "crossEntropyGradient",
  output: ([logits]) => logits,
  reference([logits, labels, dy]) {
    const [rows, classes] = logits.shape;
    const dx = hostZeros(logits.shape);
    for (let row = 0; row < rows; row++) {
      logProbabilities(logits, row).forEach((logProbability, index) => {
        const label = index === labels.data[row] ? 1 : 0;
        dx.data[row * classes + index] = (Math.exp(logProbability) - label) * dy.data[row];
      });
    }
    return dx;
  },
  gradient({ dy: g, inputs: [logits, labels, dy], o }) {
    const probabilities = o.softmax(logits);
    const pull = o.mul(g, o.unsqueeze(dy, 1));
    const dot = o.sum(o.mul(probabilities, pull), { axis: 1, keepDims: true });
    const difference = o.sub(probabilities, o.oneHot(labels, logits.shape[1]));
    return [o.mul(probabilities, o.sub(pull, dot)), undefined, o.sum(o.mul(difference, g), { axis: 1 })];
  },
  dispatch: ([{ shape }], _attrs, device) => gradientKernel({ rows: shape[0], classes: shape[1] }, device),
});

/**
 * -log softmax(logits)[label] for each row. logits: [batch, classes] or [batch, classes, ...] (or [classes]), f32 or
 * f16; labels: i32 or u32 without the class axis. `reduction` "mean" (default) and "sum" give a scalar. A label that is
 * no class makes its loss NaN. Throws ShapeError, DtypeError or UsageError. Source: torch.nn.functional.cross_entropy.
 */
export function crossEntropy<T extends Value>(
  logits: T,
  labels: T,
  { reduction = "mean" }: { readonly reduction?: Reduction } = {},
): T {
  requireLabels(logits, labels);
  const last = logits.shape.length - 1;
  const order = logits.shape.map((_, axis) => axis).toSpliced(1, 1);
  const rows = last <= 1 ? logits : permute(logits, [...order, 1]);
  const classes = rows.shape[last];
  const flat = reshape(rows, [labels.shape.reduce((a, b) => a * b, 1), classes]);
  const losses = apply(rowsRecord, [flat, reshape(labels, [flat.shape[0]])], undefined);
  return reduceLosses("crossEntropy", reshape(losses, labels.shape), reduction);
}

/** dL/dlogits of `crossEntropy` on [rows, classes], given dL/dloss for each row. */
export function crossEntropyGradient<T extends Value>(logits: T, labels: T, dy: T): T {
  return apply(gradientRecord, [logits, labels, dy], undefined);
}

function requireLabels(logits: Spec, labels: Spec): void {
  requireFloating("crossEntropy", "logits", logits.dtype);
  requireDtype("crossEntropy", "labels", labels.dtype, ["i32", "u32"]);
  const { shape } = logits;
  if (shape.length === 0 || shape[shape.length === 1 ? 0 : 1] === 0) {
    throw new ShapeError(
      `crossEntropy: logits are ${printShape(shape)}; they must be [batch, classes] with at least one class.`,
    );
  }
  const expected = shape.length === 1 ? [] : shape.toSpliced(1, 1);
  if (isSameShape(labels.shape, expected)) return;
  throw new ShapeError(
    `crossEntropy: labels are ${printShape(labels.shape)} for logits ${printShape(shape)}; they must be ${printShape(expected)}, one class index for each row.`,
  );
}
