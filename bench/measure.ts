// Measures one case on one engine: first call, check, counts, then one sample whenever the script asks for it.
//
// Decides: nothing is timed whose result is wrong; a sample is several calls and one read-back, so that the read-back
// weighs little; a count per call is the difference between a long and a short run, so that the read-back's own
// buffers and submits fall out, after a run that fills the pools of buffers that an engine has.

import { Bench } from "tinybench";
import { gpuCounts, peakBytes } from "./gpuCounts.ts";
import { openCase, runCalls, timedCall } from "./openCase.ts";
import type { GpuCounts, OpenedCase, PageSettings, Sample } from "./report.ts";
import type { BenchEngine, Workload } from "./workload.ts";

const sampleMs = 250;
/** Where the case does not say how many. */
const fewCalls = 10;
/** Calls of the short and the long run; fewer where a call takes longer than this. */
const countedCalls = [2, 6] as const;
const slowCallMs = 2000;
const countedSlowCalls = [1, 2] as const;

/** A case that stands ready, and how to take a sample of it. */
export interface ReadyCase {
  readonly opened: OpenedCase;
  sample(): Promise<Sample>;
}

export async function measure(engine: BenchEngine, settings: PageSettings): Promise<ReadyCase> {
  const { workload, maxCallsPerSample = fewCalls, ...checked } = await openCase(engine, settings);
  const { timeMs } = await timedCall(workload);
  const isSlow = settings.isFirstStep === true || timeMs > slowCallMs;
  const counts = await countsPerCall(workload, isSlow ? countedSlowCalls : countedCalls);
  if (counts.dispatches < 1)
    throw new Error("calls without a read-back do no work; there is nothing to time.");
  const callsPerSample = isSlow ? 1 : await fittingCalls(workload, maxCallsPerSample);
  return {
    opened: { ...checked, ...counts, callsPerSample, plannedBytes: workload.plannedBytes?.() },
    async sample() {
      return { timeMs: await timeOf(() => runCalls(workload, callsPerSample)), peakBytes: peakBytes() };
    },
  };
}

/** How often counts are taken where buffers are made: calls that run ahead of the device may still be filling a pool. */
const mostCounts = 4;

async function countsPerCall(
  workload: Workload,
  [shortRun, longRun]: readonly [number, number],
): Promise<GpuCounts> {
  const countRun = async (calls: number) => {
    const before = gpuCounts();
    await runCalls(workload, calls);
    return difference(gpuCounts(), before);
  };
  await runCalls(workload, longRun);
  let counts = difference(await countRun(longRun), await countRun(shortRun));
  for (let again = 1; counts.createBuffer > 0 && again < mostCounts; again++) {
    counts = difference(await countRun(longRun), await countRun(shortRun));
  }
  const calls = longRun - shortRun;
  return {
    dispatches: counts.dispatches / calls,
    submits: counts.submits / calls,
    createBuffer: counts.createBuffer / calls,
    createBindGroup: counts.createBindGroup / calls,
    createPipeline: counts.createPipeline / calls,
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
async function fittingCalls(workload: Workload, most: number): Promise<number> {
  const { timeMs } = await timedCall(workload);
  return Math.min(most, Math.max(1, Math.round(sampleMs / timeMs)));
}

/** How long one `run` takes. */
async function timeOf(run: () => Promise<unknown>): Promise<number> {
  const bench = new Bench({ iterations: 1, time: 0, warmup: false, retainSamples: true, throws: true });
  bench.add("calls", async () => {
    await run();
  });
  const [{ result }] = await bench.run();
  if (result.state !== "completed" || result.latency.samples === undefined) {
    throw new Error(`the measurement did not end: ${result.state}.`);
  }
  return result.latency.samples[0];
}
