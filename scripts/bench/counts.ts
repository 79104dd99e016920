// Figures of what there is to do, as they are kept in bench/counts.json, and how measured ones stand to them.
//
// Decides: the form of the file, that a figure may only rise with a reason, and how far a page's size may move before it
// counts as changed. Leaves the measuring to measureCounts.ts.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { PlanCounts } from "../../bench/planCounts.ts";
import type { ProfileName } from "../../bench/report.ts";
import type { WeighedPage } from "../bundleSizes.ts";

/** Of our engine on a device that is the same everywhere. */
export type CountedPlans = Readonly<Record<ProfileName, Readonly<Record<string, PlanCounts>>>>;

/** Bytes, gz. */
export type CountedBundles = Readonly<Record<WeighedPage, number>>;

/** Why figures rose. */
export interface Raise {
  /** Of the day: 2026-01-31. */
  readonly date: string;
  readonly why: string;
  /** Each as `gpu train-lenet dispatches: 29 to 30`. */
  readonly figures: readonly string[];
}

export interface Counts {
  readonly version: 1;
  /** The latest last. */
  readonly raises: readonly Raise[];
  readonly bundles: CountedBundles;
  readonly plans: CountedPlans;
}

/** As they stand in the file: numbers in the order of `counts`. */
interface StoredCounts extends Omit<Counts, "plans"> {
  readonly counts: readonly string[];
  readonly plans: Readonly<Record<ProfileName, Readonly<Record<string, readonly number[]>>>>;
}

/** A figure that is not as it is stored. Without `from` it is new, without `to` there is no such figure any more. */
export interface CountChange {
  /** `gpu train-lenet dispatches` */
  readonly figure: string;
  readonly from: number | undefined;
  readonly to: number | undefined;
}

export const countsPath = fileURLToPath(new URL("../../bench/counts.json", import.meta.url));

/** In the file's order. */
export const countNames = [
  "dispatches",
  "submits",
  "pipelines",
  "ownBytes",
  "bytesMoved",
] as const satisfies (keyof PlanCounts)[];

const lineLength = 110;
/** Compressors of different versions do not agree to the byte, and a comment in a message is no change of size. */
const bundleSlackBytes = 500;
const bundleUnit = " gzBytes";

export async function storedCounts(path = countsPath): Promise<Counts> {
  return readCounts(await readFile(path, "utf8"));
}

/** Throws where the counts are not those that are counted today, and for a raise without a date and a reason. */
export function readCounts(text: string): Counts {
  const { version, raises, bundles, counts, plans } = JSON.parse(text) as StoredCounts;
  if (version !== 1 || String(counts) !== String(countNames)) {
    throw new Error(`counts.json: version ${version} of ${counts}; it must be version 1 of ${countNames}.`);
  }
  for (const { date, why, figures } of raises) {
    const isWhole = /^\d{4}-\d\d-\d\d$/.test(date) && why.trim() !== "" && figures.length > 0;
    if (!isWhole) throw new Error(`counts.json: a raise of ${date}; it must have a day, a why and figures.`);
  }
  return { version, raises, bundles, plans: { gpu: named(plans.gpu), fallback: named(plans.fallback) } };
}

function named(cases: Readonly<Record<string, readonly number[]>>): Record<string, PlanCounts> {
  return Object.fromEntries(
    Object.entries(cases).map(([name, [dispatches, submits, pipelines, ownBytes, bytesMoved]]) => {
      return [name, { dispatches, submits, pipelines, ownBytes, bytesMoved }];
    }),
  );
}

/** What is measured and what is stored, where they differ. */
export function planChanges(stored: CountedPlans, measured: CountedPlans): CountChange[] {
  return changes(planFigures(stored), planFigures(measured), 0);
}

/** As planChanges, of the sizes of pages. */
export function bundleChanges(stored: CountedBundles, measured: CountedBundles): CountChange[] {
  return changes(bundleFigures(stored), bundleFigures(measured), bundleSlackBytes);
}

export function isRaise({ from, to }: CountChange): boolean {
  return from !== undefined && to !== undefined && to > from;
}

