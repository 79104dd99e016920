// All shaders as pages get them: minified, with one table of short names.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { compactShader, minifyShader, shortNames } from "./minifyShaders.ts";

const folder = fileURLToPath(new URL("../shaders", import.meta.url));

/** A shader's path below shaders/, with slashes, and its text. */
export interface BareShader {
  readonly path: string;
  readonly text: string;
}

/** Every shader, minified: those of one family one behind the other, those of lib/ last. */
export function readBareShaders(): BareShader[] {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".wgsl"))
    .map((path) => path.replaceAll("\\", "/"));
  const ofFolders = (path: string) => Number(path.includes("/"));
  paths.sort((a, b) => ofFolders(a) - ofFolders(b) || (a < b ? -1 : 1));
  const sources = paths.map((path) => readFileSync(join(folder, path), "utf8"));
  const names = shortNames(sources);
  return paths.map((path, index) => ({ path, text: minifyShader(sources[index], names) }));
}

/** Serves `import source from "./x.wgsl?raw"` minified; shaders that are not the engine's keep their names. */
export function bareShaders(): Plugin {
  let texts: ReadonlyMap<string, string> | undefined;
  return {
    name: "bare-shaders",
    enforce: "pre",
    load(id) {
      if (!id.endsWith(".wgsl?raw")) return undefined;
      const path = join(id.slice(0, -"?raw".length));
      texts ??= new Map(readBareShaders().map((shader) => [join(folder, shader.path), shader.text]));
      const text = texts.get(path) ?? compactShader(readFileSync(path, "utf8"));
      return `export default ${JSON.stringify(text)};\n`;
    },
  };
}
