// runningMoments: the running averages of batch normalisation after one more batch, means, variances and their count in
// one elementwise step.

import { ShapeError, UsageError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import type { ElementwiseRecord } from "../graph/op.ts";
import { constantNode } from "../graph/source.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { printShape } from "../tensor/shape.ts";
import { add } from "./add.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { apply } from "./define.ts";
import { div } from "./div.ts";
import { slice } from "./slice.ts";
import { flatten } from "./squeeze.ts";

/** old + factor (fresh - old), but old + 1 for the element `last`, which is the count. The place travels as data. */
const record: ElementwiseRecord<undefined> = {
  kind: "elementwise",
  name: "runningMoments",
  usesIndex: true,
  output: ([old]) => ({ shape: old.shape, dtype: "f32" }),
  operands: () => ["f32", "f32", "f32", "u32"],
  reference: ([old, fresh, factor, last], _attrs, index) =>
    index === last ? old + 1 : old + factor * (fresh - old),
  wgsl: ([old, fresh, factor, last], { f32, index }) =>
    `select(${old} + ${factor} * (${fresh} - ${old}), ${old} + ${f32}(1.0), ${index} == ${last})`,
  flops: 4,
};

/**
 * `running` after a batch of which `statistics` are those of `batchStatistics`, f32 [5, channels]. running: f32
 * [2 channels + 1], means, then variances, then how many batches they have seen. Both move by the share `momentum`
 * towards the batch's; null: by 1 / batches, so that they are the mean over all. No gradient.
 * Throws ShapeError for other sizes, UsageError unless momentum is null or from 0 to 1.
 * Source: torch.nn.BatchNorm1d.
 */
export function runningMoments<T extends Value>(running: T, statistics: T, momentum: number | null): T {
  requireTensor("runningMoments", "running", running);
  requireTensor("runningMoments", "statistics", statistics);
  const last = 2 * (statistics.shape[1] ?? 0);
  if (running.shape.length !== 1 || running.shape[0] !== last + 1 || last === 0) {
    throw new ShapeError(
      `runningMoments: running is ${printShape(running.shape)} and statistics ${printShape(statistics.shape)}; ` +
        "they must be [2 channels + 1] and [5, channels], with a channel or more.",
    );
  }
  requireMomentum("runningMoments", momentum);
  const { shape } = running;
  const constant = (value: number, dtype: "f32" | "u32") =>
    running.derive(constantNode(value, dtype, shape), [running]);
  const count = () => broadcastTo(slice(running, { starts: [last] }), shape);
  const factor = momentum === null ? div(1, add(count(), 1)) : constant(momentum, "f32");
  const fresh = slice(flatten(statistics), { ends: [last + 1] });
  return apply(record, [running, fresh, factor, constant(last, "u32")], undefined);
}

/** Throws UsageError unless `momentum` is null or a share. */
export function requireMomentum(owner: string, momentum: number | null): void {
  if (momentum === null || (momentum >= 0 && momentum <= 1)) return;
  throw new UsageError(`${owner}: momentum is ${momentum}; it must be null or from 0 to 1.`);
}
