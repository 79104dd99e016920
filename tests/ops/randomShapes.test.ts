// Every op at random shapes, values and gradients; views, broadcasting and sizes of 0 and 1 included.
//
// VITE_RANDOM_SHAPES sets how many shapes each op is run at. manyShapes.test.ts runs more of them, and on the GPU those that
// are left out here.

import { describe, expect, test } from "vitest";
import { COUNT, checkGpu, checkRules } from "./randomCases.ts";
import { exactFamilies, families, gpuCount, strayNames } from "./randomFamilies.ts";

test("every op is in a family, or says why it is not", () => {
  expect(strayNames(), "add them to a family in tests/ops/random*.ts, or to withoutFamily").toEqual([]);
});

describe("random shapes", () => {
  const own = Object.entries(families).filter(([op]) => !__GPU__ || !exactFamilies.includes(op));
  test.each(own)("%s", async (op, cases) => {
    if (__GPU__) await checkGpu(cases, gpuCount(op, COUNT));
    else checkRules(cases, COUNT);
  });
});
