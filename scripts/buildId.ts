// The digest of all sources that a build of the library carries: what is kept between loads is kept by it.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const repository = fileURLToPath(new URL("..", import.meta.url));
const declaration = /(export const buildId(?:: string)? = )""/;

/** Differs whenever a file below src/ or shaders/ does. */
export function digestSources(): string {
  const hash = createHash("sha256");
  for (const folder of ["src", "shaders"]) {
    const names = readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" });
    for (const name of names.filter((path) => /\.(ts|wgsl)$/.test(path)).sort()) {
      hash.update(`${name}\n`).update(readFileSync(join(repository, folder, name)));
    }
  }
  return hash.digest("hex").slice(0, 16);
}

/** `code` of src/base/buildId with `id` in it. Throws where there is no place for it. */
export function withBuildId(code: string, id: string): string {
  if (!declaration.test(code))
    throw new Error("buildId: the declaration that the build fills in is not there");
  return code.replace(declaration, `$1"${id}"`);
}

/** Puts the digest into what Vite builds. */
export function stampedBuild(): Plugin {
  return {
    name: "build-id",
    apply: "build",
    transform(code, path) {
      return path.endsWith("/src/base/buildId.ts") ? withBuildId(code, digestSources()) : undefined;
    },
  };
}
