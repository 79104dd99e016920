// The readout: curves, numbers, and now and then a sentence for those who cannot see them.

import { showAdapter } from "../shared/adapter.ts";
import { find, setText } from "../shared/elements.ts";
import { LineChart } from "../shared/lineChart.ts";
import { amount, grouped, megabytes } from "../shared/numbers.ts";
import type { LoadingStage, ProgressReport, ReadyReport, ValidationPoint } from "./protocol.ts";

const TRAINING = 0;
const VALIDATION = 1;
/** How much of the running mean each step keeps. */
const SMOOTHING = 0.92;

const loadingTexts: Record<LoadingStage, string> = {
  device: "Getting the GPU ready …",
  text: "Reading the text …",
  tokenizer: "Learning byte pairs",
  pipelines: "Compiling GPU programs",
};

/** Shows what the worker reports. */
export class Readout {
  private readonly lossChart = new LineChart(find("#loss-chart", HTMLCanvasElement), {
    curves: [
      { colour: "--curve-one", isDashed: false, isSmoothed: true },
      { colour: "--curve-two", isDashed: true, isSmoothed: false },
    ],
    leastTop: 2.5,
    format: (value) => (value === 0 ? "0" : value.toFixed(1)),
  });
  private readonly accuracyChart = new LineChart(find("#accuracy-chart", HTMLCanvasElement), {
    curves: [{ colour: "--curve-two", isDashed: true, isSmoothed: false }],
    leastTop: 100,
    top: 100,
    format: String,
  });
  private progress: ProgressReport | undefined;
  private validation: ValidationPoint | undefined;
  private meanLoss = Number.NaN;

  showLoading(stage: LoadingStage, done: number, total: number): void {
    const isCounted = stage === "pipelines" || stage === "tokenizer";
    show("#phase", isCounted ? `${loadingTexts[stage]} ${done} / ${total}` : loadingTexts[stage]);
  }

  /** Nothing is being got ready. */
  endLoading(): void {
    show("#phase", "");
  }

  /** Another run: what happened in it so far, and what stays the same in it. */
  showReady(report: ReadyReport): void {
    this.clear();
    const { history, config } = report;
    find("#accuracy-figure", HTMLElement).hidden = config.text.kind !== "task";
    for (const element of document.querySelectorAll<HTMLElement>(".of-task")) {
      element.hidden = config.text.kind !== "task";
    }
    showAdapter(report.adapterName, report.isSoftware);
    this.addLosses(history.losses);
    for (const point of history.validations) this.showValidation(point);
    show("#step-count", grouped(report.step));
    show("#dispatches", String(report.dispatchesPerStep));
    show("#parameters", grouped(report.parameterCount));
    show("#vocabulary-size", grouped(report.vocabularySize));
    show("#parameter-count", grouped(report.parameterCount));
    show("#token-count", grouped(report.vocabularySize));
    show("#chance-loss", Math.log(report.vocabularySize).toFixed(2));
    show(
      "#text-size",
      report.characterCount > 0 ? `${grouped(report.characterCount)} characters` : "made up as it goes",
    );
  }

  showProgress(report: ProgressReport): void {
    this.progress = report;
    this.addLosses(report.losses);
    show("#step-count", grouped(report.step));
    if (report.stepMs > 0) {
      show("#tokens-per-second", `${amount(report.tokensPerSecond)} tokens/s`);
      show("#steps-per-second", `${amount(report.stepsPerSecond)} steps/s`);
      show("#step-time", `${report.stepMs.toFixed(1)} ms`);
    }
    show("#live-memory", megabytes(report.liveBytes));
    show("#peak-memory", megabytes(report.peakBytes));
    if (Number.isNaN(this.meanLoss)) return;
    const chance = 100 * Math.exp(-this.meanLoss);
    show(
      "#loss-meaning",
      `At the moment it is about ${this.meanLoss.toFixed(2)}: on the (geometric) average the right token gets ${chance.toFixed(chance < 10 ? 1 : 0)} %.`,
    );
  }

  showValidation(point: ValidationPoint): void {
    this.validation = point;
    const { step, loss, exactAccuracy } = point;
    this.lossChart.add(VALIDATION, [{ step, value: loss }]);
    show("#validation-loss", loss.toFixed(3));
    find("#loss-chart", HTMLElement).ariaLabel =
      `Loss by step; at step ${step} the validation loss is ${loss.toFixed(2)}.`;
    if (exactAccuracy === undefined) return;
    const percent = 100 * exactAccuracy;
    this.accuracyChart.add(0, [{ step, value: percent }]);
    show("#exact-accuracy", `${percent.toFixed(1)} %`);
    find("#accuracy-chart", HTMLElement).ariaLabel =
      `Exact answers by step; at step ${step} ${percent.toFixed(1)} percent are right.`;
  }

  /** The run was kept, or could not be. */
  showKept(step: number, fault: string | undefined): void {
    show("#kept", fault === undefined ? `step ${grouped(step)}` : "not kept");
    find("#kept", HTMLElement).title = fault ?? "";
  }

  /** Where training stands, in a sentence; empty before the first step. */
  summary(): string {
    if (this.progress === undefined || Number.isNaN(this.meanLoss)) return "";
    const parts = [`Step ${this.progress.step}`, `training loss ${this.meanLoss.toFixed(2)}`];
    const { validation } = this;
    if (validation !== undefined) parts.push(`validation loss ${validation.loss.toFixed(2)}`);
    if (validation?.exactAccuracy !== undefined) {
      parts.push(`${(100 * validation.exactAccuracy).toFixed(0)} percent of answers right`);
    }
    return `${parts.join(", ")}.`;
  }

  /** Forgets the run before. */
  private clear(): void {
    this.progress = undefined;
    this.validation = undefined;
    this.meanLoss = Number.NaN;
    this.endLoading();
    this.lossChart.clear();
    this.accuracyChart.clear();
    for (const id of ["#train-loss", "#validation-loss", "#exact-accuracy", "#kept"]) show(id, "–");
    for (const id of ["#tokens-per-second", "#steps-per-second", "#step-time"]) show(id, "–");
    show("#loss-meaning", "");
  }

  private addLosses(losses: ProgressReport["losses"]): void {
    this.lossChart.add(TRAINING, losses);
    for (const { value } of losses) {
      this.meanLoss = Number.isNaN(this.meanLoss)
        ? value
        : SMOOTHING * this.meanLoss + (1 - SMOOTHING) * value;
    }
    const last = losses[losses.length - 1];
    if (last !== undefined) show("#train-loss", last.value.toFixed(3));
  }
}

function show(selector: string, text: string): void {
  setText(find(selector, Element), text);
}
