// TensorFlow.js's half of the GPT cases: the model from ops, its gradient, and AdamW by hand, since TensorFlow.js has
// neither the decay nor the clipping.
//
// All parameters stand in one flat variable each for values, means and squares, matrices first: then clipping and
// AdamW are about twenty kernels over one vector, where the 28 parameters would be some 400. The model reads slices.

import * as tf from "@tensorflow/tfjs-core";
import type { WorkOf } from "../cases/opCase.ts";
import { batchSize, type GptProblem, type GptSizes, type NamedWeight, training } from "../gptProblem.ts";
import type { Workload } from "../workload.ts";
import { tensorWorkload } from "./tfjsWorkload.ts";

const masked = -1e9;

/** By name. */
type Parameters = ReadonlyMap<string, tf.Tensor>;

export function trainGpt({ sizes, weights, tokens, targets }: GptProblem): Workload {
  const { context, vocabularySize } = sizes;
  const ordered = [...weights].sort((a, b) => Number(isMatrix(b)) - Number(isMatrix(a)));
  const optimizer = new FlatAdamW(ordered);
  const x = tf.tensor1d(tokens, "int32");
  const y = tf.oneHot(tf.tensor1d(targets, "int32"), vocabularySize);
  const attend = causal(sizes, batchSize, causalMask(context));
  const lossOf = (...given: tf.Tensor[]) => {
    const p = new Map(ordered.map(({ name }, index) => [name, given[index]]));
    const logits = logitsOf(sizes, p, embedded(sizes, p, x, batchSize), attend);
    return tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(y, logits);
  };
  return tensorWorkload(() =>
    tf.tidy(() => {
      const { value, grads } = tf.valueAndGrads(lossOf)(optimizer.parameters());
      optimizer.step(grads);
      return value;
    }),
  );
}

function isMatrix({ shape }: NamedWeight): boolean {
  return shape.length > 1;
}

class FlatAdamW {
  private readonly weights: readonly NamedWeight[];
  private readonly values: tf.Variable;
  private readonly means: tf.Variable;
  private readonly squares: tf.Variable;
  /** What is left of a value after a step's decay. */
  private readonly keep: tf.Tensor;
  private steps = 0;

  constructor(weights: readonly NamedWeight[]) {
    this.weights = weights;
    const all = weights.flatMap(({ values }) => [...values]);
    this.values = tf.variable(tf.tensor1d(all));
    this.means = tf.variable(tf.zeros([all.length]));
    this.squares = tf.variable(tf.zeros([all.length]));
    const { learningRate, weightDecay } = training;
    const kept = weights.flatMap((weight) => {
      const factor = isMatrix(weight) ? 1 - learningRate * weightDecay : 1;
      return new Array<number>(weight.values.length).fill(factor);
    });
    this.keep = tf.tensor1d(kept);
  }

  parameters(): tf.Tensor[] {
    const sizes = this.weights.map(({ values }) => values.length);
    return tf
      .split(this.values, sizes)
      .map((part, index) => tf.reshape(part, [...this.weights[index].shape]));
  }

  /** In a tidy. */
  step(gradients: readonly tf.Tensor[]): void {
    const { betas, learningRate, epsilon, maxGradNorm, normOffset } = training;
    this.steps += 1;
    const raw = tf.concat(gradients.map((gradient) => tf.reshape(gradient, [-1])));
    const norm = tf.sqrt(tf.sum(tf.square(raw)));
    const gradient = tf.mul(raw, tf.minimum(tf.div(maxGradNorm, tf.add(norm, normOffset)), 1));
    const mean = tf.add(tf.mul(this.means, betas[0]), tf.mul(gradient, 1 - betas[0]));
    const squared = tf.add(tf.mul(this.squares, betas[1]), tf.mul(tf.square(gradient), 1 - betas[1]));
    // The step count is known on the CPU: corrections are numbers, as in tf.train.adam.
    const [first, second] = betas.map((beta) => 1 - beta ** this.steps);
    const root = tf.add(tf.sqrt(tf.div(squared, second)), epsilon);
    const moved = tf.mul(tf.div(mean, root), learningRate / first);
    this.values.assign(tf.sub(tf.mul(this.values, this.keep), moved));
    this.means.assign(mean);
    this.squares.assign(squared);
  }
}

/** [batch * context, width] */
function embedded(
  { context, width }: GptSizes,
  p: Parameters,
  tokens: tf.Tensor1D,
  batch: number,
): tf.Tensor {
  // The gradient of gather is a sum by segments, with atomics, which its WebGPU backend has.
  const rows = tf.gather(tensorOf(p, "transformer.wte.weight"), tokens);
  const placed = tf.add(tf.reshape(rows, [batch, context, width]), tensorOf(p, "transformer.wpe.weight"));
  return tf.reshape(placed, [batch * context, width]);
}

