// What is made of the benchmark's results: the roof, the axes, the HTML report, the terminal's last column, README's section.

import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { linearAxis, logAxis, percentOn, placeOn, spanningAxis } from "../../bench/figures/reportAxis.ts";
import {
  measuredRoofOf,
  ridgeOf,
  roofAt,
  roofOf,
  roofPointOf,
  shareOfRoof,
} from "../../bench/figures/reportRoof.ts";
import { mergedResults } from "../../bench/figures/results.ts";
import { reportTable } from "../../bench/figures/table.ts";
import type { ReportRow } from "../../bench/report.ts";
import { reportHtml } from "../../scripts/bench/reportHtml.ts";
import { markup } from "../../scripts/bench/reportMarkup.ts";
import { ratioAxis } from "../../scripts/bench/reportRatios.ts";
import { performanceSection, readmeWithPerformance } from "../../scripts/bench/reportReadme.ts";
import { groupStandings } from "../../scripts/bench/reportStandings.ts";
import { keptResults } from "../../scripts/bench/resultsFiles.ts";
import { failedRow, measuredRow, resultsWith, secondDay, variedRows } from "./benchRows.ts";

const floors: ReportRow[] = [
  // 10 GB/s and 100 GFLOP/s.
  measuredRow("floor-copy", "raw", 8, { bytes: 80e6 }),
  measuredRow("floor-fma", "raw", 20, { flops: 2e9 }),
];

describe("the roof", () => {
  test("is what the floors reached, where they were measured", () => {
    const roof = roofOf([...variedRows(), ...floors]);
    expect(roof).toEqual({
      flops: { perSecond: 100e9, from: { case: "floor-fma", engine: "raw" }, isMeasured: true },
      bytes: { perSecond: 10e9, from: { case: "floor-copy", engine: "raw" }, isMeasured: true },
    });
    if (roof === undefined) throw new Error("no roof");
    expect(ridgeOf(roof)).toBe(10);
    expect([roofAt(roof, 1), roofAt(roof, 10), roofAt(roof, 50)]).toEqual([10e9, 100e9, 100e9]);
  });

  test("is the best that a right row reached, where they were not", () => {
    expect(roofOf(variedRows())).toEqual({
      flops: { perSecond: 64e9, from: { case: "matmul-1024", engine: "ours" }, isMeasured: false },
      bytes: { perSecond: 10e9, from: { case: "sum-all", engine: "jax" }, isMeasured: false },
    });
    expect(measuredRoofOf(variedRows())).toBeUndefined();
    expect(measuredRoofOf([...variedRows(), floors[0]])).toBeUndefined();
    const broken = failedRow("floor-fma", "raw", "wrong");
    expect(roofOf([...variedRows(), floors[0], broken])?.flops.isMeasured).toBe(false);
    expect(roofOf([measuredRow("train-lenet", "ours", 5)])).toBeUndefined();
  });

  test("gives each row a share: of the limit that binds it", () => {
    const roof = roofOf(floors);
    if (roof === undefined) throw new Error("no roof");
    const share = (flops: number | undefined, bytes: number | undefined) =>
      shareOfRoof(measuredRow("copy", "ours", 100, { flops, bytes }), roof);
    expect(share(5e9, 10e6)).toBeCloseTo(0.5, 12);
    expect(share(5e6, 250e6)).toBeCloseTo(0.25, 12);
    expect(share(0, 1e9)).toBeCloseTo(1, 12);
    expect(share(1e10, undefined)).toBeCloseTo(1, 12);
    expect(share(0, 0)).toBeUndefined();
    expect(share(undefined, undefined)).toBeUndefined();
    expect(shareOfRoof({ ...failedRow("copy", "ours", "wrong"), flops: 1 }, roof)).toBeUndefined();
  });

  test("has points for rows with both flops and bytes", () => {
    const point = roofPointOf(measuredRow("copy", "ours", 50, { flops: 4e9, bytes: 16e6 }));
    expect(point).toEqual({ intensity: 250, flopsPerSecond: 80e9 });
    expect(roofPointOf(measuredRow("copy", "ours", 50, { flops: 0, bytes: 16e6 }))).toBeUndefined();
    expect(roofPointOf(failedRow("copy", "ours", "wrong"))).toBeUndefined();
  });

  test("is a column of the terminal's table where it was measured", () => {
    const lines = reportTable([...variedRows(), ...floors]).split("\n");
    expect(lines[0]).toMatch(/peak MB {2}of roof$/);
    expect(lines.find((line) => /^matmul-512 +ours/.test(line))).toMatch(/ 20 %$/);
    expect(lines.find((line) => /^train-lenet +ours/.test(line))).toMatch(/ -$/);
    expect(reportTable(variedRows())).not.toContain("roof");
  });
});

