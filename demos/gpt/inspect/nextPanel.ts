// What may come next: the likeliest tokens as bars, which a temperature makes bolder or more careful.
//
// Decides: that the temperature works on the numbers that are here already, without asking the model again.

import { make, setText } from "../../_shell/elements.ts";
import type { NextReply, ShownToken } from "./inspectTypes.ts";
import { panelFrame } from "./panelParts.ts";
import { atTemperature, entropyBits } from "./temperature.ts";
import { percent, shortText } from "./tokenDisplay.ts";

export const NEXT_COUNT = 12;
const LONGEST_TOKEN = 12;

interface Bar {
  readonly row: HTMLElement;
  readonly name: HTMLElement;
  readonly meter: HTMLElement;
  readonly fill: HTMLElement;
  readonly value: HTMLElement;
}

/** The panel. Shows nothing until there is a reply. */
export class NextPanel {
  readonly element: HTMLElement;
  private readonly frame = panelFrame("next", "What comes next");
  private readonly bars = Array.from({ length: NEXT_COUNT }, makeBar);
  private readonly others = makeBar();
  private readonly slider = make("input");
  private readonly sliderValue = make("output");
  private readonly entropy = make("dd");
  private readonly mostEntropy = make("dd");
  private readonly choices = make("dd");
  private reply: NextReply | undefined;

  constructor(signal: AbortSignal) {
    this.element = this.frame.element;
    const list = make("ol", "inspect-bars");
    this.others.row.classList.add("others");
    list.append(...[...this.bars, this.others].map(({ row }) => row));
    this.frame.body.append(list, this.makeSide());
    this.slider.addEventListener("input", () => this.draw(), { signal });
    this.element.classList.add("is-empty");
    this.draw();
  }

  show(reply: NextReply): void {
    this.reply = reply;
    this.element.classList.remove("is-empty");
    const { readCount, cutCount } = reply;
    const cut =
      cutCount === 0 ? "" : `; ${cutCount} before ${cutCount === 1 ? "it does" : "them do"} not fit`;
    this.frame.note(`after ${readCount} ${readCount === 1 ? "token" : "tokens"}${cut}`);
    this.draw();
  }

  private get temperature(): number {
    return 10 ** this.slider.valueAsNumber;
  }

  private makeSide(): HTMLElement {
    const { slider } = this;
    slider.type = "range";
    slider.id = "inspect-temperature";
    Object.assign(slider, { min: "-1", max: "0.6", step: "0.02", value: "0" });
    const label = make("label", "", "Temperature ");
    label.htmlFor = slider.id;
    this.sliderValue.htmlFor.add(slider.id);
    label.append(this.sliderValue);
    const field = make("div", "field");
    field.append(label, slider);
    const numbers = make("dl", "numbers");
    numbers.append(
      make("dt", "", "Entropy"),
      this.entropy,
      make("dt", "", "Largest entropy"),
      this.mostEntropy,
    );
    numbers.append(make("dt", "", "Perplexity"), this.choices);
    const side = make("div", "inspect-side");
    const hint = "Low: nearly always the likeliest. 1: as the model learned it. High: bolder.";
    side.append(field, make("p", "note", hint), numbers);
    return side;
  }

  private draw(): void {
    const { reply, temperature } = this;
    setText(this.sliderValue, temperature.toFixed(2));
    this.slider.setAttribute("aria-valuetext", temperature.toFixed(2));
    if (reply === undefined) {
      for (const bar of [...this.bars, this.others]) bar.row.hidden = true;
      return;
    }
    const probabilities = atTemperature(reply.logProbabilities, temperature);
    let rest = 1;
    this.bars.forEach((bar, index) => {
      const token = reply.tokens.at(index);
      bar.row.hidden = token === undefined;
      if (token === undefined) return;
      rest -= probabilities[index];
      showBar(bar, nameOf(token), probabilities[index]);
    });
    const named = Math.min(NEXT_COUNT, reply.tokens.length);
    const otherCount = probabilities.length - named;
    this.others.row.hidden = otherCount === 0;
    showBar(this.others, `${otherCount} other${otherCount === 1 ? "" : "s"}`, Math.max(0, rest));
    const bits = entropyBits(probabilities);
    setText(this.entropy, `${bits.toFixed(2)} bits`);
    setText(this.mostEntropy, `${Math.log2(probabilities.length).toFixed(2)} bits`);
    setText(this.choices, `${(2 ** bits).toFixed(1)} tokens`);
  }
}

function nameOf({ text }: ShownToken): string {
  return shortText(text, LONGEST_TOKEN);
}

function makeBar(): Bar {
  const row = make("li");
  const name = make("span", "name");
  const meter = make("div", "track");
  meter.role = "meter";
  meter.ariaValueMin = "0";
  meter.ariaValueMax = "1";
  meter.ariaValueNow = "0";
  meter.ariaLabel = "Probability";
  const fill = make("div", "fill");
  const value = make("span", "value");
  meter.append(fill);
  row.append(name, meter, value);
  return { row, name, meter, fill, value };
}

function showBar({ name, meter, fill, value }: Bar, text: string, probability: number): void {
  setText(name, text);
  setText(value, percent(probability));
  fill.style.transform = `scaleX(${probability})`;
  meter.ariaLabel = `Probability of ${text}`;
  meter.ariaValueNow = probability.toFixed(4);
  meter.ariaValueText = percent(probability);
}
