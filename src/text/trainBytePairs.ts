// trainBytePairs: which byte pairs to merge, learned from a text.
//
// Decides: the pair that stands in the text most often is merged next; of equals the one with the smaller left token,
// then the smaller right one, so that the same text gives the same merges everywhere. Counts are kept, not counted
// anew: a merge touches only the pieces that have its pair. A long training gives way to the event loop.
// Leaves to others: the use of the merges. After Sennrich, Haddow, Birch (2016), over bytes as in GPT-2.

import { range } from "../base/integers.ts";
import { BinaryHeap } from "./binaryHeap.ts";
import { type BytePairMerge, type BytePairs, joinBytes, longestTokenBytes } from "./bytePairs.ts";
import { preTokenize } from "./preTokenize.ts";
import { splitAtSpecial } from "./specialTokens.ts";
import { encodeWtf8 } from "./wtf8.ts";

export interface TrainingProgress {
  /** Tokens so far, and how many there shall be. */
  readonly tokens: number;
  readonly vocabularySize: number;
}

export interface TrainBytePairsOptions {
  /** Tokens in all: 256 bytes, the merged ones, and the special ones. */
  readonly vocabularySize: number;
  /** Pairs that stand in the text less often are not merged; the vocabulary is then smaller. Default: 2. */
  readonly minFrequency?: number;
  /** Texts such as "<|endoftext|>" that become tokens of their own, and at which the training text is cut. */
  readonly specialTokens?: readonly string[];
  /** Is told now and then, and at the end. */
  readonly onProgress?: (progress: TrainingProgress) => void;
  readonly signal?: AbortSignal;
}

const byteCount = 256;
const longestTurnMs = 20;
const piecesBetweenLooks = 512;

/** Learns merges from `text`. Options are checked by the caller. Rejects with the signal's reason. */
export async function trainBytePairs(text: string, options: TrainBytePairsOptions): Promise<BytePairs> {
  const { vocabularySize, minFrequency = 2, specialTokens = [], onProgress } = options;
  const learner = new Learner(minFrequency);
  const turn = turnTaker(options.signal, () =>
    onProgress?.({ tokens: learner.tokens.length, vocabularySize }),
  );
  await turn(true);
  for (const [piece, count] of await countPieces(text, specialTokens, turn)) {
    learner.addPiece(encodeWtf8(piece), count);
    await turn();
  }
  learner.start();
  const mergedSize = vocabularySize - specialTokens.length;
  while (learner.tokens.length < mergedSize && learner.mergeNext()) await turn();
  const first = learner.tokens.length;
  const parts = {
    tokens: [...learner.tokens, ...specialTokens.map(encodeWtf8)],
    byteTokens: range(0, byteCount),
    merges: learner.merges,
    specialTokens: new Map(specialTokens.map((special, i) => [special, first + i])),
  };
  onProgress?.({ tokens: parts.tokens.length, vocabularySize });
  return parts;
}

/** How often each piece stands in the text. */
async function countPieces(
  text: string,
  specialTokens: readonly string[],
  turn: () => Promise<void> | undefined,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  let seen = 0;
  for (const { text: part, isSpecial } of splitAtSpecial(text, specialTokens)) {
    if (isSpecial) continue;
    for (const piece of preTokenize(part)) {
      counts.set(piece, (counts.get(piece) ?? 0) + 1);
      if (++seen % piecesBetweenLooks === 0) await turn();
    }
  }
  return counts;
}

/** Gives way to the event loop where the last time is long ago; then looks at the signal and reports. */
function turnTaker(
  signal: AbortSignal | undefined,
  report: () => void,
): (isForced?: boolean) => Promise<void> | undefined {
  let startMs = performance.now();
  const giveWay = async () => {
    signal?.throwIfAborted();
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
    signal?.throwIfAborted();
    report();
    startMs = performance.now();
  };
  return (isForced = false) =>
    isForced || performance.now() - startMs > longestTurnMs ? giveWay() : undefined;
}

interface Piece {
  readonly tokens: number[];
  readonly count: number;
}

interface Pair {
  readonly left: number;
  readonly right: number;
  /** How often it stands in the text. */
  count: number;
  /** The count with which it waits; its true count may be smaller. 0: it does not wait. */
  waitingCount: number;
  /** The pieces that have it, or had it. */
  pieces: number[];
}

