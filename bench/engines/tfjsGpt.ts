// TensorFlow.js's half of the GPT case: the model from ops, its gradient, and AdamW by hand, since TensorFlow.js has
// neither the decay nor the clipping.
//
// All parameters stand in one flat variable each for values, means and squares, matrices first: then clipping and
// AdamW are about twenty kernels over one vector, where the 28 parameters would be some 400. The model reads slices.

import * as tf from "@tensorflow/tfjs-core";
import { batchSize, type GptProblem, type GptWeight, gpt, tokensPerStep, training } from "../gptProblem.ts";
import type { Workload } from "../workload.ts";
import { tensorWorkload } from "./tfjsWorkload.ts";

const { vocabularySize, context, layers, heads, width, eps } = gpt;
const masked = -1e9;

interface Batch {
  readonly tokens: tf.Tensor1D; // i32 [tokensPerStep]
  readonly targets: tf.Tensor; // one-hot [tokensPerStep, vocabularySize]
  /** 0 where a token may attend, else a number that no score comes near. */
  readonly mask: tf.Tensor; // [context, context]
}

/** By name. */
type Parameters = ReadonlyMap<string, tf.Tensor>;

export function trainGpt({ weights, tokens, targets }: GptProblem): Workload {
  const ordered = [...weights].sort((a, b) => Number(isMatrix(b)) - Number(isMatrix(a)));
  const optimizer = new FlatAdamW(ordered);
  const positions = tf.range(0, context);
  const batch: Batch = {
    tokens: tf.tensor1d(tokens, "int32"),
    targets: tf.oneHot(tf.tensor1d(targets, "int32"), vocabularySize),
    mask: tf.mul(tf.cast(tf.less(tf.reshape(positions, [context, 1]), positions), "float32"), masked),
  };
  const lossOf = (...given: tf.Tensor[]) =>
    gptLoss(new Map(ordered.map(({ name }, index) => [name, given[index]])), batch);
  return tensorWorkload(() =>
    tf.tidy(() => {
      const { value, grads } = tf.valueAndGrads(lossOf)(optimizer.parameters());
      optimizer.step(grads);
      return value;
    }),
  );
}

function isMatrix({ shape }: GptWeight): boolean {
  return shape.length > 1;
}

class FlatAdamW {
  private readonly weights: readonly GptWeight[];
  private readonly values: tf.Variable;
  private readonly means: tf.Variable;
  private readonly squares: tf.Variable;
  /** What is left of a value after a step's decay. */
  private readonly keep: tf.Tensor;
  private steps = 0;

  constructor(weights: readonly GptWeight[]) {
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

function gptLoss(p: Parameters, { tokens, targets, mask }: Batch): tf.Scalar {
  // The gradient of gather is a sum by segments, with atomics, which its WebGPU backend has.
  const embedded = tf.gather(tensorOf(p, "transformer.wte.weight"), tokens);
  const placed = tf.add(
    tf.reshape(embedded, [batchSize, context, width]),
    tensorOf(p, "transformer.wpe.weight"),
  );
  let stream = tf.reshape(placed, [tokensPerStep, width]);
  for (let layer = 0; layer < layers; layer++) {
    const block = `transformer.h.${layer}`;
    stream = tf.add(stream, attention(p, `${block}.attn`, norm(p, `${block}.ln_1`, stream), mask));
    stream = tf.add(stream, feedForward(p, `${block}.mlp`, norm(p, `${block}.ln_2`, stream)));
  }
  const last = norm(p, "transformer.ln_f", stream);
  const logits = tf.matMul(last, tensorOf(p, "transformer.wte.weight"), false, true);
  return tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(targets, logits);
}

function attention(p: Parameters, name: string, x: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  const all = linear(p, `${name}.c_attn`, x); // [tokens, 3 * width]
  const [q, k, v] = tf
    .split(all, 3, 1)
    .map((part) => tf.transpose(tf.reshape(part, [batchSize, context, heads, width / heads]), [0, 2, 1, 3]));
  const scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(width / heads));
  const mixed = tf.matMul(tf.softmax(tf.add(scores, mask)), v);
  const joined = tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [tokensPerStep, width]);
  return linear(p, `${name}.c_proj`, joined);
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

function norm(p: Parameters, name: string, x: tf.Tensor): tf.Tensor {
  const { mean, variance } = tf.moments(x, -1, true);
  const standard = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, eps)));
  return tf.add(tf.mul(standard, tensorOf(p, `${name}.weight`)), tensorOf(p, `${name}.bias`));
}

function tensorOf(p: Parameters, name: string): tf.Tensor {
  const tensor = p.get(name);
  if (tensor === undefined) throw new Error(`there is no parameter ${name}`);
  return tensor;
}
