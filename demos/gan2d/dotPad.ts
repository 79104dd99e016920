// The surface on which a visitor draws what is to be learned: dots along strokes, by pointer or by keyboard.

import { context2d, find, onSchemeChange, setText, styleValue } from "../_shell/elements.ts";
import { FIELD_REACH } from "./distributions.ts";
import { type Dot, decodeDots, encodeDots, MOST_DOTS, snap } from "./drawing.ts";

/** Dots of a stroke are so far apart, in units of the plane. */
const GAP = 0.06;
const KEY_STEP = 0.05;

/** Calls `onChange` with the drawing, at most once a frame, while someone draws. */
export class DotPad {
  private readonly canvas = find("#pad", HTMLCanvasElement);
  private readonly context = context2d(this.canvas);
  private readonly note = find("#pad-note", HTMLElement);
  private readonly onChange: (drawing: string) => void;
  private dots: Dot[] = [];
  private last: Dot | undefined;
  private cursor: Dot = { x: 0, y: 0 };
  private isDue = false;

  constructor(onChange: (drawing: string) => void) {
    this.onChange = onChange;
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      this.last = undefined;
      this.extend(event);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (canvas.hasPointerCapture(event.pointerId)) this.extend(event);
    });
    canvas.addEventListener("keydown", (event) => this.onKey(event));
    for (const change of ["focus", "blur"]) canvas.addEventListener(change, () => this.draw());
    find("#clear", HTMLButtonElement).addEventListener("click", () => {
      this.dots = [];
      this.changed();
    });
    onSchemeChange(() => this.draw());
  }

  /** Shows a drawing. */
  put(drawing: string): void {
    if (drawing === encodeDots(this.dots)) return;
    this.dots = decodeDots(drawing) ?? [];
    this.draw();
  }

  private extend({ clientX, clientY }: PointerEvent): void {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const x = ((2 * (clientX - left)) / width - 1) * FIELD_REACH;
    const y = (1 - (2 * (clientY - top)) / height) * FIELD_REACH;
    const from = this.last ?? { x, y };
    const steps = Math.floor(Math.hypot(x - from.x, y - from.y) / GAP);
    if (this.last === undefined) this.add({ x, y });
    for (let i = 1; i <= steps; i++) {
      this.add({ x: from.x + ((x - from.x) * i) / steps, y: from.y + ((y - from.y) * i) / steps });
    }
    if (this.last === undefined || steps > 0) this.last = { x, y };
  }

  private add(place: Dot): void {
    if (this.dots.length >= MOST_DOTS) return;
    const dot = snap(place);
    if (this.dots.some(({ x, y }) => x === dot.x && y === dot.y)) return;
    this.dots.push(dot);
    this.changed();
  }

  private onKey(event: KeyboardEvent): void {
    const moves: Record<string, readonly [number, number]> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, 1],
      ArrowDown: [0, -1],
    };
    const move = moves[event.key];
    if (move !== undefined) {
      const clip = (value: number) => Math.max(-0.98, Math.min(0.98, value));
      const { x, y } = this.cursor;
      this.cursor = { x: clip(x + KEY_STEP * move[0]), y: clip(y + KEY_STEP * move[1]) };
      this.draw();
    } else if (event.key === "Enter") this.add(this.cursor);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private changed(): void {
    const { length } = this.dots;
    const full = `That is ${MOST_DOTS} dots, as many as fit.`;
    setText(this.note, length >= MOST_DOTS ? full : "Draw here, also while it trains.");
    if (this.isDue) return;
    this.isDue = true;
    requestAnimationFrame(() => {
      this.isDue = false;
      this.draw();
      this.onChange(encodeDots(this.dots));
    });
  }

  private draw(): void {
    const { canvas, context } = this;
    context.clearRect(0, 0, canvas.width, canvas.height);
    const scale = canvas.width / (2 * FIELD_REACH);
    const place = ({ x, y }: Dot) => [canvas.width / 2 + scale * x, canvas.height / 2 - scale * y] as const;
    context.fillStyle = styleValue("--real");
    for (const dot of this.dots) {
      context.beginPath();
      context.arc(...place(dot), 7, 0, 2 * Math.PI);
      context.fill();
    }
    if (document.activeElement !== canvas) return;
    const [x, y] = place(this.cursor);
    context.strokeStyle = styleValue("--ink");
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(x - 12, y);
    context.lineTo(x + 12, y);
    context.moveTo(x, y - 12);
    context.lineTo(x, y + 12);
    context.stroke();
  }
}
