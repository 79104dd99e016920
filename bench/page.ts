// The benchmark's page: makes one case ready on one engine and takes samples when the script asks, and then is thrown
// away, so that no engine's buffers, pipelines or compiled code stand beside another's.

import { watchGpu } from "./gpuCounts.ts";
import { measure, type ReadyCase } from "./measure.ts";
import type { EngineName, OpenedCase, PageAnswer, PageSettings, Sample } from "./report.ts";
import type { BenchEngine } from "./workload.ts";

declare global {
  var openCase: (settings: PageSettings) => Promise<PageAnswer<OpenedCase>>;
  var takeSample: () => Promise<PageAnswer<Sample>>;
}

/** Loaded only when asked for, and after WebGPU is watched. */
const engines: Record<EngineName, () => Promise<{ openEngine(): Promise<BenchEngine> }>> = {
  ours: () => import("./engines/ours.ts"),
  jax: () => import("./engines/jax.ts"),
  tfjs: () => import("./engines/tfjs.ts"),
};

let ready: ReadyCase | undefined;

watchGpu();

globalThis.takeSample = () =>
  answer(async () => {
    if (ready === undefined) throw new Error("no case is open");
    return ready.sample();
  });

globalThis.openCase = (settings) =>
  answer(async () => {
    const { openEngine } = await engines[settings.engine]();
    ready = await measure(await openEngine(), settings);
    return ready.opened;
  });

async function answer<T>(work: () => Promise<T>): Promise<PageAnswer<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}
