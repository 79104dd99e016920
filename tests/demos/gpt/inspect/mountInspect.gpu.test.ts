// The panels in a page, with answers made up: what is asked when, what is shown, and what keys and pointers do.

import { afterEach, beforeEach, expect, test } from "vitest";
import type { InspectReply, InspectRequest, ShownToken } from "../../../../demos/gpt/inspect/inspectTypes.ts";
import { type InspectPanels, mountInspect } from "../../../../demos/gpt/inspect/mountInspect.ts";
import { kindOf, visibleText } from "../../../../demos/gpt/inspect/tokenDisplay.ts";

import "../../../../demos/_shell/shell.css";
import "../../../../demos/gpt/inspect/inspect.css";
import { soon } from "../../../setup/soon.ts";

let root: HTMLElement;
let panels: InspectPanels | undefined;
let asked: InspectRequest[];

beforeEach(() => {
  root = document.createElement("div");
  document.body.replaceChildren(root);
  asked = [];
});

afterEach(() => {
  panels?.dispose();
  panels = undefined;
});

function shown(text: string): ShownToken[] {
  return Array.from(text, (character, id) => ({
    id,
    text: visibleText(character),
    kind: kindOf(character),
  }));
}

/** Layer l, head h: a token at i looks at the token at (l + 1) * h before it, or at the first. */
function attention(text: string): InspectReply {
  const [layers, heads, count] = [2, 3, text.length];
  const weights = new Float32Array(layers * heads * count * count);
  for (let index = 0; index < layers * heads; index++) {
    const back = (Math.floor(index / heads) + 1) * (index % heads);
    for (let row = 0; row < count; row++)
      weights[(index * count + row) * count + Math.max(0, row - back)] = 1;
  }
  return { kind: "attention", tokens: shown(text), cutCount: 0, layers, heads, weights };
}

function answer(request: InspectRequest): InspectReply {
  asked.push(request);
  switch (request.kind) {
    case "next": {
      if (request.text.includes("?")) return { kind: "refused", reason: "No ? please." };
      const logProbabilities = Float32Array.from([0.5, 0.25, 0.25], Math.log);
      return { kind: "next", readCount: 3, cutCount: 2, tokens: shown("a \n"), logProbabilities };
    }
    case "attention":
      if (request.text.includes("?")) return { kind: "refused", reason: "No ? please." };
      return attention(request.text);
    case "embedding":
      return {
        kind: "embedding",
        tokens: shown("aeX1"),
        vocabularySize: 4,
        width: 2,
        vectors: Float32Array.of(1, 0, 2, 0.1, 0, 1, -1, 0),
        places: Float32Array.of(1, 0, 2, 0.1, 0, 1, -1, 0),
        varianceShares: [0.75, 0.25],
      };
  }
}

/** Everything on screen, however small the page: panels that are not do not ask. */
async function mount(text: string, ask = async (request: InspectRequest) => answer(request)): Promise<void> {
  root.style.zoom = "0.1";
  panels = mountInspect(root, ask, { text });
  await soon(() => {
    if (root.querySelectorAll(".is-empty").length > 0) throw new Error("a panel is empty");
  });
}

const textOf = (selector: string) => root.querySelector(selector)?.textContent ?? "";
const textsOf = (selector: string) =>
  [...root.querySelectorAll<HTMLElement>(selector)].filter(({ hidden }) => !hidden).map((e) => e.textContent);

