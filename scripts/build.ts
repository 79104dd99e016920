// Builds the package into dist/ and checks it as its users will see it.

import { join } from "node:path";
import { buildLibrary, repository, runTool } from "./buildLibrary.ts";

buildLibrary(join(repository, "dist"));
runTool("publint/src/cli.js", ["run", "--strict", "."]);
runTool("@arethetypeswrong/cli/dist/index.js", ["--pack", ".", "--profile", "esm-only", "--quiet"]);
