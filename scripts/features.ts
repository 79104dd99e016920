// Writes FEATURES.md anew: what each op can do, and how it is checked.
//
//   npm run features
//
// Fails where an op has no case of PyTorch's. The tests compare: tests/oracle/features.test.ts.

import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const repository = new URL("..", import.meta.url);

try {
  const path = fileURLToPath(new URL("tests/oracle/featuresFile.ts", repository));
  const { module } = await runnerImport<typeof import("../tests/oracle/featuresFile.ts")>(path, {
    configFile: false,
    root: fileURLToPath(repository),
    logLevel: "error",
    define: { __GPU__: "false" },
  });
  await writeFile(new URL("FEATURES.md", repository), module.text);
} catch (error) {
  console.error(`features: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
