import { expect, test } from "vitest";
import { isSampleDue } from "../../../demos/gpt/sampler.ts";

test("samples are taken often at first, and twice in each doubling later", () => {
  const due = Array.from({ length: 2500 }, (_, step) => step).filter(isSampleDue);
  expect(due).toEqual([0, 25, 50, 100, 150, 200, 300, 400, 600, 800, 1200, 1600, 2400]);
});
