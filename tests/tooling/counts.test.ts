// What each case of ours has to do is what is stored, and no figure rises without a reason.

import { describe, expect, test } from "vitest";
import { countedCases, planCounts } from "../../bench/planCounts.ts";
import type { ProfileName } from "../../bench/report.ts";
import {
  bundleChanges,
  type Counts,
  complaint,
  countsText,
  planChanges,
  readCounts,
  storedCounts,
  updatedCounts,
} from "../../scripts/bench/counts.ts";
import { measureCounts } from "../../scripts/bench/measureCounts.ts";
import { stubDevice } from "../setup/stubDevice.ts";

test.each(["gpu", "fallback"] satisfies ProfileName[])(
  "dispatches, submits, pipelines and bytes of every case are those of bench/counts.json: %s",
  async (profile) => {
    const { plans } = await storedCounts();
    const measured = await measureCounts(profile);
    expect(Object.keys(measured)).toEqual([...countedCases]);
    expect(planChanges(plans, { ...plans, [profile]: measured }).map(complaint)).toEqual([]);
  },
  60_000,
);

test("what is counted is the plan", async () => {
  const counts = await planCounts("matmul-256", "gpu", stubDevice().device);
  const matrix = 256 * 256 * 4;
  expect(counts).toEqual({
    dispatches: 1,
    submits: 1,
    pipelines: 1,
    ownBytes: matrix,
    bytesMoved: 3 * matrix,
  });
  await expect(planCounts("floor-copy", "gpu", stubDevice().device)).rejects.toThrow(/^none: /);
  await expect(planCounts("matmul-1", "gpu", stubDevice().device)).rejects.toThrow("no case matmul-1");
});

describe("a stored figure", () => {
  const one = { dispatches: 1, submits: 1, pipelines: 1, ownBytes: 1024, bytesMoved: 4096 };
  const stored: Counts = {
    version: 1,
    raises: [],
    bundles: { "page-mlp": 50_000, "page-everything": 150_000 },
    plans: { gpu: { copy: one, sum: one }, fallback: { copy: one } },
  };
  const withCopy = (copy: typeof one) => ({ ...stored, plans: { ...stored.plans, fallback: { copy } } });
  const date = "2026-01-31";

  test("rises only with a reason, which is kept", () => {
    const measured = withCopy({ ...one, dispatches: 2 });
    const text =
      'fallback copy dispatches is 2, higher than the stored 1: npm run counts -- --why "what that buys" stores it with its reason.';
    expect(planChanges(stored.plans, measured.plans).map(complaint)).toEqual([text]);
    expect(() => updatedCounts(stored, measured, { why: undefined, date })).toThrow(text);
    const why = "half the time";
    const updated = updatedCounts(stored, measured, { why, date });
    expect(updated.raises).toEqual([{ date, why, figures: ["fallback copy dispatches: 1 to 2"] }]);
    expect(planChanges(updated.plans, measured.plans)).toEqual([]);
    expect(readCounts(countsText(updated))).toEqual(updated);
  });

  test("falls, comes and goes without one, and is said to", () => {
    const fallen = withCopy({ ...one, ownBytes: 512 });
    const { sum: _, ...rest } = stored.plans.gpu;
    const measured = { ...fallen, plans: { ...fallen.plans, gpu: { ...rest, mean: one } } };
    const complaints = planChanges(stored.plans, measured.plans).map(complaint);
    expect(complaints).toHaveLength(11);
    expect(complaints).toContain(
      "fallback copy ownBytes is 512, lower than the stored 1024: npm run counts stores it.",
    );
    expect(complaints).toContain(
      "gpu sum submits is stored as 1, and there is none: npm run counts drops it.",
    );
    expect(complaints).toContain("gpu mean submits is 1, and none is stored: npm run counts stores it.");
    const updated = updatedCounts(stored, measured, { why: undefined, date });
    expect(updated).toEqual({ ...stored, plans: measured.plans });
  });

  test("of a page's size may move a little, however often", () => {
    const weighed = (bytes: number) => ({ "page-mlp": bytes, "page-everything": 150_100 });
    expect(bundleChanges(stored.bundles, weighed(50_400))).toEqual([]);
    const kept = updatedCounts(stored, { ...stored, bundles: weighed(50_400) }, { why: undefined, date });
    expect(kept.bundles).toEqual(stored.bundles);
    expect(bundleChanges(kept.bundles, weighed(50_800)).map(complaint)).toEqual([
      expect.stringMatching(/^page-mlp gzBytes is 50800, higher than the stored 50000: /),
    ]);
    const { raises, bundles } = updatedCounts(
      stored,
      { ...stored, bundles: weighed(50_800) },
      { why: "y", date },
    );
    expect(raises.map(({ figures }) => figures)).toEqual([["page-mlp gzBytes: 50000 to 50800"]]);
    expect(bundles).toEqual({ "page-mlp": 50_800, "page-everything": 150_000 });
  });

  test("is read only where it is whole", () => {
    const text = countsText({
      ...stored,
      raises: [{ date, why: "y", figures: ["page-mlp gzBytes: 1 to 2"] }],
    });
    expect(() => readCounts(text.replace('"y"', '" "'))).toThrow("it must have a day, a why and figures");
    expect(() => readCounts(text.replace('"submits"', '"passes"'))).toThrow(
      "it must be version 1 of dispatches",
    );
  });
});
