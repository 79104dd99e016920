// TensorFlow.js's half of the residual network's cases: the network from ops, and its own momentum. Pictures are [batch,
// height, width, channels] here, so weights are permuted before they are handed over.

import * as tf from "@tensorflow/tfjs-core";
import type { WorkOf } from "../cases/opCase.ts";
import {
  normNames,
  type ResnetProblem,
  resnet,
  resnetBlocks,
  resnetState,
  training,
} from "../resnetProblem.ts";
import type { Workload } from "../workload.ts";
import { tensorWorkload } from "./tfjsWorkload.ts";

const { side, channels, classes, eps, momentum } = resnet;

/** By name. */
type Tensors = ReadonlyMap<string, tf.Tensor>;

/** Batch norm `name` of x. */
type Norm = (name: string, x: tf.Tensor4D) => tf.Tensor4D;

export function trainResnet({ widths, batch, weights, images, labels }: ResnetProblem): Workload {
  const variables = new Map(
    weights.map(({ name, shape, values }) => {
      return [name, tf.variable(tf.tidy(() => forTensorflow(tf.tensor(values, [...shape]))))];
    }),
  );
  const statistics = new Map(
    normNames(variables.keys()).map((name) => {
      const shape = variables.get(`${name}.weight`)?.shape ?? [];
      const variance = tf.variable(tf.ones(shape), false);
      return [name, { mean: tf.variable(tf.zeros(shape), false), variance }];
    }),
  );
  const norm: Norm = (name, x) => {
    const { mean, variance } = tf.moments(x, [0, 1, 2]);
    const count = x.size / x.shape[3];
    const running = statistics.get(name);
    takeUp(running?.mean, mean);
    takeUp(running?.variance, tf.mul(variance, count / (count - 1)));
    const scale = tf.mul(tf.rsqrt(tf.add(variance, eps)), tensorOf(variables, `${name}.weight`));
    return tf.add(tf.mul(tf.sub(x, mean), scale), tensorOf(variables, `${name}.bias`));
  };
  const pictures = tf.tidy(() =>
    tf.transpose(tf.tensor4d(images, [batch, channels, side, side]), [0, 2, 3, 1]),
  );
  const wanted = tf.oneHot(tf.tensor1d(labels, "int32"), classes);
  const optimizer = tf.train.momentum(training.learningRate, training.momentum);
  const lossOf = () =>
    tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(wanted, logitsOf(widths, variables, pictures, norm));
  return tensorWorkload(() => {
    const loss = optimizer.minimize(lossOf, true, [...variables.values()]);
    if (loss === null) throw new Error("minimize gave no loss");
    return loss;
  });
}

/** In a tidy. */
function takeUp(running: tf.Variable | undefined, value: tf.Tensor): void {
  running?.assign(tf.add(tf.mul(running, 1 - momentum), tf.mul(value, momentum)));
}

function logitsOf(widths: readonly number[], p: Tensors, pictures: tf.Tensor4D, norm: Norm): tf.Tensor {
  const convolve = (x: tf.Tensor4D, name: string, stride: number, padding: number) =>
    tf.conv2d(x, tensorOf(p, `${name}.weight`) as tf.Tensor4D, stride, padding);
  let x = tf.relu(norm("norm", convolve(pictures, "stem", 1, 1)));
  for (const { name, stride, isProjected } of resnetBlocks(widths)) {
    const inner = tf.relu(norm(`${name}.norm1`, convolve(x, `${name}.conv1`, stride, 1)));
    const way = norm(`${name}.norm2`, convolve(inner, `${name}.conv2`, 1, 1));
    const around = isProjected ? norm(`${name}.shortcutNorm`, convolve(x, `${name}.shortcut`, stride, 0)) : x;
    x = tf.relu(tf.add<tf.Tensor4D>(way, around));
  }
  return tf.add(tf.matMul(tf.mean(x, [1, 2]), tensorOf(p, "head.weight")), tensorOf(p, "head.bias"));
}

/** `inputs`: the entries of resnetState, pictures. */
export function inferResnet(
  { widths }: WorkOf<"inferResnet">,
  inputs: readonly tf.Tensor[],
): () => tf.Tensor {
  const p = new Map(
    resnetState(widths).map(({ name }, index) => [name, tf.tidy(() => forTensorflow(inputs[index]))]),
  );
  const pictures = tf.transpose(inputs[inputs.length - 1] as tf.Tensor4D, [0, 2, 3, 1]);
  const norm: Norm = (name, x) => {
    const ofNorm = (part: string) => tensorOf(p, `${name}.${part}`) as tf.Tensor1D;
    const [mean, variance] = [ofNorm("running_mean"), ofNorm("running_var")];
    return tf.batchNorm(x, mean, variance, ofNorm("bias"), ofNorm("weight"), eps);
  };
  return () => logitsOf(widths, p, pictures, norm);
}

/** Convolutions as [y, x, in, out], the linear layer as [in, out]. In a tidy. */
function forTensorflow(given: tf.Tensor): tf.Tensor {
  if (given.shape.length === 4) return tf.transpose(given, [2, 3, 1, 0]);
  return given.shape.length === 2 ? tf.transpose(given) : tf.clone(given);
}

function tensorOf(p: Tensors, name: string): tf.Tensor {
  const tensor = p.get(name);
  if (tensor === undefined) throw new Error(`there is no weight ${name}`);
  return tensor;
}
