// The stage: the drawing surface, the ten probabilities, what both convolutions see, and test digits.
//
// Decides: how the network's numbers are shown. Leaves to others: where they come from.

import { blueToOrange, type ColourMap, inkMap, viridis } from "../_shell/colourMaps.ts";
import { find, make, onSchemeChange, setText, styleValue } from "../_shell/elements.ts";
import { PixelPicture } from "../_shell/pixelPicture.ts";
import { PICTURE_SIZE } from "./centreDigit.ts";
import { DrawingPad } from "./drawingPad.ts";
import type { Activations, Examples } from "./pageTypes.ts";

const FILTERS = { count: 6, size: 5 };
const FIRST_MAPS = { count: 6, size: 28 };
const SECOND_MAPS = { count: 16, size: 10 };
const DIGITS = 10;
const CALM_MS = 1000;

interface AnswerRow {
  readonly row: HTMLElement;
  readonly track: HTMLElement;
  readonly bar: HTMLElement;
  readonly percent: HTMLElement;
}

interface ExampleTile {
  readonly button: HTMLButtonElement;
  readonly picture: PixelPicture;
  readonly guess: HTMLElement;
}

/** Builds its parts into the page. `onPicture` is told what is to be looked at. */
export class Stage {
  private readonly pad: DrawingPad;
  private readonly hint = find("#pad-hint", HTMLElement);
  private readonly answers = buildAnswers();
  private readonly filters = pictures(FILTERS);
  private readonly firstMaps = pictures(FIRST_MAPS);
  private readonly secondMaps = pictures(SECOND_MAPS);
  private tiles: ExampleTile[] = [];
  private examples: Examples | undefined;
  private seen: Activations | undefined;
  private readonly calm = matchMedia("(prefers-reduced-motion: reduce)");
  /** Set while nothing is painted, so that who wants little motion sees a change a second. */
  private pause: ReturnType<typeof setTimeout> | undefined;
  private signs: ColourMap = viridis;
  private ink: ColourMap = viridis;

  constructor(onPicture: (pixels: Uint8Array | undefined) => void) {
    this.pad = new DrawingPad(find("#pad", HTMLCanvasElement), (pixels) => {
      this.hint.hidden = pixels !== undefined;
      this.endPause();
      if (pixels === undefined) this.forget();
      onPicture(pixels);
    });
    find("#clear", HTMLButtonElement).addEventListener("click", () => this.pad.clear());
    this.buildMaps();
    this.readColours();
    onSchemeChange(() => {
      this.readColours();
      this.paint();
    });
  }

  /** The digit that the network takes the picture for, and its probability; undefined without a picture. */
  get answer(): { digit: number; probability: number } | undefined {
    if (this.seen === undefined) return undefined;
    const { probabilities } = this.seen;
    const digit = bestOf(probabilities);
    return { digit, probability: probabilities[digit] };
  }

  /** Shows what the network makes of the picture. */
  showActivations(seen: Activations): void {
    if (this.pad.isEmpty) return;
    this.seen = seen;
    if (this.pause !== undefined) return;
    this.paint();
    if (this.calm.matches) {
      this.pause = setTimeout(() => {
        this.endPause();
        this.paint();
      }, CALM_MS);
    }
  }

  /** Shows the test digits, and puts the first on the surface where nothing is yet. */
  showExamples(examples: Examples): void {
    this.examples = examples;
    const list = find("#examples", HTMLUListElement);
    this.tiles = Array.from(examples.labels, () => buildTile());
    list.replaceChildren(
      ...this.tiles.map(({ button }, index) => {
        button.addEventListener("click", () => this.pad.put(pictureAt(examples.images, index)));
        const item = make("li");
        item.append(button);
        return item;
      }),
    );
    this.paintExamples();
    this.tiles.forEach(({ button }, index) => {
      button.setAttribute("aria-label", `A ${examples.labels[index]}`);
    });
    if (this.pad.isEmpty) this.pad.put(pictureAt(examples.images, 0));
  }

  showPredictions(predictions: Uint8Array): void {
    const labels = this.examples?.labels ?? new Uint8Array();
    this.tiles.forEach(({ button, guess }, index) => {
      const isWrong = predictions[index] !== labels[index];
      button.classList.toggle("wrong", isWrong);
      setText(guess, `${isWrong ? "✕ " : ""}${predictions[index]}`);
      const verdict = isWrong ? `taken for a ${predictions[index]}, which is wrong` : "recognised";
      button.setAttribute("aria-label", `A ${labels[index]}, ${verdict}`);
    });
  }

  private endPause(): void {
    clearTimeout(this.pause);
    this.pause = undefined;
  }

