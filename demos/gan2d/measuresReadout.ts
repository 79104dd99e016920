// How the game stands: curves, distances, and the modes that are covered.

import { Chart } from "../_shell/chart.ts";
import { ChartTools } from "../_shell/chartTools.ts";
import { find, setText } from "../_shell/elements.ts";
import type { CurvePoints } from "../_shell/messages.ts";
import { grouped } from "../_shell/numbers.ts";
import type { RunLog } from "../_shell/runLog.ts";
import { CURVES, type Gan2dReady } from "./pageTypes.ts";

/** The charts and the numbers beside them. */
export class Measures {
  private readonly latest = new Map<string, { readonly step: number; readonly value: number }>();
  private modes = 0;

  constructor(log: RunLog) {
    const charts = [
      new Chart(find("#loss-chart", HTMLElement), {
        title: "Losses",
        log,
        series: [
          {
            name: CURVES.discriminator,
            label: "discriminator",
            colour: "--curve-one",
            isDashed: false,
            isSmoothed: true,
          },
          {
            name: CURVES.generator,
            label: "generator",
            colour: "--curve-two",
            isDashed: true,
            isSmoothed: true,
          },
        ],
        leastTop: 1.5,
        isSigned: true,
        format: short,
      }),
      new Chart(find("#divergence-chart", HTMLElement), {
        title: "Divergences",
        unit: "nats",
        log,
        series: [
          { name: CURVES.kl, label: "KL", colour: "--curve-one", isDashed: false, isSmoothed: false },
          { name: CURVES.js, label: "JS", colour: "--curve-two", isDashed: true, isSmoothed: false },
        ],
        leastTop: 1,
        format: short,
      }),
    ];
    new ChartTools(find("#chart-tools", HTMLElement), {
      log,
      charts,
      title: "A GAN learns a shape",
      fileName: "gan2d",
    });
  }

  /** Another run. */
  reset({ modes, parameterCounts: { discriminator, generator } }: Gan2dReady): void {
    this.latest.clear();
    this.modes = modes?.centres.length ?? 0;
    for (const element of document.querySelectorAll<HTMLElement>(".of-modes")) {
      element.hidden = modes === undefined;
    }
    for (const name of ["kl", "js", "covered", "within"]) show(name, "–");
    show("meaning", "");
    show("parameters", `${grouped(discriminator)}, ${grouped(generator)}`);
  }

  add(points: CurvePoints): void {
    for (const [name, list] of Object.entries(points)) {
      const last = list[list.length - 1];
      if (last !== undefined) this.latest.set(name, last);
    }
    const { kl, js, covered, within } = this.values();
    if (kl !== undefined) show("kl", kl.toFixed(3));
    if (js !== undefined) show("js", js.toFixed(3));
    if (covered === undefined || within === undefined) return;
    show("covered", `${covered} of ${this.modes}`);
    show("within", `${(100 * within).toFixed(1)} %`);
    const which = covered === this.modes ? `all ${this.modes}` : `${covered} of ${this.modes}`;
    show("meaning", this.modes > 1 ? `At the moment ${which} modes are covered.` : "");
  }

  /** Where training stands, in a sentence; empty before the first measurement. */
  summary(): string {
    const { js, covered } = this.values();
    const step = Math.max(0, ...[...this.latest.values()].map((point) => point.step));
    if (js === undefined) return "";
    const parts = [`Step ${step}`, `JS divergence ${js.toFixed(2)}`];
    if (covered !== undefined) parts.push(`${covered} of ${this.modes} modes covered`);
    return `${parts.join(", ")}.`;
  }

  private values() {
    const value = (name: string) => this.latest.get(name)?.value;
    return {
      kl: value(CURVES.kl),
      js: value(CURVES.js),
      covered: value(CURVES.covered),
      within: value(CURVES.within),
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
