// The report as one HTML file that needs nothing else: no network, no script, one style sheet that its policy knows.
//
// Decides: what stands where. The charts are made in reportTimes.ts, reportRatios.ts and reportRoofline.ts.

import { createHash } from "node:crypto";
import { engineTitle, three } from "../../bench/figures/reportNumbers.ts";
import { type Roof, type RoofLimit, roofOf } from "../../bench/figures/reportRoof.ts";
import {
  casesOf,
  type Results,
  type ResultsGroup,
  resultsEngines,
  resultsGroups,
} from "../../bench/figures/results.ts";
import { figuresTable } from "./reportFigures.ts";
import { type Markup, markup, Markup as Verbatim } from "./reportMarkup.ts";
import { ratioAxis, ratioBar, ratiosTable } from "./reportRatios.ts";
import { roofline, roofTable } from "./reportRoofline.ts";
import { type GroupStanding, groupStandings } from "./reportStandings.ts";
import { reportStyle } from "./reportStyle.ts";
import { axisPicture, timesTable } from "./reportTimes.ts";
import { resultsCommand } from "./resultsCommand.ts";

/** A whole page. */
export function reportHtml(results: Results): string {
  const roof = roofOf(results.cases);
  const standings = groupStandings(results.cases);
  const sections = resultsGroups(results.cases).map((group, index) =>
    groupSection(group, standings[index], roof),
  );
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>tilegrad benchmark: ${results.adapter}</title>
<link rel="icon" href="data:,">
<style>${new Verbatim(reportStyle)}</style>
</head>
<body>
<header>
<h1>tilegrad benchmark</h1>
<p class="lead">Every result was held against float64, and every training step's losses against the other engines', before it was timed.
Engines took turns within one run, and each sample ends with a read-back. What was not right has no time.</p>
${facts(results, roof)}
</header>
<main>
${summary(standings)}
${sections}</main>
</body>
</html>
`;
  return page.text;
}

/** Nothing may be loaded but an empty icon, and no style applies but the page's own. */
function policy(): string {
  const hash = createHash("sha256").update(reportStyle).digest("base64");
  return `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'`;
}

function facts(results: Results, roof: Roof | undefined): Markup {
  const engines = resultsEngines.flatMap((engine) => {
    const versions = new Set(results.cases.flatMap((row) => (row.engine === engine ? [row.version] : [])));
    if (versions.size === 0) return [];
    return engine === "raw" ? [engineTitle(engine)] : [`${engineTitle(engine)} ${[...versions].join(", ")}`];
  });
  const sizes = results.scale === "hardware" ? "those for a GPU" : `those for ${results.scale} adapters`;
  const lines: [string, Markup | string][] = [
    ["Adapter", results.adapter],
    ["Browser", results.browser],
    ["Measured", measuredText(results)],
    ["Sizes of ops", sizes],
    ["tilegrad's kernels", results.profile === "automatic" ? "chosen for the adapter" : results.profile],
    ["Engines", engines.join(" · ")],
    ["Roof", roof === undefined ? "not known: no row has a cost" : roofText(roof)],
    ["Again", markup`<pre><code>${resultsCommand(results)}</code></pre>`],
  ];
  return markup`<dl class="facts">${lines.map(([term, text]) => markup`<dt>${term}</dt><dd>${text}</dd>\n`)}</dl>`;
}

function measuredText({ cases, date }: Results): string {
  const days = [...new Set(cases.map((row) => row.date.slice(0, 10)))].sort();
  if (days.length < 2) return `${date.slice(0, 16).replace("T", " ")} UTC`;
  return `from ${days[0]} to ${days[days.length - 1]}; each row has its day`;
}

function roofText({ flops, bytes }: Roof): string {
  const limits = [limitText(flops, "GFLOP/s"), limitText(bytes, "GB/s")].join(", ");
  if (flops.isMeasured && bytes.isMeasured) return `${limits}, measured in raw WebGPU`;
  return `${limits}: the roof was not measured, so where it says "best seen", shares are of the best row of this report. \
The group "floor" measures it`;
}

function limitText({ perSecond, from, isMeasured }: RoofLimit, unit: string): string {
  const where = isMeasured ? from.case : `best seen: ${from.case} by ${engineTitle(from.engine)}`;
  return `${three(perSecond / 1e9)} ${unit} (${where})`;
}

/** Groups by how ours stands in them. Nothing where no other engine was measured. */
function summary(groups: readonly GroupStanding[]): Markup | undefined {
  const known = groups.filter(({ mean }) => mean !== undefined);
  if (known.length === 0) return undefined;
  const axis = ratioAxis(known.flatMap(({ mean }) => mean ?? []));
  const lines = known.map(({ name, standings, mean }) => {
    const worst = standings.reduce((a, b) => (b.ratio < a.ratio ? b : a));
    return markup`<tr><th scope="row"><a href="#group-${name}">${name}</a></th><td class="n">${standings.length}</td>\
<td class="bar">${mean === undefined ? undefined : ratioBar(mean, axis)}</td><td class="n"><b>${mean?.toFixed(2)}</b></td>\
<td class="worst">${worst.ratio.toFixed(2)} ${worst.case}</td></tr>
`;
  });
  return markup`<section aria-labelledby="in-short"><h2 id="in-short">In short</h2>
<table class="groups"><caption>Times as fast as the best other engine that is right: geometric mean over the cases of a group. Right of 1, tilegrad is
ahead.</caption>
<thead><tr><th scope="col">group</th><th scope="col" class="n">cases</th><th scope="col" class="axis">${axisPicture(axis, "")}</th>\
<th scope="col" class="n">mean</th><th scope="col" class="worst">lowest</th></tr></thead>
<tbody>${lines}</tbody></table></section>`;
}

function groupSection(group: ResultsGroup, standing: GroupStanding, roof: Roof | undefined): Markup {
  const { name, rows } = group;
  const numbers = new Map(casesOf(rows).map((own, index) => [own, index + 1]));
  const side = [
    ratiosTable(standing, rows, numbers),
    ...(roof === undefined ? [] : [roofline(group, roof, numbers), roofTable(group, roof, numbers)]),
  ].filter((part) => part !== undefined);
  const columns = side.length === 0 ? "columns single" : "columns";
  return markup`<section aria-labelledby="group-${name}"><h2 id="group-${name}">${name}</h2>
<div class="${columns}">${timesTable(group, numbers)}
${side.length === 0 ? undefined : markup`<div class="side">${side}</div>`}</div>
${figuresTable(group, roof)}</section>
`;
}
