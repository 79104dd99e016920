// TokenDecoder: text from tokens as they come, one at a time.
//
// Decides: when text is complete. A character whose bytes stand in several tokens comes whole or not at all.
// Leaves to the tokenizer: what a token stands for.

import type { Tokenizer } from "./tokenizer.ts";
import { Wtf8Decoder } from "./wtf8.ts";

/**
 * All that `push` and at last `flush` return, put together, is `tokenizer.decode` of all tokens.
 *
 * A tokenizer without `tokenBytes` is asked for the text of the newest tokens again and again; then what it shows as
 * U+FFFD counts as incomplete.
 */
export class TokenDecoder {
  readonly #tokenizer: Tokenizer;
  readonly #bytes = new Wtf8Decoder();
  /** The tokens whose text was returned last: a tokenizer may decode a token otherwise at the start of a text. */
  #before: number[] = [];
  #waiting: number[] = [];
  #text = "";

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
  }

  /** All text so far that is complete. */
  get text(): string {
    return this.#text;
  }

  /** The text that is complete with this token, "" where none is. Throws UsageError where it is not of the vocabulary. */
  push(token: number): string {
    const bytes = this.#tokenizer.tokenBytes?.(token);
    return this.#emit(bytes === undefined ? this.#pushToken(token) : this.#bytes.push(bytes));
  }

  /** The text of what still waits, at the end: what never became a character is U+FFFD. */
  flush(): string {
    const rest = this.#newText();
    this.#before = [];
    this.#waiting = [];
    return this.#emit(this.#bytes.flush() + rest);
  }

  #emit(text: string): string {
    this.#text += text;
    return text;
  }

  #pushToken(token: number): string {
    this.#waiting.push(token);
    const text = this.#newText();
    if (text === "" || text.endsWith("\ufffd")) return "";
    this.#before = this.#waiting;
    this.#waiting = [];
    return text;
  }

  #newText(): string {
    if (this.#waiting.length === 0) return "";
    const before = this.#before.length === 0 ? "" : this.#tokenizer.decode(this.#before);
    return this.#tokenizer.decode([...this.#before, ...this.#waiting]).slice(before.length);
  }
}
