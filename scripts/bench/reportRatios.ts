// How many times as fast as the best other engine that is right ours is: bars from the line at 1.

import { type Axis, logAxis, percentOn, placeOn } from "../../bench/figures/reportAxis.ts";
import { engineTitle, failureText } from "../../bench/figures/reportNumbers.ts";
import type { ResultsRow } from "../../bench/figures/results.ts";
import { type Markup, markup } from "./reportMarkup.ts";
import type { GroupStanding } from "./reportStandings.ts";
import { axisPicture, gridLines } from "./reportTimes.ts";
import type { Standing } from "./summary.ts";

const barHeight = 24;
/** An axis for all of `ratios`, with 1 on it, and so wide that a small lead looks small. */
export function ratioAxis(ratios: readonly number[]): Axis {
  const [from, to] = [Math.min(0.5, ...ratios), Math.max(2, ...ratios)];
  const axis = logAxis(from, to);
  return axis.ticks.includes(1) ? axis : { ...axis, ticks: [...axis.ticks, 1].sort((a, b) => a - b) };
}

/** Of a group; nothing where ours has no row. */
export function ratiosTable(
  { cases, standings, mean }: GroupStanding,
  rows: readonly ResultsRow[],
  numbers: ReadonlyMap<string, number>,
): Markup | undefined {
  if (!rows.some((row) => row.engine === "ours")) return undefined;
  const axis = ratioAxis(standings.map(({ ratio }) => ratio));
  const lines = cases.map((name) => {
    const standing = standings.find((own) => own.case === name);
    const head = markup`<th scope="row"><span class="number">${numbers.get(name)}</span> ${name}</th>`;
    if (standing === undefined)
      return markup`<tr class="failed">${head}<td colspan="2">${whyNone(name, rows)}</td></tr>
`;
    return markup`<tr>${head}<td class="bar">${ratioBar(standing.ratio, axis)}</td>\
<td class="n">${ratioText(standing)}</td></tr>
`;
  });
  const foot =
    mean === undefined
      ? undefined
      : markup`<tfoot><tr><th scope="row">geometric mean</th><td class="bar">${ratioBar(mean, axis)}</td>\
<td class="n"><b>${mean.toFixed(2)}</b></td></tr></tfoot>`;
  return markup`<table class="ratios">
<caption>Times as fast as the best other engine that is right. Right of 1, tilegrad is ahead.</caption>
<thead><tr><th scope="col">case</th><th scope="col" class="axis">${axisPicture(axis, "")}</th>
<th scope="col" class="n">ratio</th></tr></thead>
<tbody>${lines}</tbody>${foot}</table>`;
}

/** From the line at 1 to `ratio`. */
export function ratioBar(ratio: number, axis: Axis): Markup {
  const [low, high] = ratio < 1 ? [ratio, 1] : [1, ratio];
  const width = Number((100 * (placeOn(axis, high) - placeOn(axis, low))).toPrecision(6));
  const one = percentOn(axis, 1);
  return markup`<svg height="${barHeight}" aria-hidden="true">${gridLines(axis, barHeight)}\
<rect class="${ratio < 1 ? "behind" : "ahead"}" x="${percentOn(axis, low)}" y="6" height="12" width="${width}%"/>\
<line class="one" x1="${one}" x2="${one}" y1="0" y2="${barHeight}"/></svg>`;
}

function ratioText({ ratio, rival }: Standing): Markup {
  return markup`<b>${ratio.toFixed(2)}</b> <span class="rival">${engineTitle(rival)}</span>`;
}

function whyNone(name: string, rows: readonly ResultsRow[]): string {
  const ours = rows.find((row) => row.case === name && row.engine === "ours");
  if (ours === undefined) return "tilegrad was not measured";
  if ("failure" in ours) return `tilegrad: ${failureText(ours.failure)}`;
  const others = rows.filter((row) => row.case === name && row.engine !== "ours");
  if (others.length === 0) return "no other engine was measured";
  const areRight = others.some((row) => "medianMs" in row);
  return areRight ? "the others were measured in another run" : "no other engine is right";
}