/** A line that says what differs, and what to do about it. */
export function complaint(change: CountChange): string {
  const { figure, from, to } = change;
  if (from === undefined) return `${figure} is ${to}, and none is stored: npm run counts stores it.`;
  if (to === undefined) return `${figure} is stored as ${from}, and there is none: npm run counts drops it.`;
  if (!isRaise(change)) return `${figure} is ${to}, lower than the stored ${from}: npm run counts stores it.`;
  return `${figure} is ${to}, higher than the stored ${from}: npm run counts -- --why "what that buys" stores it with its reason.`;
}

/** Throws where a figure rose and there is no reason. Sizes of pages that hardly moved stay as they are stored. */
export function updatedCounts(
  stored: Counts,
  measured: Pick<Counts, "plans" | "bundles">,
  { why, date }: { readonly why: string | undefined; readonly date: string },
): Counts {
  const moved = bundleChanges(stored.bundles, measured.bundles);
  const raised = [...planChanges(stored.plans, measured.plans), ...moved].filter(isRaise);
  if (raised.length > 0 && why === undefined) throw new Error(raised.map(complaint).join("\n"));
  const raise = why === undefined || raised.length === 0 ? [] : [{ date, why, figures: raised.map(printed) }];
  const sizes = moved.map(({ figure, to }) => [figure.replace(bundleUnit, ""), to]);
  const bundles: CountedBundles = { ...stored.bundles, ...Object.fromEntries(sizes) };
  return { version: 1, raises: [...stored.raises, ...raise], bundles, plans: measured.plans };
}

export function printed({ figure, from, to }: CountChange): string {
  return `${figure}: ${from ?? "none"} to ${to ?? "none"}`;
}

/**
 * As JSON with a case a line, its counts in the order that stands above them, so that a difference between two files is a
 * list of cases.
 */
export function countsText({ version, raises, bundles, plans }: Counts): string {
  const reasons = raises.map(({ date, why, figures }) => {
    const members = [`"date": ${JSON.stringify(date)}`, `"why": ${JSON.stringify(why)}`, list(figures)];
    return `    {\n      ${members.join(",\n      ")}\n    }`;
  });
  const sizes = Object.entries(bundles).map(([page, bytes]) => `    ${JSON.stringify(page)}: ${bytes}`);
  const profiles = Object.entries(plans).map(([profile, cases]) => {
    const rows = Object.entries(cases).map(([name, counts]) => {
      return `      ${JSON.stringify(name)}: [${countNames.map((count) => counts[count]).join(", ")}]`;
    });
    return `    ${JSON.stringify(profile)}: {\n${rows.join(",\n")}\n    }`;
  });
  return `{
  "version": ${version},
  "raises": ${reasons.length === 0 ? "[]" : `[\n${reasons.join(",\n")}\n  ]`},
  "bundles": {\n${sizes.join(",\n")}\n  },
  "counts": [${countNames.map((count) => JSON.stringify(count)).join(", ")}],
  "plans": {\n${profiles.join(",\n")}\n  }
}\n`;
}

/** Figures of a raise, in one line where they fit. */
function list(figures: readonly string[]): string {
  const items = figures.map((figure) => JSON.stringify(figure));
  const line = `"figures": [${items.join(", ")}]`;
  return line.length + 6 <= lineLength ? line : `"figures": [\n        ${items.join(",\n        ")}\n      ]`;
}

function planFigures(plans: CountedPlans): Map<string, number> {
  return new Map(
    Object.entries(plans).flatMap(([profile, cases]) =>
      Object.entries(cases).flatMap(([name, counts]) =>
        Object.entries(counts).map(([count, value]) => [`${profile} ${name} ${count}`, value] as const),
      ),
    ),
  );
}

function bundleFigures(bundles: CountedBundles): Map<string, number> {
  return new Map(Object.entries(bundles).map(([page, bytes]) => [page + bundleUnit, bytes]));
}

function changes(
  stored: ReadonlyMap<string, number>,
  measured: ReadonlyMap<string, number>,
  slack: number,
): CountChange[] {
  return [...new Set([...stored.keys(), ...measured.keys()])]
    .map((figure) => ({ figure, from: stored.get(figure), to: measured.get(figure) }))
    .filter(({ from, to }) => from === undefined || to === undefined || Math.abs(to - from) > slack);
}
