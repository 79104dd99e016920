// The command line of the benchmark.

import { parseArgs } from "node:util";
import {
  type CaseName,
  caseNames,
  defaultCaseNames,
  type EngineName,
  engineNames,
} from "../../bench/report.ts";

/** What the user asked for, with defaults filled in. */
export interface BenchOptions {
  readonly cases: readonly CaseName[];
  readonly engines: readonly EngineName[];
  /** Samples of each case and engine. */
  readonly reps: number;
  readonly json: string | undefined;
}

export const usageText = `Usage: npm run bench [-- options]

Measures training steps and kernels in a headless browser, and other engines on the same work.

  --cases A,B    which: ${caseNames.join(", ")}
                 (default: all but the last, which takes minutes in software)
  --engines A,B  which: ${engineNames.join(", ")} (default: all)
  --reps N       samples of each (default 9)
  --json FILE    receives the report as JSON
  --help         this text

TILEGRAD_ADAPTER=hardware|software chooses the adapter, PUPPETEER_EXECUTABLE_PATH the browser.`;

/** Reads the arguments. Throws an error of one line for what cannot be meant. */
export function parseBenchOptions(args: readonly string[]): BenchOptions | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      cases: { type: "string", default: defaultCaseNames.join(",") },
      engines: { type: "string", default: engineNames.join(",") },
      reps: { type: "string", default: "9" },
      json: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  return {
    cases: listed("cases", values.cases, caseNames),
    engines: listed("engines", values.engines, engineNames),
    reps: whole("reps", values.reps),
    json: values.json,
  };
}

function listed<T extends string>(flag: string, text: string, allowed: readonly T[]): readonly T[] {
  const given = text.split(",");
  const known = allowed.filter((name) => given.includes(name));
  if (known.length === given.length) return known;
  throw new Error(`--${flag} is "${text}"; it is made of ${allowed.join(", ")}, each at most once.`);
}

function whole(flag: string, text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new Error(`--${flag} is "${text}"; it must be a whole number from 1.`);
}
