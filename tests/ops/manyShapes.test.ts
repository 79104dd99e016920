// Random shapes in plenty: without a GPU of every op, with one of those whose whole numbers must be exact to the last bit.

import { describe, test } from "vitest";
import { checkGpu, checkRules, MANY } from "./randomCases.ts";
import { exactFamilies, families } from "./randomFamilies.ts";

describe("many random shapes", () => {
  test.each(__GPU__ ? exactFamilies : Object.keys(families))("%s", async (op) => {
    if (__GPU__) await checkGpu(families[op], MANY);
    else checkRules(families[op], MANY);
  });
});