function press(selector: string, key: string): void {
  const target = root.querySelector(selector);
  target?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

test("each panel asks once and shows what it is told", async () => {
  await mount("ab c");
  expect(asked.map(({ kind }) => kind).sort()).toEqual(["attention", "embedding", "next"]);
  expect(textsOf(".inspect-bars li:not([hidden]) .value")).toEqual([
    "50.0\u00a0%",
    "25.0\u00a0%",
    "25.0\u00a0%",
  ]);
  expect(textsOf(".inspect-bars li:not([hidden]) .name")).toEqual(["a", "␣", "↵"]);
  expect(textsOf(".inspect-next dd")).toEqual(["1.50 bits", "1.58 bits", "2.8 tokens"]);
  expect(textOf(".inspect-next .note")).toBe("after 3 tokens; 2 before them do not fit");
  expect(textOf(".inspect-line")).toBe(
    "“c” (4) attends most to itself 100.0\u00a0%, “a” (1) 0.0\u00a0%, “b” (2) 0.0\u00a0%, “␣” (3) 0.0\u00a0%.",
  );
  expect(textsOf(".inspect-nearest .name")).toEqual(["e", "a", "X", "1"]);
  expect(textOf(".inspect-embedding .note")).toContain("75.0\u00a0% of the variance across");
});

test("the temperature changes the bars without asking", async () => {
  await mount("ab c");
  const slider = root.querySelector<HTMLInputElement>("#inspect-temperature");
  if (slider === null) throw new Error("no slider");
  slider.value = String(Math.round(100 * Math.log10(0.5)) / 100);
  slider.dispatchEvent(new Event("input"));
  expect(Number.parseFloat(textsOf(".inspect-bars .value")[0] ?? "")).toBeCloseTo(66.7, 0);
  expect(asked).toHaveLength(3);
});

test("arrow keys choose token and head, and what is chosen is said", async () => {
  await mount("abcdef");
  press(".inspect-heads", "ArrowRight");
  expect(textOf(".inspect-picker h3")).toBe("Layer 1, head 2");
  expect(textOf(".inspect-line")).toMatch(/^“f” \(6\) attends most to “e” \(5\) 100/);
  press(".inspect-heads", "ArrowDown");
  expect(textOf(".inspect-line")).toMatch(/^“f” \(6\) attends most to “d” \(4\) 100/);
  press(".inspect-tokens", "ArrowLeft");
  expect(textOf(".inspect-line")).toMatch(/^“e” \(5\) attends most to “c” \(3\) 100/);
  expect(textOf(".inspect > .visually-hidden")).toBe(textOf(".inspect-line"));
  expect(textsOf("[role=option][aria-selected=true]")).toEqual(["e"]);
  expect(root.querySelectorAll("[role=radio][aria-checked=true]")).toHaveLength(1);
  expect(root.querySelectorAll(".inspect-arcs path")).toHaveLength(1);
  press(".inspect-tokens", "Home");
  press(".inspect-tokens", "ArrowLeft");
  expect(textOf(".inspect-line")).toMatch(/^“a” \(1\) attends most to itself 100/);
});

test("the pointer asks about a token for as long as it is there", async () => {
  await mount("abcdef");
  root.querySelectorAll(".token")[2].dispatchEvent(new PointerEvent("pointerenter"));
  expect(textOf(".inspect-line")).toMatch(/^“c”/);
  expect(textOf(".inspect > .visually-hidden")).toBe("");
  root.querySelector(".inspect-tokens")?.dispatchEvent(new PointerEvent("pointerleave"));
  expect(textOf(".inspect-line")).toMatch(/^“f”/);
});

test("the chosen token's nearest are listed and said", async () => {
  await mount("ab");
  const choice = root.querySelector("select");
  if (choice === null) throw new Error("no list of tokens");
  expect([...choice.options].map(({ text }) => text)).toEqual(["a", "e", "X", "1"]);
  choice.value = "X";
  choice.dispatchEvent(new Event("change"));
  expect(textsOf(".inspect-nearest .name")).toEqual(["X", "e", "a", "1"]);
  expect(textsOf(".inspect-nearest .value")).toEqual([
    "capital letter",
    "\u20070.05",
    "\u20070.00",
    "\u20070.00",
  ]);
  expect(textOf(".inspect > .visually-hidden")).toBe("Nearest to “X”: “e”, “a”, “1”.");
  expect(textsOf(".inspect-legend li")).toEqual(["small letter", "capital letter", "digit"]);
});

test("without a text nothing is asked until there is one", async () => {
  panels = mountInspect(root, async (request) => answer(request));
  root.style.zoom = "0.1";
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(asked).toEqual([]);
  panels.setText("ab");
  await soon(() => expect(asked.length).toBe(3));
});

test("another text is asked about, a refusal is shown, and goes when there is an answer", async () => {
  await mount("ab");
  panels?.setText("who?");
  await soon(() => expect(textOf(".inspect-trouble")).toBe("No ? please."));
  await soon(() => expect(root.querySelectorAll(".is-stale")).toHaveLength(2));
  panels?.setText("who");
  await soon(() => expect(textsOf(".token").join("")).toBe("who"));
  await soon(() => expect(root.querySelectorAll(".is-stale")).toHaveLength(0));
  expect(textOf(".inspect-trouble")).toBe("");
});

test("an answer to an older text is not shown", async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await mount("first", async (request) => {
    const reply = answer(request);
    if (request.kind === "attention" && request.text === "second") await held;
    return reply;
  });
  panels?.setText("second");
  await soon(() => {
    expect(asked.some((request) => request.kind === "attention" && request.text === "second")).toBe(true);
  });
  panels?.setText("third");
  release();
  const seen = new Set<string>();
  await soon(() => {
    seen.add(textsOf(".token").join(""));
    expect(seen).toContain("third");
  });
  expect(seen).not.toContain("second");
});

test("refreshing in a burst asks once more, and what rejects is told", async () => {
  let isBroken = false;
  await mount("ab", async (request) => {
    if (isBroken) throw new Error("The worker is gone.");
    return answer(request);
  });
  for (let i = 0; i < 50; i++) panels?.refresh();
  await soon(() => expect(asked.length).toBe(6));
  isBroken = true;
  panels?.refresh();
  await soon(() => expect(textOf(".inspect-trouble")).toBe("The worker is gone."));
});

test("panels that are not on screen do not ask", async () => {
  root.style.display = "none";
  panels = mountInspect(root, async (request) => answer(request), { text: "ab" });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(asked).toEqual([]);
  root.style.display = "";
  await soon(() => expect(asked.length).toBeGreaterThan(0));
});

test("dispose empties the page and asks no more", async () => {
  await mount("ab");
  const count = asked.length;
  panels?.refresh();
  panels?.dispose();
  expect(root.childElementCount).toBe(0);
  panels?.refresh();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(asked).toHaveLength(count);
});

test("while there is no model nothing is asked, and it is said why, until there is one", async () => {
  await mount("ab");
  const count = asked.length;
  const field = root.querySelector("textarea");
  panels?.rest("There is no model.");
  panels?.refresh();
  expect(field?.disabled).toBe(true);
  expect(textOf(".inspect-trouble")).toBe("There is no model.");
  expect(root.querySelectorAll(".is-stale")).toHaveLength(3);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(asked).toHaveLength(count);
  panels?.setText("cd");
  expect(field?.disabled).toBe(false);
  expect(textOf(".inspect-trouble")).toBe("");
  await soon(() => expect(root.querySelectorAll(".is-stale")).toHaveLength(0));
  expect(textOf(".inspect-trouble")).toBe("");
  expect(asked).toHaveLength(count + 3);
});
