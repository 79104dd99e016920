// TextGenerator: goes on with a text, token by token, without waiting for the GPU between tokens.
//
// Decides: that a chosen token stays on the GPU and is fed back there; that tokens are read a few at a time while the
// next are computed; and what happens when the context is full. Leaves the model to gpt.ts, the choice to sampleToken.

import { compile } from "../api/compile.ts";
import { sampleToken } from "../api/sampleToken.ts";
import { type Tensor, tensor } from "../api/tensor.ts";
import { UsageError } from "../base/errors.ts";
import { add, indexCopy, reshape } from "../ops/index.ts";
import type { Gpt } from "./gpt.ts";
import type { KeyValueCache } from "./keyValueCache.ts";

/** How a text goes on. */
export interface GenerateOptions {
  /** Tokens to add, at the most. Default 200. */
  readonly maxTokens?: number;
  /** 0 takes the most likely token, 1 draws by the model's own probabilities, more is bolder. Default 1. */
  readonly temperature?: number;
  /** Only this many of the most likely tokens are drawn from. Default: all. */
  readonly topK?: number;
  /** Only the most likely tokens whose probabilities add up to this are drawn from. Default 1: all. */
  readonly topP?: number;
  /** Above 1, tokens of the text so far become less likely. Default 1. */
  readonly repetitionPenalty?: number;
  /** Ends the text; is not part of it. */
  readonly stopTokens?: readonly number[];
  /** Tokens that are read at once. Default 8. */
  readonly readEvery?: number;
  /** When it is aborted, the loop throws its reason. */
  readonly signal?: AbortSignal;
}

const DEFAULTS = { maxTokens: 200, temperature: 1, topP: 1, repetitionPenalty: 1, readEvery: 8 };
/** Prompts are padded to a power of two, so that few plans serve all lengths. */
const SHORTEST_PROMPT = 8;

/** What the plans read: turning a knob compiles nothing. */
interface Knobs {
  readonly temperature: Tensor;
  readonly topK: Tensor;
  readonly topP: Tensor;
  readonly repetitionPenalty: Tensor;
}

/** Generates with one model, one text at a time; caches and plans are made once. */
export class TextGenerator {
  private readonly model: Gpt;
  private readonly cache: KeyValueCache;
  /** The text in the context: i32 [1, context], `known` of them. */
  private readonly history: Tensor;
  private readonly known: Tensor;
  private readonly token: Tensor;
  private readonly knobs: Knobs;
  private readonly begin = [false, true].map((isPenalised) =>
    compile((tokens: Tensor, count: Tensor) => {
      this.accept(
        this.inEvaluation(() => this.model.prefill(tokens, count, this.cache)),
        isPenalised,
      );
    }),
  );
  private readonly advance = [false, true].map((isPenalised) =>
    compile(() => {
      this.accept(
        this.inEvaluation(() => this.model.step(this.token, this.cache)),
        isPenalised,
      );
    }),
  );
  private isBusy = false;

  constructor(model: Gpt) {
    this.model = model;
    const { context, vocabularySize } = model.config;
    this.cache = model.cache();
    this.history = tensor(new Int32Array(context + 1), [1, context + 1], { name: "text" });
    this.known = tensor(new Int32Array(1), [], { name: "tokens of the text" });
    this.token = tensor(new Int32Array(1), [1], { name: "token" });
    const knob = (value: number) => tensor([value], []);
    this.knobs = {
      temperature: knob(1),
      topK: tensor(Int32Array.of(vocabularySize), []),
      topP: knob(1),
      repetitionPenalty: knob(1),
    };
  }

  /**
   * The tokens that follow `prompt` (from 1 to `context` of them), a few at a time, for as long as the consumer pulls.
   * When the context is full, the later half of it is read again and the text goes on from there. `manualSeed` fixes
   * the draws. Throws UsageError for an empty or too long prompt, tokens out of range, options out of range, or while
   * another text is being generated.
   */
  async *generate(prompt: ArrayLike<number>, options: GenerateOptions = {}): AsyncGenerator<Int32Array> {
    const { config } = this.model;
    requirePrompt(prompt, config.context, config.vocabularySize);
    const chosen = requireOptions(options, config.vocabularySize);
    if (this.isBusy) throw new UsageError("generate: a text is being generated; end that loop first.");
    this.isBusy = true;
    try {
      this.turn(chosen);
      yield* this.tokens(Array.from(prompt), chosen);
    } finally {
      this.isBusy = false;
    }
  }

  /** Gives the memory of cache and plans back. */
  dispose(): void {
    for (const plan of [...this.begin, ...this.advance]) plan.dispose();
    for (const owned of [this.cache, this.history, this.known, this.token, ...Object.values(this.knobs)]) {
      owned.dispose();
    }
  }

  private async *tokens(text: number[], options: Chosen): AsyncGenerator<Int32Array> {
    const { maxTokens, stopTokens } = options;
    const { context } = this.model.config;
    let start = text.slice();
    for (let rest = maxTokens; rest > 0; start = text.slice(-Math.ceil(context / 2))) {
      for await (const batch of this.window(start, Math.min(rest, context + 1 - start.length), options)) {
        const end = batch.findIndex((token) => stopTokens.includes(token));
        const kept = end < 0 ? batch : batch.subarray(0, end);
        text.push(...kept);
        rest -= kept.length;
        if (kept.length > 0) yield kept;
        if (end >= 0) return;
      }
    }
  }

