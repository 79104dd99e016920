// Pictures out of the visitor's files: the IDX files of MNIST, or any pictures, cut square and made gray.
//
// Decides: what counts as a picture, what its label is, and what is left out. Runs in the worker.

import { readMnist, UsageError } from "../../src/index.ts";
import type { SomePictures } from "./pictures.ts";
import type { PictureSource } from "./runConfig.ts";
import { PICTURE_SIZES } from "./settings.ts";

/** Pictures as they were read. */
export interface Material {
  readonly source: Extract<PictureSource, { kind: "files" }>;
  /** The same pictures, in each size that there is. */
  readonly variants: readonly SomePictures[];
  /** What labels mean; none where there are none. */
  readonly classNames: readonly string[];
  /** What was left out, in a sentence; empty where nothing was. */
  readonly leftOut: string;
}

export const DIGIT_NAMES: readonly string[] = Array.from({ length: 10 }, (_, digit) => String(digit));

const IDX_NAME = /-idx[13]-ubyte|\.idx[13]-ubyte/;
const FROM_TRAINING = /(^|[/\\])train-/;
/** What systems put beside files of which visitors do not know. */
const HIDDEN = /(^|\/)(\.|__MACOSX\/|Thumbs\.db$|desktop\.ini$)/;
const LEAST_SIDE = 8;
const MOST_PICTURES = 20_000;
const MOST_CLASSES = 10;
/** Files that are decoded at a time. */
const AT_ONCE = 16;

/**
 * The pictures in `files`, whose names may be paths. Throws UsageError where there is none, FormatError among them for
 * IDX files that are damaged.
 */
export async function readPictureFiles(files: readonly File[]): Promise<Material> {
  const own = files.filter(({ name }) => !HIDDEN.test(name));
  if (own.length === 0) {
    throw new UsageError("The folder is empty; drop one with pictures, or with the IDX files of MNIST.");
  }
  return own.some(({ name }) => IDX_NAME.test(name)) ? readIdxFiles(own) : readPictures(own);
}

/** The training pictures, or all where there is one pair of files. */
async function readIdxFiles(files: readonly File[]): Promise<Material> {
  const idx = files.filter(({ name }) => IDX_NAME.test(name));
  const bytes = new Map<string, Uint8Array>();
  for (const file of idx) bytes.set(file.name, new Uint8Array(await file.arrayBuffer()));
  const isTraining = (file: File) => FROM_TRAINING.test(file.name);
  const hasBoth = idx.some(isTraining) && !idx.every(isTraining);
  const { train, test } = await readMnist(bytes, hasBoth ? {} : { split: 1 });
  const pictures = hasBoth
    ? train
    : {
        // One pair of files is read in two parts, which are one again here.
        images: joined(train.images, test.images),
        labels: joined(train.labels, test.labels),
        size: train.size,
      };
  const leftOut = files.length > idx.length ? leftOutText([[files.length - idx.length, "no IDX file"]]) : "";
  return materialOf("MNIST files", [pictures], DIGIT_NAMES, leftOut);
}

interface Decoded {
  readonly file: File;
  /** Gray values, for each of PICTURE_SIZES. */
  readonly grays: readonly Uint8Array[];
}

async function readPictures(files: readonly File[]): Promise<Material> {
  const sorted = [...files].sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
  const wanted = sorted.slice(0, MOST_PICTURES);
  const decode = decoder();
  const decoded: Decoded[] = [];
  const without = { unreadable: 0, small: 0 };
  for (let start = 0; start < wanted.length; start += AT_ONCE) {
    const some = wanted.slice(start, start + AT_ONCE);
    for (const [index, grays] of (await Promise.all(some.map(decode))).entries()) {
      if (typeof grays === "string") without[grays] += 1;
      else decoded.push({ file: some[index], grays });
    }
  }
  if (decoded.length === 0) throw new UsageError(nothingRead(wanted, without.small > 0));
  const { labels, classNames } = labelsOf(decoded.map(({ file }) => file.name));
  const variants = PICTURE_SIZES.map((size, index) => {
    const images = new Uint8Array(decoded.length * size * size);
    decoded.forEach(({ grays }, place) => {
      images.set(grays[index], place * size * size);
    });
    return { images, labels, size };
  });
  const leftOut = leftOutText([
    [without.unreadable, "no picture"],
    [without.small, `smaller than ${LEAST_SIDE} x ${LEAST_SIDE}`],
    [files.length - wanted.length, `beyond ${MOST_PICTURES}`],
  ]);
  return materialOf(nameOf(wanted), variants, classNames, leftOut);
}

