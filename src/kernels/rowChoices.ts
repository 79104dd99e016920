// What kernels over rows and sums along an axis may be computed by, for tuning: one workgroup or one invocation to a row.

import { type Choices, choicesOf } from "./choice.ts";
import type { DeviceProfile, Dispatch } from "./kernel.ts";
import {
  type ReduceSizes,
  reduce,
  reduceColumns,
  reduceColumnsSerial,
  reduceRows,
  reduceRowsSerial,
  type ValueKind,
} from "./reduce.ts";
import { type RowVariant, rowVariant } from "./softmax.ts";

/**
 * What one invocation walks in a fraction of a millisecond. Beyond that it is never the faster one, and might keep a
 * GPU so long that the system resets it.
 */
const LONGEST_SERIAL = 4096;

/** The variants of `family` for [rows, cols], of which `launch` gives the dispatch. None without cheap barriers. */
export function rowChoices(
  family: string,
  rows: number,
  cols: number,
  device: DeviceProfile,
  launch: (variant: RowVariant) => Dispatch,
): Choices | undefined {
  if (device.kind === "fallback" || cols > LONGEST_SERIAL) return undefined;
  const usual = launch(rowVariant(cols, device));
  return choicesOf(family, [rows, cols], [], usual, { rows: launch("rows"), serial: launch("serial") });
}

/** The launches of `reduce`, which for all kinds take as long. None without cheap barriers. */
export function reduceChoices(
  kind: ValueKind,
  sizes: ReduceSizes,
  device: DeviceProfile,
): Choices | undefined {
  const { outer, length, inner } = sizes;
  if (device.kind === "fallback" || length > LONGEST_SERIAL) return undefined;
  const named: Record<string, Dispatch> =
    inner === 1
      ? { rows: reduceRows(kind, sizes, device), serial: reduceRowsSerial(kind, sizes, device) }
      : { columns: reduceColumns(kind, sizes, device), serial: reduceColumnsSerial(kind, sizes, device) };
  return choicesOf("reduce", [outer, length, inner], [], reduce(kind, sizes, device), named);
}
