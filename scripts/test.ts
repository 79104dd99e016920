// Runs the checks and the tests, and closes with one line of counts over everything.
//
//   tsx scripts/test.ts          types, lint, then all tests (`npm test`)
//   tsx scripts/test.ts --unit   types, lint, then the tests that need no browser (`npm run check`)
//
// Decides: what counts as a failure. Besides a failing test that is a failing type check or lint, a test file that
// does not load, an error nobody caught, a test that never finished, a project in which nothing ran, and a standstill.
// Leaves to others: what is tested, and how (vitest.config.ts).

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { startVitest, type TestCase, type Vitest } from "vitest/node";
import { findBrowser, machineProbes } from "./findBrowser.ts";

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** No single test may take this long: a page in an endless loop reports nothing, not even a timeout. */
const standstillMs = 10 * 60_000;

const typescript = "typescript/bin/tsc";
const biome = "@biomejs/biome/bin/biome";

const projects = process.argv.includes("--unit") ? ["unit"] : ["unit", "long", "whole", "gpu"];
const counts: Counts = { passed: 0, failed: 0, skipped: 0 };

const checks = [
  runCheck("types", typescript, typesOf("tsconfig.json")),
  runCheck("types of src without Node", typescript, typesOf("tsconfig.src.json")),
  runCheck("lint", biome, ["check", "--error-on-warnings", "."]),
];
// Beside the tests: each is busy on one core alone.
await runTests();
for (const failed of await Promise.all(checks)) if (failed) counts.failed += 1;
finish();

/** Arguments for checking a project's types. What has not changed since the last time is not checked again. */
function typesOf(project: string): string[] {
  const known = `node_modules/.cache/tilegrad/${project}.tsbuildinfo`;
  return ["--project", project, "--noEmit", "--incremental", "--tsBuildInfoFile", known];
}

/** Runs one command-line tool; true where it failed. */
function runCheck(name: string, tool: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const path = fileURLToPath(new URL(`../node_modules/${tool}`, import.meta.url));
    const child = spawn(process.execPath, [path, ...args], { stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", () => resolve(true));
    child.on("close", (code) => {
      console.log(`${name}: ${code === 0 ? "ok" : "FAILED"}`);
      resolve(code !== 0);
    });
  });
}

async function runTests(): Promise<void> {
  const watchdog = watchProgress();
  let vitest: Vitest;
  try {
    // Before any test: those that run in Node use the software Vulkan driver that comes with the browser.
    await findBrowser(machineProbes((line) => console.log(line)));
    vitest = await startVitest("test", [], {
      run: true,
      watch: false,
      project: projects.map((project) => `${project}*`),
      reporters: ["default", { onTestCaseResult: watchdog.progress, onTestModuleStart: watchdog.progress }],
    });
  } catch (error) {
    console.error(error);
    counts.failed += 1;
    return;
  } finally {
    watchdog.stop();
  }
  countResults(vitest);
  await vitest.close();
}

function countResults(vitest: Vitest): void {
  const ran = new Set<string>();
  for (const module of vitest.state.getTestModules()) {
    counts.failed += module.errors().length;
    if (module.state() === "queued" || module.state() === "pending") {
      console.error(`${module.relativeModuleId} never finished.`);
      counts.failed += 1;
    }
    for (const test of module.children.allTests()) {
      ran.add(module.project.name.split(" ")[0]);
      counts[outcome(test)] += 1;
    }
  }
  counts.failed += vitest.state.getUnhandledErrors().length;
  for (const project of projects.filter((name) => !ran.has(name))) {
    console.error(`No test of the project "${project}" ran.`);
    counts.failed += 1;
  }
}

function outcome(test: TestCase): keyof Counts {
  const { state } = test.result();
  // What is still pending at the end never ran to its end.
  return state === "pending" ? "failed" : state;
}

function watchProgress(): { progress(): void; stop(): void } {
  let lastMs = performance.now();
  const timer = setInterval(() => {
    if (performance.now() - lastMs < standstillMs) return;
    console.error(`No test has finished for ${standstillMs / 60_000} minutes: giving up.`);
    counts.failed += 1;
    finish();
  }, 1000);
  return {
    progress() {
      lastMs = performance.now();
    },
    stop: () => clearInterval(timer),
  };
}

function finish(): never {
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
  console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
  process.exit(counts.failed === 0 && counts.passed > 0 ? 0 : 1);
}
