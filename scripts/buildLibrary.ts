// Makes the library: one ESM file and one .d.ts per module of src/, shaders inlined as text.
//
// Decides: what stands in the output folder. Leaves to others: bundler settings (vite.config.ts), compiler settings
// (tsconfig.build.json), and whether the package as a whole is sound (build.ts).

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

export const repository = fileURLToPath(new URL("..", import.meta.url));

/** Runs one tool from node_modules, with its output shown. Throws where it fails. */
export function runTool(name: string, args: readonly string[]): void {
  const path = join(repository, "node_modules", name);
  const { status } = spawnSync(process.execPath, [path, ...args], { cwd: repository, stdio: "inherit" });
  if (status !== 0) throw new Error(`${name} ${args.join(" ")} failed`);
}

/** Builds the library into `folder`, which is emptied first. Throws where a tool or a rule fails. */
export async function buildLibrary(folder: string): Promise<void> {
  await build({
    configFile: join(repository, "vite.config.ts"),
    logLevel: "warn",
    build: { outDir: folder, emptyOutDir: true },
  });
  runTool("typescript/bin/tsc", ["--project", join(repository, "tsconfig.build.json"), "--outDir", folder]);
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  for (const path of names.filter((name) => name.endsWith(".d.ts")).map((name) => join(folder, name))) {
    const text = pointToJavaScript(readFileSync(path, "utf8"));
    if (text.includes("/// <reference"))
      throw new Error(`${path}: published types may not reference other types`);
    writeFileSync(path, text);
  }
}

/** TypeScript rewrites `./x.ts` to `./x.js` in what runs, but not in declarations. */
export function pointToJavaScript(declarations: string): string {
  return declarations.replace(/(\b(?:from|import)\s*\(?\s*"\.{1,2}\/[^"\n]*)\.ts"/g, '$1.js"');
}
