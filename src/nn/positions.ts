// What tells a network where a token stands: tables computed once in float64, and the layers that apply them.
//
// These stand here and not among the ops because a table is made on the CPU and becomes a tensor. Learned positions are
// an `Embedding`. Tables are no state: they are left out of checkpoints, as they follow from how the layer is made.

import { type Tensor, type TensorOptions, tensor } from "../api/tensor.ts";
import { UsageError } from "../base/errors.ts";
import { add, rotaryEmbedding, slice } from "../ops/index.ts";
import { requireSize } from "./arguments.ts";
import { Module } from "./module.ts";

/** How a table of positions is made. */
export interface PositionTableOptions extends Pick<TensorOptions, "engine"> {
  /** The longest wavelength is about 2 pi times this. Default 10000. */
  readonly base?: number;
}

/** How a table for `rotaryEmbedding` is made. */
export interface RotaryTableOptions extends PositionTableOptions {
  /** Whether pairs are neighbours (GPT-J) rather than half of all features apart (GPT-NeoX, Llama). Default false. */
  readonly interleaved?: boolean;
}

/**
 * For `rotaryEmbedding`: f32 [positions, 2, dim], the cosine and the signed sine of position * base^(-2i / dim) for the
 * pair i that each feature belongs to. Throws UsageError unless both are whole numbers from 1, and dim is even.
 * Source: Su et al., "RoFormer" (2021).
 */
export function rotaryTable(
  positions: number,
  dim: number,
  { base = 10000, interleaved = false, engine }: RotaryTableOptions = {},
): Tensor {
  requireTableSizes("rotaryTable", positions, dim, base);
  requireEven("rotaryTable", dim);
  const half = dim / 2;
  const table = new Float32Array(positions * 2 * dim);
  for (let position = 0; position < positions; position++) {
    for (let pair = 0; pair < half; pair++) {
      const angle = position * base ** ((-2 * pair) / dim);
      const [first, second] = interleaved ? [2 * pair, 2 * pair + 1] : [pair, pair + half];
      const cosines = position * 2 * dim;
      const sines = cosines + dim;
      table[cosines + first] = Math.cos(angle);
      table[cosines + second] = Math.cos(angle);
      table[sines + first] = -Math.sin(angle);
      table[sines + second] = Math.sin(angle);
    }
  }
  return tensor(table, [positions, 2, dim], { engine, name: "rotary table" });
}

/**
 * f32 [positions, dim]: the sine of position * base^(-2i / dim) at feature 2i, the cosine at 2i + 1.
 * Throws UsageError unless both are whole numbers from 1. Source: Vaswani et al., "Attention Is All You Need" (2017).
 */
export function sinusoidalTable(
  positions: number,
  dim: number,
  { base = 10000, engine }: PositionTableOptions = {},
): Tensor {
  requireTableSizes("sinusoidalTable", positions, dim, base);
  const table = Float32Array.from({ length: positions * dim }, (_, index) => {
    const feature = index % dim;
    const pair = Math.floor(feature / 2);
    const angle = Math.floor(index / dim) * base ** ((-2 * pair) / dim);
    return feature % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
  });
  return tensor(table, [positions, dim], { engine, name: "sinusoidal table" });
}

/**
 * For `alibiBias`: f32 [heads]. For a power of two of heads 2^(-8 / heads), its square, its cube, …; else those of the
 * next lower power of two, and then every other one of the next higher.
 * Throws UsageError unless `heads` is a whole number from 1. Source: Press et al., "Train Short, Test Long" (2022).
 */
export function alibiSlopes(heads: number, { engine }: Pick<TensorOptions, "engine"> = {}): Tensor {
  requireSize("alibiSlopes", "heads", heads);
  const lower = 2 ** Math.floor(Math.log2(heads));
  const slopes = Float32Array.from({ length: heads }, (_, head) =>
    head < lower ? 2 ** ((-8 * (head + 1)) / lower) : 2 ** ((-4 * (2 * (head - lower) + 1)) / lower),
  );
  return tensor(slopes, [heads], { engine, name: "slopes" });
}

