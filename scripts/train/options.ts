// The command line of training on digits.

import { flagValues, positive, whole } from "./commandLine.ts";

/** What the user asked for, with defaults filled in. */
export interface TrainOptions {
  /** A folder with MNIST files; undefined for generated digits. */
  data: string | undefined;
  /** Digits that train; undefined for what the files say, or four fifths of generated ones. */
  split: number | undefined;
  /** Digits to generate. */
  count: number;
  epochs: number;
  batch: number;
  lr: number;
  seed: number;
  out: string;
  json: string | undefined;
}

export const digitsUsage = `Usage: npm run train -- digits [options]

Trains LeNet-5 on handwritten digits with WebGPU in a headless browser, and tests it.

  --data DIR    folder with MNIST files (train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-…; .gz allowed);
                without it, digits are generated
  --split N     the first N digits train, the rest test: for generated digits, or one pair of files in DIR
  --count N     digits to generate (default 10000, of which four fifths train)
  --epochs N    passes over the training digits (default 5)
  --batch N     digits in a step (default 64)
  --lr X        learning rate of Adam (default 0.001)
  --seed N      seed of generated digits, first weights and shuffling (default 1)
  --out DIR     receives model.safetensors and mistakes.png (default runs/digits)
  --json FILE   receives losses, accuracy, speed and plan as JSON
  --help        this text

TILEGRAD_ADAPTER=hardware|software chooses the adapter, PUPPETEER_EXECUTABLE_PATH the browser.`;

const flags = ["data", "split", "count", "epochs", "batch", "lr", "seed", "out", "json"];

/** Reads the arguments behind the task. Throws an error of one line for what cannot be meant. */
export function parseTrainOptions(args: readonly string[]): TrainOptions {
  const values = flagValues(args, flags);
  if (values.has("data") && values.has("count")) {
    throw new Error("--count is given with --data; it is for generated digits only.");
  }
  return {
    data: values.get("data"),
    split: values.has("split") ? whole(values, "split", 0, 1) : undefined,
    count: whole(values, "count", 10_000, 2),
    epochs: whole(values, "epochs", 5, 1),
    batch: whole(values, "batch", 64, 1),
    lr: positive(values, "lr", 1e-3),
    seed: whole(values, "seed", 1, 0, 2 ** 32 - 1),
    out: values.get("out") ?? "runs/digits",
    json: values.get("json"),
  };
}
