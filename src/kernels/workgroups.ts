// Counting workgroups: folding a long row of them into two dimensions.

import { ceilDiv } from "../base/integers.ts";
import type { DeviceProfile, WorkgroupCount } from "./kernel.ts";

/**
 * At least `count` workgroups, folded into x and y where one dimension does not hold them. The shader counts
 * `group.y * groups.x + group.x` with `@builtin(num_workgroups) groups`, and leaves when that is too many.
 */
export function foldWorkgroups(count: number, device: DeviceProfile): WorkgroupCount {
  const limit = device.maxWorkgroupsPerDimension;
  if (count <= limit) return [count, 1, 1];
  const rows = ceilDiv(count, limit);
  return [ceilDiv(count, rows), rows, 1];
}
