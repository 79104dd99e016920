// einsum: products of tensors by an equation of axes, planned into products of matrices.
//
// The two operands whose product is the smallest are multiplied first. What only one of them has, and nobody asks for
// later, is summed before; what both have and somebody asks for is a batch, and the rest are rows, columns and the sum.

import { UsageError } from "../base/errors.ts";
import { product, range } from "../base/integers.ts";
import type { Value } from "../graph/node.ts";
import { isFloating, promote, requireTensor } from "../tensor/dtype.ts";
import { cast } from "./cast.ts";
import { diagonal } from "./diagonal.ts";
import { parseEinsum } from "./einsumEquation.ts";
import { matmul } from "./matmul.ts";
import { mul } from "./mul.ts";
import { permute } from "./permute.ts";
import { reshape } from "./reshape.ts";
import { sum } from "./sum.ts";

/** A value with a name for each of its axes, no two alike. */
interface Term<T extends Value> {
  readonly value: T;
  readonly names: readonly string[];
}

/**
 * The operands multiplied and summed as `equation` says: "bij,bjk->bik" is a product of matrices. A letter names an axis, spaces
 * mean nothing; a letter twice in one operand is its diagonal; letters that the result lacks are summed; "..." stands for the
 * axes that have no letter, which broadcast. Without "->" the result has "..." and then, sorted, the letters that stand once. An
 * axis of size 1 goes with any other of its letter. operands: any dtypes, which promote; whole numbers stay exact.
 * Throws UsageError for what is no equation, ShapeError where it does not fit the operands. Source: torch.einsum.
 */
export function einsum<T extends Value>(equation: string, ...operands: readonly T[]): T {
  if (operands.length === 0) throw new UsageError("einsum: no operand is given; there must be at least one.");
  for (const x of operands) requireTensor("einsum", "an operand", x);
  const plan = parseEinsum(
    equation,
    operands.map(({ shape }) => shape),
  );
  let terms = operands.map((value, index) => {
    const term = withoutRepeats({ value, names: plan.operands[index] });
    return withoutStretched(term, plan.sizes);
  });
  while (terms.length > 1) terms = multiplySmallest(terms, plan.output);
  const [{ value, names }] = terms.map((term) => summed(term, new Set(plan.output)));
  return permute(
    value,
    plan.output.map((name) => names.indexOf(name)),
  );
}

/** Axes of one name made one: their diagonal. */
function withoutRepeats<T extends Value>({ value, names }: Term<T>): Term<T> {
  const second = names.findIndex((name, axis) => names.indexOf(name) !== axis);
  if (second === -1) return { value, names };
  const first = names.indexOf(names[second]);
  return withoutRepeats({
    value: diagonal(value, { axis1: first, axis2: second }),
    names: [...names.filter((_, axis) => axis !== first && axis !== second), names[first]],
  });
}

/** Without axes of size 1 that another operand has larger: it is that operand's alone. */
function withoutStretched<T extends Value>(
  { value, names }: Term<T>,
  sizes: ReadonlyMap<string, number>,
): Term<T> {
  const own = range(0, names.length).filter(
    (axis) => value.shape[axis] !== 1 || sizes.get(names[axis]) === 1,
  );
  const shape = own.map((axis) => value.shape[axis]);
  return { value: reshape(value, shape), names: own.map((axis) => names[axis]) };
}

/** The terms with the two multiplied whose product is the smallest; the first such pair. */
function multiplySmallest<T extends Value>(terms: readonly Term<T>[], output: readonly string[]): Term<T>[] {
  const pairs = range(1, terms.length).flatMap((second) => range(0, second).map((first) => [first, second]));
  const candidates = pairs.map((pair) => {
    const [a, b] = pair.map((index) => terms[index]);
    const rest = terms.filter((_, index) => !pair.includes(index));
    const wanted = new Set([...output, ...rest.flatMap(({ names }) => names)]);
    return { a, b, rest, wanted, count: resultSize(a, b, wanted) };
  });
  const { a, b, rest, wanted } = candidates.reduce((best, other) =>
    other.count < best.count ? other : best,
  );
  return [multiply(a, b, wanted), ...rest];
}

/** How many elements their product has. */
function resultSize(a: Term<Value>, b: Term<Value>, wanted: ReadonlySet<string>): number {
  const sizes = new Map(
    [a, b].flatMap(({ value, names }) => names.map((name, axis) => [name, value.shape[axis]])),
  );
  return product([...sizes].map(([name, size]) => (wanted.has(name) ? size : 1)));
}

/** The term without the axes that nobody wants. */
function summed<T extends Value>({ value, names }: Term<T>, wanted: ReadonlySet<string>): Term<T> {
  const axis = range(0, names.length).filter((place) => !wanted.has(names[place]));
  if (axis.length === 0) return { value, names };
  return { value: sum(value, { axis }), names: names.filter((name) => wanted.has(name)) };
}

/** Their product, without the axes that nobody wants: batch, rows, columns. */
function multiply<T extends Value>(first: Term<T>, second: Term<T>, wanted: ReadonlySet<string>): Term<T> {
  const a = summed(first, new Set([...wanted, ...second.names]));
  const b = summed(second, new Set([...wanted, ...first.names]));
  const shared = a.names.filter((name) => b.names.includes(name));
  const batch = shared.filter((name) => wanted.has(name));
  const inner = shared.filter((name) => !wanted.has(name));
  const rows = a.names.filter((name) => !shared.includes(name));
  const cols = b.names.filter((name) => !shared.includes(name));
  const names = [...batch, ...rows, ...cols];
  const [left, right] = [arranged(a, [batch, rows, inner]), arranged(b, [batch, inner, cols])];
  const shape = [...sizesOf(a, batch), ...sizesOf(a, rows), ...sizesOf(b, cols)];
  const dtype = promote(left.dtype, right.dtype);
  const isMatrix = isFloating(dtype) && inner.length > 0 && rows.length + cols.length > 0;
  if (isMatrix) return { value: reshape(matmul(cast(left, dtype), cast(right, dtype)), shape), names };
  const [items, m, k] = left.shape;
  const n = right.shape[2];
  const aligned = reshape(permute(right, [0, 2, 1]), [items, 1, n, k]);
  const terms = mul(reshape(left, [items, m, 1, k]), aligned);
  return { value: reshape(inner.length === 0 ? terms : sum(terms, { axis: 3 }), shape), names };
}

/** The value as [batch, rows, cols], each made of the axes of those names. */
function arranged<T extends Value>(term: Term<T>, groups: readonly (readonly string[])[]): T {
  const order = groups.flat().map((name) => term.names.indexOf(name));
  return reshape(
    permute(term.value, order),
    groups.map((group) => product(sizesOf(term, group))),
  );
}

function sizesOf({ value, names }: Term<Value>, group: readonly string[]): number[] {
  return group.map((name) => value.shape[names.indexOf(name)]);
}
