// What the losses of single elements are brought down to.

import { UsageError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { mean } from "./mean.ts";
import { sum } from "./sum.ts";

/** What becomes of the losses of single elements. */
export type Reduction = "mean" | "sum" | "none";

/** The mean, the sum, or the losses themselves. Throws UsageError for another word. */
export function reduceLosses<T extends Value>(op: string, losses: T, reduction: Reduction): T {
  if (reduction === "mean") return mean(losses);
  if (reduction === "sum") return sum(losses);
  if (reduction === "none") return losses;
  throw new UsageError(`${op}: reduction "${String(reduction)}"; it must be "mean", "sum" or "none".`);
}