/** Queries, keys and values of one layer, each [tokens, width], to what they give, the same. */
type Attend = (parts: tf.Tensor[], layer: number) => tf.Tensor;

function logitsOf({ layers, eps }: GptSizes, p: Parameters, x: tf.Tensor, attend: Attend): tf.Tensor {
  let stream = x;
  for (let layer = 0; layer < layers; layer++) {
    const block = `transformer.h.${layer}`;
    const all = linear(p, `${block}.attn.c_attn`, norm(p, `${block}.ln_1`, stream, eps)); // [tokens, 3 * width]
    const mixed = attend(tf.split(all, 3, 1), layer);
    stream = tf.add(stream, linear(p, `${block}.attn.c_proj`, mixed));
    stream = tf.add(stream, feedForward(p, `${block}.mlp`, norm(p, `${block}.ln_2`, stream, eps)));
  }
  const last = norm(p, "transformer.ln_f", stream, eps);
  return tf.matMul(last, tensorOf(p, "transformer.wte.weight"), false, true);
}

/** 0 where a token may attend, else a number that no score comes near: [context, context]. */
export function causalMask(context: number): tf.Tensor {
  const positions = tf.range(0, context);
  return tf.mul(tf.cast(tf.less(tf.reshape(positions, [context, 1]), positions), "float32"), masked);
}

/** Each [.., tokens, width] of one head; a mask is added to the scores. */
export function attention(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, mask?: tf.Tensor): tf.Tensor {
  const scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(q.shape[q.shape.length - 1] ?? 1));
  return tf.matMul(tf.softmax(mask === undefined ? scores : tf.add(scores, mask)), v);
}

function causal({ context, heads, width }: GptSizes, batch: number, mask: tf.Tensor): Attend {
  return (parts) => {
    const [q, k, v] = parts.map((part) =>
      tf.transpose(tf.reshape(part, [batch, context, heads, width / heads]), [0, 2, 1, 3]),
    );
    return tf.reshape(tf.transpose(attention(q, k, v, mask), [0, 2, 1, 3]), [batch * context, width]);
  };
}

function feedForward(p: Parameters, name: string, x: tf.Tensor): tf.Tensor {
  return linear(p, `${name}.c_proj`, gelu(linear(p, `${name}.c_fc`, x)));
}

function linear(p: Parameters, name: string, x: tf.Tensor): tf.Tensor {
  return tf.add(tf.matMul(x, tensorOf(p, `${name}.weight`)), tensorOf(p, `${name}.bias`));
}

/** x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2. */
function gelu(x: tf.Tensor): tf.Tensor {
  const cubic = tf.mul(
    x,
    tf.add(tf.mul(tf.square(x), 0.044715 * Math.sqrt(2 / Math.PI)), Math.sqrt(2 / Math.PI)),
  );
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(cubic), 1));
}

function norm(p: Parameters, name: string, x: tf.Tensor, eps: number): tf.Tensor {
  const { mean, variance } = tf.moments(x, -1, true);
  const standard = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, eps)));
  return tf.add(tf.mul(standard, tensorOf(p, `${name}.weight`)), tensorOf(p, `${name}.bias`));
}

function tensorOf(p: Parameters, name: string): tf.Tensor {
  const tensor = p.get(name);
  if (tensor === undefined) throw new Error(`there is no parameter ${name}`);
  return tensor;
}

/** `inputs` begin with the weights. */
function named(names: readonly string[], inputs: readonly tf.Tensor[]): Parameters {
  return new Map(names.map((name, index) => [name, inputs[index]]));
}

export function inferGpt(
  { sizes }: WorkOf<"inferGpt">,
  names: readonly string[],
  inputs: readonly tf.Tensor[],
): () => tf.Tensor {
  const p = named(names, inputs);
  const tokens = tf.reshape(inputs[names.length], [-1]) as tf.Tensor1D;
  const attend = causal(sizes, 1, causalMask(sizes.context));
  return () => logitsOf(sizes, p, embedded(sizes, p, tokens, 1), attend);
}

export function decodeGpt(
  { sizes, prefix }: WorkOf<"decodeGpt">,
  names: readonly string[],
  inputs: readonly tf.Tensor[],
): () => tf.Tensor {
  const { layers, heads, width } = sizes;
  const p = named(names, inputs);
  const held = inputs.slice(names.length);
  const attend: Attend = (parts, layer) => {
    const [q, ...made] = parts.map((part) => tf.reshape(part, [1, heads, 1, width / heads]));
    const [k, v] = made.map((part, index) => tf.concat([held[2 * layer + index], part], 2));
    return tf.reshape(attention(q, k, v), [1, width]);
  };
  return () => {
    const place = tf.slice(tensorOf(p, "transformer.wpe.weight"), [prefix, 0], [1, width]);
    const token = tf.gather(tensorOf(p, "transformer.wte.weight"), held[2 * layers] as tf.Tensor1D);
    return logitsOf(sizes, p, tf.add(token, place), attend);
  };
}
