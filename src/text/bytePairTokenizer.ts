// BytePairTokenizer: tokens are rows of bytes, the frequent ones long (byte-level BPE, as in GPT-2).
//
// Decides: how text becomes tokens and tokens text, exactly, for every string. Leaves to others: learning the merges
// (trainBytePairs.ts), where text is cut before (preTokenize.ts), and the files (bytePairJson.ts, gpt2Files.ts,
// tokenizerJson.ts).

import { UsageError } from "../base/errors.ts";
import { requireWhole } from "../base/requireWhole.ts";
import { readBytePairJson, type SavedBytePairs, savedBytePairs } from "./bytePairJson.ts";
import { BytePairMerger } from "./bytePairMerger.ts";
import type { BytePairs } from "./bytePairs.ts";
import { preTokenize } from "./preTokenize.ts";
import { specialTokenFault, splitAtSpecial } from "./specialTokens.ts";
import { requireText, requireToken, type Tokenizer } from "./tokenizer.ts";
import { type TrainBytePairsOptions, trainBytePairs } from "./trainBytePairs.ts";
import { encodeWtf8, showBytes, Wtf8Decoder } from "./wtf8.ts";

const byteCount = 256;
const maximumVocabularySize = 1_000_000;
const cachedPieces = 32_768;
const longestCachedPiece = 128; // UTF-16 units; longer ones hardly come twice

export interface EncodeOptions {
  /**
   * Whether special tokens that stand in the text become those tokens. Default: false, they are text like any other,
   * so that text from outside cannot end a document.
   */
  readonly special?: boolean;
}

/** `decode(encode(text))` is `text` for every string, lone surrogates included (their bytes are WTF-8). */
export class BytePairTokenizer implements Tokenizer {
  readonly vocabularySize: number;
  /** The special tokens by the text by which they are written. */
  readonly specialTokens: ReadonlyMap<string, number>;
  /** What the tokenizer is made of. */
  readonly parts: BytePairs;
  readonly #merger: BytePairMerger;
  readonly #cache = new Map<string, Int32Array>();

  /** From parts that fit each other, as `train` and the readers make them. */
  constructor(parts: BytePairs) {
    this.parts = parts;
    this.vocabularySize = parts.tokens.length;
    this.specialTokens = parts.specialTokens;
    this.#merger = new BytePairMerger(parts.merges, parts.tokens.length);
  }

  /**
   * Learns a vocabulary from `text`: first the 256 bytes, then what merges make, then the special tokens. The same text
   * and options give the same vocabulary. It is smaller than asked where no pair is frequent enough any more. Gives way
   * to the event loop. Throws UsageError where an option is wrong; rejects with the reason of `signal`.
   */
  static async train(text: string, options: TrainBytePairsOptions): Promise<BytePairTokenizer> {
    requireText("BytePairTokenizer.train: the text", text);
    requireTraining(options);
    return new BytePairTokenizer(await trainBytePairs(text, options));
  }

  /** Reads what `JSON.stringify` made of a tokenizer, as text or bytes. Throws FormatError. */
  static fromJSON(json: string | Uint8Array, options: { name?: string } = {}): BytePairTokenizer {
    return new BytePairTokenizer(readBytePairJson(json, options.name ?? "byte-pair tokenizer"));
  }

  encode(text: string, { special = false }: EncodeOptions = {}): Int32Array {
    requireText("BytePairTokenizer.encode: the text", text);
    const tokens: number[] = [];
    const separators = special ? [...this.specialTokens.keys()] : [];
    for (const { text: part, isSpecial } of splitAtSpecial(text, separators)) {
      if (isSpecial) tokens.push(this.specialToken(part));
      else
        for (const piece of preTokenize(part))
          for (const token of this.#pieceTokens(piece)) tokens.push(token);
    }
    return Int32Array.from(tokens);
  }

  decode(tokens: ArrayLike<number>): string {
    const decoder = new Wtf8Decoder();
    let text = "";
    for (let i = 0; i < tokens.length; i++) {
      requireToken(`BytePairTokenizer.decode: token ${i}`, tokens[i], this.vocabularySize);
      text += decoder.push(this.parts.tokens[tokens[i]]);
    }
    return text + decoder.flush();
  }

  /** The special token that is written `text`. Throws UsageError where there is none. */
  specialToken(text: string): number {
    const token = this.specialTokens.get(text);
    if (token !== undefined) return token;
    const names = [...this.specialTokens.keys()].map((name) => JSON.stringify(name)).join(", ");
    throw new UsageError(
      `BytePairTokenizer: ${JSON.stringify(text)} is no special token; there ${names === "" ? "are none" : `is ${names}`}.`,
    );
  }

  tokenText(token: number): string {
    return showBytes(this.tokenBytes(token));
  }

  tokenBytes(token: number): Uint8Array {
    requireToken("BytePairTokenizer: a token", token, this.vocabularySize);
    return this.parts.tokens[token].slice();
  }

  toJSON(): SavedBytePairs {
    return savedBytePairs(this.parts);
  }

  #pieceTokens(piece: string): Int32Array {
    const known = this.#cache.get(piece);
    if (known !== undefined) return known;
    const bytes = encodeWtf8(piece);
    const tokens = this.#merger.merge(Int32Array.from(bytes, (byte) => this.parts.byteTokens[byte]));
    if (piece.length > longestCachedPiece) return tokens;
    if (this.#cache.size >= cachedPieces) this.#cache.clear();
    this.#cache.set(piece, tokens);
    return tokens;
  }
}

function requireTraining({
  vocabularySize,
  minFrequency = 2,
  specialTokens = [],
}: TrainBytePairsOptions): void {
  const smallest = byteCount + specialTokens.length;
  requireWhole("BytePairTokenizer.train: vocabularySize", vocabularySize, smallest, maximumVocabularySize);
  requireWhole("BytePairTokenizer.train: minFrequency", minFrequency, 1, Number.MAX_SAFE_INTEGER);
  specialTokens.forEach((text, i) => {
    const fault = specialTokenFault(text);
    if (fault !== undefined) throw new UsageError(`BytePairTokenizer.train: ${fault}.`);
    if (specialTokens.indexOf(text) === i) return;
    throw new UsageError(
      `BytePairTokenizer.train: the special token ${JSON.stringify(text)} is given twice; they must differ.`,
    );
  });
}
