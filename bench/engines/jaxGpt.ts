// jax-js's half of the GPT case: the model, its gradient, clipping and AdamW in one jitted function. Every use of an
// array but its last takes a `.ref`.

import { jit, nn, numpy as np, valueAndGrad } from "@jax-js/jax";
import { batchSize, type GptProblem, gpt, tokensPerStep, training } from "../gptProblem.ts";
import type { Workload } from "../workload.ts";
import { toArray } from "./jaxArrays.ts";

const { vocabularySize, context, layers, heads, width, eps } = gpt;

type State = {
  parameters: Parameters;
  means: Parameters;
  squares: Parameters;
  /** beta ** t of both betas. */
  decays: np.Array[];
};

/** By name. */
type Parameters = Record<string, np.Array>;

export function trainGpt({ weights, tokens, targets }: GptProblem): Workload {
  const names = weights.map(({ name }) => name);
  const named = (make: (index: number) => np.Array): Parameters =>
    Object.fromEntries(names.map((name, index) => [name, make(index)]));
  const zeros = () => named((index) => np.zeros([...weights[index].shape]));
  const [x, y] = [tokens, targets].map((given) => np.array(given, { dtype: np.int32 }));
  const step = jit(trainStep);
  let state: State = {
    parameters: named((index) => toArray(weights[index])),
    means: zeros(),
    squares: zeros(),
    decays: training.betas.map(() => np.array(1)),
  };
  let result: np.Array | undefined;
  return {
    // Nothing is dropped here: each step needs the one before.
    call() {
      result?.dispose();
      const { loss, ...next } = step(state, x.ref, y.ref);
      state = next;
      result = loss;
    },
    async read() {
      if (result === undefined) throw new Error("nothing was called yet");
      return result.ref.data();
    },
  };
}

function trainStep(state: State, x: np.Array, y: np.Array): State & { loss: np.Array } {
  const { betas, learningRate, epsilon, weightDecay } = training;
  const referenced = Object.entries(state.parameters).map(([name, array]) => [name, array.ref]);
  const [loss, raw] = valueAndGrad(gptLoss)(
    Object.fromEntries(referenced) as Parameters,
    oneHot(x),
    oneHot(y),
  );
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
  return { loss, ...next };
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
function gptLoss(p: Parameters, x: np.Array, y: np.Array): np.Array {
  const embedded = np.matmul(x, p["transformer.wte.weight"].ref);
  let stream = embedded
    .reshape([batchSize, context, width])
    .add(p["transformer.wpe.weight"])
    .reshape([tokensPerStep, width]);
  for (let layer = 0; layer < layers; layer++) {
    const block = `transformer.h.${layer}`;
    stream = stream.ref.add(attention(p, `${block}.attn`, norm(p, `${block}.ln_1`, stream)));
    stream = stream.ref.add(feedForward(p, `${block}.mlp`, norm(p, `${block}.ln_2`, stream)));
  }
  const logits = np.matmul(norm(p, "transformer.ln_f", stream), p["transformer.wte.weight"].transpose());
  return nn
    .logSoftmax(logits, -1)
    .mul(y)
    .sum()
    .mul(-1 / tokensPerStep);
}

function attention(p: Parameters, name: string, x: np.Array): np.Array {
  const parts = np.split(linear(p, `${name}.c_attn`, x), 3, -1);
  const [q, k, v] = parts.map((part) => part.reshape([batchSize, context, heads, width / heads]));
  const mixed = nn.dotProductAttention(q, k, v, { isCausal: true });
  return linear(p, `${name}.c_proj`, mixed.reshape([tokensPerStep, width]));
}

function feedForward(p: Parameters, name: string, x: np.Array): np.Array {
  return linear(p, `${name}.c_proj`, nn.gelu(linear(p, `${name}.c_fc`, x)));
}

function linear(p: Parameters, name: string, x: np.Array): np.Array {
  return np.matmul(x, p[`${name}.weight`]).add(p[`${name}.bias`]);
}

function norm(p: Parameters, name: string, x: np.Array): np.Array {
  return nn.standardize(x, -1, { epsilon: eps }).mul(p[`${name}.weight`]).add(p[`${name}.bias`]);
}

/** [tokens of the batch, vocabularySize], an expression that joins the kernels which read it. */
function oneHot(tokens: np.Array): np.Array {
  const choices = np.arange(vocabularySize, undefined, undefined, { dtype: np.int32 });
  return tokens.reshape([tokensPerStep, 1]).equal(choices).astype(np.float32);
}
