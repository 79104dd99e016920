// The text, token by token, with arcs from one token to those that it looks at.
//
// Decides: which token is asked about: the one under the pointer, else the chosen one, else the last. Leaves to
// attentionPanel.ts what is said about it.

import { make } from "../../_shell/elements.ts";
import { arcPath, attendedBy } from "./attentionRows.ts";
import type { ShownToken } from "./inspectTypes.ts";
import { makeSvg, whenResized } from "./panelParts.ts";
import { percent } from "./tokenDisplay.ts";

const ARCS_HEIGHT = 80;
/** Of a line, in pixels, at a weight of 1; weaker weights than the least have no line. */
const WIDEST = 10;
const LEAST_WEIGHT = 0.005;

/** A list box whose chosen option is the token that asks. */
export class TokenRow {
  readonly element = make("div", "inspect-row");
  private readonly list = make("div", "inspect-tokens");
  private readonly arcs = makeSvg("svg", { class: "inspect-arcs", "aria-hidden": "true" });
  private readonly onQuery: (query: number, byVisitor: boolean) => void;
  private readonly signal: AbortSignal;
  private options: HTMLElement[] = [];
  private tokens: readonly ShownToken[] = [];
  private weights: Float32Array = new Float32Array();
  private chosen: number | undefined;
  private pointed: number | undefined;

  /** `onQuery` is told whenever another token is asked about, and whether that was the visitor's choice. */
  constructor(onQuery: (query: number, byVisitor: boolean) => void, signal: AbortSignal) {
    this.onQuery = onQuery;
    this.signal = signal;
    const { list } = this;
    list.role = "listbox";
    list.tabIndex = 0;
    list.ariaLabel = "Tokens of the text: choose the one that looks back";
    list.ariaOrientation = "horizontal";
    list.addEventListener("keydown", (event) => this.obey(event), { signal });
    list.addEventListener("pointerleave", () => this.point(undefined), { signal });
    const inner = make("div", "inner");
    inner.append(this.arcs, list);
    this.element.append(inner);
    whenResized(list, () => this.draw(), signal);
    whenResized(this.element, () => this.reveal(), signal);
  }

  /** The token that is asked about. */
  get query(): number {
    return this.pointed ?? this.chosen ?? this.tokens.length - 1;
  }

  /** weights: [tokens, tokens] of one head. */
  show(tokens: readonly ShownToken[], weights: Float32Array): void {
    this.weights = weights;
    if (!isSame(tokens, this.tokens)) {
      this.tokens = tokens;
      this.build();
    }
    this.draw();
  }

  /** Chooses the token `index`. */
  choose(index: number): void {
    this.chosen = Math.max(0, Math.min(this.tokens.length - 1, index));
    this.pointed = undefined;
    this.draw();
    this.onQuery(this.query, true);
    this.reveal();
  }

  /** Scrolls the row, and nothing else, to the chosen token. */
  private reveal(): void {
    const option = this.options.at(this.query);
    if (option === undefined || this.pointed !== undefined) return;
    const { scrollLeft, clientWidth } = this.element;
    const [left, right] = [option.offsetLeft, option.offsetLeft + option.offsetWidth];
    if (left >= scrollLeft && right <= scrollLeft + clientWidth) return;
    this.element.scrollLeft = right - clientWidth / 2;
  }

  private build(): void {
    if (this.chosen !== undefined && this.chosen >= this.tokens.length) this.chosen = undefined;
    this.pointed = undefined;
    this.options = this.tokens.map(({ text }, index) => {
      const option = make("div", "token", text);
      option.role = "option";
      option.id = `inspect-token-${index}`;
      option.addEventListener("pointerenter", () => this.point(index), { signal: this.signal });
      option.addEventListener("click", () => this.choose(index), { signal: this.signal });
      return option;
    });
    this.list.replaceChildren(...this.options);
    this.list.style.setProperty("--count", String(this.tokens.length));
    this.reveal();
  }

  private point(index: number | undefined): void {
    if (index === this.pointed) return;
    this.pointed = index;
    this.draw();
    this.onQuery(this.query, false);
  }

  private obey(event: KeyboardEvent): void {
    const last = this.tokens.length - 1;
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: this.query - 1,
      ArrowUp: this.query - 1,
      ArrowRight: this.query + 1,
      ArrowDown: this.query + 1,
      Home: 0,
      End: last,
    };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    this.choose(move);
  }

  private draw(): void {
    const { options, query, arcs } = this;
    if (options.length === 0) return;
    const attended = attendedBy(this.weights, options.length, query);
    const share = new Map(attended.map(({ index, weight }) => [index, weight]));
    options.forEach((option, index) => {
      const weight = share.get(index) ?? 0;
      option.style.setProperty("--share", `${(100 * weight).toFixed(1)}%`);
      option.classList.toggle("ahead", index > query);
      option.ariaSelected = String(index === query);
      option.title = index > query ? "" : percent(weight);
    });
    this.list.setAttribute("aria-activedescendant", options[query].id);
    const width = this.list.offsetWidth;
    arcs.setAttribute("width", String(width));
    arcs.setAttribute("height", String(ARCS_HEIGHT));
    const middle = (index: number) => options[index].offsetLeft + options[index].offsetWidth / 2;
    const lines = attended.filter(({ weight }) => weight >= LEAST_WEIGHT).reverse();
    arcs.replaceChildren(
      ...lines.map(({ index, weight }) =>
        makeSvg("path", {
          d: arcPath(middle(query), middle(index), ARCS_HEIGHT),
          "stroke-width": Math.max(0.75, WIDEST * weight).toFixed(2),
          "stroke-opacity": (0.35 + 0.55 * weight).toFixed(2),
        }),
      ),
    );
  }
}

function isSame(a: readonly ShownToken[], b: readonly ShownToken[]): boolean {
  return a.length === b.length && a.every(({ text }, index) => text === b[index].text);
}
