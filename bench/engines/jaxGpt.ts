// jax-js's half of the GPT cases: the model, and for training its gradient, clipping and AdamW in one jitted function. Every
// use of an array but its last takes a `.ref`.

import { jit, nn, numpy as np, valueAndGrad } from "@jax-js/jax";
import type { WorkOf } from "../cases/opCase.ts";
import { batchSize, type GptProblem, type GptSizes, training } from "../gptProblem.ts";
import type { Workload } from "../workload.ts";
import { toArray } from "./jaxArrays.ts";
import { stateWorkload } from "./jaxWorkload.ts";

type State = {
  parameters: Parameters;
  means: Parameters;
  squares: Parameters;
  /** beta ** t of both betas. */
  decays: np.Array[];
};

/** By name. */
export type Parameters = Record<string, np.Array>;

export function trainGpt({ sizes, weights, tokens, targets }: GptProblem): Workload {
  const named = (make: (index: number) => np.Array): Parameters =>
    Object.fromEntries(weights.map(({ name }, index) => [name, make(index)]));
  const zeros = () => named((index) => np.zeros([...weights[index].shape]));
  const [x, y] = [tokens, targets].map((given) => np.array(given, { dtype: np.int32 }));
  const step = jit((state: State, input: np.Array, target: np.Array) =>
    trainStep(sizes, state, input, target),
  );
  const state: State = {
    parameters: named((index) => toArray(weights[index])),
    means: zeros(),
    squares: zeros(),
    decays: training.betas.map(() => np.array(1)),
  };
  return stateWorkload(state, (given) => step(given, x.ref, y.ref));
}

function trainStep(
  sizes: GptSizes,
  state: State,
  x: np.Array,
  y: np.Array,
): { state: State; result: np.Array } {
  const { betas, learningRate, epsilon, weightDecay } = training;
  const referenced = Object.entries(state.parameters).map(([name, array]) => [name, array.ref]);
  const [loss, raw] = valueAndGrad((p: Parameters, from: np.Array, to: np.Array) =>
    gptLoss(sizes, p, from, to),
  )(Object.fromEntries(referenced) as Parameters, oneHot(sizes, x), oneHot(sizes, y));
  const gradients = clipped(raw as Parameters);
  const decays = state.decays.map((decay, index) => decay.mul(betas[index]));
  const [first, second] = decays.map((decay) => np.subtract(1, decay.ref));
  const next: State = { parameters: {}, means: {}, squares: {}, decays };
  for (const [name, parameter] of Object.entries(state.parameters)) {
    const gradient = gradients[name];
    const mean = state.means[name].mul(betas[0]).add(gradient.ref.mul(1 - betas[0]));
    const squared = state.squares[name].mul(betas[1]).add(np.square(gradient).mul(1 - betas[1]));
    const root = np.sqrt(squared.ref.div(second.ref)).add(epsilon);
    const moved = mean.ref.div(first.ref).div(root).mul(learningRate);
    const kept = parameter.ndim > 1 ? parameter.mul(1 - learningRate * weightDecay) : parameter;
    next.parameters[name] = kept.sub(moved);
    next.means[name] = mean;
    next.squares[name] = squared;
  }
  first.dispose();
  second.dispose();
  return { state: next, result: loss };
}

/** Scaled down to a norm of training.maxGradNorm over all of them. */
function clipped(gradients: Parameters): Parameters {
  const squares = Object.values(gradients).map((gradient) => np.square(gradient.ref).sum());
  const norm = np.sqrt(squares.reduce((total, next) => total.add(next)));
  const scale = np.minimum(np.divide(training.maxGradNorm, norm.add(training.normOffset)), 1);
  const scaled = Object.entries(gradients).map(([name, gradient]) => [name, gradient.mul(scale.ref)]);
  scale.dispose();
  return Object.fromEntries(scaled) as Parameters;
}

