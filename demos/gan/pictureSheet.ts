// A sheet of small gray pictures in rows and columns, one canvas pixel for each of theirs; the style sheet makes it
// larger without smoothing.

import { context2d, onSchemeChange, styleValue } from "../_shell/elements.ts";

/** Between two pictures, in pixels of the canvas. */
export const GAP = 2;

export interface Sheet {
  /** Gray pictures, one after another: [count, size, size]. */
  readonly pixels: Uint8Array;
  readonly size: number;
  readonly columns: number;
  /** Digits look as if written: ink on paper. Other pictures look as they are. */
  readonly isInk: boolean;
}

/** Pixels of a canvas over `count` pictures of `size`. */
export function sheetLength(count: number, size: number): number {
  return count * (size + GAP) - GAP;
}

/** Paints sheets on a canvas, and again when the colour scheme changes. */
export class PictureSheet {
  readonly canvas: HTMLCanvasElement;
  private readonly context: CanvasRenderingContext2D;
  private sheet: Sheet | undefined;

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
    this.context = context2d(canvas, { willReadFrequently: true });
    onSchemeChange(() => this.paint());
  }

  get shown(): Sheet | undefined {
    return this.sheet;
  }

  show(sheet: Sheet): void {
    this.sheet = sheet;
    this.paint();
  }

  clear(): void {
    this.sheet = undefined;
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  /** Makes each pixel so wide, as CSS has it. */
  enlarge(scale: number): void {
    this.canvas.style.width = `${this.canvas.width * scale}px`;
  }

  private paint(): void {
    const { canvas, context, sheet } = this;
    if (sheet === undefined) return;
    const { pixels, size, columns, isInk } = sheet;
    const count = pixels.length / size ** 2;
    const rows = Math.ceil(count / columns);
    const [width, height] = [sheetLength(columns, size), sheetLength(rows, size)];
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    const colours = colourTable(isInk);
    const image = context.createImageData(width, height);
    const target = new Uint32Array(image.data.buffer);
    for (let index = 0; index < count; index++) {
      const left = (index % columns) * (size + GAP);
      const top = Math.floor(index / columns) * (size + GAP);
      for (let y = 0; y < size; y++) {
        const from = (index * size + y) * size;
        const to = (top + y) * width + left;
        for (let x = 0; x < size; x++) target[to + x] = colours[pixels[from + x]];
      }
    }
    context.putImageData(image, 0, 0);
  }
}

/** The colour of each gray value, as pixels have it in memory. */
function colourTable(isInk: boolean): Uint32Array {
  const ends = isInk ? [styleValue("--well"), styleValue("--ink")] : ["#000000", "#ffffff"];
  const [from, to] = ends.map((hex) => {
    const value = Number.parseInt(hex.slice(1), 16);
    return [value >> 16, (value >> 8) & 255, value & 255];
  });
  const bytes = new Uint8ClampedArray(1024);
  for (let i = 0; i < 256; i++) {
    from.forEach((start, channel) => {
      bytes[4 * i + channel] = start + ((to[channel] - start) * i) / 255;
    });
    bytes[4 * i + 3] = 255;
  }
  return new Uint32Array(bytes.buffer);
}
