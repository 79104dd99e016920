// The picture of a chart: uPlot with our axes and lines.
//
// Decides: how lines look, and that uPlot is made anew only when there are other lines. Leaves to uPlot the drawing.

import uPlot from "uplot";
import { alignLines, type ChartLine } from "./chartLines.ts";
import { type AxisTicks, countText } from "./chartNumbers.ts";
import { styleValue } from "./elements.ts";
import type { RunId } from "./runLog.ts";

/** All that is drawn. */
export interface Drawing {
  readonly lines: readonly ChartLine[];
  readonly x: AxisTicks;
  readonly y: AxisTicks;
  readonly isLogarithmic: boolean;
  /** The text at a tick of the value axis. */
  readonly format: (value: number) => string;
  /** The run whose lines stand out; undefined where none does. */
  readonly emphasised: RunId | undefined;
}

interface Look {
  readonly alpha: number;
  readonly width: number;
}

const FONT = "12px system-ui, sans-serif";
const looks: Record<ChartLine["kind"], Look> = {
  earlier: { alpha: 0.5, width: 1 },
  points: { alpha: 0.25, width: 1 },
  line: { alpha: 1, width: 1.75 },
};
const EMPHASISED: Look = { alpha: 1, width: 2 };
/** How much is left of the other lines while one run stands out. */
const STEPPED_BACK = 0.35;
/** Pixels between two lines of text. */
const LABEL_GAP = 12;

/** Draws in `host`, whose size it takes. */
export class ChartPlot {
  private readonly host: HTMLElement;
  private readonly onCursor: (step: number | undefined) => void;
  private readonly colours = new Map<string, string>();
  private plot: uPlot | undefined;
  private structure = "";
  private drawing: Drawing | undefined;
  private isDrawing = false;

  /** `onCursor` gets the step that the pointer is at, which may lie between two points; undefined where it has left. */
  constructor(host: HTMLElement, onCursor: (step: number | undefined) => void) {
    this.host = host;
    this.onCursor = onCursor;
  }

  /** What was drawn; undefined before the first time. */
  get canvas(): HTMLCanvasElement | undefined {
    return this.plot?.ctx.canvas;
  }

  /** The step that the pointer is at, as the axis is now. */
  get cursorStep(): number | undefined {
    return this.plot === undefined ? undefined : stepAtCursor(this.plot);
  }

  /** Draws at once, and tells no one where the cursor is then. The host must have a size. */
  draw(drawing: Drawing): void {
    this.isDrawing = true;
    this.drawNow(drawing);
    this.isDrawing = false;
  }

  private drawNow(drawing: Drawing): void {
    this.drawing = drawing;
    const columns = alignLines(drawing.lines);
    const size = { width: this.host.clientWidth, height: this.host.clientHeight };
    const structure = structureOf(drawing);
    if (this.plot === undefined || structure !== this.structure) {
      this.plot?.destroy();
      this.structure = structure;
      this.plot = new uPlot({ ...this.optionsOf(drawing), ...size }, columns, this.host);
      this.plot.batch(() => undefined);
      return;
    }
    const { plot } = this;
    for (const [index, line] of drawing.lines.entries())
      Object.assign(plot.series[index + 1], this.lookOf(line));
    plot.batch(() => {
      if (plot.width !== size.width || plot.height !== size.height) plot.setSize(size);
      plot.setData(columns);
    });
  }

  /** Takes the colours from the style sheet again, when next drawn. */
  forgetColours(): void {
    this.colours.clear();
  }

  /** Puts the cursor at a step; undefined takes it away. */
  moveCursor(step: number | undefined): void {
    const left = step === undefined ? -10 : this.plot?.valToPos(step, "x");
    if (left !== undefined) this.plot?.setCursor({ left, top: step === undefined ? -10 : 0 }, false);
  }

  private optionsOf(drawing: Drawing): Omit<uPlot.Options, "width" | "height"> {
    const now = () => this.drawing ?? drawing;
    return {
      legend: { show: false },
      padding: [8, 18, 0, 0],
      focus: { alpha: 1 },
      cursor: {
        y: false,
        drag: { x: false, y: false, setScale: false },
        bind: { dblclick: () => null },
        points: {
          size: (_, index) => (now().lines[index - 1]?.kind === "line" ? 7 : 0),
          width: 0,
          fill: (_, index) => this.colourOf(now().lines[index - 1]),
        },
        sync: { key: "step", scales: ["x", null], setSeries: false },
      },
      scales: {
        x: { time: false, range: () => [now().x.least, now().x.most] },
        y: { distr: drawing.isLogarithmic ? 3 : 1, range: () => [now().y.least, now().y.most] },
      },
      axes: [
        { ...this.axisOf(() => now().x, countText), size: 20, label: "step", labelSize: 16, labelFont: FONT },
        { ...this.axisOf(() => now().y, drawing.format), size: 40 },
      ],
      series: [{}, ...drawing.lines.map((line) => this.seriesOf(line))],
      hooks: {
        setCursor: [
          (plot) => {
            if (!this.isDrawing) this.onCursor(stepAtCursor(plot));
          },
        ],
        draw: [(plot) => this.drawNumbers(plot, now())],
      },
    };
  }

