// Samples over time: which of them is shown: the newest, until the visitor goes back to another.

import { find, setText } from "./elements.ts";
import { grouped } from "./numbers.ts";

export interface SampleView<Sample> {
  /** Shows a sample; undefined where there is none yet. */
  show(sample: Sample | undefined): void;
  /** What is said of it beside its step; empty for nothing. */
  describe?(sample: Sample): string;
}

/** The slider #scrubber and its caption #sample-caption. */
export class SampleScrubber<Sample extends { readonly step: number }> {
  private readonly slider = find("#scrubber", HTMLInputElement);
  private readonly caption = find("#sample-caption", HTMLElement);
  private readonly view: SampleView<Sample>;
  private samples: Sample[] = [];
  private shown = -1;

  constructor(view: SampleView<Sample>) {
    this.view = view;
    this.slider.addEventListener("input", () => this.showAt(Number(this.slider.value)));
  }

  get all(): readonly Sample[] {
    return this.samples;
  }

  /** The place of the sample that is shown; -1 where there is none. */
  get place(): number {
    return this.shown;
  }

  /** Another run: `samples` of it were taken already. */
  reset(samples: readonly Sample[]): void {
    this.samples = [...samples];
    this.showAt(samples.length - 1);
  }

  /** A new sample, which is shown unless the visitor looks at an older one. */
  add(sample: Sample): void {
    const follows = this.shown === this.samples.length - 1;
    this.samples.push(sample);
    if (follows) this.showAt(this.samples.length - 1);
    else this.showPlace();
  }

  /** The newest sample has become another, as more of it is there; it is shown again if it was. */
  replaceLast(sample: Sample, { isShownAlready = false } = {}): void {
    const index = this.samples.length - 1;
    if (index < 0) return;
    this.samples[index] = sample;
    if (this.shown === index && !isShownAlready) this.showAt(index);
  }

  showAt(index: number): void {
    this.shown = index;
    this.showPlace();
    this.view.show(this.samples[index]);
  }

  private showPlace(): void {
    const { slider, samples, shown } = this;
    slider.max = String(Math.max(0, samples.length - 1));
    slider.value = String(Math.max(0, shown));
    slider.disabled = samples.length < 2;
    const sample = samples[shown];
    const caption = sample === undefined ? "" : this.captionOf(sample);
    slider.setAttribute("aria-valuetext", caption === "" ? "nothing yet" : caption);
    setText(this.caption, caption);
  }

  private captionOf(sample: Sample): string {
    if (sample.step === 0) return "before training";
    const more = this.view.describe?.(sample) ?? "";
    return `after ${grouped(sample.step)} steps${more === "" ? "" : `, ${more}`}`;
  }
}
