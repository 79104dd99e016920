// Samples of a case as a row of the report has them: times per call, and counts for one of what a call repeats.

import type { Measurement, OpenedCase, Sample } from "../report.ts";
import { quantile } from "./quantile.ts";

/** `samples`: at least one. `repeats`: times that a call does the same. */
export function measurementOf(opened: OpenedCase, samples: readonly Sample[], repeats: number): Measurement {
  const times = samples.map(({ timeMs }) => timeMs / opened.callsPerSample / repeats).sort((a, b) => a - b);
  return {
    ...opened,
    dispatches: opened.dispatches / repeats,
    submits: opened.submits / repeats,
    medianMs: quantile(times, 0.5),
    spreadMs: quantile(times, 0.75) - quantile(times, 0.25),
    samples: times.length,
    peakBytes: samples[samples.length - 1].peakBytes,
  };
}
