// The digits of a run: read from MNIST files or generated, and checked before any browser starts.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { requireBatchSize } from "../../src/data/dataset.ts";
import type { DigitImages } from "../../src/data/digitsDataset.ts";
import { generateDigits } from "../../src/data/generateDigits.ts";
import { readMnist } from "../../src/data/mnist.ts";
import type { TrainOptions } from "./options.ts";

export interface Digits {
  /** "generated", or the folder. */
  source: string;
  train: DigitImages;
  test: DigitImages;
}

/** LeNet-5 takes pictures of this size. */
const pictureSize = 28;
const fileNames = /-idx[13]-ubyte|\.idx[13]-ubyte/;

/** Throws an error of one line where the data is missing or wrong, or a batch does not fit. */
export async function loadDigits(options: TrainOptions): Promise<Digits> {
  const { data } = options;
  const digits = data === undefined ? generated(options) : await fromFolder(data, options.split);
  if (digits.train.size !== pictureSize) {
    throw new Error(
      `${data}: pictures are ${digits.train.size} pixels a side; the model takes ${pictureSize} x ${pictureSize}.`,
    );
  }
  requireBatchSize("--batch", options.batch, digits.train.labels.length);
  return digits;
}

function generated({ count, split = Math.floor((count * 4) / 5), seed }: TrainOptions): Digits {
  if (split >= count) {
    throw new Error(
      `--split is ${split} and --count ${count}; split must be below count, so that some digits test.`,
    );
  }
  const { images, labels, size } = generateDigits({ count, seed });
  const pixels = split * size * size;
  return {
    source: "generated",
    train: { images: images.subarray(0, pixels), labels: labels.subarray(0, split), size },
    test: { images: images.subarray(pixels), labels: labels.subarray(split), size },
  };
}

async function fromFolder(folder: string, split: number | undefined): Promise<Digits> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    throw new Error(
      `--data: ${folder} ${isMissing ? "does not exist" : "is no folder that can be read"}; it must hold MNIST files.`,
    );
  }
  const files = new Map<string, Uint8Array>();
  for (const name of names.filter((known) => fileNames.test(known))) {
    files.set(name, await readFile(join(folder, name)));
  }
  return { source: folder, ...(await readMnist(files, split === undefined ? {} : { split })) };
}
