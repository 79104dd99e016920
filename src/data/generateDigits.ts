// Handwritten digits made from nothing: pictures like MNIST's (white on black), in any number, from a seed.
//
// Decides: how a hand varies (slant, size, pen, tremor, distortion) and how labels are dealt out.
// Leaves to digitSkeletons the shapes, to drawStrokes the drawing.

import { requireWhole } from "../base/requireWhole.ts";
import { digitStrokes } from "./digitSkeletons.ts";
import type { DigitImages } from "./digitsDataset.ts";
import { drawPolyline, type Pen, type Polyline, strokePolyline } from "./drawStrokes.ts";
import type { Stroke } from "./penStrokes.ts";
import { normalRandom, type Random, seededRandom } from "./seededRandom.ts";
import { shuffledOrder } from "./shuffledOrder.ts";

export interface GenerateDigitsOptions {
  count: number;
  seed: number;
  /** Pixels a side, from 8 to 256. Default: 28. */
  size?: number;
}

const digitPurpose = 2;
const classes = 10;
const designSize = 28; // pixel measures below are for this size, and scale with it

/**
 * `count` digits with their labels. Of each ten in a row every digit is there once, in random order. Picture
 * i depends on seed, i and size alone, so that a larger count begins with the same pictures.
 * Throws UsageError unless count and seed are whole numbers from 0 and size is one from 8 to 256.
 */
export function generateDigits({ count, seed, size = designSize }: GenerateDigitsOptions): DigitImages {
  requireWhole("generateDigits: count", count, 0);
  requireWhole("generateDigits: size", size, 8, 256);
  const images = new Uint8Array(count * size * size);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i += classes) {
    labels.set(shuffledOrder(classes, seed, i / classes).subarray(0, count - i), i);
  }
  for (let i = 0; i < count; i++) {
    images.set(drawDigit(labels[i], seededRandom(seed, digitPurpose, i), size), i * size * size);
  }
  return { images, labels, size };
}

/** One picture of `label`, 0 to 9: size * size gray values, row-major. Throws UsageError. */
export function drawDigit(label: number, random: Random, size: number = designSize): Uint8Array {
  requireWhole("drawDigit: label", label, 0, classes - 1);
  requireWhole("drawDigit: size", size, 8, 256);
  const strokes = digitStrokes(label, random);
  tremble(strokes, random);
  const lines = strokes.map(strokePolyline);
  distort(lines, random);
  lean(lines, random);
  place(lines, random, size);
  const ink = new Float64Array(size * size);
  const pen = choosePen(random, size / designSize);
  for (const line of lines) drawPolyline(ink, size, line, pen);
  return develop(ink, random);
}

/** No two knots stand quite where they should. */
function tremble(strokes: Stroke[], random: Random): void {
  const deviation = 0.012 + 0.016 * random();
  for (const stroke of strokes) {
    for (const knot of stroke) {
      knot.x += deviation * normalRandom(random);
      knot.y += deviation * normalRandom(random);
    }
  }
}

/** Moves all points by a smooth field: two waves in each direction, longer than the digit's parts. */
function distort(lines: Polyline[], random: Random): void {
  const waves = Array.from({ length: 4 }, () => ({
    amplitude: 0.04 * normalRandom(random),
    rateX: 5 * (random() - 0.5) * 2,
    rateY: 5 * (random() - 0.5) * 2,
    phase: 2 * Math.PI * random(),
  }));
  for (const line of lines) {
    for (let i = 0; i < line.length; i += 2) {
      const moves = waves.map(
        ({ amplitude, rateX, rateY, phase }) =>
          amplitude * Math.sin(rateX * line[i] + rateY * line[i + 1] + phase),
      );
      line[i] += moves[0] + moves[1];
      line[i + 1] += moves[2] + moves[3];
    }
  }
}

/** Width, slant and rotation. */
function lean(lines: Polyline[], random: Random): void {
  const width = Math.exp(0.15 * normalRandom(random));
  const slant = 0.14 + 0.18 * normalRandom(random);
  const angle = 0.1 * normalRandom(random);
  const cosine = Math.cos(angle);
  const sine = Math.sin(angle);
  for (const line of lines) {
    for (let i = 0; i < line.length; i += 2) {
      const y = line[i + 1] - 0.5;
      const x = (line[i] - 0.5) * width - slant * y;
      line[i] = cosine * x - sine * y;
      line[i + 1] = sine * x + cosine * y;
    }
  }
}

/**
 * Into pixels: the longer side takes most of the picture, the centre of mass goes near the picture's middle.
 */
function place(lines: Polyline[], random: Random, size: number): void {
  const scale = size / designSize;
  const spans = [0, 1].map((axis) => spanOf(lines, axis));
  const side = scale * Math.min(20.5, 18 + 1.2 * normalRandom(random));
  const factor = side / Math.max(spans[0].largest - spans[0].smallest, spans[1].largest - spans[1].smallest);
  const margin = 2.8 * scale; // room for most pens
  spans.forEach(({ smallest, largest, mean }, axis) => {
    const wanted = (size - 1) / 2 + scale * normalRandom(random) - factor * mean;
    const lowest = margin - factor * smallest;
    const highest = size - 1 - margin - factor * largest;
    const shift = Math.max(lowest, Math.min(highest, wanted));
    for (const line of lines) for (let i = axis; i < line.length; i += 2) line[i] = shift + factor * line[i];
  });
}

/** Where all lines lie along `axis`, 0 or 1; the mean is weighted by length. */
function spanOf(lines: Polyline[], axis: number): { smallest: number; largest: number; mean: number } {
  let smallest = Number.POSITIVE_INFINITY;
  let largest = Number.NEGATIVE_INFINITY;
  let moment = 0;
  let total = 0;
  for (const line of lines) {
    for (let i = 0; i < line.length; i += 2) {
      smallest = Math.min(smallest, line[i + axis]);
      largest = Math.max(largest, line[i + axis]);
      if (i === 0) continue;
      const length = Math.hypot(line[i] - line[i - 2], line[i + 1] - line[i - 1]);
      moment += (length * (line[i + axis] + line[i + axis - 2])) / 2;
      total += length;
    }
  }
  return { smallest, largest, mean: moment / total };
}

function choosePen(random: Random, scale: number): Pen {
  const radius = Math.max(0.55, Math.min(2.2, 1.2 + 0.36 * normalRandom(random)));
  return {
    radius: scale * radius,
    softness: scale * (0.8 + 0.5 * random()),
    pressureDepth: 0.3 * random(),
    pressurePhase: 2 * Math.PI * random(),
  };
}

/** Ink to gray values: brightness, grain in the ink, black where there is none. */
function develop(ink: Float64Array, random: Random): Uint8Array {
  const brightness = 255 * (0.9 + 0.1 * random());
  const grain = 0.12 * random();
  return Uint8Array.from(ink, (coverage) =>
    coverage > 0 ? brightness * coverage * (1 - grain * random()) : 0,
  );
}
