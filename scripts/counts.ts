// Writes bench/counts.json anew: what each case of ours has to do, and what a page pays for the library.
//
//   npm run counts [-- --why TEXT]      a figure that rises needs a reason
//
// Prints what changed. The tests compare: tests/tooling/counts.test.ts, tests/tooling/build.test.ts.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runnerImport } from "vite";
import {
  bundleChanges,
  type CountedBundles,
  type CountedPlans,
  countsPath,
  countsText,
  planChanges,
  printed,
  storedCounts,
  updatedCounts,
} from "./bench/counts.ts";
import { buildLibrary } from "./buildLibrary.ts";
import { weighPage } from "./bundleSizes.ts";

const repository = fileURLToPath(new URL("..", import.meta.url));

try {
  await main();
} catch (error) {
  console.error(`counts: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { why } = parseArgs({ options: { why: { type: "string" } } }).values;
  if (why?.trim() === "") throw new Error("--why is empty; it says what the higher figures buy.");
  const stored = await storedCounts();
  const measured = { plans: await countPlans(), bundles: await weighPages() };
  const updated = updatedCounts(stored, measured, { why, date: new Date().toISOString().slice(0, 10) });
  const changes = [
    ...planChanges(stored.plans, updated.plans),
    ...bundleChanges(stored.bundles, updated.bundles),
  ];
  await writeFile(countsPath, countsText(updated));
  console.log(changes.length === 0 ? "nothing changed" : changes.map(printed).join("\n"));
}

async function countPlans(): Promise<CountedPlans> {
  const path = fileURLToPath(new URL("bench/measureCounts.ts", import.meta.url));
  const { module } = await runnerImport<typeof import("./bench/measureCounts.ts")>(path, {
    configFile: false,
    root: repository,
    logLevel: "error",
  });
  return { gpu: await module.measureCounts("gpu"), fallback: await module.measureCounts("fallback") };
}

async function weighPages(): Promise<CountedBundles> {
  const folder = await mkdtemp(join(tmpdir(), "tilegrad-counts-"));
  try {
    buildLibrary(folder);
    return {
      "page-mlp": (await weighPage(folder, "page-mlp")).bytes,
      "page-everything": (await weighPage(folder, "page-everything")).bytes,
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}
