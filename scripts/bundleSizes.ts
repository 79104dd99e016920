// What a page pays for the library, once a bundler has dropped what the page does not use.
//
// Decides: the two pages that are weighed, and how. What they may weigh: tests/tooling/build.test.ts, bench/counts.json.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Rolldown } from "vite";

const mlpPage = `
import { compile, crossEntropy, init, nn, optim, tensor } from "./index.js";
await init();
const model = new nn.Sequential(new nn.Linear(784, 128), new nn.ReLU(), new nn.Linear(128, 10));
const optimizer = new optim.AdamW(model.parameters(), { lr: 1e-3 });
const step = compile((x, y) => {
  const loss = crossEntropy(model.forward(x), y);
  optimizer.step(loss);
  return loss;
});
console.log(await step(tensor([[1, 2]]), tensor([1], [1], { dtype: "i32" })).item());
`;

const everythingPage = `import * as tilegrad from "./index.js"; console.log(tilegrad);`;

/** Pages as they are written. */
export const weighedPages = {
  "page-mlp": mlpPage,
  "page-everything": everythingPage,
} as const;
export type WeighedPage = keyof typeof weighedPages;

/** What a page has of the library. */
export interface PageWeight {
  /** Of its scripts, gz. */
  readonly bytes: number;
  /** Paths below the library's folder, each with a slash before it. */
  readonly modules: readonly string[];
}

/** Bundles the page. `folder` has the library as buildLibrary.ts makes it. */
export async function weighPage(folder: string, page: WeighedPage): Promise<PageWeight> {
  await writeManifest(folder);
  const entry = join(folder, "page.js");
  await writeFile(entry, weighedPages[page]);
  const result = await build({
    configFile: false,
    logLevel: "error",
    root: folder,
    build: { write: false, target: "es2022", modulePreload: false, rolldownOptions: { input: entry } },
  });
  const { output } = Array.isArray(result) ? result[0] : (result as Rolldown.RolldownOutput);
  const chunks = output.filter((part) => part.type === "chunk");
  const sizes = chunks.map(({ code }) => gzipSync(code, { level: 9 }).length);
  const modules = chunks.flatMap((chunk) => Object.keys(chunk.modules));
  return {
    bytes: sizes.reduce((sum, sizeBytes) => sum + sizeBytes, 0),
    modules: modules.map((path) => path.slice(folder.length)),
  };
}

/** Makes of `folder` what the published package is to a bundler. */
export function writeManifest(folder: string): Promise<void> {
  return writeFile(join(folder, "package.json"), `{ "type": "module", "sideEffects": false }`);
}
