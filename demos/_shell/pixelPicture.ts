// A small picture of numbers, one canvas pixel for each; the style sheet makes it larger without smoothing.

import type { ColourMap } from "./colourMaps.ts";
import { context2d } from "./elements.ts";

/** Which number gets the first colour of the map, and which the last. */
export interface ValueRange {
  readonly low: number;
  readonly high: number;
}

/** A canvas that shows [height, width] numbers. */
export class PixelPicture {
  readonly canvas: HTMLCanvasElement;
  private readonly context: CanvasRenderingContext2D;
  private readonly image: ImageData;

  constructor(width: number, height: number) {
    this.canvas = document.createElement("canvas");
    this.canvas.className = "pixels";
    this.canvas.width = width;
    this.canvas.height = height;
    this.context = context2d(this.canvas);
    this.image = this.context.createImageData(width, height);
  }

  /** Row-major values; what lies outside of the range gets the colour at its end. */
  paint(values: ArrayLike<number>, map: ColourMap, { low, high }: ValueRange): void {
    const { data } = this.image;
    const scale = high > low ? 255 / (high - low) : 0;
    for (let i = 0; i < values.length; i++) {
      const place = 4 * Math.max(0, Math.min(255, Math.round((values[i] - low) * scale)));
      for (let channel = 0; channel < 4; channel++) data[4 * i + channel] = map[place + channel];
    }
    this.context.putImageData(this.image, 0, 0);
  }

  clear(): void {
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }
}
