// Attention weights as rows, colours and lines.

import type { ColourMap } from "../../_shell/colourMaps.ts";
import type { AttentionReply } from "./inspectTypes.ts";

export interface Attended {
  readonly index: number;
  readonly weight: number;
}

/** The weights of one head: [tokens, tokens]. */
export function headWeights({ weights, heads, tokens }: AttentionReply, layer: number, head: number) {
  const size = tokens.length * tokens.length;
  const start = (layer * heads + head) * size;
  return weights.subarray(start, start + size);
}

/** What token `query` attends to, the most first; of weights [count, count]. */
export function attendedBy(weights: Float32Array, count: number, query: number): Attended[] {
  return Array.from({ length: query + 1 }, (_, index) => ({
    index,
    weight: weights[query * count + index],
  })).sort((a, b) => b.weight - a.weight || a.index - b.index);
}

/** Where a weight stands in a map of colours, from 0 to 1: by its square root, so that small weights can be told apart. */
export function colourPlace(weight: number): number {
  return Math.sqrt(Math.max(0, Math.min(1, weight)));
}

/** Pixels [count, count] of `weights`; what lies ahead of a token is transparent, since it is no weight at all. */
export function causalPixels(
  weights: Float32Array,
  count: number,
  map: ColourMap,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * count * count);
  for (let row = 0; row < count; row++) {
    for (let column = 0; column <= row; column++) {
      const at = row * count + column;
      const colour = 4 * Math.round(255 * colourPlace(weights[at]));
      for (let channel = 0; channel < 4; channel++) pixels[4 * at + channel] = map[colour + channel];
    }
  }
  return pixels;
}

/** Of the loop over a token that attends to itself, and between its ends. */
const LOOP = { radius: 7, gap: 2 };
/** Of arcs: what stays free above the highest, and the span at which they reach half of that height. */
const ARC = { margin: 4, halfwaySpan: 90 };

/** An arc over the text as the path of an SVG, from `fromX` to `toX` on the line `y`; a loop where both are one. */
export function arcPath(fromX: number, toX: number, y: number): string {
  const round = (value: number) => Math.round(10 * value) / 10;
  const [left, right] = [Math.min(fromX, toX), Math.max(fromX, toX)];
  const span = right - left;
  if (span < 1) {
    const [start, end] = [round(left - LOOP.gap / 2), round(left + LOOP.gap / 2)];
    return `M ${start} ${y} A ${LOOP.radius} ${LOOP.radius} 0 1 1 ${end} ${y}`;
  }
  const rise = ((y - ARC.margin) * span) / (span + ARC.halfwaySpan);
  return `M ${round(left)} ${y} A ${round(span / 2)} ${round(rise)} 0 0 1 ${round(right)} ${y}`;
}
