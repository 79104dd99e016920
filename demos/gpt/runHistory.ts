// What has happened in a run, kept beside its checkpoint so that a page that comes back can show it.

import { Curve, type CurvePoint } from "../shared/curve.ts";
import type { RunHistory, Sample, SampleLine, ValidationPoint } from "./protocol.ts";

export const HISTORY_FILE = "history.json";

/** Samples kept, at most: of many, every second of the older half goes. */
const MOST_SAMPLES = 40;
/** Losses that a sample's loss is the mean of. */
const RECENT = 20;

/** Collects losses, validations and samples. */
export class HistoryRecorder {
  private readonly losses = new Curve(0);
  private readonly validations: ValidationPoint[];
  private samples: Sample[];
  private recent: number[];

  constructor({ losses, validations, samples }: RunHistory = { losses: [], validations: [], samples: [] }) {
    for (const point of losses) this.losses.add(point);
    this.validations = [...validations];
    this.samples = [...samples];
    this.recent = losses.slice(-RECENT).map(({ value }) => value);
  }

  get all(): RunHistory {
    const { steps, values } = this.losses;
    const losses = steps.map((step, index) => ({ step, value: values[index] }));
    return { losses, validations: this.validations, samples: this.samples };
  }

  /** Mean of the last losses; NaN before the first. */
  get recentLoss(): number {
    return this.recent.reduce((sum, value) => sum + value, 0) / this.recent.length;
  }

  hasSampleAt(step: number): boolean {
    return this.samples.some((sample) => sample.step === step);
  }

  addLoss(point: CurvePoint): void {
    this.losses.add(point);
    this.recent.push(point.value);
    if (this.recent.length > RECENT) this.recent.shift();
  }

  addValidation(point: ValidationPoint): void {
    this.validations.push(point);
  }

  addSample(sample: Sample): void {
    this.samples.push(sample);
    const half = MOST_SAMPLES / 2;
    if (this.samples.length > MOST_SAMPLES) {
      this.samples = this.samples.filter((_, index) => index >= half || index % 2 === 0);
    }
  }
}

/** A history as its file has it; undefined where it has none: a run goes on without, too. */
export function parseHistory(bytes: Uint8Array): RunHistory | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isHistory(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function historyBytes(history: RunHistory): Uint8Array {
  // JSON has no NaN: it is null there, and NaN again below.
  return new TextEncoder().encode(JSON.stringify(history));
}

function isHistory(value: unknown): value is RunHistory {
  if (!isRecord(value)) return false;
  const { losses, validations, samples } = value;
  return (
    isListOf(losses, (point) => isRecord(point) && isNumber(point.step) && isNumber(point.value)) &&
    isListOf(validations, isValidation) &&
    isListOf(samples, isSample)
  );
}

function isValidation(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { step, loss, exactAccuracy } = value;
  return isNumber(step) && isNumber(loss) && (exactAccuracy === undefined || isNumber(exactAccuracy));
}

function isSample(value: unknown): boolean {
  if (!isRecord(value) || !isNumber(value.step)) return false;
  if (value.loss === null) value.loss = Number.NaN;
  return isNumber(value.loss) && isListOf(value.lines, isLine);
}

function isLine(value: unknown): value is SampleLine {
  if (!isRecord(value)) return false;
  const { prompt, text, verdict } = value;
  if (typeof prompt !== "string" || typeof text !== "string") return false;
  if (verdict === undefined) return true;
  if (!isRecord(verdict)) return false;
  const { isRight, shown, expected } = verdict;
  return typeof isRight === "boolean" && typeof shown === "string" && typeof expected === "string";
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isNumber(value: unknown): boolean {
  return typeof value === "number";
}
