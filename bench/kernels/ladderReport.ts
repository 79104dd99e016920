// What a run of the ladders came to, as it is printed, kept and shown.

import { finalRung, type KernelName, kernelNames, type LadderScale, ladderScales } from "./rung.ts";

export interface RungTiming {
  /** Per call, over `samples` samples. */
  readonly medianMs: number;
  /** Third quartile less first. */
  readonly spreadMs: number;
  readonly samples: number;
  /** Calls that make up a sample. */
  readonly callsPerSample: number;
  /** From the shader's text to the first result. */
  readonly firstMs: number;
}

/** `missing` says what the device lacks; a `failure` is a wrong result, or a shader that was refused. */
export type RungResult = { readonly name: string } & (
  | RungTiming
  | { readonly missing: string }
  | { readonly failure: string }
);

export interface LadderResult {
  readonly kernel: KernelName;
  readonly sizes: string;
  readonly flops: number;
  readonly bytes: number;
  /** Which of its kernels the engine chose. */
  readonly engineKernels: readonly string[];
  readonly rungs: readonly RungResult[];
}

export interface LadderReport {
  readonly version: 1;
  readonly adapter: string;
  readonly isSoftware: boolean;
  readonly browser: string;
  /** ISO 8601. */
  readonly date: string;
  readonly scale: LadderScale;
  readonly ladders: readonly LadderResult[];
}

export function gigaflopsOf({ flops }: LadderResult, { medianMs }: RungTiming): number {
  return flops / medianMs / 1e6;
}

export function gigabytesOf({ bytes }: LadderResult, { medianMs }: RungTiming): number {
  return bytes / medianMs / 1e6;
}

export function isTimed(result: RungResult): result is { name: string } & RungTiming {
  return "medianMs" in result;
}

/** Why a rung was not timed. */
export function reasonOf(result: RungResult): string | undefined {
  if ("failure" in result) return `failed: ${result.failure}`;
  return "missing" in result ? result.missing : undefined;
}

/** What is wrong with the report that `given` should be, or nothing. */
export function reportFaults(given: unknown): string[] {
  if (!isRecord(given) || given.version !== 1) return ["it is no report of version 1"];
  const faults: string[] = [];
  for (const field of ["adapter", "browser", "date"]) {
    if (typeof given[field] !== "string" || given[field] === "") faults.push(`it has no ${field}`);
  }
  if (typeof given.isSoftware !== "boolean") faults.push("it does not say whether the adapter is software");
  if (!ladderScales.some((scale) => scale === given.scale)) faults.push("its scale is none");
  const ladders: unknown = given.ladders;
  if (!Array.isArray(ladders)) return [...faults, "it has no ladders"];
  return [...faults, ...ladders.flatMap((ladder: unknown) => ladderFaults(ladder))];
}

function ladderFaults(ladder: unknown): string[] {
  if (!isRecord(ladder)) return ["a ladder is none"];
  const { kernel, flops, bytes, rungs } = ladder;
  if (!kernelNames.some((name) => name === kernel)) return [`${String(kernel)} is no kernel`];
  if (!isPositive(flops) || !isPositive(bytes)) return [`${String(kernel)} has no cost`];
  if (!Array.isArray(rungs) || rungs.length === 0) return [`${String(kernel)} has no rungs`];
  return rungs.flatMap((rung: unknown) => {
    if (!isRecord(rung) || typeof rung.name !== "string")
      return [`${String(kernel)} has a rung without a name`];
    const isKnown = isPositive(rung.medianMs) || typeof rung.missing === "string";
    return isKnown ? [] : [`${String(kernel)}/${rung.name} was not timed`];
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isPositive(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}

/** "3_quads" as "Quads", "7_shared32" as "Shared 32", the engine's as "The engine". */
export function titleOf(rung: string): string {
  if (rung === finalRung) return "The engine";
  const words = rung
    .replace(/^\d+_/, "")
    .replaceAll("_", " ")
    .replace(/([a-z])(\d)/, "$1 $2");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
