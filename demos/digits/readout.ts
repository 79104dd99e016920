// How far the network is: curves, and the numbers beside them.

import { Chart } from "../_shell/chart.ts";
import { ChartTools } from "../_shell/chartTools.ts";
import { find, setText } from "../_shell/elements.ts";
import type { CurvePoints } from "../_shell/messages.ts";
import type { RunLog } from "../_shell/runLog.ts";
import { CURVES } from "./pageTypes.ts";
import type { RunConfig } from "./runConfig.ts";

/** How much of the running mean each step keeps. */
const SMOOTHING = 0.92;

/** The charts and the numbers. */
export class Readout {
  private config: RunConfig | undefined;
  private step = 0;
  private meanLoss = Number.NaN;
  private accuracy: number | undefined;

  constructor(log: RunLog) {
    const dashed = { colour: "--curve-two", isDashed: true, isSmoothed: false } as const;
    const loss = new Chart(find("#loss-chart", HTMLElement), {
      title: "Loss",
      unit: "nats",
      log,
      series: [
        {
          name: CURVES.trainLoss,
          label: "training",
          colour: "--curve-one",
          isDashed: false,
          isSmoothed: true,
        },
        { name: CURVES.testLoss, label: "test", ...dashed },
      ],
      leastTop: 2.5,
      format: (value) => (value === 0 ? "0" : value.toFixed(1)),
    });
    const accuracy = new Chart(find("#accuracy-chart", HTMLElement), {
      title: "Accuracy",
      unit: "%",
      log,
      series: [{ name: CURVES.testAccuracy, label: "test", ...dashed }],
      leastTop: 100,
      top: 100,
      format: String,
    });
    const charts = [loss, accuracy];
    new ChartTools(find("#chart-tools", HTMLElement), {
      log,
      charts,
      title: "LeNet-5 reads digits",
      fileName: "digits",
    });
  }

  /** Another run. */
  reset(config: RunConfig): void {
    this.config = config;
    this.step = 0;
    this.meanLoss = Number.NaN;
    this.accuracy = undefined;
    for (const id of ["train-loss", "test-loss", "test-accuracy"]) show(id, "–");
    show("epochs", "0.00");
    show("loss-meaning", "");
  }

  add(points: CurvePoints): void {
    for (const { step, value } of points[CURVES.trainLoss] ?? []) {
      this.step = step;
      this.meanLoss = Number.isNaN(this.meanLoss)
        ? value
        : SMOOTHING * this.meanLoss + (1 - SMOOTHING) * value;
    }
    const last = (name: string) => points[name]?.[points[name].length - 1]?.value;
    const [trainLoss, testLoss] = [last(CURVES.trainLoss), last(CURVES.testLoss)];
    this.accuracy = last(CURVES.testAccuracy) ?? this.accuracy;
    if (trainLoss !== undefined) show("train-loss", trainLoss.toFixed(3));
    if (testLoss !== undefined) show("test-loss", testLoss.toFixed(3));
    if (this.accuracy !== undefined) show("test-accuracy", `${this.accuracy.toFixed(1)} %`);
    if (this.config === undefined || Number.isNaN(this.meanLoss)) return;
    show("epochs", ((this.step * this.config.batchSize) / this.config.trainCount).toFixed(2));
    const chance = (100 * Math.exp(-this.meanLoss)).toFixed(0);
    show(
      "loss-meaning",
      `At the moment the loss is about ${this.meanLoss.toFixed(2)}: on the (geometric) average the right digit gets ${chance} %.`,
    );
  }

  /** Where training stands, in a sentence; empty before the first step. */
  summary(): string {
    if (this.step === 0) return "";
    const parts = [`Step ${this.step}`, `training loss ${this.meanLoss.toFixed(2)}`];
    if (this.accuracy !== undefined) parts.push(`test accuracy ${this.accuracy.toFixed(0)} percent`);
    return `${parts.join(", ")}.`;
  }
}

function show(id: string, text: string): void {
  setText(find(`#${id}`, Element), text);
}
