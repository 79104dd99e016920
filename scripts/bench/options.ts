// The command line of the benchmark.

import { parseArgs } from "node:util";
import { type GroupName, groupNames, groupOf, listedCases } from "../../bench/caseList.ts";
import { type EngineName, engineNames, type ProfileName, profileNames } from "../../bench/report.ts";

/** What the user asked for, with defaults filled in. */
export interface BenchOptions {
  /** Cases and groups, as they were asked for. Undefined: all that fit the adapter. */
  readonly cases: readonly string[] | undefined;
  readonly engines: readonly EngineName[];
  /** Samples of each case and engine. */
  readonly reps: number;
  /** Undefined: as the adapter is. */
  readonly profile: ProfileName | undefined;
  readonly json: string | undefined;
  readonly html: string | undefined;
  /** Whether the results go to those that are kept. */
  readonly keep: boolean | undefined;
  /** A file of results, to show in place of measuring. */
  readonly from: string | undefined;
  /** Whether only README is written anew, from the results that are kept. */
  readonly readme: boolean | undefined;
}

export const defaultReps = 9;

/** Of the list of cases. */
const lineLength = 90;

export const usageText = `Usage: npm run bench [-- options]

Measures training steps and ops in a headless browser, and other engines on the same work. Every result is checked
against float64 before it is timed.

  --cases A,B    cases and groups of cases (default: all that fit the adapter)
  --engines A,B  which: ${engineNames.join(", ")} (default: all)
  --reps N       samples of each (default ${defaultReps})
  --profile P    our kernels for a "gpu" or the "fallback" for software adapters (default: as the adapter is)
  --json FILE    receives the results as JSON
  --html FILE    receives a report with charts, one file that needs no network
  --keep         adds the results to bench/results/, to the file of the same adapter, browser, scale and profile (or a new
                 one, <adapter>-<date>.json), and makes README's section on performance anew. What was measured again
                 takes the place of the same cases and engines; other rows stay, with their dates.
  --from FILE    shows results that are there already, also of other machines, and measures nothing; --keep keeps them
  --readme       makes README's section on performance anew from bench/results/, and nothing else
  --help         this text

Groups and their cases; those in brackets do not fit software, where they are measured only if they are named:

${groupNames.map(groupText).join("\n")}

TILEGRAD_ADAPTER=hardware|software chooses the adapter, PUPPETEER_EXECUTABLE_PATH the browser.`;

/** Its name, and the names of its cases in lines that fit a screen. */
export function groupText(group: GroupName): string {
  const names = listedCases
    .filter((known) => known.group === group)
    .map(({ name, fitsSoftware }) => (fitsSoftware ? name : `(${name})`));
  const lines: string[] = [];
  for (const name of names) {
    const longer = lines.length === 0 ? name : `${lines[lines.length - 1]}, ${name}`;
    if (lines.length > 0 && longer.length <= lineLength) lines[lines.length - 1] = longer;
    else lines.push(name);
  }
  return lines.map((line, index) => `  ${(index === 0 ? group : "").padEnd(13)}${line}`).join("\n");
}

/** Reads the arguments. Throws an error of one line for what cannot be meant. */
export function parseBenchOptions(args: readonly string[]): BenchOptions | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      cases: { type: "string" },
      engines: { type: "string", default: engineNames.join(",") },
      reps: { type: "string", default: String(defaultReps) },
      profile: { type: "string" },
      json: { type: "string" },
      html: { type: "string" },
      keep: { type: "boolean" },
      from: { type: "string" },
      readme: { type: "boolean" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  const { profile, json, html, keep, from, readme } = values;
  requireAlone("readme", readme, args);
  if (from !== undefined) requireNothingToMeasure(args);
  return {
    cases: values.cases === undefined ? undefined : casesNamed(values.cases),
    engines: listed("engines", values.engines, engineNames),
    reps: whole("reps", values.reps),
    profile: profile === undefined ? undefined : one("profile", profile, profileNames),
    json,
    html,
    keep,
    from,
    readme,
  };
}

function requireAlone(flag: string, isGiven: boolean | undefined, args: readonly string[]): void {
  if (!isGiven || args.length === 1) return;
  throw new Error(`--${flag} stands with other options; it measures nothing and must stand alone.`);
}

/** What belongs to a measurement makes no sense beside --from. */
function requireNothingToMeasure(args: readonly string[]): void {
  const flags = ["cases", "engines", "reps", "profile"].map((name) => `--${name}`);
  const other = args.find((text) => flags.includes(text.replace(/=.*$/s, "")));
  if (other === undefined) return;
  throw new Error(
    `--from stands with ${other.replace(/=.*$/s, "")}; it measures nothing, and goes with --json, --html and --keep.`,
  );
}

/** Names of cases and groups. Throws an error of one line for what is none, as the next two do. */
export function casesNamed(text: string): string[] {
  const given = text.split(",");
  for (const name of given) {
    if (groupNames.some((known) => known === name) || groupOf(name) !== undefined) continue;
    throw new Error(`--cases has "${name}"; it is made of names of cases and of groups, which --help lists.`);
  }
  return given;
}

function listed<T extends string>(flag: string, text: string, allowed: readonly T[]): readonly T[] {
  const given = text.split(",");
  const known = allowed.filter((name) => given.includes(name));
  if (known.length === given.length) return known;
  throw new Error(`--${flag} is "${text}"; it is made of ${allowed.join(", ")}, each at most once.`);
}

export function one<T extends string>(flag: string, text: string, allowed: readonly T[]): T {
  const known = allowed.find((name) => name === text);
  if (known !== undefined) return known;
  throw new Error(`--${flag} is "${text}"; it is one of ${allowed.join(", ")}.`);
}

export function whole(flag: string, text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new Error(`--${flag} is "${text}"; it must be a whole number from 1.`);
}
