// The surface on which a visitor draws a digit.
//
// Decides: what is on it (strokes, or a picture that was put there) and how it looks. Leaves to centreDigit.ts how a
// drawing becomes what the network reads.

import { inkMap } from "../_shell/colourMaps.ts";
import { context2d, onSchemeChange, styleValue } from "../_shell/elements.ts";
import { PixelPicture } from "../_shell/pixelPicture.ts";
import { centreDigit, PICTURE_SIZE } from "./centreDigit.ts";

/** A place on the surface, in canvas pixels. */
interface Place {
  readonly x: number;
  readonly y: number;
}

type Content =
  | { readonly kind: "strokes"; readonly strokes: Place[][] }
  | { readonly kind: "picture"; readonly pixels: Uint8Array };

/** Of the surface's width: like the pens of MNIST, once the digit is scaled. */
const PEN_SHARE = 0.085;

/** Calls `onChange` with gray values [28, 28] while someone draws; undefined when there is nothing. */
export class DrawingPad {
  private readonly canvas: HTMLCanvasElement;
  private readonly context: CanvasRenderingContext2D;
  private readonly onChange: (pixels: Uint8Array | undefined) => void;
  private content: Content = { kind: "strokes", strokes: [] };
  private stroke: Place[] | undefined;
  private isDue = false;

  constructor(canvas: HTMLCanvasElement, onChange: (pixels: Uint8Array | undefined) => void) {
    this.canvas = canvas;
    this.context = context2d(canvas, { willReadFrequently: true });
    this.onChange = onChange;
    canvas.addEventListener("pointerdown", (event) => this.begin(event));
    canvas.addEventListener("pointermove", (event) => this.extend(event));
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => this.finish());
    onSchemeChange(() => this.draw());
  }

  get isEmpty(): boolean {
    return this.content.kind === "strokes" && this.content.strokes.length === 0;
  }

  clear(): void {
    this.stroke = undefined;
    this.show({ kind: "strokes", strokes: [] });
    this.onChange(undefined);
  }

  /** Puts a picture [28, 28] on the surface; the network reads it as it is. */
  put(pixels: Uint8Array): void {
    this.stroke = undefined;
    this.show({ kind: "picture", pixels });
    this.onChange(pixels);
  }

  private begin(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    const strokes = this.content.kind === "strokes" ? this.content.strokes : [];
    this.stroke = [this.placeOf(event)];
    strokes.push(this.stroke);
    this.content = { kind: "strokes", strokes };
    this.changeSoon();
  }

  private extend(event: PointerEvent): void {
    if (this.stroke === undefined) return;
    const moves = event.getCoalescedEvents();
    this.stroke.push(...(moves.length > 0 ? moves : [event]).map((move) => this.placeOf(move)));
    this.changeSoon();
  }

  private finish(): void {
    this.stroke = undefined;
  }

  private placeOf({ clientX, clientY }: MouseEvent): Place {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const { canvas } = this;
    return { x: ((clientX - left) / width) * canvas.width, y: ((clientY - top) / height) * canvas.height };
  }

  /** Draws and tells, at most once a frame. */
  private changeSoon(): void {
    if (this.isDue) return;
    this.isDue = true;
    requestAnimationFrame(() => {
      this.isDue = false;
      this.draw();
      const { canvas, context } = this;
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      if (this.content.kind === "strokes")
        this.onChange(centreDigit(data, canvas.width, { stride: 4, offset: 3 }));
    });
  }

  private show(content: Content): void {
    this.content = content;
    this.draw();
  }

  private draw(): void {
    const { canvas, context, content } = this;
    context.clearRect(0, 0, canvas.width, canvas.height);
    const ink = styleValue("--ink");
    if (content.kind === "picture") {
      const picture = new PixelPicture(PICTURE_SIZE, PICTURE_SIZE);
      picture.paint(content.pixels, inkMap(ink), { low: 0, high: 255 });
      context.imageSmoothingQuality = "high";
      context.drawImage(picture.canvas, 0, 0, canvas.width, canvas.height);
      return;
    }
    context.lineCap = "round";
    context.lineJoin = "round";
    context.lineWidth = PEN_SHARE * canvas.width;
    context.strokeStyle = ink;
    for (const stroke of content.strokes) drawStroke(context, stroke);
  }
}

/** A smooth line: each place is the handle of a curve between the middles of its neighbours. */
function drawStroke(context: CanvasRenderingContext2D, stroke: readonly Place[]): void {
  const last = stroke[stroke.length - 1];
  context.beginPath();
  context.moveTo(stroke[0].x, stroke[0].y);
  for (let i = 1; i < stroke.length - 1; i++) {
    const { x, y } = stroke[i];
    context.quadraticCurveTo(x, y, (x + stroke[i + 1].x) / 2, (y + stroke[i + 1].y) / 2);
  }
  context.lineTo(last.x, last.y);
  context.stroke();
}
