// Looking inside a GPT, in the worker, between steps of its training.
//
// Decides: how much of a text is looked at, that lengths are padded so that few plans serve all, and what a text that
// cannot be read comes to. Leaves the pictures to mountInspect.ts.

import {
  type CompiledFunction,
  compile,
  concat,
  logSoftmax,
  type models,
  reshape,
  slice,
  type Tensor,
  type Tokenizer,
  tensor,
  UsageError,
} from "../../../src/index.ts";
import type {
  AttentionReply,
  EmbeddingReply,
  InspectReply,
  InspectRequest,
  NextReply,
  RefusedReply,
} from "./inspectTypes.ts";
import { projectOntoPrincipalAxes } from "./principalAxes.ts";
import { showToken, visibleText } from "./tokenDisplay.ts";

/** Tokens whose attention is shown: more are too small to see. */
const MOST_ATTENDING = 64;
const MOST_EMBEDDINGS = 2000;
const DEFAULT_COUNT = 12;
/** Lengths are padded to a power of two from this on. */
const SHORTEST = 8;

/** What is compiled for a model. */
interface Plans {
  /** tokens [1, length], count [] -> [1, vocabularySize] */
  readonly next: CompiledFunction<[tokens: Tensor, count: Tensor], Tensor>;
  /** tokens [1, length] -> [layers * heads, length, length] */
  readonly attention: CompiledFunction<[tokens: Tensor], Tensor>;
}

const plansOf = new WeakMap<models.Gpt, Plans>();

/**
 * Answers `request` about `model` as it is now. Texts that the tokenizer cannot read, and a model whose numbers are no
 * numbers any more, are a reply of kind "refused"; what goes wrong on the GPU rejects.
 */
export async function inspect(
  model: models.Gpt,
  tokenizer: Tokenizer,
  request: InspectRequest,
): Promise<InspectReply> {
  if (request.kind === "embedding") return lookAtEmbedding(model, tokenizer);
  const { text } = request;
  if (text === "") return refuse("There is no text yet: type some for the model to read.");
  const tokens = readText(tokenizer, text);
  if (typeof tokens === "string") return refuse(tokens);
  return request.kind === "next"
    ? lookAhead(model, tokenizer, tokens, request.count ?? DEFAULT_COUNT)
    : lookAtAttention(model, tokenizer, tokens);
}

/** Gives back what was compiled for `model`. Call it before the model is disposed of. */
export function endInspection(model: models.Gpt): void {
  const plans = plansOf.get(model);
  plansOf.delete(model);
  plans?.next.dispose();
  plans?.attention.dispose();
}

async function lookAhead(
  model: models.Gpt,
  tokenizer: Tokenizer,
  tokens: Int32Array,
  wanted: number,
): Promise<NextReply | RefusedReply> {
  const read = tokens.slice(-model.config.context);
  const { engine } = model.embeddings;
  const uploaded = uploadPadded(model, read);
  const count = tensor(Int32Array.of(read.length), [], { engine });
  const result = plansFor(model).next(uploaded, count);
  uploaded.dispose();
  count.dispose();
  const values = await takeValues(result);
  if (values.some(Number.isNaN)) return diverged();
  const order = Uint32Array.from(values, (_, token) => token).sort((a, b) => values[b] - values[a] || a - b);
  return {
    kind: "next",
    readCount: read.length,
    cutCount: tokens.length - read.length,
    tokens: Array.from(order.subarray(0, wanted), (id) => showToken(id, tokenizer.tokenText(id))),
    logProbabilities: Float32Array.from(order, (token) => values[token]),
  };
}

async function lookAtAttention(
  model: models.Gpt,
  tokenizer: Tokenizer,
  tokens: Int32Array,
): Promise<AttentionReply | RefusedReply> {
  const { layers, heads, context } = model.config;
  const read = tokens.slice(-Math.min(context, MOST_ATTENDING));
  const uploaded = uploadPadded(model, read);
  const [, padded] = uploaded.shape;
  const result = plansFor(model).attention(uploaded);
  uploaded.dispose();
  const weights = withoutPadding(await takeValues(result), layers * heads, padded, read.length);
  if (!weights.every(Number.isFinite)) return diverged();
  return {
    kind: "attention",
    tokens: Array.from(read, (id) => showToken(id, tokenizer.tokenText(id))),
    cutCount: tokens.length - read.length,
    layers,
    heads,
    weights,
  };
}

