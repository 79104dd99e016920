// The command line of the benchmark that needs no browser.

import { parseArgs } from "node:util";
import { casesFor, groupNames, groupOf } from "../../../bench/caseList.ts";
import type { Scale } from "../../../bench/cases/opCase.ts";
import { type ProfileName, profileNames } from "../../../bench/report.ts";
import { casesNamed, defaultReps, groupText, one, whole } from "../options.ts";

export interface PortableOptions {
  /** Cases and groups, as they were asked for. Undefined: all that fit the adapter. */
  readonly cases: readonly string[] | undefined;
  readonly reps: number;
  /** Undefined: as the adapter is. */
  readonly profile: ProfileName | undefined;
  /** Undefined: a name made of adapter and date. */
  readonly json: string | undefined;
  readonly html: string | undefined;
  /** Whether the ladders are climbed in place of the cases. */
  readonly ladder: boolean;
}

export const portableUsage = `Usage: ./run.sh [options]

Measures the engine's ops and training steps on this machine's GPU, without a browser and without a network. Every result
is checked against float64 before it is timed; each case has a process of its own.

  --cases A,B    cases and groups of cases (default: all that fit the adapter)
  --reps N       samples of each (default ${defaultReps})
  --profile P    kernels for a "gpu" or the "fallback" for software adapters (default: as the adapter is)
  --json FILE    receives the results (default: tilegrad-<adapter>-<date>.json, here)
  --html FILE    receives a report with charts, one file that needs no network
  --ladder       climbs the ladders of four kernels, from naive to final, in place of the cases
  --help         this text

In the repository, "npm run bench -- --from FILE --keep" adds the results to those that are kept; what --ladder wrote belongs
into bench/kernels/results/.

Groups and their cases; those in brackets do not fit software, where they are measured only if they are named:

${groupNames
  .filter((group) => group !== "first-step")
  .map(groupText)
  .join("\n")}

VK_DRIVER_FILES names the JSON file of a Vulkan driver that is not found by itself.`;

/** Reads the arguments. Throws an error of one line for what cannot be meant. */
export function parsePortableOptions(args: readonly string[]): PortableOptions | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      cases: { type: "string" },
      reps: { type: "string", default: String(defaultReps) },
      profile: { type: "string" },
      json: { type: "string" },
      html: { type: "string" },
      ladder: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  const { cases, profile, json, html, ladder } = values;
  if (ladder && (cases !== undefined || html !== undefined)) {
    throw new Error("--ladder stands with --cases or --html; it goes with --reps, --profile and --json.");
  }
  const named = cases === undefined ? undefined : casesNamed(cases);
  const odd = named?.find((name) => name === "first-step" || groupOf(name) === "first-step");
  if (odd !== undefined) {
    throw new Error(`--cases has "${odd}"; first steps are those of a page in a browser.`);
  }
  return {
    cases: named,
    reps: whole("reps", values.reps),
    profile: profile === undefined ? undefined : one("profile", profile, profileNames),
    json,
    html,
    ladder,
  };
}

/** As casesFor, without those that only a browser has. */
export function portableCasesFor(asked: readonly string[] | undefined, scale: Scale): string[] {
  return casesFor(asked, scale).filter((name) => groupOf(name) !== "first-step");
}
