// The numbers that every page has: how far a run is, how fast, and what it costs.

import { showAdapter } from "./adapter.ts";
import { find, setText } from "./elements.ts";
import type { PageTypes, ProgressReport, ReadyReport } from "./messages.ts";
import { amount, grouped, megabytes } from "./numbers.ts";

/** The readout's first part. */
export class RunFacts {
  private readonly itemName: string;

  /** `itemName` is what a step learns from: "digits". */
  constructor(itemName: string) {
    this.itemName = itemName;
  }

  showLoading(text: string, done: number, total: number): void {
    setText(find("#phase", Element), total > 1 ? `${text} ${done} / ${total}` : text);
  }

  /** Nothing is being got ready. */
  endLoading(): void {
    show("phase", "");
  }

  showReady<P extends PageTypes>(report: ReadyReport<P>): void {
    this.endLoading();
    for (const name of ["steps-per-second", "items-per-second", "step-time", "gpu-time", "kept"])
      show(name, "–");
    showAdapter(report.adapterName, report.isSoftware);
    this.showStep(report.step, false);
    show("dispatches", String(report.dispatchesPerStep));
    show("parameter-count", grouped(report.parameterCount));
  }

  showProgress(report: ProgressReport): void {
    this.showStep(report.step, report.isResting);
    if (report.stepMs > 0) {
      show("steps-per-second", `${amount(report.stepsPerSecond)} steps/s`);
      show("items-per-second", `${amount(report.itemsPerSecond)} ${this.itemName}/s`);
      show("step-time", `${report.stepMs.toFixed(1)} ms`);
    }
    if (report.gpuMs !== undefined) show("gpu-time", `${report.gpuMs.toFixed(1)} ms`);
    show("live-memory", megabytes(report.liveBytes));
    show("peak-memory", megabytes(report.peakBytes));
  }

  /** The run was kept, or could not be. */
  showKept(step: number, fault: string | undefined): void {
    show("kept", fault === undefined ? `step ${grouped(step)}` : "not kept");
    find("#kept", HTMLElement).title = fault ?? "";
  }

  /** The step count, and whether it stays as it is for now: marked for styles and tests, not for those who listen. */
  private showStep(step: number, isResting: boolean): void {
    show("step-count", grouped(step));
    find("#step-count", HTMLElement).toggleAttribute("data-resting", isResting);
  }
}

function show(id: string, text: string): void {
  setText(find(`#${id}`, Element), text);
}
