// The parts of which a byte-pair tokenizer is made, and what must hold between them.
//
// Decides: the 256 bytes are tokens, every other token is made by a merge or is special, and no two tokens have the
// same bytes. Leaves to others: where the parts come from (training, files of three kinds), and their use.

/** `left` and `right` in a row become `result`. */
export interface BytePairMerge {
  readonly left: number;
  readonly right: number;
  readonly result: number;
}

export interface BytePairs {
  /** The bytes of each token; a special token's are its text's. */
  readonly tokens: readonly Uint8Array[];
  /** The token of each of the 256 bytes. */
  readonly byteTokens: readonly number[];
  /** In the order in which they come first. A token may be made in more ways than one. */
  readonly merges: readonly BytePairMerge[];
  /** Tokens that stand for no text but themselves, by the text by which they are written. */
  readonly specialTokens: ReadonlyMap<string, number>;
}

/** Bytes of the longest token. Merges double: without a bound, sixty of them would name more bytes than there are. */
export const longestTokenBytes = 1024;

/** Bytes as a string, one character each: what a Map can look up. */
export function bytesKey(bytes: Uint8Array): string {
  let key = "";
  for (const byte of bytes) key += String.fromCharCode(byte);
  return key;
}

export function joinBytes(left: Uint8Array, right: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(left.length + right.length);
  bytes.set(left);
  bytes.set(right, left.length);
  return bytes;
}
