// How well the model does: curves, the numbers beside them, and what the loss means.

import { Chart } from "../_shell/chart.ts";
import { ChartTools } from "../_shell/chartTools.ts";
import { find, setText } from "../_shell/elements.ts";
import type { CurvePoints, ReadyReport } from "../_shell/messages.ts";
import { grouped } from "../_shell/numbers.ts";
import type { RunLog } from "../_shell/runLog.ts";
import { CURVES, type GptTypes } from "./pageTypes.ts";

/** How much of the running mean each step keeps. */
const SMOOTHING = 0.92;

/** The charts and the numbers beside them. */
export class LossReadout {
  private readonly exactFigure = find("#exact-chart", HTMLElement);
  private readonly latest = new Map<string, { readonly step: number; readonly value: number }>();
  private meanLoss = Number.NaN;

  constructor(log: RunLog) {
    const charts = [lossChart(log), exactChart(this.exactFigure, log)];
    new ChartTools(find("#chart-tools", HTMLElement), {
      log,
      charts,
      title: "A GPT learns to write",
      fileName: "gpt",
    });
  }

  /** Another run: what stays the same in it. */
  reset({ config, own, parameterCount }: ReadyReport<GptTypes>): void {
    this.latest.clear();
    this.meanLoss = Number.NaN;
    const isTask = config.text.kind === "task";
    this.exactFigure.hidden = !isTask;
    for (const element of document.querySelectorAll<HTMLElement>(".of-task")) element.hidden = !isTask;
    for (const id of ["train-loss", "validation-loss", "exact-answers"]) show(id, "–");
    show("loss-meaning", "");
    const { vocabularySize, characterCount } = own;
    show("parameters", grouped(parameterCount));
    show("vocabulary-size", grouped(vocabularySize));
    show("token-count", grouped(vocabularySize));
    show("chance-loss", Math.log(vocabularySize).toFixed(2));
    show("text-size", characterCount > 0 ? `${grouped(characterCount)} characters` : "made up as it goes");
  }

  add(points: CurvePoints): void {
    for (const [name, list] of Object.entries(points)) {
      const last = list[list.length - 1];
      if (last !== undefined) this.latest.set(name, last);
    }
    for (const { value } of points[CURVES.training] ?? []) this.average(value);
    const { training, validation, exact } = this.values();
    if (training !== undefined) show("train-loss", training.toFixed(3));
    if (validation !== undefined) show("validation-loss", validation.toFixed(3));
    if (exact !== undefined) show("exact-answers", `${exact.toFixed(1)} %`);
    if (Number.isNaN(this.meanLoss)) return;
    const chance = 100 * Math.exp(-this.meanLoss);
    show(
      "loss-meaning",
      `At the moment it is about ${this.meanLoss.toFixed(2)}: on the (geometric) average the right token gets ${chance.toFixed(chance < 10 ? 1 : 0)} %.`,
    );
  }

  /** Where training stands, in a sentence; empty before the first step. */
  summary(): string {
    const { validation, exact } = this.values();
    const step = this.latest.get(CURVES.training)?.step;
    if (step === undefined) return "";
    const parts = [`Step ${step}`, `training loss ${this.meanLoss.toFixed(2)}`];
    if (validation !== undefined) parts.push(`validation loss ${validation.toFixed(2)}`);
    if (exact !== undefined) parts.push(`${exact.toFixed(0)} percent of answers right`);
    return `${parts.join(", ")}.`;
  }

  private average(loss: number): void {
    const { meanLoss } = this;
    this.meanLoss = Number.isNaN(meanLoss) ? loss : SMOOTHING * meanLoss + (1 - SMOOTHING) * loss;
  }

  private values() {
    const value = (name: string) => this.latest.get(name)?.value;
    return {
      training: value(CURVES.training),
      validation: value(CURVES.validation),
      exact: value(CURVES.exact),
    };
  }
}

function lossChart(log: RunLog): Chart {
  return new Chart(find("#loss-chart", HTMLElement), {
    title: "Loss",
    unit: "nats",
    log,
    series: [
      {
        name: CURVES.training,
        label: "training",
        colour: "--curve-one",
        isDashed: false,
        isSmoothed: true,
      },
      {
        name: CURVES.validation,
        label: "validation",
        colour: "--curve-two",
        isDashed: true,
        isSmoothed: false,
      },
    ],
    leastTop: 2.5,
    format: (value) => (value === 0 ? "0" : value.toFixed(1)),
  });
}

function exactChart(figure: HTMLElement, log: RunLog): Chart {
  return new Chart(figure, {
    title: "Exact answers",
    unit: "%",
    log,
    series: [
      {
        name: CURVES.exact,
        label: "never trained on",
        colour: "--curve-two",
        isDashed: true,
        isSmoothed: false,
      },
    ],
    leastTop: 100,
    top: 100,
    format: String,
  });
}

function show(id: string, text: string): void {
  setText(find(`#${id}`, Element), text);
}
