// `vite` serves demos/, `vite build` builds them. Tests have vitest.config.ts, the library scripts/buildLibrary.ts.

import { fileURLToPath } from "node:url";
import { defineConfig, type UserConfig } from "vite";
import { bareShaders } from "./scripts/bareShaders.ts";
import { stampedBuild } from "./scripts/buildId.ts";
import { corpusPlugin } from "./scripts/corpus.ts";
import { askedFolder, demoPages, demosFolder, isolationHeaders, listDemoPages } from "./scripts/demoPages.ts";

const repository = fileURLToPath(new URL(".", import.meta.url));

const demos: UserConfig = {
  root: demosFolder,
  publicDir: false,
  plugins: [demoPages(), corpusPlugin()],
  server: { host: "127.0.0.1", fs: { allow: [repository] }, headers: isolationHeaders },
  // What workers of the benchmark load: found only then, it would make their page load again.
  optimizeDeps: {
    include: [
      "tinybench",
      "@jax-js/jax",
      "@tensorflow/tfjs-core",
      "@tensorflow/tfjs-core/dist/register_all_gradients",
      "@tensorflow/tfjs-backend-webgpu",
    ],
  },
};

/** Of pages and of workers. */
const output = {
  chunkFileNames: ({ moduleIds }: { moduleIds: readonly string[] }) =>
    `${folderOf(moduleIds)}/[name]-[hash].js`,
  // What is told of a fault names the class whose it is.
  keepNames: true,
};

/** Data, and what a page loads only when its visitor asks for it, stand apart from code, whose size alone is limited. */
function folderOf(moduleIds: readonly string[]): string {
  const isData = (id: string) => id === "\0virtual:corpus" || id.endsWith(".json");
  if (moduleIds.length > 0 && moduleIds.every(isData)) return "data";
  return moduleIds.some((id) => /\/node_modules\/(@jax-js|@tensorflow)\//.test(id)) ? askedFolder : "assets";
}

const builtDemos: UserConfig = {
  ...demos,
  plugins: [demoPages(), corpusPlugin(), bareShaders(), stampedBuild()],
  // The folder can be put anywhere.
  base: "./",
  build: {
    outDir: `${repository}dist-demos`,
    target: "es2022",
    // The pages' policy allows no inline script, and of `data:` only pictures.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: [
        `${demosFolder}/index.html`,
        ...listDemoPages().map((name) => `${demosFolder}/${name}/index.html`),
      ],
      output,
    },
  },
  worker: {
    format: "es",
    plugins: () => [corpusPlugin(), bareShaders(), stampedBuild()],
    rolldownOptions: { output },
  },
};

export default defineConfig(({ command }) => (command === "serve" ? demos : builtDemos));
