// The growing text: what the model wrote after the same prompt, at one step of its training after the other.
//
// Decides: which sample is shown in full: the newest, until the visitor chooses another.

import { find, make, setText } from "../shared/elements.ts";
import { grouped } from "../shared/numbers.ts";
import type { Sample, SampleLine } from "./protocol.ts";

/** A sample in the list. */
interface Row {
  readonly item: HTMLLIElement;
  readonly button: HTMLButtonElement;
  readonly step: HTMLElement;
  readonly preview: HTMLElement;
  readonly loss: HTMLElement;
}

/** The list, the scrubber and the pane. */
export class Timeline {
  private readonly pane = find("#sample", HTMLElement);
  private readonly caption = find("#sample-caption", HTMLElement);
  private readonly scrubber = find("#scrubber", HTMLInputElement);
  private readonly list = find("#samples", HTMLOListElement);
  private samples: Sample[] = [];
  private rows: Row[] = [];
  /** The sample that is being written, if any: always the last one. */
  private isWriting = false;
  private shown = -1;
  /** The texts in the pane, by line, where the shown sample is the one that is being written. */
  private live: Text[] = [];

  constructor() {
    this.scrubber.addEventListener("input", () => this.show(Number(this.scrubber.value)));
  }

  /** Another run: `samples` of it were taken already. */
  reset(samples: readonly Sample[]): void {
    this.samples = [...samples];
    this.isWriting = false;
    this.rows = [];
    this.list.replaceChildren();
    for (const sample of samples) this.addRow(sample);
    this.show(samples.length - 1);
  }

  begin(sample: Sample): void {
    const follows = this.shown === this.samples.length - 1;
    this.samples.push(sample);
    this.isWriting = true;
    this.addRow(sample);
    if (follows) this.show(this.samples.length - 1);
    else this.showScrubber();
  }

  append(line: number, text: string): void {
    const index = this.samples.length - 1;
    const sample = this.samples[index];
    if (!this.isWriting || sample === undefined) return;
    const lines = sample.lines.map((old, at) => (at === line ? { ...old, text: old.text + text } : old));
    this.samples[index] = { ...sample, lines };
    this.showRow(index);
    if (this.shown === index) this.live[line]?.appendData(text);
  }

  end(sample: Sample): void {
    if (!this.isWriting) return;
    const index = this.samples.length - 1;
    this.isWriting = false;
    this.samples[index] = sample;
    this.showRow(index);
    if (this.shown === index) this.show(index);
  }

  private addRow(sample: Sample): void {
    const item = make("li");
    const button = make("button");
    button.type = "button";
    // By the keyboard samples are chosen with the scrubber: one stop instead of forty.
    button.tabIndex = -1;
    const step = make("span", "step", grouped(sample.step));
    const preview = make("span", "preview");
    const loss = make("span", "loss", Number.isNaN(sample.loss) ? "" : sample.loss.toFixed(2));
    button.append(step, preview, loss);
    item.append(button);
    const index = this.rows.length;
    button.addEventListener("click", () => this.show(index));
    this.rows.push({ item, button, step, preview, loss });
    const isAtEnd = this.list.scrollTop + this.list.clientHeight >= this.list.scrollHeight - 4;
    this.list.append(item);
    if (isAtEnd) this.list.scrollTop = this.list.scrollHeight;
    this.showRow(index);
  }

  private showRow(index: number): void {
    setText(this.rows[index].preview, previewOf(this.samples[index].lines));
  }

  private show(index: number): void {
    this.rows[this.shown]?.button.removeAttribute("aria-current");
    this.shown = index;
    this.live = [];
    const sample = this.samples[index];
    this.showScrubber();
    if (sample === undefined) {
      this.pane.replaceChildren();
      setText(this.caption, "");
      return;
    }
    this.rows[index].button.setAttribute("aria-current", "true");
    const isLive = this.isWriting && index === this.samples.length - 1;
    this.pane.replaceChildren(...sample.lines.map((line) => this.buildLine(line, isLive)));
    this.pane.scrollTop = 0;
    setText(this.caption, captionOf(sample));
  }

  private buildLine({ prompt, text, verdict }: SampleLine, isLive: boolean): HTMLElement {
    const line = make("p", "line");
    if (verdict !== undefined && !isLive) {
      const mark = make("span", verdict.isRight ? "mark right" : "mark wrong", verdict.isRight ? "✓" : "✕");
      mark.setAttribute("role", "img");
      mark.ariaLabel = verdict.isRight ? "right" : "wrong";
      line.append(mark, make("span", "written", verdict.shown));
      if (!verdict.isRight) line.append(make("span", "expected", `it is ${verdict.expected}`));
      return line;
    }
    const written = make("span", "written");
    const node = document.createTextNode(text);
    written.append(node);
    this.live.push(node);
    line.append(make("span", "prompt", prompt), written);
    if (isLive) line.append(make("span", "caret"));
    return line;
  }

  private showScrubber(): void {
    const last = Math.max(0, this.samples.length - 1);
    this.scrubber.max = String(last);
    this.scrubber.value = String(Math.max(0, this.shown));
    this.scrubber.disabled = this.samples.length < 2;
    const sample = this.samples[this.shown];
    this.scrubber.setAttribute("aria-valuetext", sample === undefined ? "nothing yet" : captionOf(sample));
  }
}

function captionOf({ step, loss }: Sample): string {
  if (step === 0) return "before training";
  const after = `after ${grouped(step)} steps`;
  return Number.isNaN(loss) ? after : `${after}, loss ${loss.toFixed(2)}`;
}

/** A sample in one line. */
function previewOf(lines: readonly SampleLine[]): string {
  const judged = lines.filter(({ verdict }) => verdict !== undefined);
  if (judged.length > 0) {
    const right = judged.filter(({ verdict }) => verdict?.isRight).length;
    return `${right} of ${lines.length} right: ${judged.map(({ verdict }) => verdict?.shown).join("  ")}`;
  }
  const text = lines.length === 1 ? lines[0].text : lines.map(({ prompt, text }) => prompt + text).join("  ");
  return text.replace(/\s+/g, " ").trim().slice(0, 160);
}
