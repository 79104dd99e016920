// The real pictures of a run: gray pictures, and how they become the batches of each step.

import { DataLoader, digitsDataset, UsageError } from "../../src/index.ts";
import { fitTo, picturesFault, type SomePictures } from "./pictures.ts";
import { CLASSES, type DcganSettings } from "./settings.ts";

/** Floats from -1 to 1, [rows, 1, size, size], and their digits. */
export interface RealBatch {
  readonly images: { readonly shape: readonly number[]; readonly data: Float32Array };
  readonly labels: { readonly shape: readonly number[]; readonly data: Int32Array };
}

/** Tanh reaches from -1 to 1, and so do the pictures. */
const normalize = { mean: 0.5, std: 0.5 };

/** The batches of a run: always the same for a step, each epoch in an order of its own. */
export class RealPictures {
  private readonly dataset: ReturnType<typeof digitsDataset>;
  private readonly loader: DataLoader<ReturnType<ReturnType<typeof digitsDataset>["gatherBatch"]>>;
  private epoch: { readonly number: number; readonly batches: readonly Uint32Array[] } | undefined;

  /** Throws UsageError for pictures that are too few, of another size, of one class alone, or without needed labels. */
  constructor(pictures: SomePictures, { size, batchSize, seed, conditional }: DcganSettings) {
    const fault = picturesFault(pictures, { size, batchSize, conditional });
    if (fault !== undefined) throw new UsageError(fault);
    const { images, labels = new Uint8Array(images.length / size ** 2) } = fitTo(pictures, size);
    this.dataset = digitsDataset(images, labels, { size, classes: CLASSES, normalize });
    this.loader = new DataLoader(this.dataset, { batchSize, shuffle: true, seed, dropLast: true });
  }

  get length(): number {
    return this.dataset.length;
  }

  batchAt(step: number): RealBatch {
    const number = Math.floor(step / this.loader.length);
    if (this.epoch?.number !== number) this.epoch = { number, batches: this.loader.indices(number) };
    return this.dataset.gatherBatch(this.epoch.batches[step % this.loader.length]);
  }
}
