// Scans: any axis brought to the one form that the kernels know, [outer, length, inner] over the middle; and lines that are cut
// into blocks, so that few long ones keep a device busy.

import { ceilDiv, product } from "../base/integers.ts";
import type { Node, Value } from "../graph/node.ts";
import type { DeviceProfile } from "../kernels/kernel.ts";
import { type ScanSizes, scanBlock } from "../kernels/scan.ts";
import { normalizeAxis, type Shape } from "../tensor/shape.ts";
import { concat } from "./concat.ts";
import { reshape } from "./reshape.ts";
import { slice } from "./slice.ts";

/** How long blocks are; undefined in graphs as they are traced, where each line is one. */
export interface ScanAttrs {
  readonly block: number | undefined;
}

/** Applies `scanMiddle`, which keeps the shape [outer, length, inner], along any axis of `x`; a scalar is a line of one. */
export function scanAlong<T extends Value>(op: string, x: T, axis: number, scanMiddle: (middle: T) => T): T {
  return reshape(scanMiddle(middleOf(op, x, axis)), x.shape);
}

/** `x` as [outer, length, inner]. Throws ShapeError for an axis out of range. */
export function middleOf<T extends Value>(op: string, x: T, axis: number): T {
  const { shape } = x;
  const along = normalizeAxis(op, axis, Math.max(1, shape.length));
  const length = shape.length === 0 ? 1 : shape[along];
  return reshape(x, [product(shape.slice(0, along)), length, product(shape.slice(along + 1))]);
}

/** The sizes of a launch over x [outer, length, inner]. */
export function scanSizes([outer, length, inner]: Shape, { block = length }: ScanAttrs): ScanSizes {
  return { outer, length, inner, block };
}

/** How lines of `shape` are to be cut; undefined where they already are, or are best left whole. */
export function wantedBlock(shape: Shape, { block }: ScanAttrs, device: DeviceProfile): number | undefined {
  const [outer, length, inner] = shape;
  if (block !== undefined || product(shape) === 0) return undefined;
  const wanted = scanBlock({ outer, length, inner }, device);
  return wanted < length ? wanted : undefined;
}

/** All blocks but the last of x [outer, length, inner], which need not be whole: [outer, blocks - 1, block, inner]. */
export function earlierBlocks(x: Node, block: number): Node {
  const [outer, length, inner] = x.shape;
  const count = ceilDiv(length, block) - 1;
  return reshape(slice(x, { ends: [outer, count * block, inner] }), [outer, count, block, inner]);
}

/** What stands before each block: `first` [outer, 1, inner], then what has come together up to each earlier one. */
export function carries(first: Node, scanned: Node): Node {
  return concat([first, scanned], { axis: 1 });
}
