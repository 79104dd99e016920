// The source of one rung: what differs from the rung before it, and the whole file.

import { engineCalls } from "../../bench/kernels/engineCalls.ts";
import { titleOf } from "../../bench/kernels/ladderReport.ts";
import type { KernelName } from "../../bench/kernels/rung.ts";
import type { RungText } from "../../bench/kernels/rungHeader.ts";
import { make } from "../_shell/elements.ts";
import { lineDiff } from "./lineDiff.ts";
import { fetchEngineShader, hasEngineShader } from "./rungTexts.ts";

/** What is shown of a rung that is a file. */
export interface ShownRung {
  readonly text: RungText;
  readonly source: string;
  /** The rung that it is compared with. */
  readonly before: RungText | undefined;
}

const marks = { same: " ", added: "+", removed: "−", gap: "⋯" };

export class SourcePanel {
  readonly element = make("div", "source");

  showRung({ text, source, before }: ShownRung): void {
    const { Memory: memory, Limits: limits } = text.fields;
    const title = before === undefined ? "The code" : `What changes from “${titleOf(before.name)}”`;
    this.element.replaceChildren(
      heading(text.name),
      facts({ Memory: memory, Limits: limits }),
      make("h4", "", title),
      before === undefined ? code(text.code) : diff(before.code, text.code),
      whole("The whole file", () => Promise.resolve(source)),
    );
  }

  /** `kernels`: which the engine ran, where that is known. */
  showEngine(kernel: KernelName, name: string, kernels: readonly string[]): void {
    this.element.replaceChildren(
      heading(name),
      make(
        "p",
        "small",
        "What a user of the engine writes. It chooses kernels by size and device, and fuses what is beside them.",
      ),
      code(engineCalls[kernel]),
      make(
        "p",
        "small",
        kernels.length === 0 ? "" : `In the run that is shown it chose ${kernels.join(", ")}.`,
      ),
      ...kernels
        .filter(hasEngineShader)
        .map((shader) => whole(`${shader}.wgsl`, () => fetchEngineShader(shader))),
    );
  }
}

function heading(name: string): HTMLElement {
  return make("h3", "", titleOf(name));
}

function facts(named: Readonly<Record<string, string>>): HTMLElement {
  const list = make("dl", "facts small");
  for (const [name, text] of Object.entries(named)) list.append(make("dt", "", name), make("dd", "", text));
  return list;
}

function code(text: string): HTMLElement {
  const block = scrollable();
  block.append(make("code", "", text));
  return block;
}

/** What is wider than the screen is scrolled to, by keys too. */
function scrollable(): HTMLElement {
  const block = make("pre");
  block.tabIndex = 0;
  return block;
}

function diff(before: string, after: string): HTMLElement {
  const block = scrollable();
  const lines = make("code");
  for (const { kind, text } of lineDiff(before, after)) {
    lines.append(make("span", kind, `${marks[kind]} ${text}`));
  }
  block.append(lines);
  return block;
}

/** Fetched when it is opened. */
function whole(title: string, text: () => Promise<string>): HTMLElement {
  const box = make("details");
  box.append(make("summary", "", title));
  const fill = async () => box.append(code((await text()).trim()));
  box.addEventListener(
    "toggle",
    () => void fill().catch(() => box.append(make("p", "note", "It cannot be read."))),
    {
      once: true,
    },
  );
  return box;
}
