// FEATURES.md says what the ops say, and every op is held against PyTorch or says what else it is held against.

import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { featuresText } from "./features.ts";

test("FEATURES.md is what `npm run features` makes", async () => {
  const stored = await readFile(new URL("../../FEATURES.md", import.meta.url), "utf8");
  expect(await featuresText(), "run `npm run features`").toBe(stored);
});
