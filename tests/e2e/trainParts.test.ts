// The parts of the training job that need no browser: its command line, its progress, and its sheet of mistakes.

import { describe, expect, test } from "vitest";
import type { JobEvent } from "../../demos/digits/job.ts";
import { hardestMistakes, mistakeSheet, sheetLegend } from "../../scripts/train/mistakeSheet.ts";
import { digitsUsage, parseTrainOptions, type TrainOptions } from "../../scripts/train/options.ts";
import { confusionLines } from "../../scripts/train/outcome.ts";
import { digitsLine, duration, ProgressView } from "../../scripts/train/progressView.ts";

describe("options", () => {
  const defaults: TrainOptions = {
    data: undefined,
    split: undefined,
    count: 10_000,
    epochs: 5,
    batch: 64,
    lr: 1e-3,
    seed: 1,
    out: "runs/digits",
    json: undefined,
  };

  test("defaults, and both ways of writing a value", () => {
    expect(parseTrainOptions([])).toEqual(defaults);
    expect(parseTrainOptions(["--data", "d", "--split=8", "--lr", "3e-4", "--json=a=b"])).toEqual({
      ...defaults,
      data: "d",
      split: 8,
      lr: 3e-4,
      json: "a=b",
    });
  });

  test("help lists every option", () => {
    for (const name of Object.keys(defaults)) expect(digitsUsage).toContain(`--${name} `);
  });

  test.each<[args: string, message: string]>([
    ["more", 'the argument "more" is unknown; --help lists the options.'],
    ["--momentum 1", 'the argument "--momentum" is unknown; --help lists the options.'],
    ["--epochs", "--epochs has no value; --help lists the options."],
    ["--data --epochs 1", "--data has no value; --help lists the options."],
    ["--json=", "--json has no value; --help lists the options."],
    ["--epochs 1 --epochs 2", "--epochs is given twice; once is enough."],
    ["--epochs 0", '--epochs is "0"; it must be a whole number from 1.'],
    ["--batch 1.5", '--batch is "1.5"; it must be a whole number from 1.'],
    ["--batch -1", '--batch is "-1"; it must be a whole number from 1.'],
    ["--seed 4294967296", '--seed is "4294967296"; it must be a whole number from 0 to 4294967295.'],
    ["--lr 0", '--lr is "0"; it must be a number above 0.'],
    ["--lr fast", '--lr is "fast"; it must be a number above 0.'],
    ["--data d --count 10", "--count is given with --data; it is for generated digits only."],
  ])("train %s is refused", (args, message) => {
    expect(() => parseTrainOptions(args.split(" ").filter(Boolean))).toThrow(message);
  });
});

describe("progress", () => {
  const steps: JobEvent = {
    kind: "steps",
    epoch: 1,
    epochs: 4,
    step: 50,
    totalSteps: 100,
    loss: 0.25,
    accuracy: 0.915,
    stepsPerSecond: 12.34,
    remainingMs: 65_000,
  };
  const epoch: JobEvent = {
    kind: "epoch",
    epoch: 1,
    epochs: 4,
    loss: 0.25,
    accuracy: 0.9,
    testLoss: 0.5,
    testAccuracy: 0.8,
    stepsPerSecond: 12.34,
  };
  const stepText =
    "epoch 2/4  [############------------]  50/100  loss 0.2500  accuracy 91.50 %  12.3 steps/s  1 min 05 s left";
  const epochText =
    "epoch 2/4: loss 0.2500, accuracy 90.00 %, test loss 0.5000, test accuracy 80.00 %, 12.3 steps/s";

  function record(isTTY: boolean) {
    let written = "";
    let timeMs = 0;
    const terminal = { isTTY, columns: 200, write: (text: string) => (written += text) };
    const view = new ProgressView(terminal, () => timeMs);
    const wait = (waitMs: number) => {
      timeMs += waitMs;
    };
    return { view, wait, written: () => written };
  }

  test("a terminal has one line that is redrawn, and lines that stay", () => {
    const { view, written } = record(true);
    view.show(digitsLine({ kind: "pipelines", done: 1, total: 9 }));
    view.show(digitsLine(steps));
    view.show(digitsLine(epoch));
    view.line("end");
    const clear = "\r\x1b[2K";
    expect(written()).toBe(`${clear}compiling pipelines 1/9${clear}${stepText}${clear}${epochText}\nend\n`);
  });

  test("a file has plain lines, one now and then, and one for each epoch", () => {
    const { view, wait, written } = record(false);
    view.show(digitsLine(steps));
    wait(5000);
    view.show(digitsLine(steps));
    view.show(digitsLine(steps));
    view.show(digitsLine(epoch));
    expect(written()).toBe(`${stepText}\n${epochText}\n`);
  });

  test("durations", () => {
    expect([0, 900, 59_000, 60_000, 125_000, 3_720_000].map(duration)).toEqual([
      "0 s",
      "1 s",
      "59 s",
      "1 min 00 s",
      "2 min 05 s",
      "1 h 02 min",
    ]);
  });
});

describe("mistakes", () => {
  test("the most confident come first, 64 at most", () => {
    const mistakes = hardestMistakes([1, 2, 3, 4], [1, 7, 8, 9], [1, 0.5, 0.9, 0.7]);
    expect(mistakes.map(({ index }) => index)).toEqual([2, 3, 1]);
    expect(mistakes[0]).toEqual({ index: 2, label: 3, predicted: 8, confidence: 0.9 });
    const many = Array.from({ length: 100 }, (_, i) => i);
    expect(
      hardestMistakes(
        many.map(() => 0),
        many.map(() => 1),
        many,
      ).map(({ index }) => index),
    ).toEqual(many.slice(36).reverse());
    expect(sheetLegend(mistakes)).toEqual(["3→8  4→9  2→7"]);
  });

  test("the sheet shows each digit in its place, twice as large", () => {
    const size = 2;
    const images = Uint8Array.from({ length: 12 * size * size }, (_, i) => 100 + i);
    const labels = new Uint8Array(12);
    const mistakes = Array.from({ length: 9 }, (_, i) => ({
      index: 11 - i,
      label: 0,
      predicted: 1,
      confidence: 1,
    }));
    const { width, height, channels, pixels } = mistakeSheet({ images, labels, size }, mistakes);
    const tile = 2 * size + 2;
    expect([width, height, channels]).toEqual([8 * tile + 2, 2 * tile + 2, 1]);
    const at = (x: number, y: number) => pixels[y * width + x];
    expect([at(2, 2), at(3, 3), at(4, 2), at(2, 4), at(5, 5)]).toEqual([144, 144, 145, 146, 147]);
    // The ninth stands below the first.
    expect(at(2, 2 + tile)).toBe(100 + 4 * 3);
    expect([at(0, 0), at(6, 2), at(width - 1, height - 1)]).toEqual([96, 96, 96]);
  });

  test("the confusion matrix has a row for each true digit, and dots for zeros", () => {
    expect(
      confusionLines([
        [10, 0],
        [3, 1234],
      ]),
    ).toEqual([
      "confusion matrix, true digit down, predicted digit across:",
      "        0    1",
      "  0    10    .",
      "  1     3 1234",
    ]);
  });
});
