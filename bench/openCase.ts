// Makes a case ready on an engine: its inputs, its first calls, and the check of their results.

import { attentionProblem, requireAttention } from "./attentionProblem.ts";
import { gpt, gptProblem, tokensPerStep } from "./gptProblem.ts";
import { kernelCase, requireResult } from "./kernelCases.ts";
import { classes as digits, lenetProblem } from "./lenetProblem.ts";
import type { KernelCaseName, PageSettings } from "./report.ts";
import { checkedSteps, requireLosses } from "./requireLosses.ts";
import type { BenchEngine, Workload } from "./workload.ts";

/** A case whose first results are right. */
export interface CheckedCase {
  readonly workload: Workload;
  readonly firstCallMs: number;
  readonly losses?: readonly number[];
  readonly tokensPerCall?: number;
}

/** Throws where a result is wrong. */
export async function openCase(engine: BenchEngine, settings: PageSettings): Promise<CheckedCase> {
  const { expectedLosses: expected } = settings;
  switch (settings.case) {
    case "train-lenet":
      return openTraining(engine.trainLenet(lenetProblem()), digits, expected);
    case "train-gpt": {
      const workload = engine.trainGpt(gptProblem());
      return {
        ...(await openTraining(workload, gpt.vocabularySize, expected)),
        tokensPerCall: tokensPerStep,
      };
    }
    case "attention-1024":
      return openAttention(engine);
    default:
      return openKernel(engine, settings.case);
  }
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
  workload: Workload,
  classes: number,
  expected: readonly number[] | undefined,
): Promise<CheckedCase> {
  const first = await timedCall(workload);
  const losses = [first.result[0]];
  while (losses.length < checkedSteps) losses.push((await runCalls(workload, 1))[0]);
  requireLosses(losses, { classes, expected });
  return { workload, firstCallMs: first.timeMs, losses };
}

async function openAttention(engine: BenchEngine): Promise<CheckedCase> {
  const problem = attentionProblem();
  const workload = engine.attention(problem);
  const { timeMs } = await timedCall(workload);
  if (workload.readAll === undefined) throw new Error("attention gives no results to check.");
  requireAttention(await workload.readAll(), problem);
  return { workload, firstCallMs: timeMs };
}

async function openKernel(engine: BenchEngine, name: KernelCaseName): Promise<CheckedCase> {
  const given = kernelCase(name);
  const workload = engine.kernel(name, given.inputs);
  const { result, timeMs } = await timedCall(workload);
  requireResult(result, given);
  return { workload, firstCallMs: timeMs };
}
