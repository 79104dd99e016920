// What each case of ours costs by its plan: how much there is to do, whatever the machine, and not how long it takes.
//
// Decides: which cases count (all that ours has, those that are too large for software among them, at software's sizes),
// and that nothing runs: a plan says all of it, so the device may be one that does nothing.

import { init } from "../src/index.ts";
import { listedCases } from "./caseList.ts";
import { ours } from "./engines/ours.ts";
import { findOpCase } from "./opCases.ts";
import type { ProfileName } from "./report.ts";
import { findTrainCase } from "./trainCases.ts";
import type { Workload } from "./workload.ts";

/** Of one call. */
export interface PlanCounts {
  readonly dispatches: number;
  readonly submits: number;
  readonly pipelines: number;
  /** What the plan's own buffers take, results among them. */
  readonly ownBytes: number;
  /** All that its dispatches bind. */
  readonly bytesMoved: number;
}

const scale = "software";

/** Floors are of no engine, and a first step is that of a training case. */
export const countedCases: readonly string[] = listedCases
  .filter(({ group }) => group !== "floor" && group !== "first-step")
  .map(({ name }) => name);

/** Makes a case ready on `device` and looks at its plan. Throws where there is no such case. */
export async function planCounts(name: string, profile: ProfileName, device: GPUDevice): Promise<PlanCounts> {
  await init({ device, profile, tune: false });
  const workload = await openWorkload(name);
  if (workload.plan === undefined) throw new Error(`${name} has no plan.`);
  const { dispatches, submits, shaders, ownBytes } = await workload.plan();
  return {
    dispatches: dispatches.length,
    submits: submits.length,
    pipelines: shaders.length,
    ownBytes,
    bytesMoved: dispatches.reduce((total, { bytes }) => total + bytes, 0),
  };
}

async function openWorkload(name: string): Promise<Workload> {
  const training = findTrainCase(name);
  if (training !== undefined) return training.open(ours, scale);
  const problem = findOpCase(name)?.problem(scale);
  if (problem === undefined) throw new Error(`there is no case ${name} to count.`);
  return ours.op(problem.work, problem.inputs);
}
