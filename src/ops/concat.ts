// concat: tensors one after the other along an axis. Whatever makes them writes them to their place: nothing is copied.

import { ShapeError, UsageError } from "../base/errors.ts";
import type { Node, Spec, Value } from "../graph/node.ts";
import type { PasteRecord } from "../graph/op.ts";
import { promote, requireTensor } from "../tensor/dtype.ts";
import { contiguousLayout, type Layout, sliceLayout } from "../tensor/layout.ts";
import { elementCount, normalizeAxis, printShape, type Shape } from "../tensor/shape.ts";
import { cast } from "./cast.ts";
import { apply, definePaste, makeNode } from "./define.ts";
import { slice } from "./slice.ts";

interface ConcatAttrs {
  readonly axis: number;
}

function joined(inputs: readonly Spec[], axis: number): Shape {
  const total = inputs.reduce((sum, { shape }) => sum + shape[axis], 0);
  return inputs[0].shape.map((size, index) => (index === axis ? total : size));
}

const record: PasteRecord<ConcatAttrs> = definePaste<ConcatAttrs>({
  name: "concat",
  output: (inputs, { axis }) => ({ shape: joined(inputs, axis), dtype: inputs[0].dtype }),
  places(inputs, { axis }) {
    const whole = contiguousLayout(joined(inputs, axis));
    const steps = whole.shape.map(() => 1);
    let start = 0;
    return inputs.map(({ shape }): Layout => {
      const starts = shape.map((_, index) => (index === axis ? start : 0));
      start += shape[axis];
      return sliceLayout(whole, starts, steps, shape);
    });
  },
  gradient({ dy, inputs, attrs: { axis } }) {
    let start = 0;
    return inputs.map(({ shape }) => {
      const at = (value: number) => shape.map((_, index) => (index === axis ? value : undefined));
      const part = slice(dy, { starts: at(start), ends: at(start + shape[axis]) });
      start += shape[axis];
      return part;
    });
  },
  simplify({ inputs, attrs }) {
    const full = inputs.filter(({ shape }) => elementCount(shape) > 0);
    if (full.length === 0) return undefined;
    if (full.length === 1) return full[0];
    const isNested = (input: Node) => input.op === record && (input.attrs as ConcatAttrs).axis === attrs.axis;
    const flat = full.flatMap((input) => (isNested(input) ? input.inputs : [input]));
    return flat.length === inputs.length ? undefined : makeNode(record, flat, attrs);
  },
});

/**
 * All of `list` along `axis` (default 0); dtypes promote. Throws UsageError for an empty list, ShapeError where other
 * sizes differ. Source: torch.cat.
 */
export function concat<T extends Value>(
  list: readonly T[],
  { axis = 0 }: { readonly axis?: number } = {},
): T {
  if (list.length === 0) throw new UsageError("concat: the list is empty; it must hold at least one tensor.");
  for (const x of list) requireTensor("concat", "one of the list", x);
  const along = normalizeAxis("concat", axis, list[0].shape.length);
  for (const x of list) requireFitting(list[0], x, along);
  const dtype = list.map((x) => x.dtype).reduce(promote);
  const values = list.map((x) => cast(x, dtype));
  return values.length === 1 ? values[0] : apply(record, values, { axis: along });
}

function requireFitting(first: Spec, x: Spec, axis: number): void {
  const isFitting =
    x.shape.length === first.shape.length &&
    x.shape.every((size, index) => index === axis || size === first.shape[index]);
  if (isFitting) return;
  throw new ShapeError(
    `concat: ${printShape(first.shape)} and ${printShape(x.shape)} do not fit; all sizes but that of axis ${axis} must be equal.`,
  );
}