describe("axes", () => {
  test("are linear from 0 where values are alike, and logarithmic where they are not", () => {
    expect(spanningAxis([3, 9])).toEqual({ isLog: false, from: 0, to: 10, ticks: [0, 5, 10] });
    expect(spanningAxis([0.3, 80])).toEqual({ isLog: true, from: 0.2, to: 80, ticks: [0.2, 1, 10] });
    expect(linearAxis(0.07).ticks).toEqual([0, 0.02, 0.04, 0.06, 0.08]);
    expect(logAxis(0.4, 2)).toEqual({ isLog: true, from: 0.4, to: 2, ticks: [0.5, 1, 2] });
    expect(logAxis(7e-4, 3e5).ticks).toEqual([1e-3, 0.1, 10, 1000, 1e5]);
    expect(ratioAxis([1.2]).ticks).toEqual([0.5, 1, 2]);
    expect(ratioAxis([0.02, 3000]).ticks).toContain(1);
  });

  test("have every value between their ends, and few ticks", () => {
    for (const low of [1e-5, 0.013, 0.99, 1, 1.01, 7, 3456]) {
      for (const factor of [1, 1.3, 19, 21, 1e3, 1e7]) {
        const axis = spanningAxis([low, low * factor]);
        expect(axis.from).toBeLessThan(low / 1.2);
        expect(axis.to).toBeGreaterThanOrEqual(low * factor * (1 - 1e-9));
        expect(axis.ticks.length).toBeGreaterThanOrEqual(2);
        expect(axis.ticks.length).toBeLessThanOrEqual(7);
      }
    }
  });

  test("place by ratio where they are logarithmic", () => {
    expect(placeOn(logAxis(1, 100), 10)).toBeCloseTo(0.5, 12);
    expect(placeOn(linearAxis(100), 10)).toBeCloseTo(0.1, 12);
    expect(placeOn(logAxis(1, 100), 0.1)).toBe(0);
    expect(percentOn(linearAxis(3), 1)).toBe("33.3333%");
  });
});

test("groups have the geometric mean of rows of one run", () => {
  const results = resultsWith(variedRows());
  const ratios = (standings: typeof results) =>
    groupStandings(standings.cases).map(({ name, mean }) => [name, mean && Number(mean.toFixed(6))]);
  expect(new Map(ratios(results).map(([name, mean]) => [name, mean]))).toEqual(
    new Map([
      ["matmul", 1.5],
      ["elementwise", 0.9],
      ["reduce", undefined],
      ["train", 3],
    ]),
  );
  // Ours anew, and the others not: nothing to compare with.
  const later = resultsWith([measuredRow("train-lenet", "ours", 1)], { date: secondDay });
  expect(ratios(mergedResults(results, later)).find(([name]) => name === "train")).toEqual([
    "train",
    undefined,
  ]);
});

test("what a template is given is text, unless it is markup", () => {
  expect(
    markup`<p title="${"\"<&>'"}">${markup`<b>${1}</b>`}${["<", markup`<i>`]}${undefined}</p>`.text,
  ).toBe('<p title="&#34;&#60;&#38;&#62;&#39;"><b>1</b>&#60;<i></p>');
});

