// How training stands: the charts, and the numbers beside them.

import { Chart } from "../_shell/chart.ts";
import { ChartTools } from "../_shell/chartTools.ts";
import { find, setText } from "../_shell/elements.ts";
import type { CurvePoints } from "../_shell/messages.ts";
import { grouped } from "../_shell/numbers.ts";
import type { RunLog } from "../_shell/runLog.ts";
import { CURVES, type DcganReady } from "./pageTypes.ts";

/** The charts and the numbers. */
export class Readout {
  private readonly latest = new Map<string, { readonly step: number; readonly value: number }>();

  constructor(log: RunLog) {
    const series = (name: string, label: string, isSecond: boolean, isSmoothed: boolean) => ({
      name,
      label,
      colour: isSecond ? ("--curve-two" as const) : ("--curve-one" as const),
      isDashed: isSecond,
      isSmoothed,
    });
    const charts = [
      new Chart(find("#loss-chart", HTMLElement), {
        title: "Losses",
        log,
        series: [
          series(CURVES.discriminator, "discriminator", false, true),
          series(CURVES.generator, "generator", true, true),
        ],
        leastTop: 1.5,
        isSigned: true,
        format: short,
      }),
      new Chart(find("#judge-chart", HTMLElement), {
        title: "Judge",
        unit: "%",
        log,
        series: [
          series(CURVES.confidence, "sure", false, false),
          series(CURVES.rarest, "rarest class", true, false),
        ],
        leastTop: 100,
        top: 100,
        format: short,
      }),
    ];
    new ChartTools(find("#chart-tools", HTMLElement), {
      log,
      charts,
      title: "A DCGAN draws digits",
      fileName: "gan",
    });
  }

  /** Another run. */
  reset({ parameterCounts: { generator, discriminator }, pictureCount }: DcganReady): void {
    this.latest.clear();
    for (const name of ["confidence", "rarest"]) show(name, "–");
    show("parameters", `${grouped(generator)}, ${grouped(discriminator)}`);
    show("picture-count", grouped(pictureCount));
  }

  add(points: CurvePoints): void {
    for (const [name, list] of Object.entries(points)) {
      const last = list[list.length - 1];
      if (last !== undefined) this.latest.set(name, last);
    }
    const { confidence, rarest } = this.values();
    if (confidence !== undefined) show("confidence", `${confidence.toFixed(1)} %`);
    if (rarest !== undefined) show("rarest", `${rarest.toFixed(1)} %`);
  }

  /** Where training stands, in a sentence; empty before the first step. */
  summary(): string {
    const { discriminator, generator, confidence } = this.values();
    const step = Math.max(0, ...[...this.latest.values()].map((point) => point.step));
    if (discriminator === undefined || generator === undefined) return "";
    const parts = [
      `Step ${step}`,
      `losses ${discriminator.toFixed(2)} of the discriminator and ${generator.toFixed(2)} of the generator`,
    ];
    if (confidence !== undefined) parts.push(`the judge is ${Math.round(confidence)} % sure`);
    return `${parts.join(", ")}.`;
  }

  private values() {
    const value = (name: string) => this.latest.get(name)?.value;
    return {
      discriminator: value(CURVES.discriminator),
      generator: value(CURVES.generator),
      confidence: value(CURVES.confidence),
      rarest: value(CURVES.rarest),
    };
  }
}

function short(value: number): string {
  if (value === 0) return "0";
  return Math.abs(value) < 10 ? value.toFixed(1) : String(Math.round(value));
}

function show(id: string, text: string): void {
  setText(find(`#${id}`, Element), text);
}
