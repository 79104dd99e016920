// The steps of recurrent networks, raw, against the float64 references of their ops: odd widths, whole quads, and
// workgroups folded into two dimensions.

import { expect, test } from "vitest";
import type { Node } from "../../src/graph/node.ts";
import { inputNode } from "../../src/graph/source.ts";
import { DEFAULT_PROFILE, type DeviceProfile, type Dispatch } from "../../src/kernels/kernel.ts";
import {
  gruStepGradient as gruGradientKernel,
  gruStep as gruKernel,
  lstmStepGradient as lstmGradientKernel,
  lstmStep as lstmKernel,
  type StepSizes,
} from "../../src/kernels/recurrent.ts";
import { gruStep, gruStepGradient, lstmStep, lstmStepGradient } from "../../src/ops/innerOps.ts";
import { valuesOf } from "../ops/opCase.ts";
import { hashNumbers } from "../oracle/hashNumbers.ts";
import { runKernel } from "../setup/runKernel.ts";
import { allowedError } from "../setup/tolerances.ts";

/** Folds all but the smallest dispatches into two dimensions, with some workgroups too many. */
const narrow: DeviceProfile = { ...DEFAULT_PROFILE, maxWorkgroupsPerDimension: 3 };

interface Step {
  readonly name: string;
  readonly dispatch: (sizes: StepSizes, device: DeviceProfile) => Dispatch;
  /** Of each port, how many widths a row has. */
  readonly ports: readonly number[];
  readonly apply: (...inputs: Node[]) => Node;
}

const steps: readonly Step[] = [
  { name: "lstm_step", dispatch: lstmKernel, ports: [4, 1], apply: lstmStep },
  { name: "lstm_step_gradient", dispatch: lstmGradientKernel, ports: [4, 1, 1, 1], apply: lstmStepGradient },
  { name: "gru_step", dispatch: gruKernel, ports: [3, 3, 1], apply: gruStep },
  { name: "gru_step_gradient", dispatch: gruGradientKernel, ports: [3, 3, 1, 1], apply: gruStepGradient },
];

const sizes = [
  [1, 1],
  [3, 5],
  [2, 8],
  [41, 33],
  [20, 64],
];

test.each(steps)("$name", async ({ dispatch, ports, apply }) => {
  for (const [rows, width] of sizes) {
    const nodes = ports.map((count) => inputNode([rows, count * width], "f32"));
    const values = nodes.map(({ shape }, port) => hashNumbers(rows, port, shape, { scale: 3 }));
    const feeds = new Map(
      nodes.map((node, port) => [node, { shape: node.shape, data: Float64Array.from(values[port]) }]),
    );
    const y = apply(...nodes);
    const expected = valuesOf([y], feeds)(y).data;
    const launch = dispatch({ rows, width }, narrow);
    expect(launch.aligned.length).toBe(width % 4 === 0 ? ports.length + 1 : 0);
    const inputs = Object.fromEntries(launch.kernel.inputs.map((port, index) => [port, values[index]]));
    const actual = await runKernel(launch, inputs, expected.length);
    expected.forEach((value, index) => {
      const bar = allowedError({ family: "normalised" }, { expected: value, input: value, magnitude: value });
      const name = `${rows} x ${width}, element ${index}: ${actual[index]}, expected ${value}`;
      expect(Math.abs(actual[index] - value), name).toBeLessThanOrEqual(4 * bar);
    });
  }
});
