// One kernel on the page: its rungs, and the source of the chosen one.
//
// Decides: where there is room for two columns, the source stands beside the rungs, and the first is chosen; else it
// stands below the rung that was chosen, until that is chosen again.

import type { LadderResult } from "../../bench/kernels/ladderReport.ts";
import { ladders } from "../../bench/kernels/ladders.ts";
import { finalRung, type KernelName } from "../../bench/kernels/rung.ts";
import { type RungText, readRung } from "../../bench/kernels/rungHeader.ts";
import { make, setText } from "../_shell/elements.ts";
import { RungList, type Series } from "./rungList.ts";
import { fetchRung } from "./rungTexts.ts";
import { SourcePanel } from "./sourcePanel.ts";

const titles: Readonly<Record<KernelName, string>> = {
  matmul: "Matrix product",
  conv2d: "Convolution",
  softmax: "Softmax of rows",
  attention: "Causal attention",
};

const engineChange =
  "The engine's own kernel, chosen for this size and this adapter, run as users run it: a call of a compiled function, one submit each.";

const narrow = matchMedia("(max-width: 1080px)");

interface FileRung {
  readonly text: RungText;
  readonly source: string;
}

export class KernelSection {
  readonly element = make("section", "kernel");
  private readonly kernel: KernelName;
  private readonly files: readonly FileRung[];
  private readonly list: RungList;
  private readonly panel = new SourcePanel();
  private readonly sizes = make("p", "note");
  private readonly results: Partial<Record<Series, LadderResult>> = {};
  private readonly split = make("div", "split");
  private chosen: string | undefined;

  private constructor(kernel: KernelName, files: readonly FileRung[]) {
    this.kernel = kernel;
    this.files = files;
    const detours = new Set(ladders[kernel].rungs.filter(({ isDetour }) => isDetour).map(({ name }) => name));
    const rungs = files.map(({ text: { name, fields } }) => ({
      name,
      changes: fields.Changes,
      isDetour: detours.has(name),
    }));
    this.list = new RungList(
      [...rungs, { name: finalRung, changes: engineChange, isDetour: false }],
      (name) => this.choose(name),
    );
    this.chosen = files[0].text.name;
    const title = make("h2", "", titles[kernel]);
    title.id = `${kernel}-title`;
    this.element.id = kernel;
    this.element.setAttribute("aria-labelledby", title.id);
    const heading = make("div", "heading");
    heading.append(title, this.sizes);
    if (kernel === "matmul") this.list.element.dataset.thumbnail = "";
    this.split.append(this.list.element);
    this.element.append(heading, make("p", "formula-line", files[0].text.formula), this.split);
    this.choose(undefined);
    narrow.addEventListener("change", () => this.choose(this.chosen));
  }

  /** With the texts of all rungs. */
  static async load(kernel: KernelName): Promise<KernelSection> {
    const files = await Promise.all(
      ladders[kernel].rungs.map(async ({ name }) => {
        const source = await fetchRung(kernel, name);
        return { source, text: readRung(source) };
      }),
    );
    return new KernelSection(kernel, files);
  }

  show(series: Series, result: LadderResult | undefined): void {
    this.results[series] = result;
    this.list.show(series, result);
    const { stored, own } = this.results;
    const differs = stored !== undefined && own !== undefined && stored.sizes !== own.sizes;
    setText(
      this.sizes,
      differs ? `${stored.sizes}; on your GPU ${own.sizes}` : ((own ?? stored)?.sizes ?? ""),
    );
    if (this.chosen === finalRung) this.choose(finalRung);
  }

  /** `wanted`: undefined for none, or the first where one has to be. */
  private choose(wanted: string | undefined): void {
    const name = wanted ?? (narrow.matches ? undefined : this.files[0].text.name);
    this.chosen = name;
    this.list.choose(name);
    this.panel.element.remove();
    if (name === undefined) return;
    this.fillPanel(name);
    if (narrow.matches) this.list.putBelow(name, this.panel.element);
    else this.split.append(this.panel.element);
  }

  private fillPanel(name: string): void {
    const index = this.files.findIndex(({ text }) => text.name === name);
    if (index >= 0) {
      this.panel.showRung({ ...this.files[index], before: this.comparedWith(index) });
      return;
    }
    const { own, stored } = this.results;
    this.panel.showEngine(this.kernel, name, (own ?? stored)?.engineKernels ?? []);
  }

  /** The rung below; the one below that where a detour lies between. */
  private comparedWith(index: number): RungText | undefined {
    const { rungs } = ladders[this.kernel];
    const below = this.files.slice(0, index).findLast((_, place) => rungs[place].isDetour !== true);
    return below?.text;
  }
}