describe("the HTML report", () => {
  const rows = variedRows();
  const results = resultsWith(rows, { adapter: "software <i>Adapter</i>" });
  const html = reportHtml(results);

  test("has every row, with its time or why it has none", () => {
    const figures = html.match(/<table class="figures">.*?<\/table>/gs)?.join("") ?? "";
    const lines = figures.match(/<tr class="of-.*?<\/tr>/gs) ?? [];
    expect(lines).toHaveLength(rows.length);
    for (const row of rows) {
      const own = lines.filter(
        (line) => line.includes(`>${row.case}<`) && line.includes(`"of-${row.engine}"`),
      );
      expect(own, `${row.case} ${row.engine}`).toHaveLength(1);
      expect(own[0]).toMatch("failure" in row ? /class="failed"/ : /<td class="n">/);
    }
    expect(lines.join("")).toContain("failed: the page crashed");
    expect(lines.join("")).toContain("none: it does not train.");
    // The chart says it too.
    expect(html.match(/<tr class="of-\w+ failed">/g)).toHaveLength(
      rows.filter((row) => "failure" in row).length,
    );
  });

  test("says where it was measured, with what, and how to do it again", () => {
    for (const text of [
      "Chrome/1.2",
      "2026-01-02 03:04 UTC",
      "jax-js 1.2.3",
      "TILEGRAD_ADAPTER=software npm run bench",
    ])
      expect(html).toContain(text);
    expect(html).toContain("64.0 GFLOP/s (best seen: matmul-1024 by tilegrad)");
    expect(html).toContain("the roof was not measured");
    const withFloors = reportHtml(resultsWith([...rows, ...floors]));
    expect(withFloors).toContain("100 GFLOP/s (floor-fma), 10.0 GB/s (floor-copy), measured in raw WebGPU");
    expect(withFloors).not.toContain("the roof was not measured");
    expect(withFloors).toContain("20 % of the roof</title>");
  });

  test("says which rows are of which day", () => {
    const later = resultsWith([measuredRow("copy", "ours", 5)], {
      date: secondDay,
      adapter: results.adapter,
    });
    const merged = reportHtml(mergedResults(results, later));
    expect(merged).toContain("from 2026-01-02 to 2026-02-03; each row has its day");
    expect(merged).toContain("the others were measured in another run");
  });

  test("takes no text for markup", () => {
    expect(html).not.toContain("<script");
    expect(html).not.toContain("<i>Adapter");
    expect(html).not.toContain("<b>of mine");
    expect(html).toContain("&#60;script&#62;&#34;&#38;&#39;&#60;/script&#62;");
  });

  test("needs nothing from anywhere", () => {
    expect(html).not.toMatch(/https?:|\/\/\w|url\(|@import|\bsrc=|\bstyle=|\bon\w+="/);
    for (const [, address] of html.matchAll(/\bhref="([^"]*)"/g))
      expect(address).toMatch(/^(#[\w-]+|data:,)$/);
    expect(html).toMatch(/default-src &#39;none&#39;|default-src 'none'/);
    expect(html).not.toMatch(/NaN|Infinity|undefined|\[object/);
  });

  test("is made of whatever there is", () => {
    const failed = failedRow("copy", "ours", "none");
    for (const some of [
      [],
      [failed],
      [measuredRow("train-lenet", "ours", 5)],
      [measuredRow("matmul-7", "jax", 5)],
      floors,
    ]) {
      expect(reportHtml(resultsWith(some))).not.toMatch(/NaN|Infinity|undefined/);
    }
  });
});

describe("README's section", () => {
  const file = { path: "bench/results/a.json", results: resultsWith(variedRows()) };

  test("has steps and geometric means of each adapter", () => {
    expect(performanceSection([file])).toBe(`
**software Test Adapter (1)**, Chrome/1.2, 2026-01-02 ([all figures](bench/results/a.json)):

| training step, ms (times tilegrad's) | tilegrad | jax-js | TensorFlow.js |
| --- | ---: | ---: | ---: |
| train-lenet | 20.0 | 60.0 (3.00 x) | failed |

| group | cases | times as fast as the best other engine that is right, geometric mean |
| --- | ---: | ---: |
| matmul | 1 | 1.50 |
| elementwise | 1 | 0.90 |
| train | 1 | 3.00 |

Again: \`TILEGRAD_ADAPTER=software npm run bench -- --cases matmul-512,matmul-1024,copy,sum-all,train-lenet --reps 3\`
`);
  });

  test("has the latest file of an adapter, whatever the browser", () => {
    const newer = resultsWith(variedRows(), { date: secondDay, browser: "Chrome/2" });
    const section = performanceSection([{ path: "b.json", results: newer }, file]);
    expect(section).toContain("Chrome/2");
    expect(section).not.toContain("Chrome/1.2");
    expect(performanceSection([])).toContain("Nothing has been measured yet");
  });

  test("of this repository is what the kept results make, and no figure stands beside it", async () => {
    const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
    const kept = await keptResults();
    expect(kept.length).toBeGreaterThan(0);
    expect(readme, "npm run bench -- --readme").toBe(readmeWithPerformance(readme, kept));
    const [before, after] = readme.split(/<!-- performance: .*<!-- end of performance -->/s);
    expect(after).toBeDefined();
    expect(`${before}${after}`).not.toMatch(/\d ?(ms|GFLOP|GB\/s|times)\b/);
  });

  test("needs its marks", () => {
    expect(() => readmeWithPerformance("# tilegrad", [])).toThrow(/^README\.md has no "<!-- performance: /);
  });
});
