// One case for each op that PyTorch has no like of, with as many tensors as it takes.

import type { Value } from "../../src/graph/node.ts";
import * as ops from "../../src/ops/index.ts";
import type { InputSpec } from "../ops/opCase.ts";

/** What an op is tried with: only shapes and dtypes matter. */
export interface OwnOp {
  readonly op: string;
  readonly inputs: readonly InputSpec[];
  apply<T extends Value>(...inputs: readonly T[]): T;
}

const floats = (...shape: number[]): InputSpec => ({ shape });
const ids = (...shape: number[]): InputSpec => ({ shape, dtype: "i32" });
const key: readonly InputSpec[] = [0, 1, 2].map(() => ({ shape: [], dtype: "u32" }));

export const ownOps: readonly OwnOp[] = [
  {
    op: "alibiBias",
    inputs: [floats(2), ids(3)],
    apply: (slopes, positions) => ops.alibiBias(slopes, 3, 4, { positions }),
  },
  { op: "batchMoments", inputs: [floats(2, 3)], apply: (x) => ops.batchMoments(x) },
  { op: "batchStatistics", inputs: [floats(2, 3, 4)], apply: (x) => ops.batchStatistics(x, { eps: 1e-5 }) },
  {
    op: "categorical",
    inputs: [floats(2, 3), floats(2)],
    apply: (p, uniform) => ops.categorical(p, uniform),
  },
  {
    op: "crossEntropyState",
    inputs: [floats(2, 3), ids(2), floats(3, 2)],
    apply: (logits, labels, before) =>
      ops.crossEntropyState(logits, labels, before, { start: 0, allClasses: 3, ignoreIndex: -100 }),
  },
  {
    op: "decodeAttention",
    inputs: [floats(1, 2, 1, 4), floats(1, 2, 8, 4), floats(1, 2, 8, 4), ids(1)],
    apply: (q, keys, values, lengths) => ops.decodeAttention(q, keys, values, { lengths }),
  },
  { op: "detach", inputs: [floats(2)], apply: (x) => ops.detach(x) },
  {
    op: "dropoutWith",
    inputs: [floats(2), ...key],
    apply: (x, seed, stream, step) => ops.dropoutWith(x, { seed, stream, step }, 0.5),
  },
  { op: "embed", inputs: [floats(2)], apply: (x) => ops.embed(x, { axis: 0, size: 4, start: 1 }) },
  {
    op: "filterLogits",
    inputs: [floats(2, 3), floats(2), ids(2), floats(2), ids(2, 4), ids(2)],
    apply: (logits, temperature, topK, topP, history, historyLength) =>
      ops.filterLogits(logits, { temperature, topK, topP, repetitionPenalty: 2, history, historyLength }),
  },
  { op: "linearScan", inputs: [floats(2, 3), floats(2, 3)], apply: (a, b) => ops.linearScan(a, b, 1) },
  {
    op: "penalizeRepeats",
    inputs: [floats(2, 3), ids(2, 4), floats(2), ids(2)],
    apply: (logits, history, penalty, length) => ops.penalizeRepeats(logits, { penalty, history, length }),
  },
  {
    op: "randomUniform",
    inputs: key,
    apply: (seed, stream, step) => ops.randomUniform({ seed, stream, step }, [3]),
  },
  {
    op: "rotaryEmbedding",
    inputs: [floats(2, 3, 4), floats(8, 2, 4), ids(2, 3)],
    apply: (x, table, positions) => ops.rotaryEmbedding(x, table, { positions }),
  },
  {
    op: "runningMoments",
    inputs: [floats(5), floats(5, 2)],
    apply: (running, statistics) => ops.runningMoments(running, statistics, 0.1),
  },
];
