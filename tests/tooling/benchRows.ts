// Rows of a benchmark for tests of what is made of them.

import { type Results, resultsOf } from "../../bench/figures/results.ts";
import type { EngineName, Report, ReportRow } from "../../bench/report.ts";

export const firstDay = "2026-01-02T03:04:05.678Z";
export const secondDay = "2026-02-03T04:05:06.789Z";

const counts = { dispatches: 8, submits: 1, createBuffer: 0, createBindGroup: 0, createPipeline: 0 };

export function measuredRow(
  name: string,
  engine: EngineName,
  medianMs: number,
  more: { flops?: number; bytes?: number; tokensPerCall?: number; losses?: number[]; note?: string } = {},
): ReportRow {
  const times = { firstCallMs: 90, medianMs, spreadMs: medianMs / 10, samples: 3 };
  return {
    case: name,
    engine,
    version: "1.2.3",
    ...counts,
    callsPerSample: 4,
    ...times,
    peakBytes: 7e6,
    ...more,
  };
}

export function failedRow(name: string, engine: EngineName, failure: string): ReportRow {
  return { case: name, engine, version: "1.2.3", failure };
}

export function resultsWith(cases: readonly ReportRow[], more: Partial<Omit<Report, "cases">> = {}): Results {
  const setting = { adapter: "software Test Adapter (1)", browser: "Chrome/1.2", scale: "software" } as const;
  return resultsOf({ ...setting, date: firstDay, profile: "automatic", cases, ...more });
}

/** A bit of everything: right, wrong, none, crashed; flops and bytes, bytes alone, neither. */
export function variedRows(): ReportRow[] {
  const product = { flops: 2e9, bytes: 12e6 };
  return [
    measuredRow("train-lenet", "ours", 20, { losses: [2.3, 2.2, 2.1] }),
    measuredRow("train-lenet", "jax", 60, { losses: [2.3, 2.2, 2.1] }),
    failedRow("train-lenet", "tfjs", "the page crashed"),
    failedRow("train-lenet", "ort", "none: it does not train."),
    measuredRow("matmul-512", "ours", 100, { ...product, note: "a note <b>of mine</b>" }),
    measuredRow("matmul-512", "jax", 150, product),
    measuredRow("matmul-512", "tfjs", 3000, product),
    failedRow("matmul-512", "ort", "wrong y: element 5 is <script>\"&'</script>"),
    measuredRow("matmul-1024", "ours", 250, { flops: 16e9, bytes: 48e6 }),
    failedRow("matmul-1024", "jax", "no answer within 120 s"),
    measuredRow("copy", "ours", 10, { flops: 0, bytes: 80e6 }),
    measuredRow("copy", "jax", 9, { flops: 0, bytes: 80e6 }),
    failedRow("sum-all", "ours", "wrong sum"),
    measuredRow("sum-all", "jax", 4, { flops: 1e7, bytes: 4e7 }),
  ];
}
