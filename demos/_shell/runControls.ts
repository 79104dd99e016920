// Play, pause, one step, reset: the buttons of the header, and their keys.
//
// Decides: when training runs (the visitor wants it, and the page can be seen). Leaves to the page what each does.

import { find, setText } from "./elements.ts";

export interface RunListener {
  /** Training shall run from now on, or not. */
  onRun(isWanted: boolean): void;
  /** One step; training does not run. */
  onStep(): void;
  onReset(): void;
}

export const PLAY_ICON = "M2 1l9 5-9 5z";
export const PAUSE_ICON = "M2 1h3v10H2zM7 1h3v10H7z";
/** What takes keys of its own: Space presses a button, and in a field keys are text. */
const WITH_KEYS = "button, input, select, textarea, a, summary";
const WITH_SPACE_ALONE = "button, a, summary, input[type=range], input[type=radio], input[type=checkbox]";

/** The run controls of a page. Training is wanted at first. */
export class RunControls {
  private readonly play = find("#play", HTMLButtonElement);
  private readonly step = find("#step", HTMLButtonElement);
  private readonly reset = find("#reset", HTMLButtonElement);
  private readonly listener: RunListener;
  private isWanted = true;
  private isReady = false;

  constructor(listener: RunListener) {
    this.listener = listener;
    this.play.addEventListener("click", () => this.setWanted(!this.isWanted));
    this.step.addEventListener("click", () => this.stepOnce());
    this.reset.addEventListener("click", () => listener.onReset());
    document.addEventListener("visibilitychange", () => listener.onRun(this.isWantedNow));
    document.addEventListener("keydown", (event) => this.onKey(event));
  }

  /** Whether training is wanted, and the page can be seen. */
  get isWantedNow(): boolean {
    return this.isWanted && document.visibilityState === "visible";
  }

  /** The visitor wants training to run, or not. */
  setWanted(wanted: boolean): void {
    this.isWanted = wanted;
    const label = wanted ? "Pause" : "Play";
    setText(find("#play-label", HTMLElement), label);
    this.play.setAttribute("aria-label", label);
    find("#play-icon", SVGPathElement).setAttribute("d", wanted ? PAUSE_ICON : PLAY_ICON);
    this.showStep();
    this.listener.onRun(this.isWantedNow);
  }

  /** Whether there is a run that can make steps. */
  setReady(ready: boolean): void {
    this.isReady = ready;
    this.showStep();
  }

  /** Whether anything can be done at all. */
  setEnabled(enabled: boolean): void {
    for (const button of [this.play, this.reset]) button.disabled = !enabled;
  }

  private showStep(): void {
    this.step.disabled = this.isWanted || !this.isReady;
  }

  private stepOnce(): void {
    if (!this.isReady) return;
    if (this.isWanted) this.setWanted(false);
    this.listener.onStep();
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || this.play.disabled) return;
    const { target } = event;
    if (target instanceof Element && target.matches(WITH_KEYS)) {
      if (event.key === " " || !target.matches(WITH_SPACE_ALONE)) return;
    }
    const actions: Record<string, () => void> = {
      " ": () => this.setWanted(!this.isWanted),
      ".": () => this.stepOnce(),
      r: () => this.listener.onReset(),
    };
    const action = actions[event.key.toLowerCase()];
    if (action === undefined) return;
    event.preventDefault();
    action();
  }
}
