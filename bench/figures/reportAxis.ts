// Axes of charts: where a value stands, and which values are named.
//
// Decides: ticks are at 1, 2 and 5 times powers of ten, or at powers of ten where those are too many.

export interface Axis {
  readonly isLog: boolean;
  readonly from: number;
  readonly to: number;
  /** Values to name, from low to high. */
  readonly ticks: readonly number[];
}

/** Values that differ by more than this do not fit a linear axis. */
const linearSpan = 20;
/** Times where a logarithmic axis begins: the least that a bar stands for. */
const leastBar = 1.3;
const mostTicks = 6;
const steps = [1, 2, 5];

/** From 0, or logarithmic from a tick where `values`, all above 0, differ much. */
export function spanningAxis(values: readonly number[]): Axis {
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  if (highest <= linearSpan * lowest) return linearAxis(highest);
  // So that the shortest bar is one.
  const from = steppedDown(lowest / leastBar);
  const axis = logAxis(from, highest);
  // Bars begin there.
  return axis.ticks[0] === from
    ? axis
    : { ...axis, ticks: [from, ...axis.ticks.filter((tick) => tick > 4 * from)] };
}

export function linearAxis(highest: number): Axis {
  const step = steppedUp(highest / 4);
  const count = Math.ceil(highest / step - 1e-9);
  const ticks = Array.from({ length: count + 1 }, (_, index) => tidy(index * step));
  return { isLog: false, from: 0, to: ticks[count], ticks };
}

/** Both ends are above 0 and differ. */
export function logAxis(from: number, to: number): Axis {
  return { isLog: true, from, to, ticks: logTicks(from, to) };
}

/** As a share of the axis; what lies outside of it stands at its end. */
export function placeOn({ isLog, from, to }: Axis, value: number): number {
  const place = isLog ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from);
  return Math.min(1, Math.max(0, place));
}

/** As SVG has it, so that a chart grows with its page and its letters do not. */
export function percentOn(axis: Axis, value: number): string {
  return `${tidy(100 * placeOn(axis, value))}%`;
}

/** A tick's number. */
export function tickText(value: number): string {
  return value >= 1e6 || value < 1e-3 ? (value === 0 ? "0" : value.toExponential(0)) : String(value);
}

function logTicks(from: number, to: number): number[] {
  const all: number[] = [];
  for (let value = steppedUp(from); value <= to * (1 + 1e-9); value = steppedUp(1.01 * value))
    all.push(value);
  if (all.length <= mostTicks) return all;
  const powers = all.filter((value) => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9);
  const every = Math.ceil(powers.length / mostTicks);
  return powers.filter((_, index) => index % every === 0);
}

/** The lowest of 1, 2, 5 times a power of ten that is not below. */
function steppedUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value) + 1e-9);
  const step = steps.find((factor) => factor * power >= value * (1 - 1e-9)) ?? 10;
  return tidy(step * power);
}

function steppedDown(value: number): number {
  const up = steppedUp(value);
  if (up <= value * (1 + 1e-9)) return up;
  const power = 10 ** Math.floor(Math.log10(value) + 1e-9);
  return tidy((steps.findLast((factor) => factor * power <= value) ?? 1) * power);
}

/** Without the dust of binary fractions. */
function tidy(value: number): number {
  return Number(value.toPrecision(6));
}
