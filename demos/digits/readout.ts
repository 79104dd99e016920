// The readout: curves, numbers, and now and then a sentence for those who cannot see them.

import { showAdapter } from "../shared/adapter.ts";
import { find, setText } from "../shared/elements.ts";
import { LineChart } from "../shared/lineChart.ts";
import { amount, grouped, megabytes } from "../shared/numbers.ts";
import type { EvaluationReport, LoadingStage, ProgressReport, ReadyReport } from "./protocol.ts";

const TRAINING = 0;
const TEST = 1;

const loadingTexts: Record<LoadingStage, string> = {
  device: "Getting the GPU ready …",
  data: "Drawing digits …",
  pipelines: "Compiling GPU programs",
  test: "A first look at the test digits …",
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
  private evaluation: EvaluationReport | undefined;
  private meanLoss = Number.NaN;

  /** Forgets the run before. */
  clear(): void {
    this.progress = undefined;
    this.evaluation = undefined;
    this.meanLoss = Number.NaN;
    show("#phase", "");
    this.lossChart.clear();
    this.accuracyChart.clear();
    show("#step-count", "0");
    show("#epochs", "0.00");
    for (const id of ["#train-loss", "#test-loss", "#test-accuracy"]) show(id, "–");
    for (const id of ["#steps-per-second", "#examples-per-second", "#step-time"]) show(id, "–");
    show("#loss-meaning", "");
  }

  showLoading(stage: LoadingStage, done: number, total: number): void {
    show("#phase", stage === "pipelines" ? `${loadingTexts[stage]} ${done} / ${total}` : loadingTexts[stage]);
  }

  showReady({ adapterName, isSoftware, dispatchesPerStep, parameterCount }: ReadyReport): void {
    show("#phase", "");
    show("#dispatches", String(dispatchesPerStep));
    showAdapter(adapterName, isSoftware);
    show("#parameter-count", grouped(parameterCount));
  }

  showProgress(report: ProgressReport): void {
    this.progress = report;
    this.lossChart.add(TRAINING, report.losses);
    for (const { value } of report.losses) {
      this.meanLoss = Number.isNaN(this.meanLoss) ? value : 0.92 * this.meanLoss + 0.08 * value;
    }
    const last = report.losses[report.losses.length - 1];
    if (last !== undefined) show("#train-loss", last.value.toFixed(3));
    show("#step-count", grouped(report.step));
    show("#epochs", report.epochs.toFixed(2));
    if (report.stepsPerSecond > 0) {
      show("#steps-per-second", `${amount(report.stepsPerSecond)} steps/s`);
      show("#examples-per-second", `${amount(report.examplesPerSecond)} digits/s`);
    }
    show("#step-time", `${report.stepMs.toFixed(1)} ms`);
    show("#live-memory", megabytes(report.liveBytes));
    show("#peak-memory", megabytes(report.peakBytes));
    const chance = (100 * Math.exp(-this.meanLoss)).toFixed(0);
    show(
      "#loss-meaning",
      `At the moment the loss is about ${this.meanLoss.toFixed(2)}: on the (geometric) average the right digit gets ${chance} %.`,
    );
  }

  showEvaluation(report: EvaluationReport): void {
    this.evaluation = report;
    show("#phase", "");
    const { step, loss, accuracy } = report;
    this.lossChart.add(TEST, [{ step, value: loss }]);
    this.accuracyChart.add(0, [{ step, value: 100 * accuracy }]);
    show("#test-loss", loss.toFixed(3));
    show("#test-accuracy", `${(100 * accuracy).toFixed(1)} %`);
    find("#accuracy-chart", HTMLElement).ariaLabel =
      `Accuracy by step; at step ${step} the test digits are ${(100 * accuracy).toFixed(1)} percent right.`;
    find("#loss-chart", HTMLElement).ariaLabel =
      `Loss by step; at step ${step} the test loss is ${loss.toFixed(2)}.`;
  }

  /** Where training stands, in a sentence; empty before the first step. */
  summary(): string {
    if (this.progress === undefined) return "";
    const parts = [`Step ${this.progress.step}`, `training loss ${this.meanLoss.toFixed(2)}`];
    if (this.evaluation !== undefined) {
      parts.push(`test accuracy ${(100 * this.evaluation.accuracy).toFixed(0)} percent`);
    }
    return `${parts.join(", ")}.`;
  }
}

function show(selector: string, text: string): void {
  setText(find(selector, Element), text);
}
