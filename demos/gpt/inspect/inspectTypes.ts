// What the page asks about the inside of the model, and what the worker answers. Plain values that can be posted.

/** What is asked. Every answer is of the model as it is when it is computed. */
export type InspectRequest =
  /** What may come after `text`; the `count` most likely tokens by name (default 12). */
  | { readonly kind: "next"; readonly text: string; readonly count?: number }
  /** Which tokens of `text` every head of every layer looks at. */
  | { readonly kind: "attention"; readonly text: string }
  /** Where the vectors of the tokens lie to each other. */
  | { readonly kind: "embedding" };

export type InspectReply = NextReply | AttentionReply | EmbeddingReply | RefusedReply;

export const TOKEN_KINDS = ["lower", "upper", "digit", "punctuation", "space", "other"] as const;
/** What a token is, by the first character that is not the space before a word. */
export type TokenKind = (typeof TOKEN_KINDS)[number];

/** A token as it is shown. */
export interface ShownToken {
  readonly id: number;
  /** Never empty, and nothing in it is invisible: a space is "␣", the end of a line "↵". */
  readonly text: string;
  readonly kind: TokenKind;
}

export interface NextReply {
  readonly kind: "next";
  /** Tokens of the text that the model read, and those before them that its context has no room for. */
  readonly readCount: number;
  readonly cutCount: number;
  /** The most likely tokens, from the likeliest down. */
  readonly tokens: readonly ShownToken[];
  /** Natural logarithms of the probabilities of all tokens, from the likeliest down: as `tokens`, then the others. */
  readonly logProbabilities: Float32Array<ArrayBuffer>;
}

export interface AttentionReply {
  readonly kind: "attention";
  /** The tokens that the model read: at most 64, and at most its context; the last ones of a longer text. */
  readonly tokens: readonly ShownToken[];
  /** Tokens of the text before them. */
  readonly cutCount: number;
  readonly layers: number;
  readonly heads: number;
  /** [layers, heads, tokens, tokens]: how much the token of a row attends to that of a column. Rows add up to 1. */
  readonly weights: Float32Array<ArrayBuffer>;
}

export interface EmbeddingReply {
  readonly kind: "embedding";
  /** The tokens that are shown: all, or the first 2000 of a larger vocabulary. */
  readonly tokens: readonly ShownToken[];
  readonly vocabularySize: number;
  readonly width: number;
  /** [tokens, width] */
  readonly vectors: Float32Array<ArrayBuffer>;
  /** [tokens, 2]: along the two directions in which the vectors differ most. */
  readonly places: Float32Array<ArrayBuffer>;
  /** The share of the vectors' variance along each of the two, from 0 to 1. */
  readonly varianceShares: readonly [number, number];
}

/** The text cannot be read, and why, for the visitor. */
export interface RefusedReply {
  readonly kind: "refused";
  readonly reason: string;
}
