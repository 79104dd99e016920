// A line chart on a canvas: curves over steps, axes with labels.
//
// Decides: which points are kept (curves thin themselves out), the range of both axes, and how a noisy curve is
// smoothed. Units stand in the caption above the canvas.

import type { CurvePoint } from "./curve.ts";
import { Curve } from "./curve.ts";
import { context2d, onSchemeChange, styleValue } from "./elements.ts";
import { niceTicks } from "./ticks.ts";

/** How a curve looks. */
export interface CurveStyle {
  /** A custom property of the style sheet, "--curve-one". */
  readonly colour: string;
  readonly isDashed: boolean;
  /** Draws the points faintly, and a moving average over them. */
  readonly isSmoothed: boolean;
}

export interface ChartOptions {
  readonly curves: readonly CurveStyle[];
  /** The largest value that the axis has room for at least. */
  readonly leastTop: number;
  /** The largest value that the axis ever shows. */
  readonly top?: number;
  readonly format: (value: number) => string;
}

const MARGIN = { left: 40, right: 8, top: 8, bottom: 36 };
const SMALL_TEXT = "12px system-ui, sans-serif";
/** How much of the moving average stays at each point. */
const SMOOTHING = 0.92;
const LEAST_STEPS = 50;

/** Draws itself again, at most once a frame, when points come or the size changes. */
export class LineChart {
  private readonly canvas: HTMLCanvasElement;
  private readonly context: CanvasRenderingContext2D;
  private readonly options: ChartOptions;
  private curves: Curve[];
  private isDue = false;

  constructor(canvas: HTMLCanvasElement, options: ChartOptions) {
    this.canvas = canvas;
    this.context = context2d(canvas);
    this.options = options;
    this.curves = this.emptyCurves();
    new ResizeObserver(() => this.redraw()).observe(canvas);
    onSchemeChange(() => this.redraw());
  }

  /** Adds points to curve `index`, in the order of their steps. */
  add(index: number, points: readonly CurvePoint[]): void {
    for (const point of points) this.curves[index].add(point);
    this.redraw();
  }

  clear(): void {
    this.curves = this.emptyCurves();
    this.redraw();
  }

  private emptyCurves(): Curve[] {
    return this.options.curves.map(({ isSmoothed }) => new Curve(isSmoothed ? SMOOTHING : 0));
  }

  private redraw(): void {
    if (this.isDue) return;
    this.isDue = true;
    requestAnimationFrame(() => {
      this.isDue = false;
      this.draw();
    });
  }

  private draw(): void {
    const { context, canvas } = this;
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    if (width === 0 || height === 0) return;
    const ratio = devicePixelRatio;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    context.scale(ratio, ratio);
    const xTicks = niceTicks(
      Math.max(LEAST_STEPS, ...this.curves.map(({ lastStep }) => lastStep)),
      width / 80,
    );
    const highest = Math.max(this.options.leastTop, ...this.curves.map((curve) => curve.highest));
    const yTicks = niceTicks(Math.min(this.options.top ?? Number.POSITIVE_INFINITY, highest), height / 40);
    const x = (step: number) =>
      MARGIN.left + (step / xTicks[xTicks.length - 1]) * (width - MARGIN.left - MARGIN.right);
    const y = (value: number) =>
      height - MARGIN.bottom - (value / yTicks[yTicks.length - 1]) * (height - MARGIN.top - MARGIN.bottom);
    this.drawAxes(xTicks, yTicks, x, y);
    this.options.curves.forEach((style, index) => {
      this.drawCurve(this.curves[index], style, x, y);
    });
  }

  private drawAxes(
    xTicks: number[],
    yTicks: number[],
    x: (step: number) => number,
    y: (value: number) => number,
  ) {
    const { context } = this;
    context.font = SMALL_TEXT;
    context.lineWidth = 1;
    context.strokeStyle = styleValue("--line");
    context.fillStyle = styleValue("--quiet");
    context.textAlign = "right";
    context.textBaseline = "middle";
    const right = x(xTicks[xTicks.length - 1]);
    for (const value of yTicks) {
      const place = Math.round(y(value)) + 0.5;
      context.beginPath();
      context.moveTo(MARGIN.left, place);
      context.lineTo(right, place);
      context.stroke();
      context.fillText(this.options.format(value), MARGIN.left - 6, place);
    }
    context.textBaseline = "top";
    for (const step of xTicks) {
      const isLast = step === xTicks[xTicks.length - 1];
      context.textAlign = step === 0 ? "left" : isLast ? "right" : "center";
      context.fillText(formatCount(step), x(step), y(0) + 5);
    }
    context.textAlign = "center";
    context.fillText("step", (MARGIN.left + right) / 2, y(0) + 20);
  }

  private drawCurve(
    curve: Curve,
    style: CurveStyle,
    x: (step: number) => number,
    y: (value: number) => number,
  ) {
    const { context } = this;
    const bottom = y(0);
    context.strokeStyle = styleValue(style.colour);
    context.lineJoin = "round";
    const trace = (values: (point: number) => number) => {
      context.beginPath();
      for (let i = 0; i < curve.length; i++)
        context.lineTo(x(curve.steps[i]), Math.max(MARGIN.top, y(values(i))));
      context.stroke();
    };
    if (style.isSmoothed) {
      context.globalAlpha = 0.25;
      trace((i) => curve.values[i]);
      context.globalAlpha = 1;
    }
    context.lineWidth = 1.75;
    context.setLineDash(style.isDashed ? [5, 3] : []);
    trace((i) => curve.smooth[i]);
    context.setLineDash([]);
    // A curve of one point has no line yet.
    if (curve.length === 1) {
      context.fillStyle = context.strokeStyle;
      context.fillRect(x(curve.steps[0]) - 2, Math.min(bottom, y(curve.smooth[0])) - 2, 4, 4);
    }
  }
}

/** 1500 as "1.5k". */
function formatCount(count: number): string {
  if (count >= 1e6) return `${count / 1e6}M`;
  return count >= 1000 ? `${count / 1000}k` : String(count);
}
