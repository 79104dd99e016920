// The choice of what is learned: a small picture for each distribution.

import { context2d, find, make, onSchemeChange, styleValue } from "../_shell/elements.ts";
import { DISTRIBUTION_NAMES, type DistributionName, distributionOf } from "./distributions.ts";

const TITLES: Readonly<Record<DistributionName, string>> = {
  ring: "Ring",
  grid: "Grid",
  moons: "Moons",
  spiral: "Spiral",
  line: "Line",
  gaussian: "Cloud",
  drawn: "Draw",
};

const SIDE = 112;
const POINTS = 220;
/** What stands for a drawing before there is one: a smile. */
const SAMPLE_DRAWING = "VrqrMYPUTRXQbPfPjQnRrUuY";

/** Calls `onChoice` when another one is chosen. */
export class DistributionPicker {
  private readonly choices = new Map<DistributionName, HTMLInputElement>();
  private readonly canvases = new Map<DistributionName, HTMLCanvasElement>();

  constructor(onChoice: (name: DistributionName) => void) {
    const list = find("#distributions", HTMLElement);
    for (const name of DISTRIBUTION_NAMES) {
      const label = make("label");
      const input = make("input");
      input.type = "radio";
      input.name = "distribution";
      input.id = `distribution-${name}`;
      input.value = name;
      input.addEventListener("change", () => onChoice(name));
      const canvas = make("canvas");
      canvas.width = SIDE;
      canvas.height = SIDE;
      canvas.setAttribute("aria-hidden", "true");
      label.append(input, canvas, make("span", "", TITLES[name]));
      list.append(label);
      this.choices.set(name, input);
      this.canvases.set(name, canvas);
    }
    this.paint();
    onSchemeChange(() => this.paint());
  }

  choose(name: DistributionName): void {
    const input = this.choices.get(name);
    if (input !== undefined) input.checked = true;
  }

  private paint(): void {
    for (const [name, canvas] of this.canvases) {
      const context = context2d(canvas);
      context.clearRect(0, 0, SIDE, SIDE);
      context.fillStyle = styleValue("--real");
      const { points } = distributionOf(name, SAMPLE_DRAWING, 1, POINTS);
      for (let i = 0; i < points.length; i += 2) {
        context.fillRect(SIDE / 2 + 48 * points[i] - 1.5, SIDE / 2 - 48 * points[i + 1] - 1.5, 3, 3);
      }
    }
  }
}
