// All figures of a group, a line for each case and engine: what the table in the terminal has, and more.

import {
  engineTitle,
  failureText,
  megabytes,
  percent,
  short,
  three,
} from "../../bench/figures/reportNumbers.ts";
import { perSecond, type Roof, shareOfRoof } from "../../bench/figures/reportRoof.ts";
import { comparableRows, type ResultsGroup, type ResultsRow } from "../../bench/figures/results.ts";
import { type Markup, markup } from "./reportMarkup.ts";

interface Column {
  readonly heading: string;
  text(row: MeasuredRow, oursMs: number | undefined, roof: Roof | undefined): string;
}

type MeasuredRow = Extract<ResultsRow, { medianMs: number }>;

const columns: readonly Column[] = [
  { heading: "ms", text: (row) => three(row.medianMs) },
  { heading: "quartiles apart, ms", text: (row) => three(row.spreadMs) },
  { heading: "samples", text: (row) => String(row.samples) },
  { heading: "times tilegrad's", text: (row, oursMs) => three(oursMs && row.medianMs / oursMs) },
  { heading: "GFLOP/s", text: (row) => three(billions(perSecond(row, "flops"))) },
  { heading: "GB/s", text: (row) => three(billions(perSecond(row, "bytes"))) },
  { heading: "share of the roof", text: (row, _, roof) => percent(roof && shareOfRoof(row, roof)) },
  {
    heading: "tokens/s",
    text: ({ tokensPerCall, medianMs }) => short(tokensPerCall && (1000 * tokensPerCall) / medianMs),
  },
  { heading: "first call, ms", text: (row) => short(row.firstCallMs) },
  { heading: "dispatches", text: (row) => String(row.dispatches) },
  { heading: "submits", text: (row) => String(row.submits) },
  { heading: "new buffers", text: (row) => String(row.createBuffer) },
  { heading: "new bind groups", text: (row) => String(row.createBindGroup) },
  { heading: "new pipelines", text: (row) => String(row.createPipeline) },
  { heading: "planned MB", text: (row) => megabytes(row.plannedBytes) },
  { heading: "peak MB", text: (row) => megabytes(row.peakBytes) },
];

export function figuresTable({ name, rows }: ResultsGroup, roof: Roof | undefined): Markup {
  const comparable = new Set(comparableRows(rows));
  const lines = rows.map((row) => {
    const ours = rows.find((own) => own.case === row.case && own.engine === "ours");
    const oursMs =
      ours !== undefined && "medianMs" in ours && comparable.has(row) ? ours.medianMs : undefined;
    return markup`<tr class="of-${row.engine}"><th scope="row">${row.case}</th>\
<td><span class="swatch"></span>${engineTitle(row.engine)} ${row.engine === "raw" ? undefined : row.version}</td>\
<td>${row.date.slice(0, 10)}</td>${cells(row, oursMs, roof)}<td class="text">${noteOf(row)}</td></tr>
`;
  });
  return markup`<details><summary>All figures of ${name}</summary>
<div class="wide-table" role="region" aria-label="All figures of ${name}" tabindex="0"><table class="figures">
<caption>Counts are of a steady call, at the WebGPU interface. Times are set against tilegrad's where both are of one run.</caption>
<thead><tr><th scope="col">case</th><th scope="col">engine</th><th scope="col">measured</th>\
${columns.map(({ heading }) => markup`<th scope="col" class="n">${heading}</th>`)}<th scope="col" class="text">note</th></tr></thead>
<tbody>${lines}</tbody></table></div></details>`;
}

function cells(row: ResultsRow, oursMs: number | undefined, roof: Roof | undefined): Markup | Markup[] {
  if ("failure" in row)
    return markup`<td class="failed" colspan="${columns.length}">${failureText(row.failure)}</td>`;
  return columns.map(({ text }) => markup`<td class="n">${text(row, oursMs, roof)}</td>`);
}

function noteOf(row: ResultsRow): string {
  return "note" in row ? (row.note ?? "") : "";
}

function billions(value: number | undefined): number | undefined {
  return value === undefined ? undefined : value / 1e9;
}
