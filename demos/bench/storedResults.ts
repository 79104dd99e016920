// The results that are kept with the project.

import type { Results } from "../../bench/figures/results.ts";

const files = import.meta.glob<Results>("../../bench/results/*.json", { import: "default" });

/** All of them, those of GPUs first, and of these the newest. */
export async function storedResults(): Promise<Results[]> {
  const all = await Promise.all(Object.values(files).map((load) => load()));
  return inOrder(all);
}

export function inOrder(results: readonly Results[]): Results[] {
  const isSoftware = ({ scale }: Results) => Number(scale !== "hardware");
  return [...results].sort(
    (a, b) => isSoftware(a) - isSoftware(b) || Date.parse(b.date) - Date.parse(a.date),
  );
}

/** "google swiftshader (software), Chrome/156, 2026-11-21", and what its kernels were chosen for, where that was asked for. */
export function resultsName({ adapter, browser, date, profile }: Results): string {
  const kernels = profile === "automatic" ? [] : [`${profile} kernels`];
  return [adapterTitle(adapter), browserTitle(browser), date.slice(0, 10), ...kernels].join(", ");
}

/** What a results file has for an adapter begins with what kind it is of. */
export function adapterTitle(adapter: string): string {
  const [, kind, name] = adapter.match(/^(hardware|software) (.*)$/) ?? [undefined, undefined, adapter];
  return kind === "software" ? `${name} (software)` : name;
}

export function browserTitle(browser: string): string {
  return browser.replace(/^([^ /]+\/\d+)[.\d]*$/, "$1");
}
