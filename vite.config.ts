// `vite` serves demos/; `vite build` makes the library. Tests have vitest.config.ts.

import { fileURLToPath } from "node:url";
import { defineConfig, type UserConfig } from "vite";
import { corpusPlugin } from "./scripts/corpus.ts";

const repository = fileURLToPath(new URL(".", import.meta.url));

const demos: UserConfig = {
  root: `${repository}demos`,
  plugins: [corpusPlugin()],
  server: {
    host: "127.0.0.1",
    fs: { allow: [repository] },
    // With these `performance.now` steps by 5 us instead of 100.
    headers: {
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Embedder-Policy": "require-corp",
    },
  },
};

const library: UserConfig = {
  root: repository,
  publicDir: false,
  build: {
    target: "es2022",
    sourcemap: true,
    minify: false,
    lib: { entry: "src/index.ts", formats: ["es"] },
    rolldownOptions: {
      // One file per module: with `sideEffects: false` a bundler then drops every op and shader that is not used.
      output: { preserveModules: true, preserveModulesRoot: "src", entryFileNames: "[name].js" },
    },
  },
};

export default defineConfig(({ command }) => (command === "serve" ? demos : library));
