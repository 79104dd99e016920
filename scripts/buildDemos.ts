// Builds the demo pages into dist-demos/, prints what each weighs, and fails where one is too heavy.

import { fileURLToPath } from "node:url";
import { buildDemoPages, limitBytes, printWeights, weighDemoPages } from "./demoPagesBuild.ts";

const folder = fileURLToPath(new URL("../dist-demos", import.meta.url));

buildDemoPages(folder);
const weights = weighDemoPages(folder);
console.log(printWeights(weights));
const heavy = weights.filter(({ sizeBytes }) => sizeBytes > limitBytes);
if (heavy.length > 0) {
  const names = heavy.map(({ page }) => page || "index").join(", ");
  console.error(`${names}: more than ${limitBytes / 1000} kB of code; pages must load fast.`);
  process.exit(1);
}
