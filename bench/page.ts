// The benchmark's page: measures one case on one engine when the script asks, and then is thrown away, so that no
// engine's buffers, pipelines or compiled code stand beside another's.

import { watchGpu } from "./gpuCounts.ts";
import { measure } from "./measure.ts";
import type { EngineName, PageAnswer, PageSettings } from "./report.ts";
import type { BenchEngine } from "./workload.ts";

declare global {
  var runCase: (settings: PageSettings) => Promise<PageAnswer>;
}

/** Loaded only when asked for, and after WebGPU is watched. */
const engines: Record<EngineName, () => Promise<{ openEngine(): Promise<BenchEngine> }>> = {
  ours: () => import("./engines/ours.ts"),
  jax: () => import("./engines/jax.ts"),
  tfjs: () => import("./engines/tfjs.ts"),
};

watchGpu();

globalThis.runCase = async (settings) => {
  try {
    const { openEngine } = await engines[settings.engine]();
    return { measurement: await measure(await openEngine(), settings) };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
};
