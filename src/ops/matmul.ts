// matmul: the matrix product, batched and broadcast. Transposed operands are read as they stand and never copied.

import { ShapeError } from "../base/errors.ts";
import { roundUp } from "../base/integers.ts";
import { accessOf, isWhole } from "../graph/access.ts";
import type { Node, Spec, Value } from "../graph/node.ts";
import {
  type MatmulSizes,
  type MatmulSums,
  matmul as matmulKernel,
  matmulPadding,
  matmulSplitK,
  matmulSplits,
  matmulWithSums,
} from "../kernels/matmul.ts";
import { matmulChoices } from "../kernels/matmulChoices.ts";
import { promote, requireFloating } from "../tensor/dtype.ts";
import { type HostArray, hostZeros } from "../tensor/hostArray.ts";
import { broadcastShapes, elementCount, isSameShape, printShape, type Shape } from "../tensor/shape.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { apply, defineKernel, type KernelOp, makeNode } from "./define.ts";
import { embed } from "./embed.ts";
import { transpose } from "./permute.ts";
import { reshape } from "./reshape.ts";
import { isSum, sum } from "./sum.ts";

/** Which operands are stored with their last two axes swapped. Set by simplification, when that reads better. */
interface MatmulAttrs {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** The sizes of the product where rows of operands are stored with padding behind them; else shapes tell. */
  readonly padded?: { readonly m: number; readonly n: number; readonly k: number };
}

/** a: [1 or batch, m, k], b: [1 or batch, k, n], but for what is stored transposed. */
function sizesOf([a, b]: readonly { readonly shape: Shape }[], attrs: MatmulAttrs): MatmulSizes {
  const { transposeA, transposeB, padded } = attrs;
  const [m, k] = transposeA ? [a.shape[2], a.shape[1]] : [a.shape[1], a.shape[2]];
  const n = transposeB ? b.shape[1] : b.shape[2];
  const batch = Math.max(a.shape[0], b.shape[0]);
  const strideOf = ({ shape: [count, rows, cols] }: { readonly shape: Shape }) =>
    count === 1 && batch > 1 ? 0 : rows * cols;
  const batchStrides = { batchStrideA: strideOf(a), batchStrideB: strideOf(b) };
  const sizes = { transposeA, transposeB, batch, m, n, k, ...batchStrides };
  return padded === undefined
    ? sizes
    : { ...sizes, ...padded, rowStrideA: a.shape[2], rowStrideB: b.shape[2] };
}

const record: KernelOp<MatmulAttrs> = defineKernel<MatmulAttrs>({
  name: "matmul",
  output(inputs, attrs) {
    const { batch, m, n } = sizesOf(inputs, attrs);
    return { shape: [batch, m, n], dtype: promote(inputs[0].dtype, inputs[1].dtype) };
  },
  reference: (inputs, attrs) => multiply(inputs[0], inputs[1], sizesOf(inputs, attrs)),
  gradient({ dy, inputs: [a, b], attrs: { transposeA, transposeB } }) {
    const plainA = transposeA ? transpose(a) : a;
    const plainB = transposeB ? transpose(b) : b;
    const da = matmul(dy, transpose(plainB));
    const db = matmul(transpose(plainA), dy);
    const fit = (gradient: Node, input: Node, isTransposed: boolean) => {
      const summed =
        input.shape[0] < gradient.shape[0] ? sum(gradient, { axis: 0, keepDims: true }) : gradient;
      return isTransposed ? transpose(summed) : summed;
    };
    return [fit(da, a, transposeA), fit(db, b, transposeB)];
  },
  simplify({ inputs: [a, b], attrs }) {
    if (attrs.padded !== undefined) return undefined;
    const flipA = readsBetterTransposed(a);
    const flipB = readsBetterTransposed(b);
    if (!flipA && !flipB) return undefined;
    return makeNode(record, [flipA ? transpose(a) : a, flipB ? transpose(b) : b], {
      transposeA: attrs.transposeA !== flipA,
      transposeB: attrs.transposeB !== flipB,
    });
  },
  expand({ inputs, attrs, device }) {
    const sizes = sizesOf(inputs, attrs);
    const pads = matmulPadding(sizes, device);
    if (pads.a || pads.b) {
      const { m, n, k } = sizes;
      const [a, b] = [pads.a ? paddedRows(inputs[0]) : inputs[0], pads.b ? paddedRows(inputs[1]) : inputs[1]];
      return makeNode(record, [a, b], { ...attrs, padded: { m, n, k } });
    }
    const splits = matmulSplits(sizes, device);
    if (splits === 1) return undefined;
    return sum(makeNode(splitRecord, inputs, { ...attrs, splits }), { axis: 0 });
  },
  dispatch: (inputs, attrs, device) => matmulKernel(sizesOf(inputs, attrs), device),
  choices: (inputs, attrs, device) => matmulChoices({ ...sizesOf(inputs, attrs), splits: 1 }, device),
  dispatchWith({ inputs, attrs, device, dispatch }, other) {
    const sums = sumsOf(inputs, attrs, other);
    return sums && matmulWithSums(sizesOf(inputs, attrs), sums, device, dispatch);
  },
});

/**
 * What of a product's operands `other` sums over the inner size, if anything: the gradient of a bias beside that of the
 * weight, both of which read the same dy.
 */
function sumsOf([a, b]: readonly Node[], attrs: MatmulAttrs, other: Node): MatmulSums | undefined {
  const [outer, length, inner] = other.inputs[0]?.shape ?? [];
  if (!isSum(other) || outer !== 1 || a.shape[0] * b.shape[0] !== 1) return undefined;
  const isSummed = (operand: Node, isAlongFirst: boolean) => {
    const [, rows, cols] = operand.shape;
    return isAlongFirst && rows === length && cols === inner && isSameRead(operand, other.inputs[0]);
  };
  if (isSummed(b, !attrs.transposeB)) return "columns of b";
  return isSummed(a, attrs.transposeA) ? "rows of a" : undefined;
}

