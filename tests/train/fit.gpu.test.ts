// The training loop with a model of one number, whose every loss is known: p moves from 0 towards the batch's mean.

import { beforeEach, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import type { Engine } from "../../src/api/engine.ts";
import { type Tensor, tensor } from "../../src/api/tensor.ts";
import { DataLoader } from "../../src/data/dataLoader.ts";
import { ArrayDataset } from "../../src/data/dataset.ts";
import { mean, mul, square, sub } from "../../src/ops/index.ts";
import { BestCheckpoint } from "../../src/train/bestCheckpoint.ts";
import { EarlyStopping } from "../../src/train/earlyStopping.ts";
import {
  type EpochEvent,
  type FitEvent,
  type FitOptions,
  type StepEvent,
  fit as startFit,
} from "../../src/train/fit.ts";
import { initShared } from "../setup/sharedDevice.ts";

let engine: Engine;

// Each test has its own: tensors that others left behind may be collected at any time, while one counts.
beforeEach(async () => {
  engine?.destroy();
  engine = await initShared();
});

type PointBatch = { readonly x: Tensor };
type Options = Omit<FitOptions<PointBatch>, "step" | "loader"> & {
  count?: number;
  batchSize?: number;
  /** Whether the best p is kept. */
  keepsBest?: boolean;
};

/** x is `count` times 1; each step halves the distance of p to it: losses are 1, 1/4, 1/16, … */
function problem({ count = 6, batchSize = 2, keepsBest = false, ...options }: Options) {
  const column = { kind: "float" as const, itemShape: [], data: new Float32Array(count).fill(1) };
  const loader = new DataLoader(new ArrayDataset({ x: column }), { batchSize, engine });
  const p = tensor([0], [], { engine, name: "p" });
  let calls = 0;
  const halve = compile(({ x }: PointBatch) => {
    const distance = sub(mean(x), p);
    p.assign(sub(p, mul(distance, -0.5)));
    return { loss: square(distance), twice: mul(distance, 2) };
  });
  const step = (batch: PointBatch) => {
    calls += 1;
    return halve(batch);
  };
  const checkpoint = new BestCheckpoint({
    stateDict: () => new Map([["p", p]]),
    loadStateDict: (state) => {
      p.write(state.get("p")?.data ?? []);
    },
  });
  const events = startFit({ ...options, step, loader, ...(keepsBest && { checkpoint }) });
  return { events, loader, halve, p, checkpoint, calls: () => calls };
}

async function all(events: AsyncIterable<FitEvent>): Promise<{ steps: StepEvent[]; epochs: EpochEvent[] }> {
  const steps: StepEvent[] = [];
  const epochs: EpochEvent[] = [];
  for await (const event of events) {
    if (event.kind === "step") steps.push(event);
    else epochs.push(event);
  }
  return { steps, epochs };
}

test.each([0, 1, 3, 100])(
  "running ahead by %i steps, every loss arrives once and in order",
  async (runAhead) => {
    const { events, halve } = problem({ epochs: 2, runAhead });
    const { steps, epochs } = await all(events);
    expect(steps.map(({ epoch, step, totalSteps }) => [epoch, step, totalSteps])).toEqual([
      [0, 1, 6],
      [0, 2, 6],
      [0, 3, 6],
      [1, 4, 6],
      [1, 5, 6],
      [1, 6, 6],
    ]);
    expect(steps.map(({ loss }) => loss)).toEqual([1, 1 / 4, 1 / 16, 1 / 64, 1 / 256, 1 / 1024]);
    expect(steps.map(({ metrics }) => metrics)).toEqual(
      [2, 1, 1 / 2, 1 / 4, 1 / 8, 1 / 16].map((twice) => ({ twice })),
    );
    expect(epochs.map(({ epoch, step, loss, isLast }) => [epoch, step, loss, isLast])).toEqual([
      [0, 3, (1 + 1 / 4 + 1 / 16) / 3, false],
      [1, 6, (1 / 64 + 1 / 256 + 1 / 1024) / 3, true],
    ]);
    expect(epochs[0].metrics).toEqual({ twice: 3.5 / 3 });
    halve.dispose();
  },
);

test("the mean of an epoch counts examples, not batches", async () => {
  const { events } = problem({ epochs: 1, count: 3 });
  const { epochs } = await all(events);
  expect(epochs[0].loss).toBe((2 * 1 + 1 / 4) / 3);
});

test("with runAhead 0 each pull is one step; a consumer that does not pull pauses the training", async () => {
  const { events, calls, p } = problem({ epochs: 2, runAhead: 0 });
  expect(calls()).toBe(0);
  await events.next();
  expect(calls()).toBe(1);
  expect(await p.item()).toBe(0.5);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(calls()).toBe(1);
  await events.next();
  expect(calls()).toBe(2);
  expect(await p.item()).toBe(0.75);
  await events.return();
});

test("no more than runAhead steps run before the consumer pulls again", async () => {
  const { events, calls } = problem({ epochs: 2, runAhead: 1 });
  await events.next();
  expect(calls()).toBe(2);
  await events.next();
  expect(calls()).toBe(3);
  await events.return();
});

test("speed and remaining time: unknown at first, then such that rate times time gives the steps left", async () => {
  const { events } = problem({ epochs: 2, runAhead: 0 });
  const { steps } = await all(events);
  expect([steps[0].stepsPerSecond, steps[0].remainingMs]).toEqual([0, undefined]);
  for (const { step, totalSteps, stepsPerSecond, examplesPerSecond, remainingMs = Number.NaN } of steps.slice(
    1,
  )) {
    expect(stepsPerSecond).toBeGreaterThan(0);
    expect(examplesPerSecond).toBeCloseTo(2 * stepsPerSecond, 6);
    expect((remainingMs * stepsPerSecond) / 1000).toBeCloseTo(totalSteps - step, 6);
  }
});

test("leaving the loop ends the training and leaves nothing behind", async () => {
  const { events, calls, halve } = problem({ epochs: 2, runAhead: 1 });
  const before = engine.memory().liveTensors;
  for await (const { step } of events) if (step === 2) break;
  await Promise.resolve();
  expect(calls()).toBe(3);
  expect(engine.memory().liveTensors).toBe(before);
  halve.dispose();
});

test("an aborted signal ends the loop with its reason, before a step runs or between two", async () => {
  const early = problem({ epochs: 1, signal: AbortSignal.abort(new Error("not today")) });
  await expect(all(early.events)).rejects.toThrow("not today");
  expect(early.calls()).toBe(0);

  const controller = new AbortController();
  const { events, calls } = problem({ epochs: 1, runAhead: 0, signal: controller.signal });
  const run = async () => {
    for await (const { step } of events) if (step === 2) controller.abort(new Error("enough"));
  };
  await expect(run()).rejects.toThrow("enough");
  expect(calls()).toBe(2);
});

test("evaluation sees the model after all steps of the epoch and before any of the next", async () => {
  const seen: number[][] = [];
  const evaluate = async (epoch: number) => {
    seen.push([epoch, await p.item()]);
    return { loss: 7, accuracy: epoch };
  };
  const { events, p } = problem({ epochs: 2, runAhead: 2, evaluate });
  const { epochs } = await all(events);
  expect(seen).toEqual([
    [0, 1 - 1 / 8],
    [1, 1 - 1 / 64],
  ]);
  expect(epochs.map(({ evaluation }) => evaluation)).toEqual([
    { loss: 7, accuracy: 0 },
    { loss: 7, accuracy: 1 },
  ]);
});

test("early stopping goes by the evaluation's metric, the checkpoint keeps the best epoch and restores it", async () => {
  const testLosses = [3, 1, 2, 2, 2, 2];
  const { events, p, checkpoint } = problem({
    epochs: 6,
    evaluate: async (epoch) => ({ loss: testLosses[epoch] }),
    earlyStopping: new EarlyStopping({ patience: 2 }),
    keepsBest: true,
  });
  expect(() => checkpoint.restore()).toThrow(
    "BestCheckpoint: no epoch was kept yet; restore after the first one.",
  );
  const { epochs } = await all(events);
  expect(epochs.map(({ isBest, isLast }) => [isBest, isLast])).toEqual([
    [true, false],
    [true, false],
    [false, false],
    [false, true],
  ]);
  expect([checkpoint.epoch, checkpoint.value]).toEqual([1, 1]);
  expect(await p.item()).toBe(1 - 2 ** -12);
  checkpoint.restore();
  expect(await p.item()).toBe(1 - 2 ** -6);
});

test("training resumes at an epoch, which the loader is told", async () => {
  const { events, loader } = problem({ epochs: 3, startEpoch: 2 });
  const { steps } = await all(events);
  expect(steps.map(({ epoch, step }) => [epoch, step])).toEqual([
    [2, 7],
    [2, 8],
    [2, 9],
  ]);
  expect(loader.epoch).toBe(3);
});

test.each<[options: Options, message: string]>([
  [{ epochs: 0 }, "fit: epochs is 0; it must be a whole number from 1."],
  [{ epochs: 1.5 }, "fit: epochs is 1.5; it must be a whole number from 1."],
  [{ epochs: 1, runAhead: -1 }, "fit: runAhead is -1; it must be a whole number from 0."],
  [{ epochs: 2, startEpoch: 2 }, "fit: startEpoch is 2 and epochs 2; startEpoch must be below epochs."],
])("%j is refused", async (options, message) => {
  await expect(problem(options).events.next()).rejects.toThrow(
    expect.objectContaining({ name: "UsageError", message }),
  );
});

test("a step must give scalars, a loss among them", async () => {
  const { loader } = problem({ epochs: 1 });
  const run = (step: FitOptions<PointBatch>["step"]) => startFit({ step, loader, epochs: 1 }).next();
  await expect(run(({ x }) => mul(x, 2))).rejects.toThrow(
    "fit: the step's loss is [2]; it must be one number.",
  );
  await expect(run((() => ({})) as never)).rejects.toThrow(
    "fit: the step gives no loss; it must return a scalar tensor, or an object with one as loss.",
  );
  await expect(run((({ x }: PointBatch) => ({ loss: mean(x), n: 1 })) as never)).rejects.toThrow(
    "fit: the step's n is no tensor; all that it returns must be scalar tensors.",
  );
});

test("a step that was not compiled trains as well", async () => {
  const { loader, p } = problem({ epochs: 1 });
  const step = ({ x }: PointBatch) => {
    const distance = sub(mean(x), p);
    const loss = square(distance);
    p.assign(sub(p, mul(distance, -0.5)));
    return loss;
  };
  const { steps } = await all(startFit({ step, loader, epochs: 1, runAhead: 2 }));
  expect(steps.map(({ loss }) => loss)).toEqual([1, 1 / 4, 1 / 16]);
});

test("what the step throws reaches the consumer", async () => {
  const { loader } = problem({ epochs: 1 });
  const step = () => {
    throw new RangeError("the step is broken");
  };
  await expect(startFit({ step, loader, epochs: 1 }).next()).rejects.toThrow("the step is broken");
});
