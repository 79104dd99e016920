// Pictures of digits as a data set: what generateDigits and readMnist return, ready for batches.

import { requireWhole } from "../base/requireWhole.ts";
import { ArrayDataset, type FloatColumn, type IndexColumn } from "./dataset.ts";

/**
 * Square gray pictures, `size` pixels a side, row-major, one after another; and the digit that each shows.
 */
export interface DigitImages {
  images: Uint8Array; // [count, size, size]
  labels: Uint8Array; // [count]
  size: number;
}

export interface DigitsDatasetOptions {
  /** Pixels a side. Default: 28. */
  size?: number;
  /** Labels must be from 0 to classes - 1. Default: 10. */
  classes?: number;
  /** y = (x / 255 - mean) / std. Default: x / 255. */
  normalize?: { mean: number; std: number };
}

/** A type, not an interface: only these are assignable to Columns. */
export type DigitColumns = { images: FloatColumn; labels: IndexColumn };

/**
 * Batches have images [batch, 1, size, size] as floats and labels [batch] as integers.
 * Throws UsageError where the lengths differ or a label is not a class.
 */
export function digitsDataset(
  images: Uint8Array,
  labels: Uint8Array | Int32Array,
  options: DigitsDatasetOptions = {},
): ArrayDataset<DigitColumns> {
  const { size = 28, classes = 10, normalize } = options;
  requireWhole("digitsDataset: size", size, 1);
  return new ArrayDataset<DigitColumns>({
    images: { kind: "float", itemShape: [1, size, size], data: images, ...(normalize && { normalize }) },
    labels: { kind: "index", itemShape: [], data: labels, classes },
  });
}
