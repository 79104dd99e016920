// What a matrix product may be computed by, for tuning: tiles through workgroup memory where the device has it, blocks
// in registers, and for few rows or columns the vector kernels.

import { type Choices, choicesOf } from "./choice.ts";
import type { DeviceProfile, Dispatch } from "./kernel.ts";
import {
  MOST_VECTORS,
  matmulRegisters,
  matmulSplitK,
  matmulTiled32,
  matmulTiled64,
  matmulVectors,
  type RegisterTile,
  type SplitMatmulSizes,
} from "./matmul.ts";

/** The launches for y [splits, batch, m, n]. In how many parts the product is cut is not among the choices. */
export function matmulChoices(sizes: SplitMatmulSizes, device: DeviceProfile): Choices | undefined {
  const { batch, m, n, k, splits, transposeA, transposeB } = sizes;
  const named: Record<string, Dispatch> = {};
  if (device.kind === "gpu") {
    if (Math.min(m, n) <= MOST_VECTORS) named.vectors = matmulVectors(sizes, device);
    if (Math.min(m, n) > 32) named.tiled64 = matmulTiled64(sizes, device);
    if (Math.min(m, n) > 1) named.tiled32 = matmulTiled32(sizes, device);
  }
  for (const tile of registerTiles(m, n)) {
    named[`${tile[0]}x${4 * tile[1]}`] = matmulRegisters(sizes, tile, device);
  }
  const layout = `${transposeA ? "T" : "N"}${transposeB ? "T" : "N"}`;
  return choicesOf("matmul", [splits * batch, m, n, k], [layout], matmulSplitK(sizes, device), named);
}

const TILES: readonly RegisterTile[] = [
  [8, 2],
  [4, 2],
  [4, 1],
  [1, 2],
  [1, 1],
];

/** Of so few elements there may not be enough wider blocks to go round. */
const FEW_ELEMENTS = 4096;

/** The blocks of which not most would be empty, nor so small that each value is read for few products. */
function registerTiles(m: number, n: number): RegisterTile[] {
  return TILES.filter(([rows, quads]) => {
    if (quads === 2 && n <= 4) return false;
    if (rows === 1) return m <= 4 || (quads === 1 && m * n <= FEW_ELEMENTS);
    return rows === 8 ? m > 4 : m > 1;
  });
}
