// The pictures that runs are made of, in the worker: generated ones, and those of files, which the browser keeps so that
// a page that comes back goes on with them.

import { FormatError, generateDigits } from "../../src/index.ts";
import { RunStore } from "../_shell/runStore.ts";
import { readZip, writeZip } from "../_shell/zip.ts";
import { REAL_SHOWN } from "./pageTypes.ts";
import { DIGIT_NAMES, type Material } from "./pictureFiles.ts";
import type { SomePictures } from "./pictures.ts";
import type { RunConfig } from "./runConfig.ts";

/** Pictures for a run. */
export interface ShelvedPictures {
  readonly pictures: SomePictures;
  readonly classNames: readonly string[];
  /** Pictures of the same key are alike: what has learned from some knows the others. */
  readonly key: string;
}

const ABOUT_FILE = "about.json";
const LABELS_FILE = "labels";

/** Remembers what was read last. */
export class PictureShelf {
  private readonly store = new RunStore("gan-pictures");
  private material: Material | undefined;

  /** Takes what was read from files. Gives what went wrong with keeping it; empty where nothing did. */
  async put(material: Material): Promise<string> {
    this.material = material;
    try {
      await this.store.keep(material.source.fingerprint, packMaterial(material));
      return "";
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return `The browser cannot keep these pictures: drop them again when you come back. ${why}`;
    }
  }

  /** The pictures of a run; undefined where they are not here. */
  async take({
    source,
    pictureCount,
    seed,
    size,
    conditional,
  }: RunConfig): Promise<ShelvedPictures | undefined> {
    if (source.kind === "generated") {
      const pictures = generateDigits({ count: pictureCount, seed });
      return { pictures, classNames: DIGIT_NAMES, key: "generated" };
    }
    const { fingerprint } = source;
    if (this.material?.source.fingerprint !== fingerprint) {
      const bytes = await this.store.find(fingerprint);
      if (bytes === undefined) return undefined;
      const material = await unpackMaterial(bytes, source).catch((error: unknown) => {
        if (error instanceof FormatError) return undefined;
        throw error;
      });
      if (material === undefined) return undefined;
      this.material = material;
    }
    const { variants, classNames } = this.material;
    const pictures = variants.find((variant) => variant.size === size) ?? variants[0];
    // One class alone tells nothing apart; where nobody asks for classes, it does without.
    const isOneClass = new Set(pictures.labels).size < 2;
    return isOneClass && !conditional
      ? { pictures: { ...pictures, labels: undefined }, classNames: [], key: fingerprint }
      : { pictures, classNames, key: fingerprint };
  }
}

/** Some pictures of each class in turn [20, size, size]; fewer where there are not as many. */
export function shownPictures({ images, labels, size }: SomePictures, classes: number): Uint8Array {
  const pixels = size * size;
  const count = images.length / pixels;
  const places: number[] = [];
  if (labels === undefined || classes < 2) {
    for (let place = 0; place < Math.min(count, REAL_SHOWN); place++) places.push(place);
  } else {
    const last = Array<number>(classes).fill(-1);
    for (let shown = 0; shown < REAL_SHOWN; shown++) {
      const label = shown % classes;
      const next = labels.indexOf(label, last[label] + 1);
      if (next >= 0) last[label] = next;
      places.push(Math.max(0, last[label]));
    }
  }
  const result = new Uint8Array(places.length * pixels);
  places.forEach((place, index) => {
    result.set(images.subarray(place * pixels, (place + 1) * pixels), index * pixels);
  });
  return result;
}

function packMaterial({ variants, classNames }: Material): Uint8Array<ArrayBuffer> {
  const about = JSON.stringify({ classNames, sizes: variants.map(({ size }) => size) });
  const { labels } = variants[0];
  return writeZip(
    new Map([
      [ABOUT_FILE, new TextEncoder().encode(about)],
      ...(labels === undefined ? [] : [[LABELS_FILE, labels] as const]),
      ...variants.map(({ images, size }) => [`images-${size}`, images] as const),
    ]),
  );
}

async function unpackMaterial(bytes: Uint8Array<ArrayBuffer>, source: Material["source"]): Promise<Material> {
  const files = await readZip(bytes, "the kept pictures");
  const about: unknown = JSON.parse(new TextDecoder().decode(files.get(ABOUT_FILE)));
  const { classNames, sizes } = about as { classNames: string[]; sizes: number[] };
  const labels = files.get(LABELS_FILE);
  const variants = sizes.map((size) => {
    const images = files.get(`images-${size}`);
    if (images === undefined)
      throw new FormatError(`the kept pictures: those of ${size} pixels are missing.`, 0);
    return { images, labels, size };
  });
  return { source, variants, classNames, leftOut: "" };
}
