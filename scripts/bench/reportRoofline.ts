// The roofline of a group: what its rows reach, below what this adapter can reach at all, over flops per byte.
//
// Decides: the picture's height is fixed and its width is the page's, so that letters never shrink; ours is filled and
// has its case's number, the others are hollow and named by a title. Numbers are laid out twice, for the narrowest page and for others.

import { type Axis, logAxis, percentOn, placeOn, tickText } from "../../bench/figures/reportAxis.ts";
import { engineTitle, percent, short, three } from "../../bench/figures/reportNumbers.ts";
import {
  perSecond,
  type Roof,
  ridgeOf,
  roofAt,
  roofPointOf,
  shareOfRoof,
} from "../../bench/figures/reportRoof.ts";
import { type ResultsGroup, type ResultsRow, resultsEngines } from "../../bench/figures/results.ts";
import { type Markup, markup } from "./reportMarkup.ts";
import { axisPicture, gridLines } from "./reportTimes.ts";

const height = 300;
/** The least that the picture has, on a telephone and elsewhere. */
const widths = { narrow: 280, wide: 400 } as const;
/** Of a number beside a mark. */
const label = { width: 15, height: 13 };
/** Centres of a number, from its mark's: right, left, above, below, and askew. */
const labelPlaces = [
  ...([
    [13, 0],
    [-13, 0],
    [0, -13],
    [0, 13],
  ] as const),
  ...([
    [11, -10],
    [-11, -10],
    [11, 10],
    [-11, 10],
  ] as const),
];

interface Mark {
  readonly row: ResultsRow;
  readonly x: string;
  readonly y: number;
  /** As a share of the picture's width. */
  readonly place: number;
  readonly title: string;
}

/** Nothing where no row of the group has both flops and bytes. */
export function roofline(
  { name, rows }: ResultsGroup,
  roof: Roof,
  numbers: ReadonlyMap<string, number>,
): Markup | undefined {
  const points = rows.flatMap((row) => roofPointOf(row) ?? []);
  if (points.length === 0) return undefined;
  const ridge = ridgeOf(roof);
  const across = axisAbout([...points.map(({ intensity }) => intensity), ridge]);
  const rates = points.map(({ flopsPerSecond }) => flopsPerSecond / 1e9);
  const up = axisAbout([...rates, roof.flops.perSecond / 1e9]);
  const marks = rows.flatMap((row) => markOf(row, roof, across, up) ?? []);
  // Ours lie on top.
  const inOrder = [...marks].sort(
    (a, b) => Number(a.row.engine === "ours") - Number(b.row.engine === "ours"),
  );
  const engines = resultsEngines.filter((engine) => marks.some(({ row }) => row.engine === engine));
  return markup`<figure class="roofline"><figcaption>Roofline of ${name}: GFLOP/s over flops per byte, both logarithmic. The line is what
the adapter allows, ${three(roof.flops.perSecond / 1e9)} GFLOP/s and ${three(roof.bytes.perSecond / 1e9)} GB/s; numbers are those of the cases.</figcaption>
<div class="plot">${upPicture(up)}<svg class="field" height="${height}" role="img" aria-label="Roofline of ${name}; its numbers are in the tables.">\
${gridLines(across, height)}${levels(up)}${roofLines(roof, across, up)}${inOrder.map(markPicture)}${labels(marks, numbers, "narrow")}${labels(marks, numbers, "wide")}</svg>
<div class="across">${axisPicture(across, "flop/B")}</div></div>
<ul class="legend">${engines.map((engine) => markup`<li class="of-${engine}">${shape(engine, "8", 8)}${engineTitle(engine)}</li>`)}</ul></figure>`;
}

/** Flops per byte, speed, and share of the roof of ours; nothing where costs are not known. */
export function roofTable(
  { rows }: ResultsGroup,
  roof: Roof,
  numbers: ReadonlyMap<string, number>,
): Markup | undefined {
  const own = rows.filter((row) => row.engine === "ours" || row.engine === "raw");
  const known = own.filter((row) => shareOfRoof(row, roof) !== undefined);
  if (known.length === 0) return undefined;
  const lines = known.map((row) => {
    const [flops, bytes] = [perSecond(row, "flops"), perSecond(row, "bytes")];
    const intensity = row.bytes ? (row.flops ?? 0) / row.bytes : undefined;
    return markup`<tr><th scope="row"><span class="number">${numbers.get(row.case)}</span> ${row.case}</th>\
<td class="n">${short(intensity)}</td><td class="n">${three(flops && flops / 1e9)}</td>\
<td class="n">${three(bytes && bytes / 1e9)}</td><td class="n"><b>${percent(shareOfRoof(row, roof))}</b></td></tr>
`;
  });
  return markup`<table class="shares"><caption>${own.some(({ engine }) => engine === "ours") ? "What tilegrad reaches" : "What raw WebGPU reaches"}, and its share of the roof;
above 100 % where data stays in caches, or is read more than written</caption>
<thead><tr><th scope="col">case</th><th scope="col" class="n">flop/B</th><th scope="col" class="n">GFLOP/s</th>\
<th scope="col" class="n">GB/s</th><th scope="col" class="n">of roof</th></tr></thead>
<tbody>${lines}</tbody></table>`;
}

/** With room for marks and their numbers at both ends. */
function axisAbout(values: readonly number[]): Axis {
  return logAxis(Math.min(...values) / 1.7, 1.7 * Math.max(...values));
}

