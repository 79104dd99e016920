// The files that PyTorch's results stand in, and the comparison with them.
//
// Leaves to others: the bars (tests/setup/tolerances.ts) and the inputs (hashNumbers.ts).

import { expect } from "vitest";
import { readSafetensors, type SafetensorsEntry } from "../../src/formats/safetensors.ts";
import { allowedError, type Tolerance } from "../setup/tolerances.ts";
import { SAMPLES, samplePlaces } from "./hashNumbers.ts";

/** A stored tensor, or the stored elements of one. */
export interface Stored {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** The tensors of a fixture, by name. */
export interface Fixture {
  readonly names: readonly string[];
  /** Throws for a name that the file lacks. */
  get(name: string): Stored;
}

/** The bytes of a file beside this one. */
export async function fixtureBytes(file: string): Promise<Uint8Array> {
  // By way of a variable: the bundler takes the expression itself as an order to bundle what it may stand for.
  const here = import.meta.url;
  const url = new URL(file, here);
  if (!__GPU__) {
    const { readFile } = await import("node:fs/promises");
    return new Uint8Array(await readFile(url));
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${file}: ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Reads `name`.safetensors. */
export async function loadFixture(name: string): Promise<Fixture> {
  const file = `${name}.safetensors`;
  const { tensors } = readSafetensors(await fixtureBytes(file), { name: file });
  return {
    names: [...tensors.keys()],
    get(key) {
      const entry = tensors.get(key);
      if (entry === undefined) throw new Error(`${file} has no tensor ${key}; run the script that makes it`);
      return { shape: entry.shape, data: decode(entry) };
    },
  };
}

function decode({ dtype, data }: SafetensorsEntry): Float64Array {
  const bytes = data.slice().buffer;
  switch (dtype) {
    case "F64":
      return new Float64Array(bytes);
    case "F32":
      return Float64Array.from(new Float32Array(bytes));
    case "U8":
      return Float64Array.from(new Uint8Array(bytes));
    default:
      throw new Error(`a fixture has dtype ${dtype}; F64, F32 and U8 are expected`);
  }
}

/** How a result is compared. */
export interface Bar {
  readonly tolerance: Tolerance;
  /** What the tolerance is multiplied by: 4 for gradients. Default 1. */
  readonly factor?: number;
}

/** Softmax, norms, cross-entropy and what is made of them, forward. */
export const forward: Bar = { tolerance: { family: "normalised" } };
/** The same for gradients. */
export const backward: Bar = { tolerance: { family: "normalised" }, factor: 4 };

/** Compares a whole result with the elements that are stored of it. */
export function expectStored(
  what: string,
  actual: ArrayLike<number>,
  { data }: Stored,
  { tolerance, factor = 1 }: Bar,
  samples: number = SAMPLES,
): void {
  const places = data.length === actual.length ? [...data.keys()] : samplePlaces(actual.length, samples);
  expect(places.length, `${what}: stored elements`).toBe(data.length);
  let worst = { ratio: 0, text: "" };
  places.forEach((place, index) => {
    const expected = data[index];
    const bar =
      factor * allowedError(tolerance, { expected, input: expected, magnitude: Math.abs(expected) });
    const error = Math.abs(actual[place] - expected);
    // NaN where a number is due is as wrong as can be.
    const ratio = error <= bar ? error / Math.max(bar, Number.MIN_VALUE) : Number.POSITIVE_INFINITY;
    if (ratio > worst.ratio)
      worst = { ratio, text: `${what}[${place}]: ${actual[place]}, PyTorch has ${expected} +- ${bar}` };
  });
  expect(worst.ratio, worst.text).toBeLessThanOrEqual(1);
}
