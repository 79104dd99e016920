// Paths through time and their gradient, by workgroup and by invocation, against plain float64 sums over them.

import { describe, expect, test } from "vitest";
import { ctcForward, ctcGradient } from "../../src/kernels/ctc.ts";
import { DEFAULT_PROFILE, type DeviceProfile } from "../../src/kernels/kernel.ts";
import { runKernel } from "../setup/runKernel.ts";
import { allowedError } from "../setup/tolerances.ts";

/** Folds all but the smallest dispatches into two dimensions, with some workgroups too many. */
const narrow = { ...DEFAULT_PROFILE, maxWorkgroupsPerDimension: 2 };
const devices: readonly DeviceProfile[] = [narrow, { ...narrow, kind: "fallback" }];

interface Sequences {
  readonly time: number;
  /** Labels of each sequence, from 1 on; 0 is the blank. */
  readonly targets: readonly (readonly number[])[];
  readonly steps: readonly number[];
}

const short: Sequences = { time: 5, targets: [[1, 1, 2], [3], []], steps: [5, 3, 4] };
const long: Sequences = {
  time: 50,
  targets: [
    [1, 2, 2, 2, 3, 1, 4, 4, 1],
    [2, 1, 2, 1, 3, 3],
    [4, 1, 2, 3, 4, 1, 2, 3, 4],
  ],
  steps: [50, 37, 20],
};
/** More states than a workgroup has invocations, and than the memory for short targets holds. */
const wide: Sequences = {
  time: 80,
  targets: [Array.from({ length: 66 }, (_, at) => 1 + (at % 3)), [1]],
  steps: [80, 1],
};

/** The kernels' inputs: each state's label, lengths, emissions. */
function inputsOf({ time, targets, steps }: Sequences) {
  const batch = targets.length;
  const longest = Math.max(...targets.map((target) => target.length));
  const states = 2 * longest + 1;
  const labels = targets.flatMap((target) =>
    Array.from({ length: states }, (_, s) => (s % 2 === 0 ? 0 : (target[(s - 1) / 2] ?? -1))),
  );
  const x = Float32Array.from({ length: time * batch * states }, (_, at) => -1 - ((at * 29) % 67) / 22);
  const counts = Int32Array.from(targets, (target) => target.length);
  return {
    sizes: { time, batch, states },
    x,
    labels: Int32Array.from(labels),
    steps: Int32Array.from(steps),
    counts,
  };
}

type Given = Omit<ReturnType<typeof inputsOf>, "x"> & { readonly x: ArrayLike<number> };

/** The loss of one sequence, by probabilities, scaled at each step so that none is lost. */
function lossOf({ sizes: { batch, states }, x, labels, steps, counts }: Given, item: number): number {
  const count = 2 * counts[item] + 1;
  let row: number[] = Array.from({ length: count }, (_, s) => (s < 2 ? 1 : 0));
  let taken = 0;
  for (let t = 0; t < steps[item]; t++) {
    const reached = row.map((stay, s) => {
      if (t === 0) return stay;
      const isSkip = s > 1 && labels[item * states + s] !== labels[item * states + s - 2];
      return stay + (row[s - 1] ?? 0) + (isSkip ? row[s - 2] : 0);
    });
    const next = reached.map((value, s) => value * Math.exp(x[(t * batch + item) * states + s]));
    const largest = Math.max(...next);
    row = next.map((value) => value / largest);
    taken += Math.log(largest);
  }
  return -(taken + Math.log(row[count - 1] + (row[count - 2] ?? 0)));
}

describe.each(devices)("$kind", (device) => {
  test.each([
    ["short", short],
    ["long", long],
    ["wide", wide],
  ])("%s: losses, and gradients against differences", async (_name, sequences) => {
    const given = inputsOf(sequences);
    const { sizes, x, labels, steps, counts } = given;
    const { batch, states } = sizes;
    const forward = await runKernel(
      ctcForward(sizes, device),
      { x, labels, steps, counts },
      batch + x.length,
    );
    const dy = new Float32Array(forward.length);
    steps.forEach((_, item) => {
      dy[item] = 1 + item;
      expectClose(`loss ${item}`, forward[item], lossOf(given, item), 1);
    });
    const dx = await runKernel(ctcGradient(sizes, device), { forward, labels, steps, counts, dy }, x.length);
    const wanted = new Set(Array.from({ length: 40 }, (_, k) => Math.floor((k * x.length) / 40)));
    for (const at of wanted) {
      const item = Math.floor(at / states) % batch;
      const difference = (sign: number) => {
        const shifted = Float64Array.from(x);
        shifted[at] += sign * 1e-5;
        return lossOf({ ...given, x: shifted }, item);
      };
      expectClose(`dx ${at}`, dx[at], ((difference(1) - difference(-1)) / 2e-5) * dy[item], 4);
    }
  });

  test("no path, nothing to say, a length out of range, and what is no number", async () => {
    const time = 2;
    const sizes = { time, batch: 6, states: 3 };
    const x = new Float32Array(36).fill(-1);
    x[1 * 18 + 4 * 3] = Number.NaN;
    x[1 * 18 + 5 * 3 + 2] = Infinity;
    const labels = Int32Array.from({ length: 18 }, (_, at) => (at % 3) % 2);
    const steps = Int32Array.of(0, 0, 3, -1, 2, 1);
    const counts = Int32Array.of(1, 0, 1, 1, 1, 1);
    const forward = await runKernel(ctcForward(sizes, device), { x, labels, steps, counts }, 6 + x.length);
    const losses = [...forward.subarray(0, 6)].map((loss) => loss + 0);
    expect(losses).toEqual([Infinity, 0, Number.NaN, Number.NaN, Number.NaN, 1]);
    const dy = new Float32Array(forward.length).fill(1, 0, 6);
    dy[4] = 0;
    const dx = await runKernel(ctcGradient(sizes, device), { forward, labels, steps, counts, dy }, x.length);
    // Only that of the last counts, whose one step is a label.
    dx.forEach((slope, at) => {
      expectClose(`dx ${at}`, slope, at === 5 * 3 + 1 ? -1 : 0, 1);
    });
  });
});

function expectClose(what: string, actual: number, expected: number, factor: number): void {
  const bar = factor * allowedError({ family: "normalised" }, { expected, input: expected, magnitude: 0 });
  expect(Math.abs(actual - expected), `${what}: ${actual}, expected ${expected}`).toBeLessThanOrEqual(bar);
}
