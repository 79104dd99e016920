// The growing text: what the model wrote after the same prompt, at one step of its training after the other.
//
// Decides: how a sample is shown in full and in one line. Leaves to the shell's scrubber which one is shown in full.

import { find, make, setText } from "../_shell/elements.ts";
import { grouped } from "../_shell/numbers.ts";
import { SampleScrubber } from "../_shell/sampleScrubber.ts";
import type { Sample, SampleLine } from "./pageTypes.ts";

/** A sample in the list. */
interface Row {
  readonly button: HTMLButtonElement;
  readonly preview: HTMLElement;
}

/** The list, the scrubber and the pane. */
export class Timeline {
  private readonly pane = find("#sample", HTMLElement);
  private readonly list = find("#samples", HTMLOListElement);
  private readonly scrubber = new SampleScrubber<Sample>({
    show: (sample) => this.show(sample),
    describe: ({ loss }) => (loss === undefined ? "" : `loss ${loss.toFixed(2)}`),
  });
  private rows: Row[] = [];
  private marked: Row | undefined;
  /** Whether the last sample is being written. */
  private isWriting = false;
  /** The texts in the pane, by line, where the shown sample is the one that is being written. */
  private live: Text[] = [];

  /** Another run: `samples` of it were taken already. */
  reset(samples: readonly Sample[]): void {
    this.isWriting = false;
    this.rows = [];
    this.list.replaceChildren();
    for (const sample of samples) this.addRow(sample);
    this.scrubber.reset(samples);
  }

  /** A sample as far as it is written. */
  grow(sample: Sample): void {
    if (!this.isWriting || this.last?.step !== sample.step) {
      this.isWriting = true;
      this.addRow(sample);
      this.scrubber.add(sample);
      return;
    }
    this.scrubber.replaceLast(sample, { isShownAlready: true });
    this.showRow(sample);
    for (const [index, node] of this.live.entries()) {
      const { text } = sample.lines[index];
      if (node.data !== text) node.data = text;
    }
  }

  /** A sample that is complete. */
  complete(sample: Sample): void {
    const isGrown = this.isWriting && this.last?.step === sample.step;
    this.isWriting = false;
    if (isGrown) this.scrubber.replaceLast(sample);
    else {
      this.addRow(sample);
      this.scrubber.add(sample);
    }
    this.showRow(sample);
  }

  private get last(): Sample | undefined {
    return this.scrubber.all[this.scrubber.all.length - 1];
  }

  private addRow(sample: Sample): void {
    const item = make("li");
    const button = make("button");
    button.type = "button";
    // By the keyboard samples are chosen with the scrubber: one stop instead of forty.
    button.tabIndex = -1;
    const preview = make("span", "preview");
    button.append(
      make("span", "step", grouped(sample.step)),
      preview,
      make("span", "loss", sample.loss?.toFixed(2)),
    );
    item.append(button);
    const index = this.rows.length;
    button.addEventListener("click", () => this.scrubber.showAt(index));
    this.rows.push({ button, preview });
    const isAtEnd = this.list.scrollTop + this.list.clientHeight >= this.list.scrollHeight - 4;
    this.list.append(item);
    if (isAtEnd) this.list.scrollTop = this.list.scrollHeight;
    this.showRow(sample);
  }

  /** Shows the last sample in its line. */
  private showRow({ lines }: Sample): void {
    setText(this.rows[this.rows.length - 1].preview, previewOf(lines));
  }

  private show(sample: Sample | undefined): void {
    this.marked?.button.removeAttribute("aria-current");
    this.live = [];
    this.marked = this.rows[this.scrubber.place];
    this.marked?.button.setAttribute("aria-current", "true");
    const isLive = this.isWriting && this.scrubber.place === this.rows.length - 1;
    this.pane.replaceChildren(...(sample?.lines ?? []).map((line) => this.buildLine(line, isLive)));
    this.pane.scrollTop = 0;
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
    line.append(make("span", "prompt", prompt), written);
    if (!isLive) return line;
    this.live.push(node);
    line.append(make("span", "caret"));
    return line;
  }
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