/** How a RotaryEmbedding layer is made. */
export interface RotaryEmbeddingOptions extends Omit<RotaryTableOptions, "engine"> {
  /** How many positions the table has. Default 2048. */
  readonly maxPositions?: number;
}

/** Where the tokens stand. */
export interface PositionOptions {
  /** i32 or u32 [tokens], or [batch, tokens]. Default: `offset`, `offset` + 1, … */
  readonly positions?: Tensor;
  /** The position of the first token. Default 0. */
  readonly offset?: number;
}

/**
 * Queries or keys [..., tokens, dim] turned by their positions, see `rotaryEmbedding`. No parameters.
 * Throws UsageError unless the sizes are whole numbers from 1, and dim is even. Source: Su et al., "RoFormer" (2021).
 */
export class RotaryEmbedding extends Module<[x: Tensor, options?: PositionOptions]> {
  readonly dim: number;
  readonly interleaved: boolean;
  readonly table: Tensor;

  constructor(dim: number, { maxPositions = 2048, base, interleaved = false }: RotaryEmbeddingOptions = {}) {
    super();
    requireSize("RotaryEmbedding", "dim", dim);
    requireSize("RotaryEmbedding", "maxPositions", maxPositions);
    requireEven("RotaryEmbedding", dim);
    this.dim = dim;
    this.interleaved = interleaved;
    this.table = rotaryTable(maxPositions, dim, { base, interleaved });
  }

  forward(x: Tensor, { positions, offset }: PositionOptions = {}): Tensor {
    return rotaryEmbedding(x, this.table, { positions, offset, interleaved: this.interleaved });
  }

  override dispose(): void {
    super.dispose();
    this.table.dispose();
  }
}

/** How a SinusoidalPositions layer is made. */
export interface SinusoidalPositionsOptions extends Omit<PositionTableOptions, "engine"> {
  /** How many positions the table has. Default 2048. */
  readonly maxPositions?: number;
}

/**
 * x [..., tokens, dim] plus the row of `sinusoidalTable` for each token, from `offset` (default 0) on. No parameters.
 * Throws UsageError unless the sizes are whole numbers from 1, and where tokens stand behind the table's end.
 * Source: Vaswani et al., "Attention Is All You Need" (2017).
 */
export class SinusoidalPositions extends Module<[x: Tensor, options?: Pick<PositionOptions, "offset">]> {
  readonly dim: number;
  readonly table: Tensor;

  constructor(dim: number, { maxPositions = 2048, base }: SinusoidalPositionsOptions = {}) {
    super();
    requireSize("SinusoidalPositions", "dim", dim);
    requireSize("SinusoidalPositions", "maxPositions", maxPositions);
    this.dim = dim;
    this.table = sinusoidalTable(maxPositions, dim, { base });
  }

  forward(x: Tensor, { offset = 0 }: Pick<PositionOptions, "offset"> = {}): Tensor {
    const tokens = x.shape[x.shape.length - 2] ?? 1;
    const [positions] = this.table.shape;
    if (!Number.isInteger(offset) || offset < 0 || offset + tokens > positions) {
      throw new UsageError(
        `SinusoidalPositions: ${tokens} tokens from offset ${offset} on, but the table has ${positions} positions; all must be in the table.`,
      );
    }
    return add(x, slice(this.table, { starts: [offset], ends: [offset + tokens] }));
  }

  override dispose(): void {
    super.dispose();
    this.table.dispose();
  }
}

function requireTableSizes(name: string, positions: number, dim: number, base: number): void {
  requireSize(name, "positions", positions);
  requireSize(name, "dim", dim);
  if (!(base > 0)) throw new UsageError(`${name}: base is ${base}; it must be above 0.`);
}

function requireEven(name: string, dim: number): void {
  if (dim % 2 !== 0) throw new UsageError(`${name}: dim is ${dim}; it must be even.`);
}
