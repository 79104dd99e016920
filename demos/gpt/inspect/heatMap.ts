// One head's weights as a large picture: who looks, downwards; at whom, to the right.
//
// Decides: sizes, labels and colours. Cells never get smaller than a label needs; then the box around scrolls.

import { viridis } from "../../_shell/colourMaps.ts";
import { context2d, make, styleValue } from "../../_shell/elements.ts";
import { causalPixels } from "./attentionRows.ts";
import type { ShownToken } from "./inspectTypes.ts";
import { oncePerFrame, sharpContext, whenColoursChange, whenResized } from "./panelParts.ts";
import { shortText } from "./tokenDisplay.ts";

/** The cell of token `query`, which looks at token `key`. */
export interface HeatCell {
  readonly query: number;
  readonly key: number;
}

const CELL = { least: 11, most: 26 };
const LABEL_GAP = 6;
const LONGEST_LABEL = 9;
const TITLE_HEIGHT = 20;
/** What row labels take, where most are short. */
const USUAL_LEFT = 64;

interface Sizes {
  readonly cell: number;
  readonly left: number;
  readonly top: number;
  readonly font: string;
  /** Whether labels above the columns stand upright on their side. */
  readonly isTurned: boolean;
}

export class HeatMap {
  readonly element = make("div", "inspect-heat");
  private readonly canvas = make("canvas");
  private readonly pixels = make("canvas");
  private readonly redraw: () => void;
  private tokens: readonly ShownToken[] = [];
  private weights: Float32Array<ArrayBufferLike> = new Float32Array();
  private query = 0;
  private pointed: HeatCell | undefined;
  private sizes: Sizes | undefined;

  /** `onPoint` is told which cell the pointer is on; `onChoose`, which row is clicked. */
  constructor(
    onPoint: (cell: HeatCell | undefined) => void,
    onChoose: (query: number) => void,
    signal: AbortSignal,
  ) {
    const { canvas, element } = this;
    canvas.role = "img";
    element.append(canvas);
    this.redraw = oncePerFrame(() => this.draw(), signal);
    whenResized(element, () => this.draw(), signal);
    whenColoursChange(this.redraw, signal);
    const point = (cell: HeatCell | undefined) => {
      if (cell?.query === this.pointed?.query && cell?.key === this.pointed?.key) return;
      this.pointed = cell;
      this.redraw();
      onPoint(cell);
    };
    canvas.addEventListener("pointermove", (event) => point(this.cellAt(event)), { signal });
    canvas.addEventListener("pointerleave", () => point(undefined), { signal });
    canvas.addEventListener(
      "click",
      (event) => {
        const cell = this.cellAt(event);
        if (cell !== undefined) onChoose(cell.query);
      },
      { signal },
    );
  }

  /** What the picture of `count` tokens needs so that nothing scrolls. */
  static widthFor(count: number): number {
    return CELL.least * count + USUAL_LEFT;
  }

  /** weights: [tokens, tokens]; `name` says of what. */
  show(tokens: readonly ShownToken[], weights: Float32Array, name: string): void {
    if (tokens.length !== this.tokens.length) this.pointed = undefined;
    this.tokens = tokens;
    this.weights = weights;
    this.canvas.ariaLabel = `${name}: a row for each token that looks, a column for each that is looked at`;
    this.redraw();
  }

  /** Marks the row of token `query`. */
  mark(query: number): void {
    this.query = query;
    this.redraw();
  }

  private cellAt({ offsetX, offsetY }: MouseEvent): HeatCell | undefined {
    if (this.sizes === undefined) return undefined;
    const { cell, left, top } = this.sizes;
    const query = Math.floor((offsetY - top) / cell);
    const key = Math.floor((offsetX - left) / cell);
    const isThere = query >= 0 && query < this.tokens.length && key >= 0 && key <= query;
    return isThere ? { query, key } : undefined;
  }

