// The map of tokens: a mark for each, a label where there is room, and lines from one token to its nearest.
//
// Decides: scale, labels and motion. Both axes have one scale, so that distances mean something.

import { make, styleValue } from "../../_shell/elements.ts";
import type { ShownToken } from "./inspectTypes.ts";
import { type LabelOffset, placeLabels } from "./labelPlaces.ts";
import { KIND_MARKS, oncePerFrame, sharpContext, whenColoursChange, whenResized } from "./panelParts.ts";
import { shortText } from "./tokenDisplay.ts";

const MARGIN = 28;
const LABEL = { size: 13, height: 14, gap: 6, longest: 10 };
const MOVE_MS = 500;
/** How far from a mark the pointer may be. */
const REACH = 20;

export interface MapContents {
  readonly tokens: readonly ShownToken[];
  /** [tokens, 2] */
  readonly places: Float32Array;
}

/** The token that is looked at, and those that lines lead to. */
export interface MapFocus {
  readonly index: number;
  readonly others: readonly number[];
}

export class TokenMap {
  readonly element = make("div", "inspect-map");
  private readonly canvas = make("canvas");
  private readonly signal: AbortSignal;
  private readonly calm = matchMedia("(prefers-reduced-motion: reduce)");
  private readonly shapes = Object.fromEntries(
    Object.entries(KIND_MARKS).map(([kind, { path }]) => [kind, new Path2D(path)]),
  );
  private readonly redraw: () => void;
  private contents: MapContents | undefined;
  private focus: MapFocus | undefined;
  /** In pixels: where marks were, where they go to, and where their labels stand then. */
  private from: Float32Array = new Float32Array();
  private to: Float32Array = new Float32Array();
  private labels: readonly (LabelOffset | undefined)[] = [];
  private movedMs = Number.NEGATIVE_INFINITY;

  /** `onPoint` is told which token the pointer is at; `onChoose`, which is clicked. */
  constructor(
    onPoint: (index: number | undefined) => void,
    onChoose: (index: number) => void,
    signal: AbortSignal,
  ) {
    this.signal = signal;
    const { canvas } = this;
    canvas.role = "img";
    canvas.ariaLabel = "Map of the tokens; the list beside it names each token's nearest";
    this.element.append(canvas);
    this.redraw = oncePerFrame(() => this.draw(), signal);
    whenResized(this.element, () => this.layOut(false), signal);
    whenColoursChange(this.redraw, signal);
    canvas.addEventListener("pointermove", (event) => onPoint(this.tokenAt(event)), { signal });
    canvas.addEventListener("pointerleave", () => onPoint(undefined), { signal });
    canvas.addEventListener(
      "click",
      (event) => {
        const index = this.tokenAt(event);
        if (index !== undefined) onChoose(index);
      },
      { signal },
    );
  }

  show(contents: MapContents): void {
    const isMove = this.contents?.tokens.length === contents.tokens.length;
    this.contents = contents;
    this.layOut(isMove && !this.calm.matches);
  }

  /** Lines from a token to others; none where it is undefined. */
  point(focus: MapFocus | undefined): void {
    this.focus = focus;
    this.redraw();
  }

  private layOut(isMoving: boolean): void {
    const { contents, element } = this;
    const [width, height] = [element.clientWidth, element.clientHeight];
    if (contents === undefined || width === 0 || height === 0) return;
    const now = this.positions();
    this.to = fit(contents.places, width, height);
    this.from = isMoving ? now : this.to;
    this.movedMs = isMoving ? performance.now() : Number.NEGATIVE_INFINITY;
    const context = sharpContext(this.canvas, width, height);
    context.font = labelFont();
    const points = contents.tokens.map(({ text }, index) => ({
      x: this.to[2 * index],
      y: this.to[2 * index + 1],
      width: context.measureText(labelOf(text)).width,
      height: LABEL.height,
    }));
    this.labels = placeLabels(points, { width, height, gap: LABEL.gap });
    // A canvas of another size is empty, and stays so until it is drawn: not until the next frame.
    this.draw();
  }

  /** How far the move has come, from 0 to 1. */
  private get progress(): number {
    return Math.min(1, (performance.now() - this.movedMs) / MOVE_MS);
  }

  private positions(): Float32Array {
    const t = this.progress;
    const eased = t * t * (3 - 2 * t);
    return this.to.map((value, index) => this.from[index] + eased * (value - this.from[index]));
  }

