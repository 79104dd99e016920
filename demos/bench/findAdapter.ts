// Which adapter there is, or why there is none.

import { DeviceError, init } from "../../src/index.ts";
import { adapterNameOf } from "../_shell/adapter.ts";
import type { FoundAdapter, FromBenchWorker } from "./messages.ts";

/** Throws DeviceError. */
export async function findAdapter(): Promise<FoundAdapter> {
  const engine = await init({ powerPreference: "high-performance", tune: false });
  const { adapter } = engine;
  engine.destroy();
  return { name: adapterNameOf(adapter), isSoftware: adapter.isSoftware };
}

export function failureOf(error: unknown): FromBenchWorker {
  const failure = error instanceof Error ? error.message : String(error);
  return error instanceof DeviceError ? { failure, reason: error.reason } : { failure };
}