  private draw(): void {
    const count = this.tokens.length;
    const room = this.element.clientWidth;
    if (count === 0 || room === 0) return;
    const sizes = this.measure(room);
    this.sizes = sizes;
    const side = sizes.cell * count;
    const context = sharpContext(this.canvas, sizes.left + side + 1, sizes.top + side + 1);
    // Focus only where there is something to scroll.
    this.element.tabIndex = sizes.left + side + 1 > room ? 0 : -1;
    this.drawCells(context, sizes);
    this.drawLabels(context, sizes);
    this.drawMarks(context, sizes);
  }

  private measure(room: number): Sizes {
    const count = this.tokens.length;
    const context = context2d(this.canvas);
    const fontOf = (size: number) => `${size}px ${styleValue("--inspect-mono")}`;
    context.font = fontOf(12);
    const widest = Math.max(...this.labels().map((label) => context.measureText(label).width));
    const left = Math.ceil(Math.max(TITLE_HEIGHT + widest + LABEL_GAP, 44));
    const fitting = Math.floor((room - left - 1) / count);
    const cell = Math.max(CELL.least, Math.min(CELL.most, fitting));
    const isTurned = widest > cell;
    const font = fontOf(Math.min(12, cell - 1));
    const top = Math.ceil(TITLE_HEIGHT + LABEL_GAP + (isTurned ? widest : 14));
    return { cell, left, top, font, isTurned };
  }

  private labels(): string[] {
    return this.tokens.map(({ text }) => shortText(text, LONGEST_LABEL));
  }

  private drawCells(context: CanvasRenderingContext2D, { cell, left, top }: Sizes): void {
    const count = this.tokens.length;
    this.pixels.width = count;
    this.pixels.height = count;
    const image = new ImageData(causalPixels(this.weights, count, viridis), count, count);
    context2d(this.pixels).putImageData(image, 0, 0);
    context.fillStyle = styleValue("--well");
    context.fillRect(left, top, cell * count, cell * count);
    context.imageSmoothingEnabled = false;
    context.drawImage(this.pixels, left, top, cell * count, cell * count);
  }

  private drawLabels(context: CanvasRenderingContext2D, { cell, left, top, font, isTurned }: Sizes): void {
    const { pointed } = this;
    const [ink, quiet] = [styleValue("--ink"), styleValue("--quiet")];
    const row = pointed?.query ?? this.query;
    context.textBaseline = "middle";
    this.labels().forEach((label, index) => {
      context.font = index === row ? `bold ${font}` : font;
      context.fillStyle = index === row ? ink : quiet;
      context.textAlign = "right";
      context.fillText(label, left - LABEL_GAP, top + (index + 0.5) * cell);
      context.font = index === pointed?.key ? `bold ${font}` : font;
      context.fillStyle = index === pointed?.key ? ink : quiet;
      context.save();
      context.translate(left + (index + 0.5) * cell, top - LABEL_GAP);
      if (isTurned) context.rotate(-Math.PI / 2);
      context.textAlign = isTurned ? "left" : "center";
      context.fillText(label, 0, isTurned ? 0 : -6);
      context.restore();
    });
    context.font = "12px system-ui, sans-serif";
    context.fillStyle = quiet;
    context.textAlign = "left";
    context.fillText("is looked at →", left, TITLE_HEIGHT / 2);
    context.save();
    context.translate(TITLE_HEIGHT / 2, top);
    context.rotate(-Math.PI / 2);
    context.textAlign = "right";
    context.fillText("← looks", 0, 0);
    context.restore();
  }

  private drawMarks(context: CanvasRenderingContext2D, { cell, left, top }: Sizes): void {
    const { query, pointed } = this;
    context.strokeStyle = styleValue("--inspect-mark");
    context.lineWidth = 1.5;
    context.strokeRect(left - 0.75, top + query * cell - 0.75, (query + 1) * cell + 1.5, cell + 1.5);
    if (pointed === undefined) return;
    context.lineWidth = 2;
    context.strokeRect(left + pointed.key * cell, top + pointed.query * cell, cell, cell);
  }
}
