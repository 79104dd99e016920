// What has happened in a run, kept beside its checkpoint so that a page that comes back can show it.

import { isRecord } from "./checkpointConfig.ts";
import { Curve, type CurvePoint } from "./curve.ts";
import type { RunHistory } from "./messages.ts";

export const HISTORY_FILE = "history.json";

/** Samples kept, at most: of many, every second of the older half goes. */
const MOST_SAMPLES = 40;

/** Collects curves and samples. */
export class HistoryRecorder<Sample extends { readonly step: number }> {
  private readonly curves = new Map<string, Curve>();
  private samples: Sample[];

  constructor({ curves, samples }: RunHistory<Sample> = { curves: {}, samples: [] }) {
    for (const [name, points] of Object.entries(curves)) for (const point of points) this.add(name, point);
    this.samples = [...samples];
  }

  get all(): RunHistory<Sample> {
    const curves = [...this.curves].map(([name, { steps, values }]) => {
      return [name, steps.map((step, index) => ({ step, value: values[index] }))] as const;
    });
    return { curves: Object.fromEntries(curves), samples: this.samples };
  }

  add(name: string, point: CurvePoint): void {
    const curve = this.curves.get(name) ?? new Curve();
    curve.add(point);
    this.curves.set(name, curve);
  }

  addSample(sample: Sample): void {
    this.samples.push(sample);
    const half = MOST_SAMPLES / 2;
    if (this.samples.length > MOST_SAMPLES) {
      this.samples = this.samples.filter((_, index) => index >= half || index % 2 === 0);
    }
  }

  hasSampleAt(step: number): boolean {
    return this.samples.some((sample) => sample.step === step);
  }

  /** Whether the curve `name` has a point at `step`, as far as points are kept. */
  hasPointAt(name: string, step: number): boolean {
    return this.curves.get(name)?.steps.includes(step) ?? false;
  }

  /** Mean of the last `count` points of a curve; NaN before the first. */
  recent(name: string, count: number): number {
    const values = this.curves.get(name)?.values.slice(-count) ?? [];
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  }
}

export function historyBytes(history: RunHistory<unknown>): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(history));
}

/**
 * A history as its file has it; undefined where it has none: a run goes on without, too. `sampleOf` gives a sample of
 * what JSON made of it; undefined where it is none.
 */
export function parseHistory<Sample>(
  bytes: Uint8Array,
  sampleOf: (value: unknown) => Sample | undefined,
): RunHistory<Sample> | undefined {
  const value = parsed(bytes);
  if (!isRecord(value) || !isRecord(value.curves) || !Array.isArray(value.samples)) return undefined;
  const curves: Record<string, CurvePoint[]> = {};
  for (const [name, points] of Object.entries(value.curves)) {
    if (!Array.isArray(points) || !points.every(isPoint)) return undefined;
    curves[name] = points;
  }
  const samples: Sample[] = [];
  for (const entry of value.samples) {
    const sample = sampleOf(entry);
    if (sample === undefined) return undefined;
    samples.push(sample);
  }
  return { curves, samples };
}

function isPoint(value: unknown): value is CurvePoint {
  return isRecord(value) && typeof value.step === "number" && typeof value.value === "number";
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
