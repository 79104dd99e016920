import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { FormatError, UsageError } from "../../src/base/errors.ts";
import { generateDigits } from "../../src/data/generateDigits.ts";
import { readMnist } from "../../src/data/mnist.ts";
import { writeIdx } from "../../src/formats/idx.ts";

const train = generateDigits({ count: 6, seed: 1 });
const test = generateDigits({ count: 4, seed: 2 });

function imagesFile(images: Uint8Array, size = 28): Uint8Array {
  return writeIdx({ shape: [images.length / (size * size), size, size], data: images });
}

function labelsFile(labels: Uint8Array): Uint8Array {
  return writeIdx({ shape: [labels.length], data: labels });
}

const trainImages = imagesFile(train.images);
const trainLabels = labelsFile(train.labels);
const testImages = imagesFile(test.images);
const testLabels = labelsFile(test.labels);
const onePair = { "t10k-images-idx3-ubyte": trainImages, "t10k-labels-idx1-ubyte": trainLabels };

function read(files: Record<string, Uint8Array>, options: { split?: number; classes?: number } = {}) {
  return readMnist(new Map(Object.entries(files)), options);
}

describe("readMnist", () => {
  it("reads the four files under their usual names", async () => {
    const zipped = (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes));
    const plain = await read({
      "train-images-idx3-ubyte": trainImages,
      "train-labels-idx1-ubyte": trainLabels,
      "t10k-images-idx3-ubyte": testImages,
      "t10k-labels-idx1-ubyte": testLabels,
    });
    expect(plain).toEqual({ train, test });
    const other = await read({
      "mnist/train-images.idx3-ubyte": trainImages,
      "train-labels-idx1-ubyte.gz": zipped(trainLabels),
      "t10k-images.idx3-ubyte.gz": zipped(testImages),
      "t10k-labels.idx1-ubyte": testLabels,
      "README.md": new Uint8Array(3),
    });
    expect(other).toEqual({ train, test });
  });

  it.each(["train", "t10k"])("cuts one pair (%s) in two", async (part) => {
    const files = { [`${part}-images-idx3-ubyte`]: trainImages, [`${part}-labels-idx1-ubyte`]: trainLabels };
    const { train: first, test: rest } = await read(files, { split: 4 });
    expect(first).toEqual({
      images: train.images.subarray(0, 4 * 784),
      labels: train.labels.subarray(0, 4),
      size: 28,
    });
    expect(rest).toEqual({
      images: train.images.subarray(4 * 784),
      labels: train.labels.subarray(4),
      size: 28,
    });
  });

  it.each([undefined, 0, 6, 7, 1.5])("refuses to cut six pictures at %s", async (split) => {
    const options = split === undefined ? {} : { split };
    await expect(read(onePair, options)).rejects.toThrow(
      `readMnist: only the t10k files are there, with 6 pictures, and split is ${split}; ` +
        "split must be a whole number from 1 to 5: the first go to training, the rest to test.",
    );
  });

  it("names missing and doubled files", async () => {
    await expect(read({})).rejects.toThrow("readMnist: no file has an MNIST name;");
    await expect(read({ "train-images-idx1-ubyte": trainImages })).rejects.toThrow(
      "no file has an MNIST name",
    );
    await expect(read({ "train-images-idx3-ubyte": trainImages }, { split: 1 })).rejects.toThrow(
      "readMnist: train-labels-idx1-ubyte is missing, there is train-images-idx3-ubyte; pictures and labels must come together.",
    );
    await expect(read({ ...onePair, "train-labels-idx1-ubyte": trainLabels })).rejects.toThrow(
      "readMnist: train-images-idx3-ubyte is missing",
    );
    await expect(read({ ...onePair, "t10k-images.idx3-ubyte": trainImages }, { split: 1 })).rejects.toThrow(
      "readMnist: t10k-images-idx3-ubyte and t10k-images.idx3-ubyte are the same part; only one of them is allowed.",
    );
    await expect(read({})).rejects.toThrow(UsageError);
  });

  it("refuses split where both parts are there, and parts of other sizes", async () => {
    const four = { ...onePair, "train-images-idx3-ubyte": testImages, "train-labels-idx1-ubyte": testLabels };
    await expect(read(four, { split: 2 })).rejects.toThrow(
      "readMnist: split is 2, but there are files for training",
    );
    const small = generateDigits({ count: 4, seed: 1, size: 16 });
    await expect(read({ ...four, "train-images-idx3-ubyte": imagesFile(small.images, 16) })).rejects.toThrow(
      "readMnist: training pictures are 16 pixels wide, test pictures 28; both must be alike.",
    );
  });

  it("names the file that does not fit the other", async () => {
    await expect(read({ ...onePair, "t10k-labels-idx1-ubyte": testLabels }, { split: 1 })).rejects.toThrow(
      "t10k-labels-idx1-ubyte: there are 4 labels, t10k-images-idx3-ubyte has 6 pictures; they must be as many (at byte 4).",
    );
  });

  it("names the file that is damaged, of the wrong kind, or has labels that are no class", async () => {
    const rejection = (files: Record<string, Uint8Array>) =>
      expect(read({ ...onePair, ...files }, { split: 1 })).rejects;
    await rejection({ "t10k-images-idx3-ubyte": trainImages.subarray(0, 100) }).toThrow(
      "t10k-images-idx3-ubyte: the file ends in the data of shape [6, 28, 28]",
    );
    await rejection({ "t10k-images-idx3-ubyte": trainLabels }).toThrow(
      "t10k-images-idx3-ubyte: the shape is [6]; it must be [pictures, size, size], none of them 0 (at byte 4).",
    );
    await rejection({ "t10k-labels-idx1-ubyte": trainImages }).toThrow(
      "t10k-labels-idx1-ubyte: the shape is [6, 28, 28]; it must be [labels] (at byte 4).",
    );
    await rejection({ "t10k-labels-idx1-ubyte": labelsFile(Uint8Array.of(0, 1, 10, 3, 4, 5)) }).toThrow(
      "t10k-labels-idx1-ubyte: label 2 is 10; it must be from 0 to 9 (at byte 10).",
    );
    await rejection({ "t10k-labels-idx1-ubyte": new Uint8Array(0) }).toThrow(FormatError);
  });

  it("takes more classes where it is told so", async () => {
    const files = { ...onePair, "t10k-labels-idx1-ubyte": labelsFile(Uint8Array.of(0, 1, 10, 3, 4, 46)) };
    expect((await read(files, { split: 5, classes: 47 })).test.labels).toEqual(Uint8Array.of(46));
  });
});
