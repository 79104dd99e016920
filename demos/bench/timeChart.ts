// Times on an axis: a dot at the median, a line over the quartiles.

import { type Axis, percentOn, placeOn, tickText } from "../../bench/figures/reportAxis.ts";
import type { Line } from "./comparison.ts";

const height = 20;
const namespace = "http://www.w3.org/2000/svg";

/** As shares of the axis, where it is narrowest. */
const roomOfName = 0.14;
const roomOfUnit = 0.3;

type Attributes = Readonly<Record<string, string | number>>;

function drawn(name: string, attributes: Attributes, text = ""): SVGElement {
  const element = document.createElementNS(namespace, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (text !== "") element.textContent = text;
  return element;
}

/** The names of the axis' ticks, in ms. */
export function axisPicture(axis: Axis): SVGElement {
  const svg = drawn("svg", { class: "ticks", height, role: "img", "aria-label": "Axis of times, in ms" });
  const named = namedTicks(axis);
  named.forEach((tick, index) => {
    const place = placeOn(axis, tick);
    const anchor = place < 0.05 ? "start" : place > 0.9 ? "end" : "middle";
    const text = index === named.length - 1 ? `${tickText(tick)} ms` : tickText(tick);
    svg.append(drawn("text", { x: percentOn(axis, tick), y: 14, "text-anchor": anchor }, text));
  });
  return svg;
}

/** The last, which has the unit, and those before that leave each other room. */
export function namedTicks(axis: Axis): readonly number[] {
  const named: number[] = [];
  for (const tick of [...axis.ticks].reverse()) {
    const room = named.length === 1 ? roomOfUnit : roomOfName;
    if (named.length === 0 || placeOn(axis, named[0]) - placeOn(axis, tick) >= room) named.unshift(tick);
  }
  return named;
}

/** Says what the numbers beside it say. */
export function timePicture(axis: Axis, { row, whose }: Line): SVGElement {
  const svg = drawn("svg", { class: `track ${whose}`, height, "aria-hidden": "true" });
  for (const tick of axis.ticks) {
    const x = percentOn(axis, tick);
    svg.append(drawn("line", { class: "grid", x1: x, x2: x, y1: 0, y2: height }));
  }
  if ("failure" in row) return svg;
  const { medianMs, spreadMs } = row;
  const x1 = percentOn(axis, Math.max(medianMs - spreadMs / 2, axis.from));
  const x2 = percentOn(axis, medianMs + spreadMs / 2);
  svg.append(drawn("line", { class: "whisker", x1, x2, y1: 10, y2: 10 }));
  const kind = row.engine === "ours" || row.engine === "raw" ? "dot" : "dot other";
  svg.append(drawn("circle", { class: kind, cx: percentOn(axis, medianMs), cy: 10, r: 5 }));
  return svg;
}
