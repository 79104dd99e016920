// Files as streams, cut at random places, that remember whether they were cancelled.

import { seededRandom } from "../../src/data/seededRandom.ts";

/** A stream of some bytes. */
export interface ByteStream {
  readonly stream: ReadableStream<Uint8Array>;
  /** How many bytes were asked for so far. */
  givenBytes(): number;
  /** What the stream was cancelled with; undefined before. */
  cancelled(): { reason: unknown } | undefined;
}

/** `bytes` in pieces of 1 to `longestPiece`; where `hangsAt` is given, nothing comes after so many bytes. */
export function streamOf(bytes: Uint8Array, seed = 1, longestPiece = 40, hangsAt = Infinity): ByteStream {
  const random = seededRandom(seed);
  let given = 0;
  let cancelled: { reason: unknown } | undefined;
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (given >= hangsAt) return new Promise<void>(() => {});
        const end = Math.min(given + 1 + Math.floor(random() * longestPiece), bytes.length, hangsAt);
        // Now and then an empty piece, as networks give.
        if (random() < 0.05) controller.enqueue(new Uint8Array(0));
        else if (given < end) {
          controller.enqueue(bytes.slice(given, end));
          given = end;
        } else controller.close();
        return undefined;
      },
      cancel(reason) {
        cancelled = { reason };
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, givenBytes: () => given, cancelled: () => cancelled };
}
