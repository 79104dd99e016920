// The three panels that look inside the model: what comes next, who looks at whom, and the map of tokens.
//
// Decides: the text that is looked into, when which panel asks, and what is said where there is no answer. Leaves the
// pictures to the panels, and the answers to inspect.ts in the worker.

import { make, setText } from "../../_shell/elements.ts";
import { Asker } from "./asker.ts";
import { AttentionPanel } from "./attentionPanel.ts";
import { EmbeddingPanel } from "./embeddingPanel.ts";
import type { InspectReply, InspectRequest } from "./inspectTypes.ts";
import { NEXT_COUNT, NextPanel } from "./nextPanel.ts";

export interface InspectOptions {
  /** What the model reads at first. Default: nothing, and nothing is asked before `setText`, `refresh` or the visitor. */
  readonly text?: string;
}

export interface InspectPanels {
  /** The model has changed: panels on screen ask again, each once at a time. Cheap; call it as often as you like. */
  refresh(): void;
  /** Another run: puts a text into the field that the model can read, and asks again. */
  setText(text: string): void;
  /** There is no model that could be asked: says why, and asks nothing until the next `setText`. */
  rest(reason: string): void;
  /** Stops asking and listening, and empties `root`. */
  dispose(): void;
}

/** Typing pauses this long before the model reads. */
const TYPING_MS = 150;

/**
 * Builds the panels into `root`. `ask` carries a request to the worker; where it rejects, the page is told by the error's
 * message. The page links inspect.css.
 */
export function mountInspect(
  root: HTMLElement,
  ask: (request: InspectRequest) => Promise<InspectReply>,
  options: InspectOptions = {},
): InspectPanels {
  const inspection = new Inspection(root, ask, options);
  return {
    refresh: () => inspection.refresh(),
    setText: (text) => inspection.setText(text),
    rest: (reason) => inspection.rest(reason),
    dispose: () => inspection.dispose(),
  };
}

/** A panel, when it asks, and what for. */
interface AskingPanel {
  readonly element: HTMLElement;
  readonly asker: Asker;
}

class Inspection {
  private readonly root: HTMLElement;
  private readonly ask: (request: InspectRequest) => Promise<InspectReply>;
  private readonly ending = new AbortController();
  private readonly field = make("textarea");
  private readonly trouble = make("p", "note inspect-trouble");
  private readonly announcement = make("p", "visually-hidden");
  private readonly ofText: readonly AskingPanel[];
  private readonly ofModel: readonly AskingPanel[];
  /** What each panel's last answer was refused for; "" where it was not. */
  private readonly refusals = new Map<Element, string>();
  private isResting = false;

  constructor(
    root: HTMLElement,
    ask: (request: InspectRequest) => Promise<InspectReply>,
    { text = "" }: InspectOptions,
  ) {
    this.root = root;
    this.ask = ask;
    const { signal } = this.ending;
    const say = (words: string) => setText(this.announcement, words);
    const next = new NextPanel(signal);
    const attention = new AttentionPanel(say, signal);
    const embedding = new EmbeddingPanel(say, signal);
    this.ofText = [
      this.asking(
        next.element,
        (words) => ({ kind: "next", text: words, count: NEXT_COUNT }),
        (reply) => {
          if (reply.kind === "next") next.show(reply);
        },
      ),
      this.asking(
        attention.element,
        (words) => ({ kind: "attention", text: words }),
        (reply) => {
          if (reply.kind === "attention") attention.show(reply);
        },
      ),
    ];
    this.ofModel = [
      this.asking(
        embedding.element,
        () => ({ kind: "embedding" }),
        (reply) => {
          if (reply.kind === "embedding") embedding.show(reply);
        },
      ),
    ];
    this.announcement.ariaLive = "polite";
    this.field.value = text;
    root.classList.add("inspect");
    const panels = [next, attention, embedding].map(({ element }) => element);
    root.replaceChildren(this.makeField(signal), ...panels, this.announcement);
    if (text !== "") this.refresh();
  }

  refresh(): void {
    if (this.isResting) return;
    for (const { asker } of this.panels) asker.want();
  }

  setText(text: string): void {
    this.setResting(false);
    // Panels that are out of sight answer later.
    setText(this.trouble, "");
    this.field.value = text;
    this.textChanged();
    this.refresh();
  }

  rest(reason: string): void {
    this.setResting(true);
    for (const { element } of this.panels) element.classList.add("is-stale");
    setText(this.trouble, reason);
  }

  dispose(): void {
    this.ending.abort();
    this.root.replaceChildren();
    this.root.classList.remove("inspect", "is-resting");
  }

  private setResting(isResting: boolean): void {
    this.isResting = isResting;
    this.field.disabled = isResting;
    this.root.classList.toggle("is-resting", isResting);
  }

  private get panels(): readonly AskingPanel[] {
    return [...this.ofText, ...this.ofModel];
  }

  private makeField(signal: AbortSignal): HTMLElement {
    const { field } = this;
    field.id = "inspect-text";
    field.rows = 2;
    field.spellcheck = false;
    field.autocapitalize = "off";
    const label = make("label", "", "Text that the model reads");
    label.htmlFor = field.id;
    this.trouble.id = "inspect-trouble";
    this.trouble.role = "status";
    field.setAttribute("aria-describedby", this.trouble.id);
    let typing: ReturnType<typeof setTimeout> | undefined;
    field.addEventListener(
      "input",
      () => {
        clearTimeout(typing);
        typing = setTimeout(() => this.textChanged(), TYPING_MS);
      },
      { signal },
    );
    signal.addEventListener("abort", () => clearTimeout(typing));
    const whole = make("div", "field inspect-field");
    whole.append(label, field, this.trouble);
    return whole;
  }

  private textChanged(): void {
    if (this.isResting) return;
    for (const { asker } of this.ofText) asker.want({ now: true });
  }

  private asking(
    element: HTMLElement,
    request: (text: string) => InspectRequest,
    show: (reply: InspectReply) => void,
  ): AskingPanel {
    const work = async () => {
      const asked = request(this.field.value);
      const reply = await this.answer(asked);
      // An answer about a text that has changed meanwhile is of no use: the panel asks again.
      const isOutdated = "text" in asked && asked.text !== this.field.value;
      if (this.ending.signal.aborted || this.isResting || isOutdated) return;
      this.refusals.set(element, reply.kind === "refused" ? reply.reason : "");
      element.classList.toggle("is-stale", reply.kind === "refused");
      setText(this.trouble, [...this.refusals.values()].find((reason) => reason !== "") ?? "");
      show(reply);
    };
    return { element, asker: new Asker(element, work, this.ending.signal) };
  }

  private async answer(request: InspectRequest): Promise<InspectReply> {
    try {
      return await this.ask(request);
    } catch (error) {
      return { kind: "refused", reason: error instanceof Error ? error.message : String(error) };
    }
  }
}
