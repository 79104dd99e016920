// What the panels share: their frame, marks of the kinds of tokens, and canvases that are sharp.

import { context2d, make, setText } from "../../_shell/elements.ts";
import type { TokenKind } from "./inspectTypes.ts";

const SVG = "http://www.w3.org/2000/svg";

/** A section with a heading, a quiet line beside it, and a body. */
export interface PanelFrame {
  readonly element: HTMLElement;
  readonly body: HTMLElement;
  /** A quiet line at the heading. */
  note(text: string): void;
}

/** `name` makes the ids of the panel's parts. */
export function panelFrame(name: string, title: string): PanelFrame {
  const element = make("section", `inspect-panel inspect-${name}`);
  const heading = make("div", "inspect-heading");
  const headline = make("h2", "", title);
  headline.id = `inspect-${name}-title`;
  element.setAttribute("aria-labelledby", headline.id);
  const note = make("p", "note");
  heading.append(headline, note);
  const body = make("div", "inspect-body");
  element.append(heading, body);
  return { element, body, note: (text) => setText(note, text) };
}

/** A new SVG element with attributes. */
export function makeSvg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | number>> = {},
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}

/** How a kind of token is marked: a shape around (0, 0), filled by the even-odd rule, and a colour of the style sheet. */
export interface KindMark {
  readonly label: string;
  readonly path: string;
  readonly colour: string;
}

export const KIND_MARKS: Readonly<Record<TokenKind, KindMark>> = {
  lower: {
    label: "small letter",
    path: "M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0z",
    colour: "--inspect-lower",
  },
  upper: { label: "capital letter", path: "M0-4.5L4.5 3.5H-4.5z", colour: "--inspect-upper" },
  digit: { label: "digit", path: "M-3.5-3.5h7v7h-7z", colour: "--inspect-digit" },
  punctuation: {
    label: "sign",
    path: "M-4-2.5L-2.5-4L0-1.5L2.5-4L4-2.5L1.5 0L4 2.5L2.5 4L0 1.5L-2.5 4L-4 2.5L-1.5 0z",
    colour: "--inspect-punctuation",
  },
  space: {
    label: "space",
    path: "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0zM-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0z",
    colour: "--quiet",
  },
  other: { label: "part of a character", path: "M0-4.5L4.5 0L0 4.5L-4.5 0z", colour: "--quiet" },
};

/** Makes `canvas` `width` by `height` CSS pixels at the resolution of the screen, empty, and gives its context. */
export function sharpContext(canvas: HTMLCanvasElement, width: number, height: number) {
  const ratio = devicePixelRatio;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = context2d(canvas);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

/** Calls `act` at most once a frame, however often it is called itself, and no more once `signal` is aborted. */
export function oncePerFrame(act: () => void, signal: AbortSignal): () => void {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      if (!signal.aborted) act();
    });
  };
}

/** Calls `act` when colours change, until `signal` is aborted. */
export function whenColoursChange(act: () => void, signal: AbortSignal): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", act, { signal });
}

/** Calls `act` in the frame after the size of `element` has changed, until `signal` is aborted. */
export function whenResized(element: Element, act: () => void, signal: AbortSignal): void {
  const observer = new ResizeObserver(oncePerFrame(act, signal));
  observer.observe(element);
  signal.addEventListener("abort", () => observer.disconnect());
}
