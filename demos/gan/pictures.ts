// Real pictures as they come, and what they must be. Plain data: scripts read it without a browser.

import type { DcganSettings, PictureSize } from "./settings.ts";

/** Square gray pictures, one after another, and what each shows, where anyone knows. */
export interface SomePictures {
  readonly images: Uint8Array; // [count, size, size]
  readonly labels: Uint8Array | undefined; // [count]
  readonly size: number;
}

/** Square gray pictures, one after another, and the digit that each shows. */
export interface Pictures extends SomePictures {
  readonly labels: Uint8Array;
}

/** A judge of what samples show cannot learn from one digit alone. */
const LEAST_CLASSES = 2;

/** What is wrong with pictures for a run, and what is allowed; undefined where nothing is. */
export function picturesFault(
  { images, labels, size: given }: SomePictures,
  {
    size,
    batchSize,
    conditional = false,
  }: Pick<DcganSettings, "size" | "batchSize"> & Partial<Pick<DcganSettings, "conditional">>,
): string | undefined {
  const count = images.length / given ** 2;
  if (given !== size && !(given === 28 && size === 32)) {
    const allowed = size === 32 ? "28 x 28 and 32 x 32" : "28 x 28";
    return `pictures: they are ${given} x ${given} pixels; networks for ${size} x ${size} take ${allowed}.`;
  }
  if (labels === undefined && conditional) {
    return "pictures: they have no labels; networks that are told what to draw learn from labelled ones.";
  }
  if (labels !== undefined && new Set(labels).size < LEAST_CLASSES) {
    const only = count === 0 ? "there is none" : `all ${count} show the digit ${labels[0]}`;
    return `pictures: ${only}; the judge of what samples show needs at least ${LEAST_CLASSES} digits.`;
  }
  if (batchSize <= count) return undefined;
  return `pictures: there are ${count}, and batchSize is ${batchSize}; a batch must not be larger.`;
}

/** Pictures of 28 in the middle of 32, black around them; others as they are. */
export function fitTo({ images, labels, size }: SomePictures, wanted: PictureSize): SomePictures {
  return size === wanted
    ? { images, labels, size }
    : { images: reframe(images, size, wanted), labels, size: wanted };
}

/** Each picture cut or extended by as much at all sides. */
export function reframe(images: Uint8Array, size: number, wanted: number): Uint8Array {
  if (size === wanted) return images;
  const count = images.length / (size * size);
  const shift = (wanted - size) / 2;
  const first = Math.max(0, shift);
  const last = Math.min(wanted, size + shift);
  const result = new Uint8Array(count * wanted * wanted);
  for (let picture = 0; picture < count; picture++) {
    for (let y = first; y < last; y++) {
      const from = (picture * size + y - shift) * size - shift;
      const row = images.subarray(from + first, from + last);
      result.set(row, (picture * wanted + y) * wanted + first);
    }
  }
  return result;
}
