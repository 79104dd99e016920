// The benchmark's page: makes one case ready on one engine and takes samples when the script asks, and then is thrown
// away, so that no engine's buffers, pipelines or compiled code stand beside another's.

import { watchGpu } from "./gpuCounts.ts";
import { measure, type ReadyCase } from "./measure.ts";
import type { EngineName, OpenedCase, PageAnswer, PageSettings, ProfileName, Sample } from "./report.ts";
import type { BenchEngine } from "./workload.ts";

declare global {
  var openCase: (settings: PageSettings) => Promise<PageAnswer<OpenedCase>>;
  var takeSample: () => Promise<PageAnswer<Sample>>;
}

interface EngineModule {
  /** `profile` is for ours alone. */
  openEngine(profile?: ProfileName): Promise<BenchEngine>;
}

/** Loaded only when asked for, and after WebGPU is watched. */
const engines: Record<EngineName, () => Promise<EngineModule>> = {
  ours: () => import("./engines/ours.ts"),
  jax: () => import("./engines/jax.ts"),
  tfjs: () => import("./engines/tfjs.ts"),
  ort: () => import("./engines/ort.ts"),
  raw: () => import("./engines/raw.ts"),
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
    ready = await measure(await openEngine(settings.profile), settings);
    return ready.opened;
  });

async function answer<T>(work: () => Promise<T>): Promise<PageAnswer<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}
