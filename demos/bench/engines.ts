// The engines that a worker of the page can load.
//
// Decides: ONNX Runtime is none of them: it trains nothing, and brings 20 MB of WebAssembly.

import type { EngineName, ProfileName } from "../../bench/report.ts";
import type { BenchEngine } from "../../bench/workload.ts";

interface EngineModule {
  /** `profile` is for ours alone. */
  openEngine(profile?: ProfileName): Promise<BenchEngine>;
}

export const openersOf: Partial<Record<EngineName, () => Promise<EngineModule>>> = {
  ours: () => import("../../bench/engines/ours.ts"),
  raw: () => import("../../bench/engines/raw.ts"),
  jax: () => import("../../bench/engines/jax.ts"),
  tfjs: () => import("../../bench/engines/tfjs.ts"),
};

export function noWorkerFor(engine: EngineName): never {
  throw new Error(`${engine} is not measured in this page.`);
}
