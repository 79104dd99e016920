// The command line of the ladders.

import { parseArgs } from "node:util";
import { type KernelName, kernelNames, type LadderScale, ladderScales } from "../../bench/kernels/rung.ts";
import { type ProfileName, profileNames } from "../../bench/report.ts";

export interface LadderOptions {
  readonly kernels: readonly KernelName[];
  /** Undefined: as the adapter is. */
  readonly scale: LadderScale | undefined;
  readonly profile: ProfileName | undefined;
  readonly reps: number;
  readonly json: string | undefined;
  readonly keep: boolean;
}

export const ladderUsage = `Usage: npm run bench:ladder [-- options]

Climbs from a naive kernel to the engine's own, one change at a time: every rung is a file of bench/kernels/, checked
against float64, then timed in turns with the others.

  --kernel A,B   which of ${kernelNames.join(", ")} (default: all)
  --scale S      sizes: ${ladderScales.join(", ")} (default: as the adapter is)
  --profile P    the engine's kernels for a "gpu" or the "fallback" for software adapters (default: as the adapter is)
  --reps N       samples of each rung (default 9); with 0 results are checked and nothing is timed
  --json FILE    receives the report as JSON
  --keep         keeps the report in bench/kernels/results/, by adapter and date, for the page demos/ladder
  --help         this text

TILEGRAD_ADAPTER=hardware|software chooses the adapter, PUPPETEER_EXECUTABLE_PATH the browser.`;

/** Reads the arguments. Throws an error of one line for what cannot be meant. */
export function parseLadderOptions(args: readonly string[]): LadderOptions | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      kernel: { type: "string", default: kernelNames.join(",") },
      scale: { type: "string" },
      profile: { type: "string" },
      reps: { type: "string", default: "9" },
      json: { type: "string" },
      keep: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  const reps = wholeNumber("reps", values.reps);
  const kernels = several("kernel", values.kernel, kernelNames);
  if (values.keep && (reps === 0 || kernels.length < kernelNames.length)) {
    throw new Error("--keep is for reports of all kernels with samples; leave out --kernel and --reps 0.");
  }
  return {
    kernels,
    scale: values.scale === undefined ? undefined : oneOf("scale", values.scale, ladderScales),
    profile: values.profile === undefined ? undefined : oneOf("profile", values.profile, profileNames),
    reps,
    json: values.json,
    keep: values.keep,
  };
}

function several<T extends string>(flag: string, text: string, allowed: readonly T[]): readonly T[] {
  const given = text.split(",");
  const known = allowed.filter((name) => given.includes(name));
  if (known.length === given.length) return known;
  throw new Error(`--${flag} is "${text}"; it is made of ${allowed.join(", ")}, each at most once.`);
}

function oneOf<T extends string>(flag: string, text: string, allowed: readonly T[]): T {
  const known = allowed.find((name) => name === text);
  if (known !== undefined) return known;
  throw new Error(`--${flag} is "${text}"; it is one of ${allowed.join(", ")}.`);
}

function wholeNumber(flag: string, text: string): number {
  if (/^(0|[1-9]\d{0,4})$/.test(text)) return Number(text);
  throw new Error(`--${flag} is "${text}"; it must be a whole number from 0.`);
}
