// Where the model has put the tokens: a map of their vectors, and the nearest of one of them.

import { make } from "../../_shell/elements.ts";
import { type EmbeddingReply, TOKEN_KINDS, type TokenKind } from "./inspectTypes.ts";
import { type Neighbour, nearestByCosine } from "./neighbours.ts";
import { KIND_MARKS, makeSvg, panelFrame } from "./panelParts.ts";
import { alignSigns } from "./principalAxes.ts";
import { percent } from "./tokenDisplay.ts";
import { TokenMap } from "./tokenMap.ts";

const NEAREST = 5;
/** What is looked at first: the commonest letter of most texts. */
const FIRST_LETTER = "e";

/** The panel. `say` tells those who cannot see what they have just chosen. */
export class EmbeddingPanel {
  readonly element: HTMLElement;
  private readonly frame = panelFrame("embedding", "Which tokens are alike");
  private readonly map: TokenMap;
  private readonly choice = make("select");
  private readonly nearest = make("ol", "inspect-nearest");
  private readonly legend = make("ul", "inspect-legend");
  private reply: EmbeddingReply | undefined;
  private pointed: number | undefined;

  constructor(say: (text: string) => void, signal: AbortSignal) {
    this.element = this.frame.element;
    this.map = new TokenMap(
      (index) => this.point(index),
      (index) => {
        this.choice.selectedIndex = index;
        this.tell();
      },
      signal,
    );
    this.choice.id = "inspect-token-choice";
    this.choice.addEventListener(
      "change",
      () => {
        this.tell();
        say(this.sentence(this.choice.selectedIndex));
      },
      { signal },
    );
    this.frame.body.append(this.map.element, this.makeSide());
    this.element.classList.add("is-empty");
  }

  show(reply: EmbeddingReply): void {
    const previous = this.reply;
    const places = previous === undefined ? reply.places : alignSigns(previous.places, reply.places);
    this.reply = { ...reply, places };
    this.element.classList.remove("is-empty");
    const { tokens, vocabularySize, width, varianceShares } = reply;
    const some =
      tokens.length < vocabularySize ? `the first ${tokens.length} of ${vocabularySize} tokens, ` : "";
    const [across, upwards] = varianceShares.map(percent);
    this.frame.note(
      `${some}${width} dimensions seen in 2: ${across} of the variance across, ${upwards} upwards`,
    );
    if (!isSameVocabulary(previous, reply)) this.fillChoice(reply);
    this.map.show({ tokens, places });
    this.tell();
  }

  private makeSide(): HTMLElement {
    const field = make("div", "field");
    const label = make("label", "", "Nearest by angle to");
    label.htmlFor = this.choice.id;
    field.append(label, this.choice);
    const side = make("div", "inspect-side");
    side.append(field, this.nearest, this.legend);
    return side;
  }

  private fillChoice({ tokens }: EmbeddingReply): void {
    this.choice.replaceChildren(...tokens.map(({ text }) => make("option", "", text)));
    const first = tokens.findIndex(({ text }) => text === FIRST_LETTER);
    const anyLetter = tokens.findIndex(({ kind }) => kind === "lower");
    this.choice.selectedIndex = Math.max(0, first >= 0 ? first : anyLetter);
    const kinds = TOKEN_KINDS.filter((kind) => tokens.some((token) => token.kind === kind));
    this.legend.replaceChildren(...kinds.map(makeLegendItem));
  }

  private point(index: number | undefined): void {
    if (index === this.pointed) return;
    this.pointed = index;
    this.tell();
  }

  private neighboursOf(index: number): Neighbour[] {
    if (this.reply === undefined || index < 0) return [];
    return nearestByCosine(this.reply.vectors, this.reply.width, index, NEAREST);
  }

  private sentence(index: number): string {
    const { tokens = [] } = this.reply ?? {};
    const names = this.neighboursOf(index).map(({ index: other }) => `“${tokens[other].text}”`);
    return `Nearest to “${tokens[index]?.text ?? ""}”: ${names.join(", ")}.`;
  }

  /** Names the neighbours of the token under the pointer, else of the chosen one. */
  private tell(): void {
    const { tokens = [] } = this.reply ?? {};
    const index = this.pointed ?? this.choice.selectedIndex;
    const token = tokens.at(index);
    if (index < 0 || token === undefined) return;
    const neighbours = this.neighboursOf(index);
    const heading = make("li", "asked");
    heading.append(make("span", "name", token.text), make("span", "value", KIND_MARKS[token.kind].label));
    const rows = neighbours.map(({ index: other, cosine }) => {
      const row = make("li");
      row.append(make("span", "name", tokens[other].text), make("span", "value", signed(cosine)));
      return row;
    });
    this.nearest.replaceChildren(heading, ...rows);
    this.map.point({ index, others: neighbours.map(({ index: other }) => other) });
  }
}

/** With a true minus, so that figures stay in their columns. */
function signed(value: number): string {
  return `${value < 0 ? "−" : "\u2007"}${Math.abs(value).toFixed(2)}`;
}

function isSameVocabulary(a: EmbeddingReply | undefined, b: EmbeddingReply): boolean {
  if (a?.tokens.length !== b.tokens.length) return false;
  return a.tokens.every(({ text }, index) => text === b.tokens[index].text);
}

function makeLegendItem(kind: TokenKind): HTMLElement {
  const { label, path, colour } = KIND_MARKS[kind];
  const item = make("li");
  const svg = makeSvg("svg", { viewBox: "-6 -6 12 12", "aria-hidden": "true" });
  const shape = makeSvg("path", { d: path, "fill-rule": "evenodd" });
  shape.style.fill = `var(${colour})`;
  svg.append(shape);
  item.append(svg, make("span", "", label));
  return item;
}
