// Damaged files, from a seed: what a reader must survive.

import { expect } from "vitest";
import { FormatError } from "../../src/base/errors.ts";
import { seededRandom } from "../../src/data/seededRandom.ts";

/** Damaged files per test: 1,500 unless the environment asks for more (10,000 at night: VITE_MUTATED_FILES=10000). */
export const mutationCount = Number(import.meta.env.VITE_MUTATED_FILES ?? 1_500);

const longestReadMs = 100;

/** One of six ways to damage `bytes`, chosen by `seed`. */
export function mutated(bytes: Uint8Array, seed: number): Uint8Array {
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  // Most faults are looked for near the start, where headers are.
  const position = (): number => below(random() < 0.7 ? Math.min(bytes.length, 256) : bytes.length);
  const copy = bytes.slice();
  const at = position();
  switch (below(6)) {
    case 0:
      copy[at] ^= 1 << below(8);
      return copy;
    case 1:
      copy[at] = below(256);
      copy[position()] = below(256);
      return copy;
    case 2:
      return bytes.slice(0, below(bytes.length));
    case 3:
      return Uint8Array.from([...bytes.subarray(0, at), below(256), ...bytes.subarray(at)]);
    case 4:
      return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 1 + below(8))]);
    default:
      copy.copyWithin(at, position(), position());
      return copy;
  }
}

/** Runs `read`; what it throws must be a FormatError with an offset, and it must be quick. True where it threw. */
export async function isRejected(read: () => unknown): Promise<boolean> {
  let timeMs = 0;
  // A busy machine may stop any read for a while; one that is slow by itself is slow three times.
  for (let attempt = 0; attempt < 3; attempt++) {
    const start = performance.now();
    const rejected = await throwsFormatError(read);
    timeMs = performance.now() - start;
    if (timeMs <= longestReadMs) return rejected;
  }
  throw new Error(`a read took ${timeMs} ms; at most ${longestReadMs} are allowed`);
}

async function throwsFormatError(read: () => unknown): Promise<boolean> {
  try {
    await read();
    return false;
  } catch (error) {
    requireFormatError(error);
    return true;
  }
}

function requireFormatError(error: unknown): asserts error is FormatError {
  if (!(error instanceof FormatError)) throw error;
  if (!Number.isInteger(error.offsetBytes) || error.offsetBytes < 0) {
    throw new Error(`the offset is ${error.offsetBytes}`, { cause: error });
  }
}

/** What `read` throws, which must be a FormatError. Returns its text, which must name the offset. */
export async function formatErrorOf(read: () => unknown): Promise<string> {
  try {
    await read();
  } catch (error) {
    requireFormatError(error);
    expect(error.message).toContain(`(at byte ${error.offsetBytes}).`);
    return error.message;
  }
  throw new Error("nothing was thrown");
}
