// The mistakes of which the model was most certain, as one picture.

import type { DigitImages } from "../../src/data/digitsDataset.ts";
import type { Picture } from "../../src/formats/png.ts";

/** A test digit that was taken for another. */
export interface Mistake {
  /** Which test digit. */
  index: number;
  label: number;
  predicted: number;
  confidence: number;
}

const columns = 8;
const maximumMistakes = columns * 8;
const scale = 2;
const gap = 2;
const gapGray = 96;

/** The most confident mistakes, the most confident first. */
export function hardestMistakes(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  confidence: ArrayLike<number>,
): Mistake[] {
  const mistakes: Mistake[] = [];
  for (let index = 0; index < labels.length; index++) {
    if (labels[index] === predicted[index]) continue;
    mistakes.push({
      index,
      label: labels[index],
      predicted: predicted[index],
      confidence: confidence[index],
    });
  }
  mistakes.sort((a, b) => b.confidence - a.confidence || a.index - b.index);
  return mistakes.slice(0, maximumMistakes);
}

/** The digits of `mistakes`, row by row, eight in a row. At least one. */
export function mistakeSheet({ images, size }: DigitImages, mistakes: readonly Mistake[]): Picture {
  const tile = size * scale + gap;
  const rows = Math.ceil(mistakes.length / columns);
  const width = columns * tile + gap;
  const height = rows * tile + gap;
  const pixels = new Uint8Array(width * height).fill(gapGray);
  mistakes.forEach(({ index }, place) => {
    const left = gap + (place % columns) * tile;
    const top = gap + Math.floor(place / columns) * tile;
    const digit = images.subarray(index * size * size, (index + 1) * size * size);
    for (let y = 0; y < size * scale; y++) {
      for (let x = 0; x < size * scale; x++) {
        const from = Math.floor(y / scale) * size + Math.floor(x / scale);
        pixels[(top + y) * width + left + x] = digit[from];
      }
    }
  });
  return { width, height, channels: 1, pixels };
}

/** What each digit of the sheet is, and what it was taken for: a line for each row of the sheet. */
export function sheetLegend(mistakes: readonly Mistake[]): string[] {
  const lines: string[] = [];
  for (let start = 0; start < mistakes.length; start += columns) {
    const row = mistakes.slice(start, start + columns);
    lines.push(row.map(({ label, predicted }) => `${label}→${predicted}`).join("  "));
  }
  return lines;
}