  /** `count` tokens after `start`, all within one context. While a batch is on its way to the CPU the next is computed. */
  private async *window(
    start: readonly number[],
    count: number,
    options: Chosen,
  ): AsyncGenerator<Int32Array> {
    const { readEvery, repetitionPenalty, signal } = options;
    const isPenalised = repetitionPenalty === 1 ? 0 : 1;
    const pending: { upTo: number; text: Promise<ArrayLike<number>> }[] = [];
    const ask = () => {
      const text = this.history.data();
      text.catch(() => undefined); // told where it is awaited
      pending.push({ upTo: made, text });
    };
    signal?.throwIfAborted();
    this.read(start, isPenalised);
    let made = 1;
    let given = 0;
    ask(); // the first token alone, so that it is soon there
    for (;;) {
      while (pending.length < 2 && made < count) {
        const next = Math.min(made + readEvery, count);
        for (; made < next; made++) this.advance[isPenalised]();
        ask();
      }
      const oldest = pending.shift();
      if (oldest === undefined) return;
      const text = await oldest.text;
      signal?.throwIfAborted();
      yield Int32Array.from(
        { length: oldest.upTo - given },
        (_, index) => text[start.length + given + index],
      );
      given = oldest.upTo;
    }
  }

  /** Reads `start` into the cache and chooses the first token. */
  private read(start: readonly number[], isPenalised: 0 | 1): void {
    const { context } = this.model.config;
    const length = Math.min(context, Math.max(SHORTEST_PROMPT, 2 ** Math.ceil(Math.log2(start.length))));
    const padded = new Int32Array(context + 1);
    padded.set(start);
    this.history.write(padded);
    this.known.write([start.length]);
    const { engine } = this.history;
    const tokens = tensor(padded.subarray(0, length), [1, length], { engine });
    const count = tensor(Int32Array.of(start.length), [], { engine });
    this.begin[isPenalised](tokens, count);
    tokens.dispose();
    count.dispose();
  }

  /** Chooses the next token, and makes it the end of the text. */
  private accept(logits: Tensor, isPenalised: boolean): void {
    const { temperature, topK, topP, repetitionPenalty } = this.knobs;
    const filter = { temperature, topK, topP };
    const penalty = { repetitionPenalty, history: this.history, historyLength: this.known };
    const next = sampleToken(logits, isPenalised ? { ...filter, ...penalty } : filter); // i32 [1]
    const place = reshape(this.known, [1]);
    this.history.assign(indexCopy(this.history, 1, place, reshape(next, [1, 1])));
    this.token.assign(next);
    this.known.assign(add(this.known, 1));
  }

  /** Runs `body` in evaluation mode, and leaves the model in the mode in which it was. */
  private inEvaluation(body: () => Tensor): Tensor {
    const { training } = this.model;
    this.model.eval();
    try {
      return body();
    } finally {
      this.model.train(training);
    }
  }

  private turn({ temperature, topK, topP, repetitionPenalty }: Chosen): void {
    this.knobs.temperature.write([temperature]);
    this.knobs.topK.write([topK]);
    this.knobs.topP.write([topP]);
    this.knobs.repetitionPenalty.write([repetitionPenalty]);
  }
}

type Chosen = Required<Omit<GenerateOptions, "signal">> & Pick<GenerateOptions, "signal">;

function requirePrompt(prompt: ArrayLike<number>, context: number, vocabularySize: number): void {
  if (prompt.length === 0) {
    throw new UsageError("generate: the prompt is empty; it must have at least one token.");
  }
  if (prompt.length > context) {
    throw new UsageError(
      `generate: the prompt has ${prompt.length} tokens for a context of ${context}; give at most ${context}, the last ones of a longer text.`,
    );
  }
  for (let index = 0; index < prompt.length; index++) {
    const token = prompt[index];
    if (Number.isInteger(token) && token >= 0 && token < vocabularySize) continue;
    throw new UsageError(
      `generate: token ${index} of the prompt is ${token}; it must be a whole number from 0 to ${vocabularySize - 1}.`,
    );
  }
}

function requireOptions(options: GenerateOptions, vocabularySize: number): Chosen {
  const chosen = { ...DEFAULTS, topK: vocabularySize, stopTokens: [], ...withoutUndefined(options) };
  const { maxTokens, temperature, topK, topP, repetitionPenalty, readEvery } = chosen;
  const isWhole = (value: number, least: number) => Number.isInteger(value) && value >= least;
  requireOption("maxTokens", maxTokens, isWhole(maxTokens, 0), "a whole number from 0");
  requireOption("temperature", temperature, temperature >= 0 && temperature < Infinity, "a number from 0");
  requireOption("topK", topK, isWhole(topK, 1), "a whole number from 1");
  requireOption("topP", topP, topP > 0 && topP <= 1, "above 0 and at most 1");
  const isPenalty = repetitionPenalty > 0 && repetitionPenalty < Infinity;
  requireOption("repetitionPenalty", repetitionPenalty, isPenalty, "a number above 0");
  requireOption("readEvery", readEvery, isWhole(readEvery, 1), "a whole number from 1");
  return { ...chosen, topK: Math.min(topK, vocabularySize) };
}

function withoutUndefined(options: GenerateOptions): GenerateOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function requireOption(name: string, value: number, holds: boolean, allowed: string): void {
  if (holds) return;
  throw new UsageError(`generate: ${name} is ${value}; it must be ${allowed}.`);
}
