// The rungs of one kernel as a chart: a row for each, with its bar in the stored run and in the visitor's own.
//
// Decides: a bar's length is a rung's speed by that of the fastest rung of the same run, so that runs of different GPUs
// can stand beside each other; the numbers beside it are absolute.

import {
  gigabytesOf,
  gigaflopsOf,
  isTimed,
  type LadderResult,
  reasonOf,
  titleOf,
} from "../../bench/kernels/ladderReport.ts";
import { make, setText } from "../_shell/elements.ts";

/** Whose figures a bar shows. */
export type Series = "stored" | "own";

interface Row {
  readonly item: HTMLElement;
  readonly button: HTMLButtonElement;
  readonly bars: Readonly<Record<Series, Bar>>;
}

interface Bar {
  readonly line: HTMLElement;
  readonly fill: HTMLElement;
  readonly value: HTMLElement;
}

/** What is said of a rung beside its name. */
export interface RungWords {
  readonly name: string;
  readonly changes: string;
  readonly isDetour: boolean;
}

export class RungList {
  readonly element = make("ol", "rungs");
  private readonly rows = new Map<string, Row>();

  constructor(rungs: readonly RungWords[], onChoice: (name: string) => void) {
    rungs.forEach(({ name, changes, isDetour }, index) => {
      const button = make("button", "plain choose");
      button.type = "button";
      button.append(make("span", "number", String(index + 1)), make("span", "", titleOf(name)));
      button.addEventListener("click", () => onChoice(name));
      const bars = { stored: makeBar("stored"), own: makeBar("own") };
      bars.own.line.hidden = true;
      const item = make("li", isDetour ? "rung detour" : "rung");
      item.append(button, bars.stored.line, bars.own.line, make("p", "small", changes));
      this.element.append(item);
      this.rows.set(name, { item, button, bars });
    });
  }

  choose(name: string | undefined): void {
    for (const [other, { button }] of this.rows) button.setAttribute("aria-pressed", String(other === name));
  }

  /** Puts `element` at the end of the row of a rung. */
  putBelow(name: string, element: HTMLElement): void {
    this.rows.get(name)?.item.append(element);
  }

  /** Shows the figures of a run, or with none what is not there. */
  show(series: Series, result: LadderResult | undefined): void {
    const timed = result?.rungs.filter(isTimed) ?? [];
    const leastMs = Math.min(...timed.map(({ medianMs }) => medianMs));
    for (const [name, { bars }] of this.rows) {
      const { line, fill, value } = bars[series];
      const rung = result?.rungs.find((other) => other.name === name);
      line.hidden = series === "own" && result === undefined;
      const isShown = result !== undefined && rung !== undefined && isTimed(rung);
      fill.style.width = isShown ? `${(100 * leastMs) / rung.medianMs}%` : "0";
      setText(value, isShown ? figures(result, rung) : ((rung && reasonOf(rung)) ?? "not measured"));
    }
  }
}

function makeBar(series: Series): Bar {
  const line = make("div", `line ${series}`);
  const track = make("div", "track");
  track.setAttribute("aria-hidden", "true");
  const fill = make("div", "fill");
  track.append(fill);
  const value = make("p", "value");
  line.append(make("span", "visually-hidden", series === "own" ? "Your GPU: " : "Stored: "), track, value);
  return { line, fill, value };
}

function figures(
  result: LadderResult,
  rung: Extract<LadderResult["rungs"][number], { medianMs: number }>,
): string {
  const { medianMs, spreadMs } = rung;
  const time = `${digits(medianMs)} ± ${digits(spreadMs)} ms`;
  return `${digits(gigaflopsOf(result, rung))} GFLOP/s, ${digits(gigabytesOf(result, rung))} GB/s, ${time}`;
}

/** Three digits, without an exponent. */
function digits(value: number): string {
  return value >= 1000
    ? Math.round(value).toLocaleString("en").replaceAll(",", "\u202f")
    : String(Number(value.toPrecision(3)));
}