async function lookAtEmbedding(
  model: models.Gpt,
  tokenizer: Tokenizer,
): Promise<EmbeddingReply | RefusedReply> {
  const { vocabularySize, width } = model.config;
  const count = Math.min(vocabularySize, MOST_EMBEDDINGS);
  const vectors = await takeValues(slice(model.embeddings, { ends: [count] }));
  if (!vectors.every(Number.isFinite)) return diverged();
  return {
    kind: "embedding",
    tokens: Array.from({ length: count }, (_, id) => showToken(id, tokenizer.tokenText(id))),
    vocabularySize,
    width,
    vectors,
    ...projectOntoPrincipalAxes(vectors, width),
  };
}

function plansFor(model: models.Gpt): Plans {
  const known = plansOf.get(model);
  if (known !== undefined) return known;
  const { engine } = model.embeddings;
  const plans: Plans = {
    next: compile(
      (tokens: Tensor, count: Tensor) =>
        inEvaluation(model, () => logSoftmax(model.nextLogits(tokens, count), { axis: 1 })),
      { engine },
    ),
    attention: compile(
      (tokens: Tensor) => inEvaluation(model, () => concat(model.attentionMaps(tokens).map(byHead))),
      { engine },
    ),
  };
  plansOf.set(model, plans);
  return plans;
}

/** [1, heads, tokens, tokens] without its first axis. */
function byHead(map: Tensor): Tensor {
  return reshape(map, map.shape.slice(1));
}

/** Runs `body` in evaluation mode, and leaves the model in the mode in which it was. */
function inEvaluation(model: models.Gpt, body: () => Tensor): Tensor {
  const { training } = model;
  model.eval();
  try {
    return body();
  } finally {
    model.train(training);
  }
}

/** [1, length]: `tokens`, and behind them others that no earlier token sees. */
function uploadPadded(model: models.Gpt, tokens: Int32Array): Tensor {
  const length = Math.min(model.config.context, Math.max(SHORTEST, 2 ** Math.ceil(Math.log2(tokens.length))));
  const padded = new Int32Array(length);
  padded.set(tokens);
  return tensor(padded, [1, length], { engine: model.embeddings.engine });
}

/** The first `count` rows and columns of each matrix of [matrices, padded, padded]. */
function withoutPadding(values: Float32Array, matrices: number, padded: number, count: number) {
  const kept = new Float32Array(matrices * count * count);
  for (let matrix = 0; matrix < matrices; matrix++) {
    for (let row = 0; row < count; row++) {
      const start = (matrix * padded + row) * padded;
      kept.set(values.subarray(start, start + count), (matrix * count + row) * count);
    }
  }
  return kept;
}

async function takeValues(result: Tensor): Promise<Float32Array<ArrayBuffer>> {
  try {
    return Float32Array.from(await result.data());
  } finally {
    result.dispose();
  }
}

/** The tokens of `text`, or why there are none. */
function readText(tokenizer: Tokenizer, text: string): Int32Array | string {
  try {
    return tokenizer.encode(text);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const stranger = Array.from(text).find((character) => !isReadable(tokenizer, character));
    if (stranger === undefined) return error.message;
    return `The model has never seen “${visibleText(stranger)}”: leave it out.`;
  }
}

function isReadable(tokenizer: Tokenizer, character: string): boolean {
  try {
    tokenizer.encode(character);
    return true;
  } catch {
    return false;
  }
}

function refuse(reason: string): RefusedReply {
  return { kind: "refused", reason };
}

function diverged(): RefusedReply {
  return refuse(
    "The model’s numbers have grown beyond all bounds: start again with a smaller learning rate.",
  );
}
