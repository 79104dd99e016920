// All charts of a page as one picture.

import { context2d, make, styleValue } from "./elements.ts";

/** A chart in the picture. */
export interface PicturePart {
  readonly title: string;
  readonly unit: string;
  readonly legend: readonly {
    readonly label: string;
    /** A custom property of the style sheet. */
    readonly colour: string;
    readonly isDashed: boolean;
  }[];
  readonly canvas: HTMLCanvasElement;
}

const MARGIN = 16;
const LINE = 20;
const SWATCH = 16;
const GAP = 12;
const FAMILY = "system-ui, sans-serif";

/** A picture with a title, the charts below each other, and the names of the runs. Has the colours of the page. */
export function paintPicture(
  title: string,
  parts: readonly PicturePart[],
  runNames: readonly string[],
): HTMLCanvasElement {
  const canvas = make("canvas");
  const context = context2d(canvas);
  const ratio = devicePixelRatio;
  const width = Math.max(...parts.map((part) => part.canvas.width / ratio));
  const heights = parts.map((part) => part.canvas.height / ratio + 2 * LINE + GAP);
  const total = heights.reduce((sum, height) => sum + height, 0);
  canvas.width = Math.round((width + 2 * MARGIN) * ratio);
  canvas.height = Math.round((total + 2 * MARGIN + LINE * (runNames.length + 1) + GAP) * ratio);
  context.fillStyle = styleValue("--paper");
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(ratio, ratio);
  context.textBaseline = "middle";
  context.translate(MARGIN, MARGIN);
  write(context, title, 0, `600 15px ${FAMILY}`, "--ink", width);
  context.translate(0, LINE + GAP);
  for (const [index, part] of parts.entries()) {
    paintPart(context, part, width);
    context.translate(0, heights[index]);
  }
  for (const name of runNames) {
    write(context, name, 0, `12px ${FAMILY}`, "--quiet", width);
    context.translate(0, LINE);
  }
  return canvas;
}

function paintPart(context: CanvasRenderingContext2D, part: PicturePart, width: number): void {
  const titleWidth = write(context, part.title, 0, `600 13px ${FAMILY}`, "--ink", width);
  write(context, part.unit, titleWidth + 6, `13px ${FAMILY}`, "--quiet", width);
  let left = 0;
  for (const { label, colour, isDashed } of part.legend) {
    context.strokeStyle = styleValue(colour);
    context.lineWidth = 2;
    context.setLineDash(isDashed ? [6, 4] : []);
    context.beginPath();
    context.moveTo(left, 1.5 * LINE);
    context.lineTo(left + SWATCH, 1.5 * LINE);
    context.stroke();
    context.setLineDash([]);
    context.translate(0, LINE);
    left += SWATCH + 4;
    left += write(context, label, left, `12px ${FAMILY}`, "--quiet", width - left) + GAP;
    context.translate(0, -LINE);
  }
  const { canvas } = part;
  const ratio = devicePixelRatio;
  context.drawImage(canvas, 0, 2 * LINE, canvas.width / ratio, canvas.height / ratio);
}

/** Writes one line of text, narrower where there is no room, and gives its width. */
function write(
  context: CanvasRenderingContext2D,
  text: string,
  left: number,
  font: string,
  colour: string,
  room: number,
): number {
  context.font = font;
  context.fillStyle = styleValue(colour);
  context.fillText(text, left, LINE / 2, room);
  return Math.min(room, context.measureText(text).width);
}
