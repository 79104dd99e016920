// How an op is defined and applied: what the op files, and users with ops of their own, are built with.
//
// An op file exports a function over Values (Nodes or Tensors) and keeps its record beside it. Applying an op checks
// its inputs, makes one Node, and gives back a value of the kind that came in. Nothing is computed here.

import { UsageError } from "../base/errors.ts";
import type { Spec, Value } from "../graph/node.ts";
import { Node } from "../graph/node.ts";
import type {
  GradientContext,
  KernelRecord,
  OpRecord,
  PasteRecord,
  RewriteContext,
  ViewRecord,
} from "../graph/op.ts";
import { constantNode } from "../graph/source.ts";
import { type Dtype, isFloating, requireTensor } from "../tensor/dtype.ts";
import { requireShape } from "../tensor/shape.ts";

/** What a gradient rule in an op file gets. */
export type Gradient<A = undefined> = GradientContext<A>;

/** What a rewriting rule in an op file gets. */
export type Rewrite<A = undefined> = RewriteContext<A>;

/** A value, or a number that stands for a scalar of fitting dtype. */
export type Operand<T extends Value> = T | number;

/** A kernel op's record; annotate with it where a record names itself, or TypeScript finds a circle (TS7022). */
export type KernelOp<A = undefined> = KernelRecord<A>;

/** Keeps a view record's types. */
export function defineView<A>(record: Omit<ViewRecord<A>, "kind">): ViewRecord<A> {
  return { ...record, kind: "view" };
}

/** Keeps a paste record's types. */
export function definePaste<A>(record: Omit<PasteRecord<A>, "kind">): PasteRecord<A> {
  return { ...record, kind: "paste" };
}

/** Keeps a kernel record's types. */
export function defineKernel<A>(record: Omit<KernelRecord<A>, "kind">): KernelRecord<A> {
  return { ...record, kind: "kernel" };
}

/**
 * Applies `record` to values of one kind. Throws UsageError for what is none, and the record's where they do not fit.
 */
export function apply<T extends Value, A>(record: OpRecord<A>, values: readonly T[], attrs: A): T {
  for (const value of values) requireTensor(record.name, "an input", value);
  const nodes = values.map((value) => value.toNode(record.name));
  return values[0].derive(makeNode(record, nodes, attrs), values);
}

/** One node of `record`, its shape checked. */
export function makeNode<A>(record: OpRecord<A>, inputs: readonly Node[], attrs: A): Node {
  const spec: Spec = record.output(inputs, attrs);
  requireShape(record.name, spec.shape);
  return new Node(record, inputs, attrs, spec);
}

/** The values among `operands`, numbers turned into constants that do not widen the dtype of the others. */
export function withConstants<T extends Value>(op: string, operands: readonly Operand<T>[]): T[] {
  const values = operands.filter((operand): operand is T => typeof operand !== "number");
  if (values.length === 0) {
    throw new UsageError(`${op}: all arguments are numbers; at least one must be a tensor.`);
  }
  for (const value of values) requireTensor(op, "an input", value, "a tensor or a number");
  const owner = values[0];
  return operands.map((operand) => {
    if (typeof operand !== "number") return operand;
    return owner.derive(constantNode(operand, weakDtype(operand, owner.dtype)), [owner]);
  });
}

/** The dtype of a bare number beside a tensor of `dtype`: PyTorch's rule, by which only a fraction widens an integer. */
function weakDtype(value: number, dtype: Dtype): Dtype {
  if (isFloating(dtype)) return dtype;
  if (!Number.isInteger(value)) return "f32";
  return dtype === "u32" && value >= 0 ? "u32" : "i32";
}
