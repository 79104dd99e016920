// The pictures of a run: generated, or from MNIST files; and how gray values become what the network reads.

import {
  digitsDataset,
  generateDigits,
  readMnist,
  type Tensor,
  tensor,
  UsageError,
} from "../../src/index.ts";
import { PICTURE_SIZE } from "./centreDigit.ts";
import type { Examples } from "./pageTypes.ts";
import type { RunConfig } from "./runConfig.ts";

/** Pictures [count, 28, 28] and the digit that each shows. */
export interface Pictures {
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
}

export interface PicturePair {
  readonly train: Pictures;
  readonly test: Pictures;
}

export type DigitsDataset = ReturnType<typeof digitsDataset>;

/** Beyond all seeds that a run can have, so that no test picture is ever trained on. */
const TEST_SEED = 2 ** 32 + 7;
const PIXELS = PICTURE_SIZE * PICTURE_SIZE;
/** Mean and deviation of MNIST's pixels, which the generated digits are like. */
const normalize = { mean: 0.1307, std: 0.3081 };

/** Pictures drawn from the run's seed. */
export function generatePictures({ seed, trainCount }: RunConfig, testCount: number): PicturePair {
  return {
    train: generateDigits({ count: trainCount, seed }),
    test: generateDigits({ count: testCount, seed: TEST_SEED }),
  };
}

/** MNIST from dropped files. Throws UsageError and FormatError for others. */
export async function readPictures(files: readonly File[]): Promise<PicturePair> {
  const bytes = new Map<string, Uint8Array>();
  for (const file of files) bytes.set(file.name, new Uint8Array(await file.arrayBuffer()));
  const { train, test } = await readMnist(bytes);
  if (train.size === PICTURE_SIZE) return { train, test };
  throw new UsageError(
    `The pictures are ${train.size} pixels wide; the network reads pictures of ${PICTURE_SIZE} x ${PICTURE_SIZE}.`,
  );
}

/** The first `count` pictures, all where there are fewer. */
export function firstPictures({ images, labels }: Pictures, count: number): Pictures {
  return { images: images.subarray(0, count * PIXELS), labels: labels.subarray(0, count) };
}

export function datasetOf({ images, labels }: Pictures): DigitsDataset {
  return digitsDataset(images, labels, { normalize });
}

/** One picture as the network reads it: [1, 1, 28, 28]. */
export function tensorOf(pixels: Uint8Array): Tensor {
  const { data, shape } = datasetOf({ images: pixels, labels: new Uint8Array(1) }).gatherBatch([0]).images;
  return tensor(data, shape);
}

/** A copy of the first `count` pictures, to send away. */
export function examplesOf(pictures: Pictures, count: number): Examples {
  const { images, labels } = firstPictures(pictures, count);
  return { images: images.slice(), labels: labels.slice() };
}
