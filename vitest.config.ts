// Four projects: `unit` runs in Node without a GPU; so does `long`, which takes minutes: it plans every case, compiles every
// shader, draws many shapes, damages many files; `gpu` runs in a headless browser; and `whole` in Node, where each test builds
// the package, or starts a browser of its own and drives a page or a command. Tests of ops run in `gpu`, and in `unit` or `long`.

import { defineConfig } from "vitest/config";
import { puppeteerProvider } from "./tests/setup/puppeteerProvider.ts";
import { vulkanEnvironment } from "./tests/setup/vulkanEnvironment.ts";

const gpuTests = "tests/**/*.gpu.test.ts";
const browserOnly = "tests/browser/**";
/** Work for the CPU alone. */
const longTests = [
  "tests/autodiff/{plantedRules,segment}.test.ts",
  "tests/bench/{attentionCases,expectation,problems,takeTurns}.test.ts",
  "tests/compile/everyShader.test.ts",
  "tests/data/generateDigits.test.ts",
  "tests/demos/gpt/precision.test.ts",
  "tests/e2e/trainParts.test.ts",
  "tests/formats/{idx,safetensorsStream}.test.ts",
  "tests/kernels/races.test.ts",
  "tests/models/gptPrecision.test.ts",
  "tests/ops/{batchNorm,conv2dWeightGradient,manyShapes,oracle,randomShapes}.test.ts",
  "tests/oracle/{attention,features}.test.ts",
  "tests/text/tokenizerFiles.test.ts",
  "tests/tooling/{counts,minifyShaders}.test.ts",
];
const wholeTests = [
  "tests/e2e/**/*.test.ts",
  "tests/bench/**/*.test.ts",
  "tests/tooling/build.test.ts",
  "tests/readme.test.ts",
];
/** What is waited for is there in a moment, but not always on a machine that is busy. */
const patience = { poll: { timeout: 10_000 } };
// The package's entry for Node is CommonJS in a package of type "module", which Node refuses.
const reflect = { alias: { wgsl_reflect: "wgsl_reflect/wgsl_reflect.module.js" } };

export default defineConfig({
  test: {
    experimental: { fsModuleCache: true },
    // A run that finds no test is a mistake, not a success.
    passWithNoTests: false,
    projects: [
      {
        define: { __GPU__: "false" },
        resolve: reflect,
        test: {
          name: "unit",
          environment: "node",
          include: ["tests/**/*.test.ts"],
          exclude: [gpuTests, browserOnly, ...longTests, ...wholeTests],
          env: vulkanEnvironment(),
          // Forks, not threads: each gets its environment before it starts.
          pool: "forks",
          // Loading the engine anew for each file costs more than most files' tests.
          isolate: false,
          maxWorkers: "100%",
          // First, on all cores, with `long`; then the other two side by side.
          sequence: { groupOrder: 0 },
          server: { deps: { inline: ["wgsl_reflect"] } },
          testTimeout: 20_000,
          expect: patience,
        },
      },
      {
        define: { __GPU__: "false" },
        resolve: reflect,
        test: {
          name: "long",
          environment: "node",
          include: longTests,
          env: vulkanEnvironment(),
          server: { deps: { inline: ["wgsl_reflect"] } },
          pool: "forks",
          maxWorkers: "100%",
          sequence: { groupOrder: 0 },
          testTimeout: 120_000,
          expect: patience,
        },
      },
      {
        define: { __GPU__: "false" },
        resolve: reflect,
        test: {
          name: "whole",
          environment: "node",
          include: wholeTests,
          exclude: longTests,
          globalSetup: "tests/setup/builtDemos.ts",
          server: { deps: { inline: ["wgsl_reflect"] } },
          pool: "forks",
          // Most start a browser and train: side by side they would time each other out.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          expect: patience,
        },
      },
      {
        define: { __GPU__: "true" },
        test: {
          name: "gpu",
          include: [gpuTests, "tests/browser/**/*.test.ts", "tests/ops/**/*.test.ts"],
          setupFiles: ["tests/setup/gpuErrors.ts"],
          // One page for all files: starting a page and a device costs more than most tests.
          isolate: false,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          expect: patience,
          hookTimeout: 60_000,
          browser: {
            enabled: true,
            headless: true,
            ui: false,
            screenshotFailures: false,
            provider: puppeteerProvider(),
            instances: [{ browser: "chromium" }],
          },
        },
      },
    ],
  },
});