function markOf(row: ResultsRow, roof: Roof, across: Axis, up: Axis): Mark | undefined {
  const point = roofPointOf(row);
  if (point === undefined) return undefined;
  const rate = point.flopsPerSecond / 1e9;
  const where = `${three(rate)} GFLOP/s at ${short(point.intensity)} flop/B`;
  return {
    row,
    x: percentOn(across, point.intensity),
    y: levelOf(up, rate),
    place: placeOn(across, point.intensity),
    title: `${row.case}, ${engineTitle(row.engine)}: ${where}, ${percent(shareOfRoof(row, roof))} of the roof`,
  };
}

function levelOf(up: Axis, rate: number): number {
  return Number((height * (1 - placeOn(up, rate))).toFixed(1));
}

function upPicture(up: Axis): Markup {
  const ticks = up.ticks.map((tick) => {
    const y = levelOf(up, tick) + 4;
    return markup`<text x="100%" dx="-6" y="${y}" text-anchor="end">${tickText(tick)}</text>`;
  });
  return markup`<svg class="ticks" height="${height}" role="img" aria-label="Axis of GFLOP/s">${ticks}</svg>`;
}

function levels(up: Axis): Markup[] {
  return up.ticks.map((tick) => {
    const y = levelOf(up, tick);
    return markup`<line class="grid" x1="0" x2="100%" y1="${y}" y2="${y}"/>`;
  });
}

/** Up along the bandwidth, then level at the peak, each with its number above it. */
function roofLines(roof: Roof, across: Axis, up: Axis): Markup {
  const ridge = ridgeOf(roof);
  // Where the slope enters the picture: from the left, or from below.
  const start = Math.max(across.from, (up.from * 1e9) / roof.bytes.perSecond);
  const [x, y] = [percentOn(across, start), levelOf(up, roofAt(roof, start) / 1e9)];
  const [ridgeX, peakY] = [percentOn(across, ridge), levelOf(up, roof.flops.perSecond / 1e9)];
  const middle = Math.sqrt(start * ridge);
  const middleY = levelOf(up, roofAt(roof, middle) / 1e9);
  const hasRoom = widths.narrow * placeOn(across, middle) > 80;
  const bandwidth = `${three(roof.bytes.perSecond / 1e9)} GB/s`;
  return markup`<line class="roof" x1="${x}" y1="${y}" x2="${ridgeX}" y2="${peakY}"/>\
<line class="roof" x1="${ridgeX}" y1="${peakY}" x2="100%" y2="${peakY}"/>\
<text class="limit" x="100%" dx="-4" y="${peakY - 7}" text-anchor="end">${three(roof.flops.perSecond / 1e9)} GFLOP/s</text>\
${hasRoom ? markup`<text class="limit" x="${percentOn(across, middle)}" dx="-8" y="${middleY - 4}" text-anchor="end">${bandwidth}</text>` : undefined}`;
}

function markPicture({ row, x, y, title }: Mark): Markup {
  return markup`<g class="of-${row.engine}"><title>${title}</title>${shape(row.engine, x, y)}</g>`;
}

/** Engines are told apart by their shapes too. */
function shape(engine: string, x: string, y: number): Markup {
  const drawn = shapes[engine] ?? shapes.raw;
  if (x !== "8") return markup`<svg x="${x}" y="${y}" class="spot">${drawn}</svg>`;
  return markup`<svg class="key" width="16" height="16" aria-hidden="true"><svg x="8" y="8" class="spot">${drawn}</svg></svg>`;
}

const shapes: Readonly<Record<string, Markup>> = {
  ours: markup`<circle class="full" r="5"/>`,
  jax: markup`<rect class="hollow" x="-4" y="-4" width="8" height="8"/>`,
  tfjs: markup`<path class="hollow" d="M0-5 5 4H-5Z"/>`,
  ort: markup`<path class="hollow" d="M0-5 5 0 0 5-5 0Z"/>`,
  raw: markup`<path class="hollow" d="M-4-4 4 4M-4 4 4-4"/>`,
};

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Numbers of ours, each where it covers least of what is there already. */
function labels(
  marks: readonly Mark[],
  numbers: ReadonlyMap<string, number>,
  page: keyof typeof widths,
): Markup {
  const width = widths[page];
  const taken: Box[] = marks.map(({ place, y, row }) => {
    const size = row.engine === "ours" ? 11 : 8;
    return { x: width * place, y, width: size, height: size };
  });
  const own = marks.filter(({ row }) => row.engine === "ours");
  const texts = own.map(({ row, x, y, place }) => {
    const boxes = labelPlaces.map(([dx, dy]) => ({
      dx,
      dy,
      box: { x: width * place + dx, y: y + dy, ...label },
    }));
    const costs = boxes.map(({ box }) => covered(box, taken) + outside(box, width));
    const best = boxes[costs.indexOf(Math.min(...costs))];
    taken.push(best.box);
    return markup`<text class="label" x="${x}" dx="${best.dx}" y="${y + best.dy + 4}" text-anchor="middle">${numbers.get(row.case)}</text>`;
  });
  return markup`<g class="${page}">${texts}</g>`;
}

function covered(box: Box, taken: readonly Box[]): number {
  return taken.reduce((area, other) => {
    const across = (box.width + other.width) / 2 - Math.abs(box.x - other.x);
    const down = (box.height + other.height) / 2 - Math.abs(box.y - other.y);
    return area + Math.max(0, across) * Math.max(0, down);
  }, 0);
}

function outside({ x, y, width, height: tall }: Box, pictureWidth: number): number {
  const isIn = x >= width / 2 && x <= pictureWidth - width / 2 && y >= tall / 2 && y <= height - tall / 2;
  return isIn ? 0 : 1000;
}