  private axisOf(ticks: () => AxisTicks, format: (value: number) => string): uPlot.Axis {
    const isUpright = format !== countText;
    return {
      stroke: () => this.colour("--quiet"),
      font: FONT,
      gap: 4,
      splits: () => [...ticks().places],
      filter: (_, splits) => splits,
      values: (_, splits) => splits.map(format),
      grid: { show: isUpright, width: 1, stroke: () => this.colour("--line"), filter: (_, splits) => splits },
      ticks: { show: false },
    };
  }

  private seriesOf(line: ChartLine): uPlot.Series {
    return {
      stroke: () => this.colourOf(line),
      dash: line.series.isDashed && line.kind !== "points" ? [5, 3] : undefined,
      ...this.lookOf(line),
      // The axes do not depend on what uPlot would find.
      auto: false,
      points: {
        // A curve of one point has no line yet.
        show: (_, index) => this.drawing?.lines[index - 1]?.curve.length === 1,
        size: 5,
        width: 0,
        fill: () => this.colourOf(line),
      },
    };
  }

  private lookOf({ kind, runId }: ChartLine): Look {
    const emphasised = this.drawing?.emphasised;
    const look = looks[kind];
    if (emphasised === undefined) return look;
    if (emphasised !== runId) return { alpha: look.alpha * STEPPED_BACK, width: look.width };
    return kind === "points" ? look : EMPHASISED;
  }

  private colourOf(line: ChartLine | undefined): string {
    return line === undefined ? "transparent" : this.colour(line.series.colour);
  }

  private colour(property: string): string {
    const known = this.colours.get(property) ?? styleValue(property);
    this.colours.set(property, known);
    return known;
  }

  /** Where there is more than one run, its number stands at the end of each of its lines. */
  private drawNumbers(plot: uPlot, { lines }: Drawing): void {
    if (new Set(lines.map(({ runId }) => runId)).size < 2) return;
    const { ctx } = plot;
    const ratio = devicePixelRatio;
    ctx.save();
    ctx.font = `${11 * ratio}px system-ui, sans-serif`;
    ctx.textBaseline = "middle";
    ctx.textAlign = "left";
    ctx.lineJoin = "round";
    ctx.lineWidth = 3 * ratio;
    ctx.strokeStyle = this.colour("--paper");
    ctx.fillStyle = this.colour("--quiet");
    for (const { text, left, top } of labelPlaces(plot, lines)) {
      ctx.strokeText(text, (left + 4) * ratio, top * ratio);
      ctx.fillText(text, (left + 4) * ratio, top * ratio);
    }
    ctx.restore();
  }
}

interface Label {
  readonly text: string;
  readonly left: number;
  readonly top: number;
}

/** A number for each line, moved down where another would stand on it, if not far; CSS pixels. */
function labelPlaces(plot: uPlot, lines: readonly ChartLine[]): Label[] {
  const { left, top, height } = plot.bbox;
  const ratio = devicePixelRatio;
  const wanted = lines
    .filter(({ kind }) => kind !== "points")
    .map(({ runId, curve, values }) => {
      const place = plot.valToPos(values[values.length - 1], "y") + top / ratio;
      const inside = Math.max(top / ratio, Math.min((top + height) / ratio, place));
      return { text: String(runId), left: plot.valToPos(curve.lastStep, "x") + left / ratio, top: inside };
    })
    .sort((one, other) => one.top - other.top);
  const placed: Label[] = [];
  for (const label of wanted) {
    const near = placed.filter((other) => Math.abs(other.left - label.left) < LABEL_GAP);
    if (near.some((other) => other.text === label.text && Math.abs(other.top - label.top) < LABEL_GAP))
      continue;
    const free = Math.max(label.top, ...near.map((other) => other.top + LABEL_GAP));
    // Too far from its line it would be taken for another's.
    if (free - label.top < 2 * LABEL_GAP) placed.push({ ...label, top: free });
  }
  return placed;
}

function stepAtCursor(plot: uPlot): number | undefined {
  const { left } = plot.cursor;
  return left === undefined || left < 0 ? undefined : plot.posToVal(left, "x");
}

/** Equal for two drawings that one uPlot can show one after the other. */
function structureOf({ lines, isLogarithmic }: Drawing): string {
  return [isLogarithmic, ...lines.map(({ kind, runId, series }) => `${kind} ${runId} ${series.name}`)].join(
    "|",
  );
}
