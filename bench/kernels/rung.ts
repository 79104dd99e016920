// What a ladder is: a kernel's rungs from naive to final, and the problem that all of them solve.
//
// Decides: what each rung is given and how its result is read. A rung's own words (what it changes, and why) stand in the
// header of its shader (rungSource.ts). Leaves to rungRun.ts how it is run, to measureLadder.ts how it is timed.

import type { Expected } from "../expectation.ts";

export const kernelNames = ["matmul", "conv2d", "softmax", "attention"] as const;
export type KernelName = (typeof kernelNames)[number];

/** Awkward sizes for tests; sizes for software on two cores; sizes for a GPU. */
export const ladderScales = ["odd", "software", "hardware"] as const;
export type LadderScale = (typeof ladderScales)[number];

/** The last rung of each ladder: the engine's own kernel, run by the engine. */
export const finalRung = "engine";

/** One entry point of a rung's shader, run once. */
export interface Launch {
  readonly entryPoint: string;
  readonly workgroups: readonly [number, number, number];
}

/** What a rung is run on. Bound in this order: parameters, inputs, output, and scratch where there is some. */
export interface RungWork {
  /** One after the other; each reads what the one before it wrote. */
  readonly launches: readonly Launch[];
  readonly inputs: readonly Float32Array[];
  readonly outputElements: number;
  readonly scratchElements: number;
  /** The result without what this rung's layout pads it with. */
  plain(output: Float32Array): Float32Array;
}

/** A ladder at one of its sizes. */
export interface LadderProblem {
  /** In words: "256 x 256 x 256". */
  readonly sizes: string;
  /** Of every rung's uniform, in order: all are u32. */
  readonly params: readonly number[];
  /** Of the mathematics: a multiplication and an addition are two, a function of one number is one. */
  readonly flops: number;
  /** To read each input and to write the result once. */
  readonly bytes: number;
  /** As the engine takes them. */
  readonly inputs: readonly { readonly shape: readonly number[]; readonly values: Float32Array }[];
  readonly outputElements: number;
  /** The result in float64. */
  at(index: number): Expected;
  workOf(rung: Rung): RungWork;
}

export interface Rung {
  /** Of its file in the kernel's folder, without the ending. */
  readonly name: string;
  /** Worse than the rung before it, to show why. */
  readonly isDetour?: boolean;
  /** Without it, a device cannot run the rung. */
  readonly feature?: GPUFeatureName;
}

export interface Ladder {
  readonly kernel: KernelName;
  /** All but the last, which the engine runs. */
  readonly rungs: readonly Rung[];
  problem(scale: LadderScale): LadderProblem;
}

export function rungNames({ rungs }: Ladder): string[] {
  return [...rungs.map(({ name }) => name), finalRung];
}

/** `count` things in groups of `size`. */
export function groupsOf(count: number, size: number): number {
  return Math.ceil(count / size);
}
