// How near generated points are to real ones, from samples of both, on the CPU.
//
// Decides: the histogram that distances are measured on, and when a mode counts as covered.

import type { Modes } from "./distributions.ts";

/** Bins along an axis. */
const BINS = 20;
/** Half the width of the square that bins divide; what lies outside counts to its edge. */
const REACH = 1.1;
/** Points that every bin has beforehand, so that no logarithm is infinite. */
const BEFOREHAND = 0.05;
/** A mode is covered by this share of what it would get if all got the same. */
const COVERED_SHARE = 0.25;

/** Shares of points by bin; they add up to 1. */
export type Histogram = Float64Array;

/** points: x and y, one behind the other. */
export function histogramOf(points: ArrayLike<number>): Histogram {
  const shares = new Float64Array(BINS * BINS).fill(BEFOREHAND);
  for (let i = 0; i + 1 < points.length; i += 2) shares[binOf(points[i + 1]) * BINS + binOf(points[i])] += 1;
  const total = points.length / 2 + BEFOREHAND * shares.length;
  return shares.map((count) => count / total);
}

function binOf(value: number): number {
  const bin = Math.floor(((value + REACH) / (2 * REACH)) * BINS);
  // NaN is in no bin; it goes to the edge, where it is far from everything.
  return bin >= 0 ? Math.min(bin, BINS - 1) : 0;
}

/** Kullback and Leibler's divergence of `q` from `p`, in nats: sum p log(p / q). */
export function divergenceOf(p: Histogram, q: Histogram): number {
  return p.reduce((sum, share, bin) => sum + share * Math.log(share / q[bin]), 0);
}

/** Jensen and Shannon's divergence, in nats: from 0 for equal histograms to log 2 for ones that share no bin. */
export function jensenShannon(p: Histogram, q: Histogram): number {
  const middle = p.map((share, bin) => (share + q[bin]) / 2);
  return (divergenceOf(p, middle) + divergenceOf(q, middle)) / 2;
}

/** How generated points fall on the clouds of a distribution. */
export interface Coverage {
  /** Clouds that get at least a quarter of their due share. */
  readonly covered: number;
  /** 0 to 1: points within three standard deviations of a cloud's middle. */
  readonly within: number;
  /** For each cloud, the share of points within three deviations of it. */
  readonly shares: readonly number[];
}

export function coverageOf(points: ArrayLike<number>, { centres, deviation }: Modes): Coverage {
  const counts = centres.map(() => 0);
  const count = points.length / 2;
  let within = 0;
  for (let i = 0; i < count; i++) {
    const squares = centres.map(({ x, y }) => (points[2 * i] - x) ** 2 + (points[2 * i + 1] - y) ** 2);
    const nearest = squares.indexOf(Math.min(...squares));
    if (!(squares[nearest] <= (3 * deviation) ** 2)) continue;
    within += 1;
    counts[nearest] += 1;
  }
  const due = count / centres.length;
  return {
    covered: counts.filter((value) => value >= COVERED_SHARE * due).length,
    within: within / count,
    shares: counts.map((value) => value / count),
  };
}
