// Settings, pictures and checkpoints of a DCGAN, as far as they need no GPU: what is refused, and what is said.

import { describe, expect, test } from "vitest";
import { FORMAT, parseConfig, VERSION } from "../../../demos/gan/checkpointConfig.ts";
import { picturesFault, reframe } from "../../../demos/gan/pictures.ts";
import {
  type DcganSettings,
  DEFAULT_SETTINGS,
  learningRateAt,
  PLAIN_SETTINGS,
  settingsFault,
} from "../../../demos/gan/settings.ts";

const settings = (part: object) => ({ ...DEFAULT_SETTINGS, ...part }) as DcganSettings;

test("both recipes are allowed, and the plain one is that of the paper", () => {
  expect([settingsFault(DEFAULT_SETTINGS), settingsFault(PLAIN_SETTINGS)]).toEqual([undefined, undefined]);
  expect(PLAIN_SETTINGS).toMatchObject({ latentSize: 64, channels: [32, 16], betas: [0.5, 0.999] });
});

test.each<[object, string]>([
  [{ size: 30 }, "settings: size is 30; it must be 28 or 32."],
  [
    { loss: "hinge" },
    "settings: loss is hinge; it must be one of nonSaturating, minimax, leastSquares, wasserstein.",
  ],
  [{ channels: [8, 0] }, "settings: channels[1] is 0; it must be a whole number from 1."],
  [{ batchSize: 1.5 }, "settings: batchSize is 1.5; it must be a whole number from 1."],
  [
    { batchSize: 1 },
    "settings: batchSize is 1; it must be at least 2, as batch norm compares pictures of a batch.",
  ],
  [{ discriminatorRate: -1 }, "settings: discriminatorRate is -1; it must be a number above 0."],
  [{ seed: -1 }, "settings: seed is -1; it must be a whole number from 0 to 4294967295."],
  [{ learningRate: 0 }, "settings: learningRate is 0; it must be a number above 0."],
  [{ realLabel: 0 }, "settings: realLabel is 0; it must be above 0 and at most 1."],
  [{ average: 1 }, "settings: average is 1; it must be from 0 and below 1."],
  [{ betas: [1, 0.999] }, "settings: betas[0] is 1; it must be from 0 and below 1."],
])("%j is refused", (part, message) => {
  expect(settingsFault(settings(part))).toBe(message);
});

test("the rate stays for half the steps, then falls in half a cosine", () => {
  const falling = settings({ steps: 101, learningRate: 1, finalLearningRate: 0.2 });
  expect([0, 50].map((step) => learningRateAt(step, falling))).toEqual([1, 1]);
  expect(learningRateAt(100, falling)).toBeCloseTo(0.2, 12);
  expect(learningRateAt(75, falling)).toBeLessThan(learningRateAt(74, falling));
});

describe("pictures", () => {
  const pictures = (labels: number[], size = 28) => ({
    images: new Uint8Array(labels.length * size * size),
    labels: Uint8Array.from(labels),
    size,
  });
  const sized = (size: 28 | 32, batchSize = 2) => ({ size, batchSize });

  test.each<[number[], number, 28 | 32, number, string | undefined]>([
    [[1, 2], 28, 28, 2, undefined],
    [[1, 2], 28, 32, 2, undefined],
    [[1, 2], 32, 32, 2, undefined],
    [[1, 2], 32, 28, 2, "pictures: they are 32 x 32 pixels; networks for 28 x 28 take 28 x 28."],
    [[1, 2], 16, 32, 2, "pictures: they are 16 x 16 pixels; networks for 32 x 32 take 28 x 28 and 32 x 32."],
    [
      [3, 3, 3],
      28,
      28,
      2,
      "pictures: all 3 show the digit 3; the judge of what samples show needs at least 2 digits.",
    ],
    [[], 28, 28, 2, "pictures: there is none; the judge of what samples show needs at least 2 digits."],
    [[1, 2], 28, 28, 3, "pictures: there are 2, and batchSize is 3; a batch must not be larger."],
  ])("%j of %i pixels for %i in batches of %i", (labels, size, wanted, batchSize, fault) => {
    expect(picturesFault(pictures(labels, size), sized(wanted, batchSize))).toBe(fault);
  });

  test("without labels they are learned where nobody is told classes", () => {
    const unlabelled = { images: new Uint8Array(3 * 28 * 28), labels: undefined, size: 28 };
    expect(picturesFault(unlabelled, sized(28))).toBeUndefined();
    expect(picturesFault(unlabelled, { ...sized(28), conditional: true })).toBe(
      "pictures: they have no labels; networks that are told what to draw learn from labelled ones.",
    );
    expect(picturesFault(unlabelled, sized(28, 4))).toBe(
      "pictures: there are 3, and batchSize is 4; a batch must not be larger.",
    );
  });

  test("a frame of two pixels is put on, and taken off again", () => {
    const images = Uint8Array.from({ length: 2 * 28 * 28 }, (_, i) => 1 + (i % 251));
    const framed = reframe(images, 28, 32);
    expect(framed.length).toBe(2 * 32 * 32);
    expect(framed.filter((value) => value === 0).length).toBe(2 * (32 * 32 - 28 * 28));
    expect(framed[32 * 32 + 2 * 32 + 2]).toBe(images[28 * 28]);
    expect(reframe(framed, 32, 28)).toEqual(images);
  });
});

describe("a checkpoint's config", () => {
  const random = { seed: 1, step: 2, eagerStreams: 3, hostStreams: 4 };
  const config = { format: FORMAT, version: VERSION, step: 5, settings: DEFAULT_SETTINGS, random };
  const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const foreign =
    'config.json: it is not of format "tilegrad-dcgan", version 1; it must be what a checkpoint was saved with.';

  test("is read as it was written", () => {
    expect(parseConfig(bytes(config))).toEqual(config);
  });

  test.each<[string, object]>([
    ["another format", { format: "tilegrad-gpt" }],
    ["another version", { version: 2 }],
    ["half a step", { step: 0.5 }],
    ["settings out of range", { settings: { ...DEFAULT_SETTINGS, size: 30 } }],
    ["no channels", { settings: { ...DEFAULT_SETTINGS, channels: undefined } }],
    ["random numbers from nowhere", { random: { ...random, seed: -1 } }],
  ])("with %s is refused", (_, part) => {
    expect(parseConfig(bytes({ ...config, ...part }))).toBe(foreign);
  });

  test("that is no JSON is refused", () => {
    expect(parseConfig(Uint8Array.of(0xff))).toBe(
      "config.json: it is no JSON; it must be what a checkpoint was saved with.",
    );
  });
});
