// The worker: measures the ladders on the visitor's GPU.

import { measureLadder } from "../../bench/kernels/measureLadder.ts";
import { kernelNames } from "../../bench/kernels/rung.ts";
import { init } from "../../src/index.ts";
import { adapterNameOf } from "../_shell/adapter.ts";
import type { FromLadderWorker, StartLadders } from "./messages.ts";

function tell(message: FromLadderWorker): void {
  postMessage(message);
}

addEventListener("message", ({ data }: MessageEvent<StartLadders>) => void climb(data));

async function climb({ reps }: StartLadders): Promise<void> {
  try {
    const engine = await init({ powerPreference: "high-performance" });
    const { isSoftware } = engine.adapter;
    tell({ kind: "adapter", name: adapterNameOf(engine.adapter), isSoftware });
    const scale = isSoftware ? "software" : "hardware";
    for (const kernel of kernelNames) {
      const result = await measureLadder(engine, { kernel, scale, reps }, (progress) =>
        tell({ kind: "progress", ...progress }),
      );
      tell({ kind: "result", result });
    }
    engine.destroy();
    tell({ kind: "done" });
  } catch (error) {
    tell({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  }
}
