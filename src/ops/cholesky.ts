// cholesky: the triangular factor of symmetric, positive definite matrices.
//
// Decides: how a large matrix is cut into blocks, which leaves products of matrices for most of the work.
// The gradient: Murray 2016, "Differentiation of the Cholesky decomposition".

import type { Value } from "../graph/node.ts";
import { constantNode } from "../graph/source.ts";
import { cholesky as choleskyKernel, firstBlock } from "../kernels/cholesky.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { type HostArray, hostZeros } from "../tensor/hostArray.ts";
import { contiguousLayout, sliceLayout } from "../tensor/layout.ts";
import { elementCount } from "../tensor/shape.ts";
import { add } from "./add.ts";
import { cast } from "./cast.ts";
import { apply, defineKernel, definePaste, type KernelOp, makeNode } from "./define.ts";
import { matmul } from "./matmul.ts";
import { mul } from "./mul.ts";
import { transpose } from "./permute.ts";
import { reshape } from "./reshape.ts";
import { slice } from "./slice.ts";
import { requireSquare, solveTriangular } from "./solveTriangular.ts";
import { sub } from "./sub.ts";
import { tril } from "./tril.ts";

/** Which factor. */
export interface CholeskyOptions {
  /** Whether the factor is upper triangular. Default false. */
  readonly upper?: boolean;
}

/** f32 [batch, n, n]: the lower factor of each matrix, from its lower triangle. */
const record: KernelOp = defineKernel<undefined>({
  name: "cholesky",
  output: ([x]) => x,
  reference: ([x]) => factor(x),
  gradient({ dy, y }) {
    const pulled = tril(matmul(transpose(y), dy));
    const symmetric = mul(add(pulled, transpose(tril(pulled, { diagonal: -1 }))), 0.5);
    // y^-T symmetric y^-1, which is symmetric too.
    const left = solveTriangular(transpose(y), symmetric, { upper: true });
    return [solveTriangular(y, left, { upper: false, left: false })];
  },
  expand({ inputs: [x], device }) {
    const n = x.shape[1];
    const size = firstBlock(n, device);
    if (size === n) return undefined;
    const part = (row: number, column: number) =>
      slice(x, { starts: [0, row, column], ends: [undefined, row + size, column + size] });
    const first = makeNode(record, [part(0, 0)], undefined);
    const below = solveTriangular(first, transpose(part(size, 0)), { upper: false });
    const rest = sub(part(size, size), matmul(transpose(below), below));
    const last = makeNode(record, [rest], undefined);
    const nothing = constantNode(0, x.dtype, [x.shape[0], size, n - size]);
    return makeNode(quartersRecord, [first, nothing, transpose(below), last], undefined);
  },
  dispatch: ([{ shape }], _attrs, device) => choleskyKernel({ batch: shape[0], n: shape[1] }, device),
});

/** [batch, n, n] from its upper left, upper right, lower left and lower right part. */
const quartersRecord = definePaste<undefined>({
  name: "quarters",
  output: ([first, right]) => {
    const [batch, size] = first.shape;
    const n = size + right.shape[2];
    return { shape: [batch, n, n], dtype: first.dtype };
  },
  places(inputs) {
    const [batch, size, rest] = inputs[1].shape;
    const whole = contiguousLayout([batch, size + rest, size + rest]);
    return inputs.map(({ shape }, index) =>
      sliceLayout(whole, [0, index < 2 ? 0 : size, index % 2 === 0 ? 0 : size], [1, 1, 1], shape),
    );
  },
});

function factor({ shape, data }: HostArray): HostArray {
  const [batch, n] = shape;
  const y = hostZeros(shape);
  for (let item = 0; item < batch; item++) {
    const at = (row: number, column: number) => (item * n + row) * n + column;
    for (let column = 0; column < n; column++) {
      for (let row = column; row < n; row++) {
        let rest = data[at(row, column)];
        for (let k = 0; k < column; k++) rest -= y.data[at(row, k)] * y.data[at(column, k)];
        // The root of what is not above 0 is to be NaN, also that of 0.
        const root = row === column ? (rest > 0 ? Math.sqrt(rest) : Number.NaN) : y.data[at(column, column)];
        y.data[at(row, column)] = row === column ? root : rest / root;
      }
    }
  }
  return y;
}

/**
 * The lower triangular l with l l^T = a and a positive diagonal, for each matrix; with `upper` its transpose, u^T u = a. a: [..., n, n],
 * f32 or f16, symmetric and positive definite; its lower triangle alone is read, with `upper` the upper. Where a matrix is not
 * positive definite, the columns (with `upper` the rows) of its factor from the first pivot on that is not above 0 are NaN within
 * the triangle: a GPU throws nothing, so look at the last element of the diagonal. Gradients are symmetric. Throws ShapeError
 * unless matrices are square, DtypeError for whole numbers. Source: torch.linalg.cholesky, which throws where we give NaN.
 */
export function cholesky<T extends Value>(a: T, { upper = false }: CholeskyOptions = {}): T {
  requireFloating("cholesky", "a", a);
  requireSquare("cholesky", "a", a);
  const n = a.shape[a.shape.length - 1];
  const count = n === 0 ? 0 : elementCount(a.shape) / (n * n);
  const matrices = reshape(cast(a, "f32"), [count, n, n]);
  const factors = apply(record, [upper ? transpose(matrices) : matrices], undefined);
  return cast(reshape(upper ? transpose(factors) : factors, a.shape), a.dtype);
}
