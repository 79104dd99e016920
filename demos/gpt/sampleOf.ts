// A sample as a file of JSON has it.

import { isRecord } from "../_shell/checkpointConfig.ts";
import type { Sample, SampleLine } from "./pageTypes.ts";

/** The sample that `value` is; undefined where it is none. */
export function sampleOf(value: unknown): Sample | undefined {
  if (!isRecord(value)) return undefined;
  const { step, loss, lines } = value;
  const isKnown = typeof loss === "number";
  if (typeof step !== "number" || !Array.isArray(lines) || !lines.every(isLine)) return undefined;
  if (!isKnown && loss !== undefined && loss !== null) return undefined;
  return { step, loss: isKnown ? loss : undefined, lines };
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