/** The state of a training: pieces as tokens, and the count of every pair in them. */
class Learner {
  readonly tokens: Uint8Array[] = range(0, byteCount).map((byte) => Uint8Array.of(byte));
  readonly merges: BytePairMerge[] = [];
  readonly #minFrequency: number;
  readonly #pieces: Piece[] = [];
  readonly #pairs = new Map<number, Map<number, Pair>>(); // left -> right -> pair
  readonly #waiting = new BinaryHeap<{ pair: Pair; count: number }>(comesFirst);
  readonly #changed = new Set<Pair>();

  constructor(minFrequency: number) {
    this.#minFrequency = minFrequency;
  }

  addPiece(bytes: Uint8Array, count: number): void {
    const index = this.#pieces.length;
    this.#pieces.push({ tokens: [...bytes], count });
    for (let at = 1; at < bytes.length; at++) this.#change(bytes[at - 1], bytes[at], count, index);
  }

  /** To be called when all pieces are there. */
  start(): void {
    this.#wait();
  }

  /** Merges the pair that comes first; false where none is left. */
  mergeNext(): boolean {
    for (let entry = this.#waiting.take(); entry !== undefined; entry = this.#waiting.take()) {
      const { pair, count } = entry;
      if (count !== pair.waitingCount) continue; // it waits elsewhere, with a larger count
      pair.waitingCount = 0;
      if (count !== pair.count) {
        this.#waitAgain(pair);
      } else if (this.tokens[pair.left].length + this.tokens[pair.right].length <= longestTokenBytes) {
        this.#merge(pair);
        return true;
      }
    }
    return false;
  }

  // Invariant: a pair is merged once, and no two merges give the same bytes. For where a row of bytes ends as one
  // token, merges have touched nothing but that row, and so have done the same wherever it stands.
  #merge(pair: Pair): void {
    const { left, right } = pair;
    const result = this.tokens.length;
    this.tokens.push(joinBytes(this.tokens[left], this.tokens[right]));
    this.merges.push({ left, right, result });
    for (const index of new Set(pair.pieces)) this.#mergeInPiece(pair, result, index);
    pair.pieces = [];
    pair.count = 0;
    this.#wait();
  }

  #mergeInPiece({ left, right }: Pair, result: number, index: number): void {
    const { tokens, count } = this.#pieces[index];
    let size = 0;
    for (let at = 0; at < tokens.length; at++) {
      if (tokens[at] !== left || tokens[at + 1] !== right) {
        tokens[size++] = tokens[at];
        continue;
      }
      if (size > 0) {
        this.#change(tokens[size - 1], left, -count, index);
        this.#change(tokens[size - 1], result, count, index);
      }
      if (at + 2 < tokens.length) {
        this.#change(right, tokens[at + 2], -count, index);
        this.#change(result, tokens[at + 2], count, index);
      }
      tokens[size++] = result;
      at++;
    }
    tokens.length = size;
  }

  #change(left: number, right: number, change: number, index: number): void {
    const pair = this.#pairOf(left, right);
    pair.count += change;
    if (change < 0) return;
    if (pair.pieces.at(-1) !== index) pair.pieces.push(index);
    this.#changed.add(pair);
  }

  #pairOf(left: number, right: number): Pair {
    const pairs = this.#pairs.get(left) ?? new Map<number, Pair>();
    if (pairs.size === 0) this.#pairs.set(left, pairs);
    const known = pairs.get(right);
    if (known !== undefined) return known;
    const pair = { left, right, count: 0, waitingCount: 0, pieces: [] };
    pairs.set(right, pair);
    return pair;
  }

  /** Lets the pairs wait that have become more frequent. */
  #wait(): void {
    for (const pair of this.#changed) if (pair.count > pair.waitingCount) this.#waitAgain(pair);
    this.#changed.clear();
  }

  #waitAgain(pair: Pair): void {
    if (pair.count < this.#minFrequency) return;
    pair.waitingCount = pair.count;
    this.#waiting.add({ pair, count: pair.count });
  }
}

function comesFirst(a: { pair: Pair; count: number }, b: { pair: Pair; count: number }): boolean {
  if (a.count !== b.count) return a.count > b.count;
  return (a.pair.left - b.pair.left || a.pair.right - b.pair.right) < 0;
}
