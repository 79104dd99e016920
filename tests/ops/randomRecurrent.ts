// Recurrent networks and their cells at random sizes: steps, batch, features and width.

import type { Value } from "../../src/graph/node.ts";
import * as ops from "../../src/ops/index.ts";
import { normalised } from "./families.ts";
import type { Cases } from "./randomShapes.ts";
import { type SizedBars, sized } from "./randomSized.ts";

const bars: SizedBars = {
  tolerance: normalised,
  input: { low: -0.7, high: 0.7 },
  least: { t: 1, b: 1, f: 1, w: 1 },
};

/** Weights whose gates have an axis of their own. */
function weightsOf<T extends Value>(ih: T, hh: T) {
  const [weightIh, weightHh] = [ih, hh].map((weight) => ops.flatten(weight, { endAxis: 1 }));
  return { weightIh, weightHh };
}

export const recurrent: Readonly<Record<string, Cases>> = {
  gru: sized("tbf 3wf 3ww", () => (x, ih, hh) => ops.gru(x, [weightsOf(ih, hh)]).output, bars),
  gruCell: sized("bf bw 3wf 3ww", () => (x, h, ih, hh) => ops.gruCell(x, h, weightsOf(ih, hh)), bars),
  lstm: sized("tbf 4wf 4ww", () => (x, ih, hh) => ops.lstm(x, [weightsOf(ih, hh)]).output, bars),
  lstmCell: sized(
    "bf bw bw 4wf 4ww",
    () => (x, hidden, cell, ih, hh) => ops.lstmCell(x, { hidden, cell }, weightsOf(ih, hh)).hidden,
    bars,
  ),
  rnn: sized("tbf 1wf 1ww", () => (x, ih, hh) => ops.rnn(x, [weightsOf(ih, hh)]).output, bars),
  rnnCell: sized("bf bw 1wf 1ww", () => (x, h, ih, hh) => ops.rnnCell(x, h, weightsOf(ih, hh)), bars),
};
