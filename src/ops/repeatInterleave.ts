// repeatInterleave: each element several times, one behind the other.

import { ShapeError } from "../base/errors.ts";
import { requireWhole } from "../base/requireWhole.ts";
import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { elementCount, normalizeAxis, printShape } from "../tensor/shape.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { concat } from "./concat.ts";
import { narrow } from "./narrow.ts";
import { reshape } from "./reshape.ts";

/** Along which axis elements are repeated. */
export interface RepeatInterleaveOptions {
  /** Default: x is flattened first. */
  readonly axis?: number;
}

/**
 * Each element of `x` along `axis` `repeats` times, or a number of times of its own where `repeats` is a list. x: any
 * dtype. Throws ShapeError where a list has not one number for each element, UsageError unless all are whole numbers
 * of at least 0. Source: torch.repeat_interleave, with counts that are known while tracing.
 */
export function repeatInterleave<T extends Value>(
  x: T,
  repeats: number | readonly number[],
  { axis }: RepeatInterleaveOptions = {},
): T {
  requireTensor("repeatInterleave", "x", x);
  const list = axis === undefined ? reshape(x, [elementCount(x.shape)]) : x;
  const along = normalizeAxis("repeatInterleave", axis ?? 0, list.shape.length);
  const times = typeof repeats === "number" ? [repeats] : repeats;
  for (const count of times) requireWhole("repeatInterleave: a repeat", count, 0);
  if (times.length === 1) return eachRepeated(list, along, times[0]);
  if (times.length !== list.shape[along]) {
    throw new ShapeError(
      `repeatInterleave: ${times.length} repeats for axis ${along} of ${printShape(list.shape)}; there must be 1 or ${list.shape[along]}.`,
    );
  }
  return concat([narrow(list, along, 0, 0), ...runsRepeated(list, along, times)], { axis: along });
}

function eachRepeated<T extends Value>(x: T, axis: number, times: number): T {
  const before = x.shape.slice(0, axis + 1);
  const after = x.shape.slice(axis + 1);
  const wide = broadcastTo(reshape(x, [...before, 1, ...after]), [...before, times, ...after]);
  return reshape(wide, [...before.slice(0, axis), before[axis] * times, ...after]);
}

/** Neighbours that are repeated equally often, together. */
function runsRepeated<T extends Value>(x: T, axis: number, times: readonly number[]): T[] {
  const runs: T[] = [];
  let start = 0;
  for (let end = 1; end <= times.length; end++) {
    if (times[end] === times[start]) continue;
    runs.push(eachRepeated(narrow(x, axis, start, end - start), axis, times[start]));
    start = end;
  }
  return runs;
}
