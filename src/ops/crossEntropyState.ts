// crossEntropyState: what a cross-entropy needs to know of rows of logits, taken in chunk by chunk.

import type { Value } from "../graph/node.ts";
import {
  type CrossEntropyChunkSizes,
  crossEntropyState as stateKernel,
} from "../kernels/crossEntropyState.ts";
import { hostZeros } from "../tensor/hostArray.ts";
import { apply, defineKernel } from "./define.ts";

/** Where the chunk stands among all classes, and which label does not count. */
export interface ChunkOptions {
  /** The class of the chunk's first column. */
  readonly start: number;
  readonly allClasses: number;
  readonly ignoreIndex: number;
}

const record = defineKernel<ChunkOptions>({
  name: "crossEntropyState",
  output: ([logits]) => ({ shape: [3, logits.shape[0]], dtype: "f32" }),
  reference([logits, labels, before], { start, allClasses, ignoreIndex }) {
    const [rows, classes] = logits.shape;
    const state = hostZeros([3, rows]);
    for (let row = 0; row < rows; row++) {
      const values = logits.data.subarray(row * classes, (row + 1) * classes);
      const label = labels.data[row];
      const isLost = (label < 0 || label >= allClasses) && label !== ignoreIndex;
      const earlierSum = before.data[rows + row];
      const earlier = earlierSum === 0 ? Number.NEGATIVE_INFINITY : before.data[row];
      const largest = values.reduce((a, b) => Math.max(a, b), earlier);
      const carried = earlierSum === 0 ? 0 : earlierSum * Math.exp(earlier - largest);
      const total = values.reduce((sum, value) => sum + Math.exp(value - largest), carried);
      state.data[row] = largest;
      state.data[rows + row] = isLost ? Number.NaN : total;
      state.data[2 * rows + row] = values[label - start] ?? before.data[2 * rows + row];
    }
    return state;
  },
  dispatch: ([{ shape }], attrs, device) => {
    const sizes: CrossEntropyChunkSizes = { rows: shape[0], classes: shape[1], ...attrs };
    return stateKernel(sizes, device);
  },
});

/**
 * f32 [3, rows]: the largest logit of each row, the sum of e^(logit - largest), and the label's logit, over the chunk
 * `logits` [rows, classes] and those behind `before` [3, rows], which is 0 for the first. A label that is no class of
 * all makes the sum NaN. No gradient: `linearCrossEntropy` has one.
 */
export function crossEntropyState<T extends Value>(
  logits: T,
  labels: T,
  before: T,
  { start, allClasses, ignoreIndex }: ChunkOptions,
): T {
  return apply(record, [logits, labels, before], { start, allClasses, ignoreIndex });
}
