// Measures one case on one engine: first call, check, counts, then times.
//
// Decides: nothing is timed whose result is wrong; a sample is several calls and one read-back, so that the read-back
// weighs little; a count per call is the difference between a long and a short run, so that the read-back's own
// buffers and submits fall out.

import { Bench } from "tinybench";
import { gpuCounts, peakBytes } from "./gpuCounts.ts";
import { kernelCase, requireResult } from "./kernelCases.ts";
import { checkedSteps, lenetProblem, requireLosses } from "./lenetProblem.ts";
import type { GpuCounts, Measurement, PageSettings } from "./report.ts";
import type { BenchEngine, Workload } from "./workload.ts";

const sampleMs = 250;
const maxCallsPerSample = 10;
const shortRun = 2;
const longRun = 6;

interface Checked {
  readonly workload: Workload;
  readonly firstCallMs: number;
  readonly losses?: readonly number[];
}

export async function measure(engine: BenchEngine, settings: PageSettings): Promise<Measurement> {
  const { workload, firstCallMs, losses } = await openChecked(engine, settings);
  const counts = await countsPerCall(workload);
  if (counts.dispatches < 1)
    throw new Error("calls without a read-back do no work; there is nothing to time.");
  const callsPerSample = await fittingCalls(workload);
  const samples = await timeSamples(() => runCalls(workload, callsPerSample), settings.reps);
  const perCall = (share: number) => quantile(samples, share) / callsPerSample;
  return {
    medianMs: perCall(0.5),
    spreadMs: perCall(0.75) - perCall(0.25),
    samples: samples.length,
    callsPerSample,
    firstCallMs,
    ...counts,
    peakBytes: peakBytes(),
    plannedBytes: workload.plannedBytes?.(),
    losses,
  };
}

/** Makes the case ready, calls it for the first time, and throws where a result is wrong. */
async function openChecked(engine: BenchEngine, settings: PageSettings): Promise<Checked> {
  if (settings.case !== "train-lenet") {
    const given = kernelCase(settings.case);
    const workload = engine.kernel(settings.case, given.inputs);
    const { result, timeMs } = await timedCall(workload);
    requireResult(result, given);
    return { workload, firstCallMs: timeMs };
  }
  const workload = engine.trainLenet(lenetProblem());
  const first = await timedCall(workload);
  const losses = [first.result[0]];
  while (losses.length < checkedSteps) losses.push((await runCalls(workload, 1))[0]);
  requireLosses(losses, settings.expectedLosses);
  return { workload, firstCallMs: first.timeMs, losses };
}

async function timedCall(workload: Workload): Promise<{ result: ArrayLike<number>; timeMs: number }> {
  const startMs = performance.now();
  const result = await runCalls(workload, 1);
  return { result, timeMs: performance.now() - startMs };
}

function runCalls(workload: Workload, calls: number): Promise<ArrayLike<number>> {
  for (let i = 0; i < calls; i++) workload.call();
  return workload.read();
}

async function countsPerCall(workload: Workload): Promise<GpuCounts> {
  const countRun = async (calls: number) => {
    const before = gpuCounts();
    await runCalls(workload, calls);
    return difference(gpuCounts(), before);
  };
  const short = await countRun(shortRun);
  const long = await countRun(longRun);
  const calls = longRun - shortRun;
  const { dispatches, submits, createBuffer, createBindGroup, createPipeline } = difference(long, short);
  return {
    dispatches: dispatches / calls,
    submits: submits / calls,
    createBuffer: createBuffer / calls,
    createBindGroup: createBindGroup / calls,
    createPipeline: createPipeline / calls,
  };
}

function difference(a: GpuCounts, b: GpuCounts): GpuCounts {
  return {
    dispatches: a.dispatches - b.dispatches,
    submits: a.submits - b.submits,
    createBuffer: a.createBuffer - b.createBuffer,
    createBindGroup: a.createBindGroup - b.createBindGroup,
    createPipeline: a.createPipeline - b.createPipeline,
  };
}

/** How many calls fill a sample. */
async function fittingCalls(workload: Workload): Promise<number> {
  const { timeMs } = await timedCall(workload);
  return Math.min(maxCallsPerSample, Math.max(1, Math.round(sampleMs / timeMs)));
}

/** Times of `reps` runs, sorted. */
async function timeSamples(run: () => Promise<unknown>, reps: number): Promise<readonly number[]> {
  const bench = new Bench({ iterations: reps, time: 0, warmup: false, retainSamples: true, throws: true });
  bench.add("calls", async () => {
    await run();
  });
  const [{ result }] = await bench.run();
  if (result.state !== "completed" || result.latency.samples === undefined) {
    throw new Error(`the measurement did not end: ${result.state}.`);
  }
  return [...result.latency.samples].sort((a, b) => a - b);
}

/** Between the two nearest of `sorted`. */
function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}