/** Gives a picture's gray values in each size, or why there are none. */
function decoder(): (file: File) => Promise<readonly Uint8Array[] | "unreadable" | "small"> {
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) throw new UsageError("The browser gives no canvas to read pictures with.");
  return async (file) => {
    const bitmap = await createImageBitmap(file).catch(() => undefined);
    if (bitmap === undefined) return "unreadable";
    const { width, height } = bitmap;
    const side = Math.min(width, height);
    if (side < LEAST_SIDE) return "small";
    const grays = PICTURE_SIZES.map((size) => {
      canvas.width = size;
      canvas.height = size;
      context.imageSmoothingQuality = "high";
      context.fillRect(0, 0, size, size); // black behind what is transparent
      context.drawImage(bitmap, (width - side) / 2, (height - side) / 2, side, side, 0, 0, size, size);
      return grayOf(context.getImageData(0, 0, size, size).data);
    });
    bitmap.close();
    return grays;
  };
}

/** Luma as of ITU-R BT.601. */
function grayOf(colours: Uint8ClampedArray): Uint8Array {
  return Uint8Array.from({ length: colours.length / 4 }, (_, i) =>
    Math.round(0.299 * colours[4 * i] + 0.587 * colours[4 * i + 1] + 0.114 * colours[4 * i + 2]),
  );
}

/** Labels by the folder that each file of `paths` lies in, where there are 2 to 10 of them. */
export function labelsOf(paths: readonly string[]): {
  readonly labels: Uint8Array | undefined;
  readonly classNames: readonly string[];
} {
  const folders = paths.map((path) => path.split("/").slice(0, -1).join("/"));
  const known = [...new Set(folders)].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  if (known.length < 2 || known.length > MOST_CLASSES) return { labels: undefined, classNames: [] };
  return {
    labels: Uint8Array.from(folders, (folder) => known.indexOf(folder)),
    classNames: known.map((folder) => folder.split("/").pop() || "others"),
  };
}

function nothingRead(files: readonly File[], areSmall: boolean): string {
  const [first] = files;
  const which =
    files.length === 1 ? `${first.name}: it is` : `${first.name} and ${files.length - 1} more: they are`;
  if (areSmall)
    return `${which} too small; pictures must have at least ${LEAST_SIDE} x ${LEAST_SIDE} pixels.`;
  return (
    `${which} no picture that this browser reads; drop pictures, a folder of them, the IDX files of MNIST, ` +
    "or a run that this page has saved."
  );
}

function leftOutText(parts: readonly (readonly [count: number, why: string])[]): string {
  const some = parts.filter(([count]) => count > 0).map(([count, why]) => `${count} (${why})`);
  return some.length === 0 ? "" : `Left out: ${some.join(", ")}.`;
}

/** The folder that all lie in; where there is none, how many there are. */
function nameOf(files: readonly File[]): string {
  const tops = new Set(files.map(({ name }) => (name.includes("/") ? name.split("/")[0] : "")));
  const [top] = tops;
  return tops.size === 1 && top !== "" ? top : `${files.length} pictures`;
}

async function materialOf(
  name: string,
  variants: readonly SomePictures[],
  classNames: readonly string[],
  leftOut: string,
): Promise<Material> {
  const [{ images, labels }] = variants;
  const all = joined(images, labels ?? new Uint8Array());
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
  const fingerprint = [...digest.subarray(0, 6)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return { source: { kind: "files", name, fingerprint }, variants, classNames, leftOut };
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
