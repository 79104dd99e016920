// The real digits of a GAN: all pictures of MNIST files, or generated ones.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Pictures } from "../../demos/gan/pictures.ts";
import { generateDigits } from "../../src/data/generateDigits.ts";
import { readMnist } from "../../src/data/mnist.ts";

const fileNames = /-idx[13]-ubyte|\.idx[13]-ubyte/;
const trainingFile = /(^|[/\\])train-/;

/** `count` digits from `seed`. */
export function generatedPictures(count: number, seed: number): Pictures {
  return generateDigits({ count, seed });
}

/** The training pictures in `folder`, or all where it has one pair of files. Throws an error of one line. */
export async function picturesFrom(folder: string): Promise<Pictures> {
  const names = await readdir(folder).catch((error: unknown) => {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    const what = isMissing ? "does not exist" : "is no folder that can be read";
    throw new Error(`--data: ${folder} ${what}; it must hold MNIST files.`);
  });
  if (names.length === 0) throw new Error(`--data: ${folder} is empty; it must hold MNIST files.`);
  const files = new Map<string, Uint8Array>();
  for (const name of names.filter((known) => fileNames.test(known))) {
    files.set(name, await readFile(join(folder, name)));
  }
  const known = [...files.keys()];
  const hasBoth =
    known.some((name) => trainingFile.test(name)) && known.some((name) => !trainingFile.test(name));
  if (hasBoth) return (await readMnist(files)).train;
  // One pair of files is read in two parts, which are one again here.
  const { train, test } = await readMnist(files, { split: 1 });
  return {
    images: joined(train.images, test.images),
    labels: joined(train.labels, test.labels),
    size: train.size,
  };
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
