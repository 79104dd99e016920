// The times of a group as bars in a table: a line for each engine, below its case.
//
// Decides: one axis for the whole group; what failed has its reason where its bar would be.

import { type Axis, percentOn, placeOn, spanningAxis, tickText } from "../../bench/figures/reportAxis.ts";
import { engineTitle, failureText, three } from "../../bench/figures/reportNumbers.ts";
import { casesOf, type ResultsGroup, type ResultsRow } from "../../bench/figures/results.ts";
import { type Markup, markup } from "./reportMarkup.ts";

const barHeight = 20;

/** `numbers`: what other charts call the cases. */
export function timesTable({ rows }: ResultsGroup, numbers: ReadonlyMap<string, number>): Markup {
  const axis = timeAxis(rows);
  const bodies = casesOf(rows).map(
    (own) => markup`<tbody>
<tr class="case"><th scope="rowgroup" colspan="3"><span class="number">${numbers.get(own)}</span> ${own}</th></tr>
${rows.filter((row) => row.case === own).map((row) => timeLine(row, axis))}</tbody>
`,
  );
  return markup`<table class="times">
<caption>Time of a call${axis?.isLog ? ", on a logarithmic scale" : ""}. Bar: median; whisker and ±: half of what lies
between the quartiles, to both sides.</caption>
<thead><tr><th scope="col">case</th>
<th scope="col" class="axis">${axis === undefined ? "time" : axisPicture(axis, "ms")}</th>
<th scope="col" class="n">ms</th></tr></thead>
${bodies}</table>`;
}

/** The names of an axis' ticks, above the lines that stand at them. */
export function axisPicture(axis: Axis, unit: string): Markup {
  const ticks = axis.ticks.map((tick, index) => {
    const place = placeOn(axis, tick);
    const anchor = place < 0.05 ? "start" : place > 0.9 ? "end" : "middle";
    const isLast = index === axis.ticks.length - 1;
    const text = isLast ? `${tickText(tick)} ${unit}`.trim() : tickText(tick);
    // Where there is little room, every other tick has no name; the last one has the unit.
    const isSpare = axis.ticks.length > 3 && (axis.ticks.length - index) % 2 === 0;
    return markup`<text${isSpare ? markup` class="spare"` : undefined} x="${percentOn(axis, tick)}" y="14" text-anchor="${anchor}">${text}</text>`;
  });
  return markup`<svg class="ticks" height="20" role="img" aria-label="Axis: ${axis.ticks.map(tickText).join(", ")} ${unit}">${ticks}</svg>`;
}

export function gridLines(axis: Axis, height: number): Markup[] {
  return axis.ticks.map((tick) => {
    const x = percentOn(axis, tick);
    return markup`<line class="grid" x1="${x}" x2="${x}" y1="0" y2="${height}"/>`;
  });
}

/** Undefined where nothing was right. */
function timeAxis(rows: readonly ResultsRow[]): Axis | undefined {
  const ends = rows.flatMap((row) =>
    "medianMs" in row ? [row.medianMs, row.medianMs + row.spreadMs / 2] : [],
  );
  return ends.length === 0 ? undefined : spanningAxis(ends);
}

function timeLine(row: ResultsRow, axis: Axis | undefined): Markup {
  const title = engineTitle(row.engine);
  const name = markup`<th scope="row"><span class="swatch"></span>${title}</th>`;
  if ("failure" in row || axis === undefined) {
    const reason = "failure" in row ? failureText(row.failure) : "";
    return markup`<tr class="of-${row.engine} failed">${name}<td colspan="2">${reason}</td></tr>
`;
  }
  const { medianMs, spreadMs } = row;
  return markup`<tr class="of-${row.engine}">${name}<td class="bar">${bar(row, title, axis)}</td>\
<td class="n">${three(medianMs)} <span class="spread">± ${three(spreadMs / 2)}</span></td></tr>
`;
}

type Measured = Extract<ResultsRow, { medianMs: number }>;

function bar({ case: name, medianMs, spreadMs }: Measured, engine: string, axis: Axis): Markup {
  const low = percentOn(axis, Math.max(medianMs - spreadMs / 2, axis.from));
  const high = percentOn(axis, medianMs + spreadMs / 2);
  const whisker = [
    markup`<line class="whisker" x1="${low}" x2="${high}" y1="10" y2="10"/>`,
    ...[low, high].map((x) => markup`<line class="whisker" x1="${x}" x2="${x}" y1="7" y2="13"/>`),
  ];
  const title = `${name}, ${engine}: ${three(medianMs)} ms, quartiles ± ${three(spreadMs / 2)} ms`;
  return markup`<svg height="${barHeight}" aria-hidden="true"><title>${title}</title>${gridLines(axis, barHeight)}\
<rect class="mark" y="4" height="12" width="${percentOn(axis, medianMs)}"/>${whisker}</svg>`;
}
