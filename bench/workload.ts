// What the benchmark asks of an engine.

import type { KernelInput } from "./kernelCases.ts";
import type { LenetProblem } from "./lenetProblem.ts";
import type { KernelCaseName } from "./report.ts";

/** A case made ready on one engine, its inputs on the device. */
export interface Workload {
  /** Queues one call and waits for nothing. The result before is given back. */
  call(): void;
  /** Waits for the last call and gives its result. */
  read(): Promise<ArrayLike<number>>;
  /** Only after the first call. */
  plannedBytes?(): number;
}

export interface BenchEngine {
  /** Each call is one training step; its result is the loss before the step. */
  trainLenet(problem: LenetProblem): Workload;
  kernel(name: KernelCaseName, inputs: readonly KernelInput[]): Workload;
}