/** x, y: one-hot, [tokens of the batch, vocabularySize]. Taking rows of a table has no gradient in jax-js. */
function gptLoss(sizes: GptSizes, p: Parameters, x: np.Array, y: np.Array): np.Array {
  const { context, width, heads } = sizes;
  const tokens = batchSize * context;
  const placed = np
    .matmul(x, p["transformer.wte.weight"].ref)
    .reshape([batchSize, context, width])
    .add(p["transformer.wpe.weight"]);
  const attend: Attend = (parts) => {
    const [q, k, v] = parts.map((part) => part.reshape([batchSize, context, heads, width / heads]));
    return nn.dotProductAttention(q, k, v, { isCausal: true }).reshape([tokens, width]);
  };
  return nn
    .logSoftmax(logitsOf(sizes, p, placed.reshape([tokens, width]), attend), -1)
    .mul(y)
    .sum()
    .mul(-1 / tokens);
}

/** Queries, keys and values of one layer, each [tokens, width], to what they give, the same. */
type Attend = (parts: np.Array[], layer: number) => np.Array;

/** From embedded tokens, [tokens, width]. */
function logitsOf({ layers, eps }: GptSizes, p: Parameters, embedded: np.Array, attend: Attend): np.Array {
  const norm = (name: string, x: np.Array) =>
    nn.standardize(x, -1, { epsilon: eps }).mul(p[`${name}.weight`]).add(p[`${name}.bias`]);
  let stream = embedded;
  for (let layer = 0; layer < layers; layer++) {
    const block = `transformer.h.${layer}`;
    const parts = np.split(linear(p, `${block}.attn.c_attn`, norm(`${block}.ln_1`, stream.ref)), 3, -1);
    stream = stream.add(linear(p, `${block}.attn.c_proj`, attend(parts, layer)));
    const inner = nn.gelu(linear(p, `${block}.mlp.c_fc`, norm(`${block}.ln_2`, stream.ref)));
    stream = stream.add(linear(p, `${block}.mlp.c_proj`, inner));
  }
  return np.matmul(norm("transformer.ln_f", stream), p["transformer.wte.weight"].transpose());
}

function linear(p: Parameters, name: string, x: np.Array): np.Array {
  return np.matmul(x, p[`${name}.weight`]).add(p[`${name}.bias`]);
}

/** [tokens of the batch, vocabularySize], an expression that joins the kernels which read it. */
function oneHot({ vocabularySize }: GptSizes, tokens: np.Array): np.Array {
  const choices = np.arange(vocabularySize, undefined, undefined, { dtype: np.int32 });
  return tokens.reshape([-1, 1]).equal(choices).astype(np.float32);
}

/** `inputs` begin with the weights. */
function named(names: readonly string[], inputs: readonly np.Array[]): Parameters {
  return Object.fromEntries(names.map((name, index) => [name, inputs[index]]));
}

export function inferGpt(
  { sizes }: WorkOf<"inferGpt">,
  names: readonly string[],
  inputs: np.Array[],
): np.Array {
  const { context, heads, width } = sizes;
  const p = named(names, inputs);
  const tokens = inputs[names.length].reshape([context]);
  const embedded = np.take(p["transformer.wte.weight"].ref, tokens, 0).add(p["transformer.wpe.weight"]);
  return logitsOf(sizes, p, embedded, (parts) => {
    const [q, k, v] = parts.map((part) => part.reshape([1, context, heads, width / heads]));
    return nn.dotProductAttention(q, k, v, { isCausal: true }).reshape([context, width]);
  });
}

export function decodeGpt(
  { sizes, prefix }: WorkOf<"decodeGpt">,
  names: readonly string[],
  inputs: np.Array[],
): np.Array {
  const { layers, heads, width } = sizes;
  const p = named(names, inputs);
  const held = inputs.slice(names.length);
  const place = p["transformer.wpe.weight"].slice([prefix, prefix + 1]);
  const embedded = np.take(p["transformer.wte.weight"].ref, held[2 * layers], 0).add(place);
  return logitsOf(sizes, p, embedded, (parts, layer) => {
    const [q, ...made] = parts.map((part) => part.reshape([1, 1, heads, width / heads]));
    // Tokens before heads, as its attention wants them.
    const [k, v] = made.map((part, index) =>
      np.concatenate([held[2 * layer + index].transpose([0, 2, 1, 3]), part], 1),
    );
    return nn.dotProductAttention(q, k, v).reshape([1, width]);
  });
}
