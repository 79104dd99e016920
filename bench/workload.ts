// What the benchmark asks of an engine.

import type { AttentionProblem } from "./attentionProblem.ts";
import type { GptProblem } from "./gptProblem.ts";
import type { KernelInput } from "./kernelCases.ts";
import type { LenetProblem } from "./lenetProblem.ts";
import type { KernelCaseName } from "./report.ts";

/** A case made ready on one engine, its inputs on the device. */
export interface Workload {
  /** Queues one call and waits for nothing. The result before is given back. */
  call(): void;
  /** Waits for the last call and gives its result, or of a large one a part. */
  read(): Promise<ArrayLike<number>>;
  /** All of the last call's results, one after the other, where `read` gives a part. */
  readAll?(): Promise<ArrayLike<number>[]>;
  /** Only after the first call. */
  plannedBytes?(): number;
}

export interface BenchEngine {
  /** Each call is one training step; its result is the loss before the step. */
  trainLenet(problem: LenetProblem): Workload;
  trainGpt(problem: GptProblem): Workload;
  /** Each call is attention forward and backward. All results: o, dq, dk, dv. */
  attention(problem: AttentionProblem): Workload;
  kernel(name: KernelCaseName, inputs: readonly KernelInput[]): Workload;
}