/** Whether both are all of one value, in its own order. */
function isSameRead(a: Node, b: Node): boolean {
  const [left, right] = [accessOf(a), accessOf(b)];
  return left !== undefined && left.base === right?.base && isWhole(left) && isWhole(right);
}

/** The product in `splits` parts along k, to be added up: [splits, batch, m, n]. For few outputs of long sums. */
const splitRecord = defineKernel<MatmulAttrs & { readonly splits: number }>({
  name: "matmulSplitK",
  output(inputs, { splits, ...attrs }) {
    const { batch, m, n } = sizesOf(inputs, attrs);
    return { shape: [splits, batch, m, n], dtype: "f32" };
  },
  reference(inputs, { splits, ...attrs }) {
    // Only the sum over the parts is defined; here the first part is all of it.
    const whole = multiply(inputs[0], inputs[1], sizesOf(inputs, attrs));
    const parts = hostZeros([splits, ...whole.shape]);
    parts.data.set(whole.data);
    return parts;
  },
  dispatch: (inputs, { splits, ...attrs }, device) =>
    matmulSplitK({ ...sizesOf(inputs, attrs), splits }, device),
  choices: (inputs, { splits, ...attrs }, device) =>
    matmulChoices({ ...sizesOf(inputs, attrs), splits }, device),
});

/** x with zeros behind each row, up to whole quads. */
function paddedRows(x: Node): Node {
  return embed(x, { axis: 2, size: roundUp(x.shape[2], 4), start: 0 });
}

/** Whether neighbours in memory lie along the second-last axis rather than the last. */
function readsBetterTransposed(x: Node): boolean {
  const layout = accessOf(x)?.layout;
  if (layout === undefined || !isSameShape(layout.shape, x.shape)) return false;
  const [, rows, cols] = layout.shape;
  return layout.strides[2] !== 1 && layout.strides[1] === 1 && cols > 1 && rows > 0;
}

function multiply(a: HostArray, b: HostArray, sizes: MatmulSizes): HostArray {
  const { batch, m, n, k, transposeA, transposeB, batchStrideA, batchStrideB } = sizes;
  const { rowStrideA = transposeA ? m : k, rowStrideB = transposeB ? k : n } = sizes;
  const y = hostZeros([batch, m, n]);
  for (let item = 0; item < batch; item++) {
    for (let row = 0; row < m; row++) {
      for (let col = 0; col < n; col++) {
        let total = 0;
        for (let inner = 0; inner < k; inner++) {
          const left =
            item * batchStrideA + (transposeA ? inner * rowStrideA + row : row * rowStrideA + inner);
          const right =
            item * batchStrideB + (transposeB ? col * rowStrideB + inner : inner * rowStrideB + col);
          total += a.data[left] * b.data[right];
        }
        y.data[(item * m + row) * n + col] = total;
      }
    }
  }
  return y;
}

/**
 * The matrix product of the last two axes; axes before them are batches and broadcast; a vector counts as one row
 * (left) or one column (right), which the result then lacks. a: [..., m, k], b: [..., k, n], f32 or f16.
 * Throws ShapeError where the inner sizes or batches differ, DtypeError for integers. Source: torch.matmul.
 */
export function matmul<T extends Value>(a: T, b: T): T {
  requireOperands(a, b);
  if (a.shape.length === 1) return dropAxis(matmul(reshape(a, [1, a.shape[0]]), b), -2);
  if (b.shape.length === 1) return dropAxis(matmul(a, reshape(b, [b.shape[0], 1])), -1);
  const batchA = a.shape.slice(0, -2);
  const batchB = b.shape.slice(0, -2);
  const batch = broadcastShapes("matmul", [batchA, batchB]);
  const n = b.shape[b.shape.length - 1];
  const m = a.shape[a.shape.length - 2];
  const isOneMatrix = elementCount(batchB) === 1 && isSameShape(batchA, batch);
  const left = isOneMatrix
    ? reshape(a, [1, elementCount(batch) * m, a.shape[a.shape.length - 1]])
    : stack(a, batch);
  const right = isOneMatrix ? reshape(b, [1, ...b.shape.slice(-2)]) : stack(b, batch);
  return reshape(apply(record, [left, right], { transposeA: false, transposeB: false }), [...batch, m, n]);
}

/** x as [1 or batch, rows, cols]. */
function stack<T extends Value>(x: T, batch: Shape): T {
  const own = x.shape.slice(0, -2);
  const matrix = x.shape.slice(-2);
  if (elementCount(own) === 1 && elementCount(batch) !== 0) return reshape(x, [1, ...matrix]);
  return reshape(broadcastTo(x, [...batch, ...matrix]), [elementCount(batch), ...matrix]);
}

function dropAxis<T extends Value>(x: T, axis: number): T {
  return reshape(x, x.shape.toSpliced(axis, 1));
}

function requireOperands(a: Spec, b: Spec): void {
  for (const [name, x] of Object.entries({ a, b })) {
    requireFloating("matmul", name, x);
    if (x.shape.length === 0)
      throw new ShapeError(`matmul: ${name} is a scalar; it must have at least one axis.`);
  }
  const inner = a.shape[a.shape.length - 1];
  const outer = b.shape[Math.max(0, b.shape.length - 2)];
  if (inner === outer) return;
  const which = b.shape.length === 1 ? "only" : "second-last";
  throw new ShapeError(
    `matmul: inner sizes differ, a is ${printShape(a.shape)} and b is ${printShape(b.shape)}; a's last size must equal b's ${which}.`,
  );
}
