// Numbers of a chart as its reader sees them: ranges, ticks, and values of about four digits.

import { grouped } from "./numbers.ts";
import { niceTicks } from "./ticks.ts";

/** What an axis spans, and where it is labelled. */
export interface AxisTicks {
  readonly least: number;
  readonly most: number;
  readonly places: readonly number[];
}

/** Ticks from 0, or below where `lowest` is, to at least `highest`; about `wanted` of them above 0. */
export function linearTicks(lowest: number, highest: number, wanted: number): AxisTicks {
  const places = withBelow(lowest, niceTicks(highest, wanted));
  return { least: places[0], most: places[places.length - 1], places };
}

/**
 * From and to 1, 2 or 5 times a power of ten, around `lowest` to `highest`, which must be positive; ticks at all such
 * numbers, or where these are more than `wanted` at powers of ten.
 */
export function logTicks(lowest: number, highest: number, wanted: number): AxisTicks {
  const candidates = roundNumbers(Math.floor(Math.log10(lowest)) - 1, Math.ceil(Math.log10(highest)) + 1);
  // A value that stands on a tick, but for a rounding, needs no further one.
  const first = candidates.findLastIndex((place) => place <= lowest * (1 + 1e-9));
  const last = candidates.findIndex((place) => place >= highest * (1 - 1e-9));
  const places = candidates.slice(first, Math.max(last, first + 1) + 1);
  const range = { least: places[0], most: places[places.length - 1] };
  if (places.length <= wanted + 1) return { ...range, places };
  const decades = Math.log10(range.most / range.least);
  const every = Math.max(1, Math.ceil(decades / Math.max(1, wanted)));
  const isTick = (place: number) => Number.isInteger(Math.round(Math.log10(place) * 1e9) / 1e9 / every);
  return { ...range, places: places.filter(isTick) };
}

/** 1, 2 and 5 times each power of ten. */
function roundNumbers(leastPower: number, mostPower: number): number[] {
  const powers = Array.from({ length: mostPower - leastPower + 1 }, (_, index) => leastPower + index);
  return powers.flatMap((power) => [1, 2, 5].map((factor) => Number(`${factor}e${power}`)));
}

/** A value as it is read off a curve: "0.123", "12.34", "1 234"; "–" where there is none. */
export function reading(value: number | undefined): string {
  if (value === undefined) return "–";
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 1e6 || size < 1e-4) return value.toExponential(2);
  if (size >= 1000) return grouped(Math.round(value));
  if (size < 0.1) return value.toPrecision(3);
  return value.toFixed(size >= 100 ? 1 : size >= 10 ? 2 : 3);
}

/** A count at a tick: 1500 as "1.5k". */
export function countText(count: number): string {
  if (count >= 1e6) return `${count / 1e6}M`;
  return count >= 1000 ? `${count / 1000}k` : String(count);
}

/** A power of ten at a tick, or its double or half. */
export function powerText(value: number): string {
  return value >= 1e5 || value < 1e-3 ? value.toExponential().replace("+", "") : String(value);
}

/** `ticks`, and as many below 0, as far apart, as `lowest` needs: few, or farther apart where it is far below. */
function withBelow(lowest: number, ticks: number[]): number[] {
  if (!(lowest < 0)) return ticks;
  const above = -lowest > ticks[ticks.length - 1] ? niceTicks(-lowest, ticks.length - 1) : ticks;
  const gap = above[1];
  const [from, to] = [Math.floor(lowest / gap), Math.ceil(ticks[ticks.length - 1] / gap - 1e-9)];
  return Array.from({ length: to - from + 1 }, (_, index) => Number(((from + index) * gap).toPrecision(12)));
}
