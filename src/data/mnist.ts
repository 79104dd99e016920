// MNIST, and data sets stored alike (Fashion-MNIST, KMNIST): IDX files of pictures and labels, found by their
// names.
//
// Decides: which file is which, and what is training and what is test.
// Leaves to others: the IDX format itself, and how files get here (they are dropped in; nothing is
// downloaded).

import { formatError } from "../base/byteReader.ts";
import { UsageError } from "../base/errors.ts";
import { type IdxArray, readIdx } from "../formats/idx.ts";
import type { DigitImages } from "./digitsDataset.ts";

export interface Mnist {
  train: DigitImages;
  test: DigitImages;
}

export interface ReadMnistOptions {
  /** Where there is one pair of files only: the first `split` pictures train, the rest test. */
  split?: number;
  /** Labels must be from 0 to classes - 1. Default: 10. */
  classes?: number;
}

type Part = "train" | "t10k";
type Kind = "images" | "labels";
type FileOfKind = [name: string, bytes: Uint8Array];
type Found = Map<`${Part}-${Kind}`, FileOfKind>;

const namePattern = /^(?:.*[/\\])?(train|t10k)-(images|labels)[-.]idx([13])-ubyte(?:\.gz)?$/;
const ranks = { images: "3", labels: "1" };
const labelsHeaderBytes = 8;

/**
 * Reads the four files train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-…, t10k-labels-… (with
 * or without ".gz", also ".idx3" for "-idx3"), or one pair of them with `split`. Other files are not looked
 * at.
 * Throws UsageError where a file is missing or `split` does not fit, FormatError where a file is wrong.
 */
export async function readMnist(
  files: ReadonlyMap<string, Uint8Array>,
  options: ReadMnistOptions = {},
): Promise<Mnist> {
  const found = findFiles(files);
  const parts = presentParts(found);
  const classes = options.classes ?? 10;
  if (parts.length === 1) return splitPair(await readPair(found, parts[0], classes), parts[0], options.split);
  if (options.split !== undefined) {
    throw new UsageError(
      `readMnist: split is ${options.split}, but there are files for training and for test; ` +
        "split is for one pair only.",
    );
  }
  const train = await readPair(found, "train", classes);
  const test = await readPair(found, "t10k", classes);
  if (train.size === test.size) return { train, test };
  throw new UsageError(
    `readMnist: training pictures are ${train.size} pixels wide, test pictures ${test.size}; ` +
      "both must be alike.",
  );
}

function findFiles(files: ReadonlyMap<string, Uint8Array>): Found {
  const found: Found = new Map();
  for (const [name, bytes] of files) {
    const match = namePattern.exec(name);
    if (match === null) continue;
    const part: Part = match[1] === "train" ? "train" : "t10k";
    const kind: Kind = match[2] === "images" ? "images" : "labels";
    if (match[3] !== ranks[kind]) continue;
    const other = found.get(`${part}-${kind}`);
    if (other !== undefined) {
      throw new UsageError(
        `readMnist: ${other[0]} and ${name} are the same part; only one of them is allowed.`,
      );
    }
    found.set(`${part}-${kind}`, [name, bytes]);
  }
  return found;
}

/** The parts of which at least one file is there; each must then have both. */
function presentParts(found: Found): Part[] {
  const parts = (["train", "t10k"] as const).filter(
    (part) => found.has(`${part}-images`) || found.has(`${part}-labels`),
  );
  if (parts.length === 0) {
    throw new UsageError(
      "readMnist: no file has an MNIST name; train-images-idx3-ubyte and train-labels-idx1-ubyte (or t10k-…) " +
        "are needed, with or without .gz.",
    );
  }
  return parts;
}

async function readPair(found: Found, part: Part, classes: number): Promise<DigitImages> {
  const [imagesName, imagesBytes] = requireFile(found, part, "images");
  const [labelsName, labelsBytes] = requireFile(found, part, "labels");
  const images = await readIdx(imagesBytes, { name: imagesName });
  const labels = await readIdx(labelsBytes, { name: labelsName });
  const size = requireImages(imagesName, images);
  requireLabels(labelsName, labels, classes);
  if (images.shape[0] !== labels.shape[0]) {
    throw formatError(
      labelsName,
      `there are ${labels.shape[0]} labels, ${imagesName} has ${images.shape[0]} pictures; they must be as many`,
      4,
    );
  }
  return { images: images.data, labels: labels.data, size };
}

function requireFile(found: Found, part: Part, kind: Kind): FileOfKind {
  const file = found.get(`${part}-${kind}`);
  if (file !== undefined) return file;
  const present = [...found.values()].map(([name]) => name).join(", ");
  throw new UsageError(
    `readMnist: ${part}-${kind}-idx${ranks[kind]}-ubyte is missing, there is ${present}; ` +
      "pictures and labels must come together.",
  );
}

/** The pixels a side. */
function requireImages(name: string, { shape }: IdxArray): number {
  const [count, height, width] = shape;
  if (shape.length === 3 && count >= 1 && height >= 1 && height === width) return width;
  throw formatError(
    name,
    `the shape is [${shape.join(", ")}]; it must be [pictures, size, size], none of them 0`,
    4,
  );
}

function requireLabels(name: string, { shape, data }: IdxArray, classes: number): void {
  if (shape.length !== 1)
    throw formatError(name, `the shape is [${shape.join(", ")}]; it must be [labels]`, 4);
  const wrong = data.findIndex((label) => label >= classes);
  if (wrong < 0) return;
  const reason = `label ${wrong} is ${data[wrong]}; it must be from 0 to ${classes - 1}`;
  throw formatError(name, reason, labelsHeaderBytes + wrong);
}

function splitPair({ images, labels, size }: DigitImages, part: Part, split: number | undefined): Mnist {
  const count = labels.length;
  if (split === undefined || !Number.isInteger(split) || split < 1 || split >= count) {
    throw new UsageError(
      `readMnist: only the ${part} files are there, with ${count} pictures, and split is ${split}; ` +
        `split must be a whole number from 1 to ${count - 1}: the first go to training, the rest to test.`,
    );
  }
  const pixels = split * size * size;
  return {
    train: { images: images.subarray(0, pixels), labels: labels.subarray(0, split), size },
    test: { images: images.subarray(pixels), labels: labels.subarray(split), size },
  };
}
