// Makes a case ready on an engine: its inputs, its first calls, and the check of their results.

import { elements, type OpProblem } from "./cases/opCase.ts";
import { requireResults } from "./expectation.ts";
import { findOpCase } from "./opCases.ts";
import type { PageSettings } from "./report.ts";
import { checkedSteps } from "./requireLosses.ts";
import { findTrainCase, type TrainCase } from "./trainCases.ts";
import type { BenchEngine, Workload } from "./workload.ts";

/** Of a sample of one op: more would not make it surer. */
const mostCalls = 200;
/** What the results of a sample may take together. */
const heldBytes = 2 ** 28;

/** A case whose first results are right. */
export interface CheckedCase {
  readonly workload: Workload;
  readonly firstCallMs: number;
  readonly losses?: readonly number[];
  readonly tokensPerCall?: number;
  readonly note?: string;
  /** Calls that may wait to be read together, where results are small enough for more than a few. */
  readonly maxCallsPerSample?: number;
}

/** Throws where a result is wrong. */
export function openCase(engine: BenchEngine, settings: PageSettings): Promise<CheckedCase> {
  const training = findTrainCase(settings.case);
  return training === undefined ? openOp(engine, settings) : openTraining(training, engine, settings);
}

export async function timedCall(workload: Workload): Promise<{ result: ArrayLike<number>; timeMs: number }> {
  const startMs = performance.now();
  const result = await runCalls(workload, 1);
  return { result, timeMs: performance.now() - startMs };
}

export function runCalls(workload: Workload, calls: number): Promise<ArrayLike<number>> {
  for (let i = 0; i < calls; i++) workload.call();
  return workload.read();
}

async function openTraining(
  training: TrainCase,
  engine: BenchEngine,
  { scale, expectedLosses }: PageSettings,
): Promise<CheckedCase> {
  const workload = training.open(engine, scale);
  const first = await timedCall(workload);
  const losses = Array.from(first.result);
  for (let step = 1; step < checkedSteps; step++) losses.push(...Array.from(await runCalls(workload, 1)));
  training.requireRight(losses, expectedLosses);
  const { tokensPerStep: tokensPerCall } = training;
  return { workload, firstCallMs: first.timeMs, losses, tokensPerCall, note: workload.note };
}

async function openOp(engine: BenchEngine, settings: PageSettings): Promise<CheckedCase> {
  const problem = findOpCase(settings.case)?.problem(settings.scale);
  if (problem === undefined || settings.expectations === undefined) {
    throw new Error(`there is no case ${settings.case} to open.`);
  }
  const workload = await engine.op(problem.work, problem.inputs);
  const { timeMs } = await timedCall(workload);
  if (workload.readAll === undefined) throw new Error("the op gives no results to check.");
  requireResults(await workload.readAll(), settings.expectations);
  const maxCallsPerSample = callsThatFit(problem, settings);
  return { workload, firstCallMs: timeMs, note: workload.note, maxCallsPerSample };
}

/** Some engines hold the results of all calls until one is read. */
function callsThatFit({ work }: OpProblem, { expectations = [] }: PageSettings): number {
  // A step's results are its parameters, which stay where they are.
  const bytes = expectations.reduce((total, { shape }) => total + 4 * elements(shape), 0);
  return work.op === "adam" ? mostCalls : Math.min(mostCalls, Math.ceil(heldBytes / bytes));
}
