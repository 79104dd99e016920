// Exploring the latents: what is picked, which way of looking is chosen, and when it is drawn again. The ways themselves
// have files of their own.

import { find } from "../_shell/elements.ts";
import { Draws } from "./draws.ts";
import { LatentPad } from "./latentPad.ts";
import type { Latent } from "./latentPaths.ts";
import { LatentSums } from "./latentSums.ts";
import { LatentWalk } from "./latentWalk.ts";
import type { DcganCommand, DcganReady } from "./pageTypes.ts";
import type { RunConfig } from "./runConfig.ts";
import { PICK_NAMES, type PickName, type SampleGrid } from "./sampleGrid.ts";

/** What a way of looking needs to know. */
export interface Scene {
  readonly picks: Readonly<Record<PickName, Pick>>;
  readonly draws: Draws;
  readonly size: number;
  readonly isInk: boolean;
}

/** A picked sample, or what stands for it. */
export interface Pick {
  readonly latent: Latent;
  /** What is drawn, where networks are told: as picked, or as chosen. */
  readonly label: number;
}

/** A way to look at latents. */
export interface LatentView {
  /** Draws itself as the generator stands now. */
  draw(scene: Scene): void;
  /** It is not looked at any more. */
  rest(): void;
}

const VIEW_NAMES = ["walk", "sums", "pad"] as const;
type ViewName = (typeof VIEW_NAMES)[number];
const REDRAW_MS = 400;
/** The first picks: in different columns, and so of different classes. */
const FIRST_PICKS: Readonly<Record<PickName, number>> = { A: 3, B: 17, C: 25 };

/** The section #explore. */
export class Explorer {
  private readonly controls = find("#explore-controls", HTMLFieldSetElement);
  private readonly digitList = find("#digit", HTMLSelectElement);
  private readonly digitField = find("#digit-field", HTMLElement);
  private readonly draws: Draws;
  private readonly grid: SampleGrid;
  private readonly views: Readonly<Record<ViewName, LatentView>>;
  private picks: Record<PickName, number> = { ...FIRST_PICKS };
  private next: PickName = "A";
  private shown: ViewName = "walk";
  private run: { readonly config: RunConfig; readonly own: DcganReady; readonly isInk: boolean } | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** What nobody sees is not drawn: that time belongs to training. */
  private isInSight = false;

  constructor(grid: SampleGrid, post: (command: DcganCommand) => void) {
    this.grid = grid;
    this.draws = new Draws(post);
    this.views = { walk: new LatentWalk(), sums: new LatentSums(), pad: new LatentPad() };
    for (const name of VIEW_NAMES) {
      const tab = this.tabOf(name);
      tab.addEventListener("click", () => this.choose(name));
      tab.addEventListener("keydown", (event) => this.onTabKey(event, name));
    }
    for (const name of PICK_NAMES) {
      find(`#pick-${name}`, HTMLInputElement).addEventListener("change", () => {
        this.next = name;
      });
    }
    this.digitList.addEventListener("change", () => this.draw());
    new IntersectionObserver((entries) => {
      // Out of sight and back between two calls are two entries: the last one holds.
      this.isInSight = entries[entries.length - 1].isIntersecting;
      if (this.isInSight) this.draw();
      else this.views[this.shown].rest();
    }).observe(this.controls);
    this.choose("walk");
  }

  /** Another run; without `isLive` nobody answers. */
  reset(config: RunConfig, own: DcganReady, { isLive, isInk }: { isLive: boolean; isInk: boolean }): void {
    this.draws.reset();
    this.run = isLive ? { config, own, isInk } : undefined;
    this.setEnabled(isLive);
    this.digitField.hidden = !config.conditional;
    find("#walk-class-note", HTMLElement).hidden = !config.conditional;
    const chosen = this.digitList.value;
    const options = own.classNames.map((name, index) => new Option(name, String(index)));
    this.digitList.replaceChildren(new Option("as picked", ""), ...options);
    this.digitList.value = options.some(({ value }) => value === chosen) ? chosen : "";
    this.showPicks();
    this.draw();
  }

  /** Nobody answers any more. */
  rest(): void {
    this.run = undefined;
    this.setEnabled(false);
    this.views[this.shown].rest();
    this.grid.mark({});
  }

  /** A sample was picked in the grid. */
  pick(index: number): void {
    this.picks[this.next] = index;
    const place = PICK_NAMES.indexOf(this.next);
    this.next = PICK_NAMES[(place + 1) % PICK_NAMES.length];
    this.showPicks();
    this.draw();
  }

  /** The generator has changed. */
  refresh(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.draw();
    }, REDRAW_MS);
  }

  answer(id: string, pixels: Uint8Array): void {
    this.draws.answer(id, pixels);
  }

  private setEnabled(isEnabled: boolean): void {
    this.controls.disabled = !isEnabled;
    find("#explore-note", HTMLElement).hidden = isEnabled;
  }

  private draw(): void {
    const { run, draws } = this;
    if (run === undefined || !this.isInSight) return;
    const { config, isInk } = run;
    const picks = { A: this.pickOf("A"), B: this.pickOf("B"), C: this.pickOf("C") };
    this.views[this.shown].draw({ picks, draws, size: config.size, isInk });
  }

  private pickOf(name: PickName): Pick {
    const { own, config } = this.run ?? {};
    if (own === undefined || config === undefined) return { latent: new Float32Array(), label: 0 };
    const index = this.picks[name];
    const { latentSize } = config;
    const latent = Float32Array.from(own.latents.subarray(index * latentSize, (index + 1) * latentSize));
    const { value } = this.digitList;
    return { latent, label: value === "" ? own.labels[index] : Number(value) };
  }

  private showPicks(): void {
    find(`#pick-${this.next}`, HTMLInputElement).checked = true;
    this.grid.mark(this.run === undefined ? {} : this.picks);
  }

  private choose(chosen: ViewName): void {
    if (chosen !== this.shown) this.views[this.shown].rest();
    this.shown = chosen;
    for (const name of VIEW_NAMES) {
      const tab = this.tabOf(name);
      tab.setAttribute("aria-selected", String(name === chosen));
      tab.tabIndex = name === chosen ? 0 : -1;
      find(`#${name}-panel`, HTMLElement).hidden = name !== chosen;
    }
    this.draw();
  }

  private onTabKey(event: KeyboardEvent, name: ViewName): void {
    const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (move === undefined) return;
    event.preventDefault();
    const count = VIEW_NAMES.length;
    const next = VIEW_NAMES[(VIEW_NAMES.indexOf(name) + move + count) % count];
    this.choose(next);
    this.tabOf(next).focus();
  }

  private tabOf(name: ViewName): HTMLButtonElement {
    return find(`#${name}-tab`, HTMLButtonElement);
  }
}
