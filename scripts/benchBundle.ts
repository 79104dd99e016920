// Makes the benchmark that needs no browser: a folder, and the same packed.
//
//   npm run bench:bundle [-- FOLDER]      default: dist-bench/tilegrad-bench

import { statSync } from "node:fs";
import { relative, resolve } from "node:path";
import { makeBundle, packBundle } from "./bench/portable/bundle.ts";
import { oneLine } from "./oneLine.ts";

try {
  const folder = resolve(process.argv[2] ?? "dist-bench/tilegrad-bench");
  await makeBundle(folder);
  const archive = packBundle(folder, 6);
  const megabytes = (statSync(archive).size / 2 ** 20).toFixed(1);
  console.log(`${relative(process.cwd(), archive)}, ${megabytes} MiB`);
} catch (error) {
  console.error(`bench:bundle: ${oneLine(error)}`);
  process.exitCode = 1;
}
