// One chart of the readout: curves over steps, of this run and of earlier ones.
//
// Decides: when it is drawn, what is read off it by pointer, key and screen reader. Leaves to chartLines.ts which lines
// there are, to chartPlot.ts how they look, and to the log what was measured.

import {
  type ChartLine,
  type ChartSeries,
  isPositive,
  linesOf,
  shownValues,
  stepTicks,
  type ValueLimits,
  valueTicks,
} from "./chartLines.ts";
import { powerText, reading } from "./chartNumbers.ts";
import { ChartPlot } from "./chartPlot.ts";
import { indexNear } from "./curve.ts";
import { make, onSchemeChange, setText } from "./elements.ts";
import { grouped } from "./numbers.ts";
import type { RunId, RunLog } from "./runLog.ts";

export interface ChartOptions extends ValueLimits {
  readonly title: string;
  /** Shared with the other charts of the page. */
  readonly log: RunLog;
  readonly series: readonly ChartSeries[];
  /** The text at a tick of the value axis. */
  readonly format: (value: number) => string;
  /** What values are measured in: "nats", "%". */
  readonly unit?: string;
}

/** How all charts of a page show their curves. */
export interface ChartView {
  readonly isLogarithmic: boolean;
  /** How much of the moving average stays at each point, from 0 to below 1. */
  readonly smoothing: number;
  /** The run whose lines stand out. */
  readonly emphasised: RunId | undefined;
}

export const DEFAULT_VIEW: ChartView = { isLogarithmic: false, smoothing: 0.92, emphasised: undefined };
const LABEL_EVERY_MS = 1000;
/** Points that a page-wise key goes on by, as a share of all. */
const PAGE_SHARE = 0.1;

/** Builds itself in a figure, and draws itself again, at most once a frame, when the log changes or its size does. */
export class Chart {
  readonly figure: HTMLElement;
  readonly options: ChartOptions;
  private readonly host = make("div", "chart-plot");
  private readonly stepText = make("span", "chart-step");
  private readonly linearNote = make("span", "note chart-linear", "linear: not all values are above 0");
  private readonly spoken = make("p", "visually-hidden");
  private readonly valueTexts: readonly HTMLElement[];
  private readonly plot: ChartPlot;
  private view = DEFAULT_VIEW;
  /** As last drawn. */
  private lines: readonly ChartLine[] = [];
  /** Where the pointer or the keys are; undefined where the latest values are shown. */
  private cursorStep: number | undefined;
  private isByKeys = false;
  private isDue = false;
  private isInSight = true;
  private labelTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(figure: HTMLElement, options: ChartOptions) {
    this.figure = figure;
    this.options = options;
    this.valueTexts = options.series.map(() => make("span", "chart-value", reading(undefined)));
    this.build();
    this.plot = new ChartPlot(this.host, (step) => this.followPointer(step));
    options.log.onChange(() => this.redraw());
    new ResizeObserver(() => this.redraw()).observe(this.host);
    new IntersectionObserver((entries) => {
      this.isInSight = entries[entries.length - 1].isIntersecting;
      this.redraw();
    }).observe(this.host);
    onSchemeChange(() => {
      this.plot.forgetColours();
      this.redraw();
    });
    this.host.addEventListener("keydown", (event) => this.onKey(event));
    this.host.addEventListener("blur", () => this.setCursor(undefined));
    this.redraw();
  }

  setView(view: ChartView): void {
    this.view = view;
    this.redraw();
  }

  /** Whether all values of its lines have a logarithm. */
  get canBeLogarithmic(): boolean {
    return isPositive(linesOf(this.options.log, this.options.series, 0));
  }

  /** Whether there is anything to be seen of it. */
  get isShown(): boolean {
    return this.host.clientWidth > 0 && this.host.clientHeight > 0;
  }

  /** The picture as it is now; undefined where the chart is not shown. */
  picture(): HTMLCanvasElement | undefined {
    if (!this.isShown) return undefined;
    this.draw();
    return this.plot.canvas;
  }

  /** The latest values in words. */
  describe(): string {
    const { title, log, series } = this.options;
    const { current } = log;
    const ends = series.map(({ name }) => current?.curves.get(name)?.last?.step);
    const lastStep = Math.max(...ends.map((step) => step ?? Number.NEGATIVE_INFINITY));
    if (!Number.isFinite(lastStep)) return `${title} by step. Nothing is measured yet.`;
    const others = log.runs.filter((run) => run.isVisible && run !== current).length;
    const compared =
      others === 0 ? "" : ` ${others} earlier ${others === 1 ? "run is" : "runs are"} shown, too.`;
    return `${title} by step. At step ${lastStep}: ${this.words(undefined)}.${compared}`;
  }

