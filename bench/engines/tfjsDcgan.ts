// TensorFlow.js's half of the DCGAN case: both networks from ops, and its own Adam. Pictures are [batch, height, width,
// channels] here, so weights are permuted before they are handed over.

import * as tf from "@tensorflow/tfjs-core";
import { batchSize, type DcganProblem, type DcganWeight, dcgan, training } from "../dcganProblem.ts";
import type { Workload } from "../workload.ts";
import { tensorWorkload } from "./tfjsWorkload.ts";

const { size, latentSize, channels, smallest, negativeSlope, eps, momentum } = dcgan;
const [deep, shallow] = channels;

interface Statistics {
  readonly mean: tf.Variable;
  readonly variance: tf.Variable;
}

export function trainDcgan(problem: DcganProblem): Workload {
  const { realLabel, learningRate, betas, epsilon } = training;
  const real = tf.tensor4d(problem.real, [batchSize, size, size, 1]); // one channel: both layouts are the same numbers
  const latents = tf.tensor2d(problem.latents, [batchSize, latentSize]);
  const generator = new Generator(problem.generator);
  const discriminator = new Discriminator(problem.discriminator);
  const [first, second] = [discriminator, generator].map((network) => {
    return { network, optimizer: tf.train.adam(learningRate, ...betas, epsilon) };
  });
  const judge = (pictures: tf.Tensor4D) => discriminator.forward(pictures);

  return tensorWorkload(() =>
    tf.tidy(() => {
      let errors: tf.Scalar | undefined;
      // The discriminator learns within the generator's gradient, so that pictures are made once, as in the other
      // engines; no gradient reaches them from there, since an assignment is not followed.
      const { value: failure, grads } = tf.variableGrads(() => {
        const fake = generator.forward(latents);
        const judged = tf.variableGrads(
          () => tf.add(crossEntropyOf(judge(real), realLabel), crossEntropyOf(judge(fake), 0)),
          first.network.variables,
        );
        first.optimizer.applyGradients(listed(judged.grads));
        errors = tf.keep(judged.value);
        return crossEntropyOf(judge(fake), 1);
      }, second.network.variables);
      second.optimizer.applyGradients(listed(grads));
      if (errors === undefined) throw new Error("the discriminator was not judged");
      const both = tf.stack([errors, failure]);
      errors.dispose();
      return both;
    }),
  );
}

function listed(gradients: tf.NamedTensorMap): { name: string; tensor: tf.Tensor }[] {
  return Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
}

/** Variables by name, and the running statistics of batch norms. */
class Network {
  private readonly named: ReadonlyMap<string, tf.Variable>;
  private readonly running: ReadonlyMap<string, Statistics>;

  constructor(weights: readonly DcganWeight[], norms: readonly string[]) {
    this.named = new Map(weights.map((weight) => [weight.name, tf.variable(forTensorflow(weight))]));
    this.running = new Map(
      norms.map((name) => {
        const { shape } = this.variable(`${name}.weight`);
        const mean = tf.variable(tf.zeros(shape), false);
        return [name, { mean, variance: tf.variable(tf.ones(shape), false) }];
      }),
    );
  }

  get variables(): tf.Variable[] {
    return [...this.named.values()];
  }

  protected variable<R extends tf.Rank = tf.Rank>(name: string): tf.Variable<R> {
    const variable = this.named.get(name);
    if (variable === undefined) throw new Error(`there is no weight ${name}`);
    return variable as tf.Variable<R>;
  }

  /** By the batch's own moments, which the running ones take up. */
  protected norm(name: string, x: tf.Tensor4D): tf.Tensor4D {
    const { mean, variance } = tf.moments(x, [0, 1, 2]);
    const count = x.size / x.shape[3];
    const running = this.running.get(name);
    takeUp(running?.mean, mean);
    takeUp(running?.variance, tf.mul(variance, count / (count - 1)));
    const scale = tf.mul(tf.rsqrt(tf.add(variance, eps)), this.variable(`${name}.weight`));
    return tf.add(tf.mul(tf.sub(x, mean), scale), this.variable(`${name}.bias`));
  }
}

function takeUp(running: tf.Variable | undefined, value: tf.Tensor): void {
  running?.assign(tf.add(tf.mul(running, 1 - momentum), tf.mul(value, momentum)));
}

class Generator extends Network {
  constructor(weights: readonly DcganWeight[]) {
    super(weights, ["main.2", "main.5"]);
  }

  forward(latents: tf.Tensor2D): tf.Tensor4D {
    const first = tf.matMul(latents, this.variable<tf.Rank.R2>("main.0.weight"));
    const small = tf.reshape(first, [batchSize, smallest, smallest, deep]) as tf.Tensor4D;
    const grown = this.grow("main.4", tf.relu(this.norm("main.2", small)), 2 * smallest, shallow);
    const pictures = this.grow("main.7", tf.relu(this.norm("main.5", grown)), size, 1);
    return tf.tanh(tf.add(pictures, this.variable("main.7.bias")));
  }

  /** Transposed convolution to `side` x `side`. */
  private grow(name: string, x: tf.Tensor4D, side: number, depth: number): tf.Tensor4D {
    const weight = this.variable<tf.Rank.R4>(`${name}.weight`);
    return tf.conv2dTranspose(x, weight, [batchSize, side, side, depth], 2, 1);
  }
}

class Discriminator extends Network {
  constructor(weights: readonly DcganWeight[]) {
    super(weights, ["main.3"]);
  }

  /** Logits, [batchSize, 1]. */
  forward(pictures: tf.Tensor4D): tf.Tensor {
    const first = tf.add<tf.Tensor4D>(this.shrink("main.0", pictures), this.variable("main.0.bias"));
    const second = this.shrink("main.2", tf.leakyRelu(first, negativeSlope));
    const hidden = tf.leakyRelu(this.norm("main.3", second), negativeSlope);
    const logits = tf.matMul(tf.reshape(hidden, [batchSize, -1]), this.variable("main.6.weight"));
    return tf.add(logits, this.variable("main.6.bias"));
  }

  private shrink(name: string, x: tf.Tensor4D): tf.Tensor4D {
    return tf.conv2d(x, this.variable<tf.Rank.R4>(`${name}.weight`), 2, 1);
  }
}

/** Mean cross-entropy of sigmoid(logits) against one label for all. */
function crossEntropyOf(logits: tf.Tensor, label: number): tf.Scalar {
  const doubt = tf.softplus(tf.neg(logits));
  const belief = tf.softplus(logits);
  if (label === 1) return tf.mean(doubt);
  return tf.mean(label === 0 ? belief : tf.add(tf.mul(doubt, label), tf.mul(belief, 1 - label)));
}

/**
 * Convolutions as [y, x, in, out], transposed ones as [y, x, out, in], linear layers as [in, out] with pictures in the
 * order y, x, channel.
 */
function forTensorflow({ name, values, shape }: DcganWeight): tf.Tensor {
  return tf.tidy(() => {
    const given = tf.tensor(values, [...shape]);
    if (shape.length === 1) return given;
    if (shape.length === 4) return tf.transpose(given, [2, 3, 1, 0]);
    const places = [deep, smallest, smallest];
    const pixels = deep * smallest ** 2;
    return name === "main.0.weight"
      ? tf.reshape(tf.transpose(tf.reshape(given, [...places, latentSize]), [3, 1, 2, 0]), [
          latentSize,
          pixels,
        ])
      : tf.reshape(tf.transpose(tf.reshape(given, places), [1, 2, 0]), [pixels, 1]);
  });
}
