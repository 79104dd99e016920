// interleave: two tensors whose elements along the first axis take turns.
//
// Of a chain whose every link reads the one before it, neighbours may not be written into one buffer, since no dispatch
// reads and writes one. So links take turns between two, which this makes one again.

import { range } from "../base/integers.ts";
import type { Node, Spec } from "../graph/node.ts";
import type { PasteRecord } from "../graph/op.ts";
import { contiguousLayout, sliceLayout } from "../tensor/layout.ts";
import type { Shape } from "../tensor/shape.ts";
import { definePaste, makeNode } from "./define.ts";
import { slice } from "./slice.ts";
import { stack } from "./stack.ts";

function wholeShape([a, b]: readonly Spec[]): Shape {
  return [a.shape[0] + b.shape[0], ...a.shape.slice(1)];
}

const record: PasteRecord<undefined> = definePaste<undefined>({
  name: "interleave",
  output: (inputs) => ({ shape: wholeShape(inputs), dtype: inputs[0].dtype }),
  places(inputs) {
    const whole = contiguousLayout(wholeShape(inputs));
    const ones = whole.shape.slice(1).map(() => 1);
    return inputs.map(({ shape }, first) => sliceLayout(whole, [first], [2, ...ones], shape));
  },
  gradient: ({ dy }) => [0, 1].map((first) => slice(dy, { starts: [first], steps: [2] })),
});

/** Element 2 k is that of `even`, element 2 k + 1 that of `odd`, which has as many elements or one less. */
export function interleave(even: Node, odd: Node): Node {
  return makeNode(record, [even, odd], undefined);
}

/** All of `links` along a new first axis, in two buffers: those at even and those at odd places. One link is all in the first. */
export function stackByTurns(links: readonly Node[]): readonly Node[] {
  const turns = links.length > 1 ? [0, 1] : [0];
  return turns.map((first) =>
    stack(range(0, links.length).flatMap((at) => (at % 2 === first ? [links[at]] : []))),
  );
}

/** What `stackByTurns` gave, or views of both of that, in one. */
export function joinTurns([even, odd]: readonly Node[]): Node {
  return odd === undefined ? even : interleave(even, odd);
}