  private buildMaps(): void {
    const first = this.firstMaps.map(({ canvas }, index) => {
      const figure = make("figure");
      const filter = this.filters[index].canvas;
      filter.classList.add("filter");
      label(filter, `Filter ${index + 1} of the first convolution`);
      label(canvas, `Where filter ${index + 1} finds its pattern`);
      figure.append(filter, canvas);
      return figure;
    });
    find("#first", HTMLElement).replaceChildren(...first);
    find("#second", HTMLElement).replaceChildren(...this.secondMaps.map(({ canvas }) => canvas));
  }

  private readColours(): void {
    this.signs = blueToOrange(styleValue("--signless"));
    this.ink = inkMap(styleValue("--ink"));
    this.paintExamples();
  }

  private paintExamples(): void {
    const { examples } = this;
    if (examples === undefined) return;
    this.tiles.forEach(({ picture }, index) => {
      picture.paint(pictureAt(examples.images, index), this.ink, { low: 0, high: 255 });
    });
  }

  private paint(): void {
    if (this.seen === undefined) return;
    const { probabilities, filters, firstMaps, secondMaps } = this.seen;
    const best = bestOf(probabilities);
    this.answers.forEach((answer, digit) => {
      showAnswer(answer, probabilities[digit], digit === best);
    });
    const strongest = Math.max(...filters.map(Math.abs));
    const first = Math.max(...firstMaps);
    const second = Math.max(...secondMaps);
    paintAll(this.filters, filters, this.signs, { low: -strongest, high: strongest });
    paintAll(this.firstMaps, firstMaps, viridis, { low: 0, high: first });
    paintAll(this.secondMaps, secondMaps, viridis, { low: 0, high: second });
    setText(
      find("#first-scale", HTMLElement),
      `weights ±${strongest.toFixed(2)}, maps 0 to ${first.toFixed(1)}`,
    );
    setText(find("#second-scale", HTMLElement), `0 to ${second.toFixed(1)}`);
  }

  /** Shows that nothing is looked at. The filters stay: they are the network's own. */
  private forget(): void {
    this.seen = undefined;
    for (const answer of this.answers) showAnswer(answer, undefined, false);
    for (const picture of [...this.firstMaps, ...this.secondMaps]) picture.clear();
    for (const scale of ["#first-scale", "#second-scale"]) setText(find(scale, HTMLElement), "");
  }
}

function buildAnswers(): AnswerRow[] {
  const rows = Array.from({ length: DIGITS }, (_, digit) => {
    const row = make("li");
    const track = make("div", "track");
    track.role = "meter";
    track.ariaLabel = `Probability of ${digit}`;
    track.ariaValueMin = "0";
    track.ariaValueMax = "1";
    const bar = make("div", "bar-fill");
    const percent = make("span", "percent", "–");
    track.append(bar);
    row.append(make("span", "digit", String(digit)), track, percent);
    const answer = { row, track, bar, percent };
    showAnswer(answer, undefined, false);
    return answer;
  });
  find("#answer", HTMLOListElement).replaceChildren(...rows.map(({ row }) => row));
  return rows;
}

function showAnswer(answer: AnswerRow, probability: number | undefined, isBest: boolean): void {
  const { row, track, bar, percent } = answer;
  row.classList.toggle("best", isBest);
  bar.style.transform = `scaleX(${probability ?? 0})`;
  setText(percent, probability === undefined ? "–" : `${(100 * probability).toFixed(1)} %`);
  track.ariaValueNow = String(probability ?? 0);
  track.ariaValueText =
    probability === undefined ? "nothing to read" : `${(100 * probability).toFixed(0)} percent`;
}

function buildTile(): ExampleTile {
  const button = make("button");
  button.type = "button";
  const picture = new PixelPicture(PICTURE_SIZE, PICTURE_SIZE);
  const guess = make("span", "guess", "–");
  button.append(picture.canvas, guess);
  return { button, picture, guess };
}

function pictures({ count, size }: { count: number; size: number }): PixelPicture[] {
  return Array.from({ length: count }, () => new PixelPicture(size, size));
}

function paintAll(
  targets: readonly PixelPicture[],
  values: Float32Array,
  map: ColourMap,
  range: { low: number; high: number },
): void {
  const size = values.length / targets.length;
  targets.forEach((picture, index) => {
    picture.paint(values.subarray(index * size, (index + 1) * size), map, range);
  });
}

function pictureAt(images: Uint8Array, index: number): Uint8Array {
  const size = PICTURE_SIZE * PICTURE_SIZE;
  return images.slice(index * size, (index + 1) * size);
}

function bestOf(probabilities: Float32Array): number {
  return probabilities.indexOf(Math.max(...probabilities));
}

function label(canvas: HTMLCanvasElement, text: string): void {
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", text);
}