  private build(): void {
    const { title, unit = "", series } = this.options;
    const caption = make("figcaption", "chart-head");
    const heading = make("h2", "", title);
    if (unit !== "") heading.append(" ", make("span", "note", unit));
    const legend = make("ul", "chart-legend");
    for (const [index, { label, colour, isDashed }] of series.entries()) {
      const item = make("li");
      const swatch = make("span", `chart-swatch ${colour.slice(2)}${isDashed ? " dashed" : ""}`);
      item.append(swatch, make("span", "chart-label", label), " ", this.valueTexts[index]);
      legend.append(item);
    }
    caption.append(heading, this.stepText, legend, this.linearNote);
    this.linearNote.hidden = true;
    this.host.tabIndex = 0;
    this.host.setAttribute("role", "application");
    this.host.setAttribute("aria-roledescription", "line chart, arrow keys read its values");
    this.host.ariaLabel = this.describe();
    this.spoken.ariaLive = "polite";
    this.figure.append(caption, this.host, this.spoken);
  }

  private redraw(): void {
    if (this.isDue) return;
    this.isDue = true;
    requestAnimationFrame(() => {
      this.isDue = false;
      if (this.isInSight && this.isShown) this.draw();
    });
  }

  private draw(): void {
    const lines = linesOf(this.options.log, this.options.series, this.view.smoothing);
    this.lines = lines;
    const isLogarithmic = this.view.isLogarithmic && isPositive(lines);
    const { clientWidth: width, clientHeight: height } = this.host;
    this.plot.draw({
      lines,
      x: stepTicks(lines, width / 80),
      y: valueTicks(lines, this.options, height / 40, isLogarithmic),
      isLogarithmic,
      format: isLogarithmic ? powerText : this.options.format,
      emphasised: this.view.emphasised,
    });
    this.linearNote.hidden = isLogarithmic || !this.view.isLogarithmic;
    if (this.isByKeys) this.plot.moveCursor(this.cursorStep);
    else this.cursorStep = this.plot.cursorStep;
    this.showValues();
    this.labelTimer ??= setTimeout(() => {
      this.labelTimer = undefined;
      this.host.ariaLabel = this.describe();
    }, LABEL_EVERY_MS);
  }

  /** The steps of the current run's curve that has most of them; none where the run is hidden. */
  private steps(): readonly number[] {
    const own = this.lines.filter(({ kind }) => kind === "line");
    return own.reduce<readonly number[]>(
      (most, { curve }) => (curve.length > most.length ? curve.steps : most),
      [],
    );
  }

  private followPointer(step: number | undefined): void {
    if (step === undefined && this.isByKeys) return;
    this.isByKeys = false;
    this.cursorStep = step;
    this.showValues();
  }

  private setCursor(step: number | undefined): void {
    if (step === undefined && !this.isByKeys) return;
    this.isByKeys = step !== undefined;
    this.cursorStep = step;
    this.plot.moveCursor(step);
    this.showValues();
    setText(this.spoken, step === undefined ? "" : `Step ${step}: ${this.words(step)}`);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const steps = this.steps();
    const last = steps.length - 1;
    if (last < 0) return;
    const from = this.cursorStep === undefined ? last : indexNear(steps, this.cursorStep);
    const page = Math.max(1, Math.round(PAGE_SHARE * steps.length));
    const places: Record<string, number> = {
      ArrowLeft: from - 1,
      ArrowRight: from + 1,
      PageDown: from - page,
      PageUp: from + page,
      Home: 0,
      End: last,
    };
    if (event.key === "Escape") {
      this.setCursor(undefined);
      return;
    }
    const place = places[event.key];
    if (place === undefined) return;
    event.preventDefault();
    this.setCursor(steps[Math.max(0, Math.min(last, place))]);
  }

  /** Shows the values at the cursor, or the latest ones. */
  private showValues(): void {
    const steps = this.steps();
    const place = this.cursorStep === undefined ? steps.length - 1 : indexNear(steps, this.cursorStep);
    const step = steps[place];
    setText(this.stepText, step === undefined ? "" : `step ${grouped(step)}`);
    for (const [index, element] of this.valueTexts.entries()) {
      const value = this.valueAt(index, this.cursorStep === undefined ? undefined : step);
      setText(element, reading(value));
    }
  }

  /** What the line of a series of the current run shows near a step, or at its end. */
  private valueAt(index: number, step: number | undefined): number | undefined {
    const series = this.options.series[index];
    const curve = this.options.log.current?.curves.get(series.name);
    if (curve === undefined) return undefined;
    const isBroken = curve.last !== undefined && !Number.isFinite(curve.last.value);
    if (step === undefined && isBroken) return curve.last?.value;
    const values = shownValues(curve, series, this.view.smoothing);
    return values[step === undefined ? values.length - 1 : indexNear(curve.steps, step)];
  }

  private words(step: number | undefined): string {
    const { series, unit = "" } = this.options;
    const parts = series.map(({ label }, index) => {
      const value = this.valueAt(index, step);
      return value === undefined ? `${label} not measured` : `${label} ${reading(value)} ${unit}`.trim();
    });
    return parts.join(", ");
  }
}
