// solveTriangular: linear systems whose matrix is triangular.
//
// Decides: systems from the right are those from the left, transposed; large ones are solved block by block.

import { ShapeError } from "../base/errors.ts";
import type { Node, Spec, Value } from "../graph/node.ts";
import { firstBlock } from "../kernels/cholesky.ts";
import { solveTriangular as solveKernel, type Triangle } from "../kernels/solveTriangular.ts";
import { promote, requireFloating } from "../tensor/dtype.ts";
import { type HostArray, hostZeros } from "../tensor/hostArray.ts";
import { broadcastShapes, elementCount, printShape } from "../tensor/shape.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { cast } from "./cast.ts";
import { concat } from "./concat.ts";
import { apply, defineKernel, type KernelOp, makeNode } from "./define.ts";
import { matmul } from "./matmul.ts";
import { neg } from "./neg.ts";
import { transpose } from "./permute.ts";
import { reshape } from "./reshape.ts";
import { slice } from "./slice.ts";
import { sub } from "./sub.ts";
import { tril, triu } from "./tril.ts";

/** How the matrix stands, and which of it is read. */
export interface SolveTriangularOptions {
  /** Whether a is upper triangular; else it is lower triangular. */
  readonly upper: boolean;
  /** Whether a stands left of x (a x = b), or right of it (x a = b). Default true. */
  readonly left?: boolean;
  /** Whether the diagonal of a counts as 1 and is not read. Default false. */
  readonly unitriangular?: boolean;
}

/** a: f32 [batch, n, n], b: f32 [batch, n, columns]. */
const record: KernelOp<Triangle> = defineKernel<Triangle>({
  name: "solveTriangular",
  output: ([, b]) => ({ shape: b.shape, dtype: "f32" }),
  reference: ([a, b], triangle) => solve(a, b, triangle),
  gradient({ dy, y, inputs: [a], attrs: { upper, unit }, wanted: [isWanted] }) {
    const db = apply(record, [transpose(a), dy], { upper: !upper, unit });
    const all = () => neg(matmul(db, transpose(y)));
    const diagonal = unit ? 1 : 0;
    const da = () => (upper ? triu(all(), { diagonal }) : tril(all(), { diagonal: -diagonal }));
    return [isWanted ? da() : undefined, db];
  },
  expand({ inputs: [a, b], attrs, device }) {
    const n = a.shape[1];
    const first = firstBlock(n, device);
    if (first === n) return undefined;
    // From the last rows on where a is upper triangular.
    const cut = attrs.upper ? n - first : first;
    const rows = (x: Node, isEarly: boolean) => rowsOf(x, isEarly !== attrs.upper, cut);
    const columns = (x: Node, isEarly: boolean) => transpose(rows(transpose(x), isEarly));
    const early = makeNode(record, [columns(rows(a, true), true), rows(b, true)], attrs);
    const left = sub(rows(b, false), matmul(columns(rows(a, false), true), early));
    const late = makeNode(record, [columns(rows(a, false), false), left], attrs);
    return concat(attrs.upper ? [late, early] : [early, late], { axis: 1 });
  },
  dispatch([, b], attrs, device) {
    const [batch, n, columns] = b.shape;
    return solveKernel({ batch, n, columns, ...attrs }, device);
  },
});

/** The rows before `cut`, or those from it on. */
function rowsOf(x: Node, isBefore: boolean, cut: number): Node {
  return slice(x, isBefore ? { ends: [undefined, cut] } : { starts: [undefined, cut] });
}

function solve(a: HostArray, b: HostArray, { upper, unit }: Triangle): HostArray {
  const [batch, n, columns] = b.shape;
  const y = hostZeros(b.shape);
  const rows = Array.from({ length: n }, (_, row) => (upper ? n - 1 - row : row));
  for (let item = 0; item < batch; item++) {
    for (let column = 0; column < columns; column++) {
      const at = (row: number) => (item * n + row) * columns + column;
      rows.forEach((row, done) => {
        const element = (other: number) => a.data[(item * n + row) * n + other];
        const rest = rows
          .slice(0, done)
          .reduce((left, other) => left - element(other) * y.data[at(other)], b.data[at(row)]);
        y.data[at(row)] = unit ? rest : rest / element(row);
      });
    }
  }
  return y;
}

/**
 * The x with a x = b, or with x a = b where `left` is false, for triangular a. a: [..., n, n], b: [..., n, k] (from the right
 * [..., k, n]), f32 or f16, which promote; batches broadcast. The other triangle of a is not read. A 0 on the diagonal gives
 * infinities and NaN. Throws ShapeError or DtypeError where they do not fit. Source: torch.linalg.solve_triangular.
 */
export function solveTriangular<T extends Value>(
  a: T,
  b: T,
  { upper, left = true, unitriangular = false }: SolveTriangularOptions,
): T {
  requireSystem("solveTriangular", { a }, { b }, left);
  if (!left) {
    const turned = { upper: !upper, unitriangular };
    return transpose(solveTriangular(transpose(a), transpose(b), turned));
  }
  const batch = broadcastShapes("solveTriangular", [a.shape.slice(0, -2), b.shape.slice(0, -2)]);
  const [n, columns] = b.shape.slice(-2);
  const count = elementCount(batch);
  const stack = (x: T, width: number) =>
    reshape(broadcastTo(cast(x, "f32"), [...batch, n, width]), [count, n, width]);
  const x = apply(record, [stack(a, n), stack(b, columns)], { upper, unit: unitriangular });
  return cast(reshape(x, [...batch, n, columns]), promote(a.dtype, b.dtype));
}

/** Throws ShapeError unless the last two axes of x are of one size. */
export function requireSquare(op: string, name: string, { shape }: Spec): void {
  const [rows, columns] = shape.slice(-2);
  if (shape.length >= 2 && rows === columns) return;
  throw new ShapeError(`${op}: ${name} is ${printShape(shape)}; it must be [..., n, n], square matrices.`);
}

/** Throws unless both are floats, the first are square matrices and the second fits beside them. */
export function requireSystem(
  op: string,
  matrix: Readonly<Record<string, Spec>>,
  other: Readonly<Record<string, Spec>>,
  left: boolean,
): void {
  const [[[nameA, a]], [[nameB, b]]] = [Object.entries(matrix), Object.entries(other)];
  requireFloating(op, nameA, a);
  requireFloating(op, nameB, b);
  requireSquare(op, nameA, a);
  const n = a.shape[a.shape.length - 1];
  if (b.shape.length < 2 || b.shape[b.shape.length - (left ? 2 : 1)] !== n) {
    const wanted = left ? `[..., ${n}, k]` : `[..., k, ${n}]`;
    throw new ShapeError(
      `${op}: ${nameB} is ${printShape(b.shape)} for ${nameA} ${printShape(a.shape)}; it must be ${wanted}.`,
    );
  }
  broadcastShapes(op, [a.shape.slice(0, -2), b.shape.slice(0, -2)]);
}
