// What the page offers, and in which words: cases, stored results, ticks, engines.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { groupNames, listedCases } from "../../../bench/caseList.ts";
import { linearAxis, logAxis, placeOn } from "../../../bench/figures/reportAxis.ts";
import { openersOf } from "../../../demos/bench/engines.ts";
import { peers, versionOf } from "../../../demos/bench/peers.ts";
import { casesOfGroup, groupTexts, pageGroups, quickSet } from "../../../demos/bench/quickSet.ts";
import { adapterTitle, browserTitle, inOrder, resultsName } from "../../../demos/bench/storedResults.ts";
import { namedTicks } from "../../../demos/bench/timeChart.ts";
import { demosFolder } from "../../../scripts/demoPages.ts";
import { firstDay, resultsWith, secondDay } from "../../tooling/benchRows.ts";

describe("cases", () => {
  test("the page offers all but first steps, as many as its card says", () => {
    const offered = pageGroups.flatMap(casesOfGroup);
    const all = listedCases.filter(({ group }) => group !== "first-step").map(({ name }) => name);
    expect([...offered].sort()).toEqual([...all].sort());
    expect(pageGroups).toHaveLength(groupNames.length - 1);
    const html = readFileSync(join(demosFolder, "bench/index.html"), "utf8");
    expect(html).toContain(`content="${offered.length} cases, `);
    for (const { title, text } of Object.values(groupTexts))
      expect(`${title} ${text}`).toMatch(/^[A-Z].+\.$/);
  });

  test("the quick set has what there is, fits a software adapter, and measures the roof first", () => {
    const known = new Map(listedCases.map((listed) => [listed.name, listed]));
    for (const name of quickSet) expect(known.get(name)?.fitsSoftware, name).toBe(true);
    expect(new Set(quickSet).size).toBe(quickSet.length);
    expect(quickSet.length).toBeLessThan(20);
    expect(quickSet).toEqual(expect.arrayContaining(["floor-fma", "floor-copy"]));
    const first = listedCases.find(({ name }) => quickSet.includes(name));
    expect(first?.group).toBe("floor");
  });

  test("every engine that can be asked for has a version and a way to be loaded", () => {
    for (const { engine } of peers) expect(openersOf[engine]).toBeDefined();
    for (const engine of ["ours", "raw", "jax", "tfjs"] as const) {
      expect(openersOf[engine]).toBeDefined();
      expect(versionOf(engine)).toMatch(/^\d+\.\d+\.\d+$/);
    }
    expect(openersOf.ort).toBeUndefined();
  });
});

describe("stored results", () => {
  test("are those of GPUs first, and of these the newest", () => {
    const software = resultsWith([], { date: secondDay });
    const older = resultsWith([], { scale: "hardware", date: firstDay });
    const newer = resultsWith([], { scale: "hardware", date: secondDay });
    expect(inOrder([software, older, newer])).toEqual([newer, older, software]);
  });

  test("are named by adapter, browser, day and kernels", () => {
    const results = resultsWith([], { adapter: "hardware Apple M3", browser: "Chrome/156.0.1.2" });
    expect(resultsName(results)).toBe("Apple M3, Chrome/156, 2026-01-02");
    expect(resultsName({ ...results, profile: "fallback" })).toBe(
      "Apple M3, Chrome/156, 2026-01-02, fallback kernels",
    );
    expect(adapterTitle("software google swiftshader")).toBe("google swiftshader (software)");
    expect(adapterTitle("something")).toBe("something");
    expect(browserTitle("Dawn for Node 0.6.2, Node 20.1.0")).toBe("Dawn for Node 0.6.2, Node 20.1.0");
  });
});

describe("the axis of times", () => {
  test.each([
    ["many ticks", logAxis(2, 100)],
    ["few", linearAxis(17)],
    ["one", logAxis(1, 1.9)],
  ])("names the last tick, and others with room between: %s", (_, axis) => {
    const named = namedTicks(axis);
    expect(named[named.length - 1]).toBe(axis.ticks[axis.ticks.length - 1]);
    for (let index = 1; index < named.length; index++) {
      const room = placeOn(axis, named[index]) - placeOn(axis, named[index - 1]);
      expect(room).toBeGreaterThanOrEqual(index === named.length - 1 ? 0.3 : 0.14);
    }
  });

  test("leaves out no more than it must", () => {
    expect(namedTicks(linearAxis(17))).toEqual([0, 5, 10, 20]);
  });
});