  private tokenAt({ offsetX, offsetY }: MouseEvent): number | undefined {
    const positions = this.positions();
    let best: number | undefined;
    let bestDistance = REACH;
    for (let index = 0; 2 * index < positions.length; index++) {
      const distance = Math.hypot(positions[2 * index] - offsetX, positions[2 * index + 1] - offsetY);
      if (distance >= bestDistance) continue;
      best = index;
      bestDistance = distance;
    }
    return best;
  }

  private draw(): void {
    const { contents, element } = this;
    if (contents === undefined || this.signal.aborted || element.clientWidth === 0) return;
    const context = sharpContext(this.canvas, element.clientWidth, element.clientHeight);
    const positions = this.positions();
    const at = (index: number) => [positions[2 * index], positions[2 * index + 1]] as const;
    context.lineJoin = "round";
    this.drawLines(context, at);
    this.drawMarks(context, contents.tokens, at);
    context.font = labelFont();
    context.fillStyle = styleValue("--ink");
    context.textBaseline = "middle";
    contents.tokens.forEach(({ text }, index) => {
      const offset = this.labels[index];
      if (offset === undefined || this.isFocused(index)) return;
      const [x, y] = at(index);
      context.fillText(labelOf(text), x + offset.dx, y + offset.dy + LABEL.height / 2);
    });
    this.drawFocusLabels(context, contents.tokens, at);
    if (this.progress < 1) this.redraw();
  }

  private isFocused(index: number): boolean {
    return this.focus !== undefined && (this.focus.index === index || this.focus.others.includes(index));
  }

  private drawLines(context: CanvasRenderingContext2D, at: Place): void {
    if (this.focus === undefined) return;
    const [x, y] = at(this.focus.index);
    context.strokeStyle = styleValue("--accent");
    context.lineWidth = 1.5;
    for (const other of this.focus.others) {
      context.beginPath();
      context.moveTo(x, y);
      context.lineTo(...at(other));
      context.stroke();
    }
    context.beginPath();
    context.arc(x, y, 9, 0, 2 * Math.PI);
    context.stroke();
  }

  private drawMarks(context: CanvasRenderingContext2D, tokens: readonly ShownToken[], at: Place): void {
    const colours = Object.fromEntries(
      Object.entries(KIND_MARKS).map(([kind, { colour }]) => [kind, styleValue(colour)]),
    );
    tokens.forEach(({ kind }, index) => {
      const [x, y] = at(index);
      context.save();
      context.translate(x, y);
      context.fillStyle = colours[kind];
      context.fill(this.shapes[kind], "evenodd");
      context.restore();
    });
  }

  /** The labels that matter now lie above all others, on paper. */
  private drawFocusLabels(context: CanvasRenderingContext2D, tokens: readonly ShownToken[], at: Place): void {
    if (this.focus === undefined) return;
    context.font = `bold ${labelFont()}`;
    context.strokeStyle = styleValue("--paper");
    context.lineWidth = 4;
    for (const index of [...this.focus.others, this.focus.index]) {
      const label = labelOf(tokens[index]?.text ?? "");
      const [x, y] = at(index);
      const side = this.labels[index] ?? { dx: LABEL.gap + 4, dy: -LABEL.height / 2 };
      const place = [x + side.dx, y + side.dy + LABEL.height / 2] as const;
      context.strokeText(label, ...place);
      context.fillText(label, ...place);
    }
  }
}

type Place = (index: number) => readonly [x: number, y: number];

function labelOf(text: string): string {
  return shortText(text, LABEL.longest);
}

function labelFont(): string {
  return `${LABEL.size}px ${styleValue("--inspect-mono")}`;
}

/** Places [count, 2] in the pixels of an area, the first axis to the right and the second upwards. */
function fit(places: Float32Array, width: number, height: number): Float32Array {
  const range = (axis: 0 | 1) => {
    const values = places.filter((_, index) => index % 2 === axis);
    const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
    const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
    return { middle: (low + high) / 2, size: high - low };
  };
  const [x, y] = [range(0), range(1)];
  const scale = Math.min((width - 2 * MARGIN) / (x.size || 1), (height - 2 * MARGIN) / (y.size || 1));
  return places.map((value, index) =>
    index % 2 === 0 ? width / 2 + scale * (value - x.middle) : height / 2 - scale * (value - y.middle),
  );
}
