// What the benchmark asks of an engine.

import type { Compiled } from "../src/index.ts";
import type { CaseInput, OpWork } from "./cases/opCase.ts";
import type { DcganProblem } from "./dcganProblem.ts";
import type { GptProblem } from "./gptProblem.ts";
import type { LenetProblem } from "./lenetProblem.ts";
import type { MlpProblem } from "./mlpProblem.ts";
import type { ResnetProblem } from "./resnetProblem.ts";

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
  /** Of a call, made without running it. Ours alone has one. */
  plan?(): Promise<Compiled["plan"]>;
  /** What this engine's way of doing the case has that the others' have not. */
  readonly note?: string;
}

/** Each call is one training step; its result is the loss before the step, or the losses of both networks. */
export interface Trainings {
  readonly lenet: LenetProblem;
  readonly mlp: MlpProblem;
  readonly resnet: ResnetProblem;
  readonly gpt: GptProblem;
  readonly dcgan: DcganProblem;
}

/** What there is no way of doing throws, or gives a promise that rejects: noWay.ts. */
export interface BenchEngine {
  readonly train: { readonly [N in keyof Trainings]: (problem: Trainings[N]) => Workload };
  op(work: OpWork, inputs: readonly CaseInput[]): Workload | Promise<Workload>;
}
