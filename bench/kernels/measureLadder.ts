// Measures one ladder on a device: every rung is checked against float64, then all are timed in turns.
//
// Decides: nothing is timed whose result is wrong; in every round each rung gives a sample of several calls, so that a
// machine that slows down slows all of them. Leaves running to rungRun.ts and engineRung.ts.

import type { Engine } from "../../src/index.ts";
import { openEngineRung } from "./engineRung.ts";
import type { LadderResult, RungResult } from "./ladderReport.ts";
import { ladders } from "./ladders.ts";
import { requireRight } from "./requireRight.ts";
import {
  finalRung,
  type KernelName,
  type Ladder,
  type LadderProblem,
  type LadderScale,
  type Rung,
  rungNames,
} from "./rung.ts";
import { openRung, type RunnableRung } from "./rungRun.ts";
import { rungSource } from "./rungSources.ts";

/** How long a sample should take. */
const sampleMs = { odd: 5, software: 80, hardware: 50 } as const;
const mostCalls = 500;

export interface LadderSettings {
  readonly kernel: KernelName;
  readonly scale: LadderScale;
  /** Samples of each rung; with 0 the results are checked and nothing is timed. */
  readonly reps: number;
}

/** What is being done, for whoever watches. */
export interface LadderProgress {
  readonly kernel: KernelName;
  readonly text: string;
}

interface Contender {
  readonly name: string;
  readonly firstMs: number;
  readonly rung: RunnableRung;
  readonly callsPerSample: number;
  readonly samples: number[];
}

type Opened = Contender | Exclude<RungResult, { medianMs: number }>;

/** `engine` is the one that `init` made. */
export async function measureLadder(
  engine: Engine,
  { kernel, scale, reps }: LadderSettings,
  tell: (progress: LadderProgress) => void = () => undefined,
): Promise<LadderResult> {
  const ladder = ladders[kernel];
  const problem = ladder.problem(scale);
  const opened: Opened[] = [];
  try {
    for (const name of rungNames(ladder)) {
      tell({ kernel, text: `checks ${name}` });
      opened.push(await openContender(engine, { ladder, problem, name, targetMs: sampleMs[scale] }));
    }
    const contenders = opened.filter(isContender);
    for (let round = 0; round < reps; round++) {
      tell({ kernel, text: `times, round ${round + 1} of ${reps}` });
      for (const contender of contenders) await sample(contender);
    }
    const last = contenders.find(({ name }) => name === finalRung);
    const { sizes, flops, bytes } = problem;
    const engineKernels = last?.rung.kernels ?? [];
    return { kernel, sizes, flops, bytes, engineKernels, rungs: opened.map(resultOf) };
  } finally {
    for (const contender of opened.filter(isContender)) contender.rung.dispose();
  }
}

function isContender(opened: Opened): opened is Contender {
  return "rung" in opened;
}

interface Opening {
  readonly ladder: Ladder;
  readonly problem: LadderProblem;
  readonly name: string;
  readonly targetMs: number;
}

async function openContender(engine: Engine, { ladder, problem, name, targetMs }: Opening): Promise<Opened> {
  const record = ladder.rungs.find((rung) => rung.name === name);
  if (record?.feature !== undefined && !engine.device.features.has(record.feature)) {
    return { name, missing: `The device has no ${record.feature}.` };
  }
  let rung: RunnableRung | undefined;
  try {
    const startMs = performance.now();
    rung = await openNamed(engine, ladder.kernel, problem, record);
    await rung.run(1);
    const firstMs = performance.now() - startMs;
    requireRight(await rung.read(), problem);
    return { name, rung, firstMs, callsPerSample: await fittingCalls(rung, targetMs), samples: [] };
  } catch (error) {
    rung?.dispose();
    return { name, failure: error instanceof Error ? error.message : String(error) };
  }
}

/** The engine's where there is no record. */
function openNamed(
  engine: Engine,
  kernel: KernelName,
  problem: LadderProblem,
  record: Rung | undefined,
): Promise<RunnableRung> {
  if (record === undefined) return openEngineRung(kernel, problem);
  return openRung(engine.device, rungSource(kernel, record.name), problem, problem.workOf(record));
}

async function fittingCalls(rung: RunnableRung, targetMs: number): Promise<number> {
  // Short calls are timed together: the read-back would be most of one alone.
  for (let calls = 1; ; calls *= 4) {
    const timeMs = await timeOf(rung, calls);
    if (timeMs >= targetMs / 4 || calls >= mostCalls) {
      return Math.min(mostCalls, Math.max(1, Math.round((calls * targetMs) / timeMs)));
    }
  }
}

async function timeOf(rung: RunnableRung, calls: number): Promise<number> {
  const startMs = performance.now();
  await rung.run(calls);
  // A coarse clock may stand still.
  return Math.max(performance.now() - startMs, 1e-3);
}

async function sample({ rung, callsPerSample, samples }: Contender): Promise<void> {
  samples.push((await timeOf(rung, callsPerSample)) / callsPerSample);
}

function resultOf(opened: Opened): RungResult {
  if (!isContender(opened)) return opened;
  const { name, firstMs, callsPerSample, samples } = opened;
  if (samples.length === 0) return { name, missing: "It is right, and was not timed." };
  const sorted = [...samples].sort((a, b) => a - b);
  return {
    name,
    medianMs: quantile(sorted, 0.5),
    spreadMs: quantile(sorted, 0.75) - quantile(sorted, 0.25),
    samples: samples.length,
    callsPerSample,
    firstMs,
  };
}

/** Between the two nearest of `sorted`. */
function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}
