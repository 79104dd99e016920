// TensorFlow.js's half of the cases. Pictures are [batch, height, width, channels] here, the only layout its WebGPU
// backend differentiates, so weights are permuted before they are handed over.

import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-webgpu";
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import type { KernelInput } from "../kernelCases.ts";
import {
  batchSize,
  betas,
  classes,
  epsilon,
  type LenetProblem,
  learningRate,
  type Weight,
} from "../lenetProblem.ts";
import type { KernelCaseName } from "../report.ts";
import type { BenchEngine, Workload } from "../workload.ts";
import { attention } from "./tfjsAttention.ts";
import { trainGpt } from "./tfjsGpt.ts";
import { tensorWorkload } from "./tfjsWorkload.ts";

const kernels: Record<KernelCaseName, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor> = {
  "matmul-256": (a, b) => tf.matMul(a, b),
  "matmul-512": (a, b) => tf.matMul(a, b),
  "softmax-512": (x) => tf.softmax(x),
  "sum-1m": (x) => tf.sum(x),
  "chain-1m": (x) => tf.square(tf.relu(tf.add(tf.mul(x, 1.5), 0.25))),
};

export async function openEngine(): Promise<BenchEngine> {
  await tf.setBackend("webgpu");
  await tf.ready();
  // Without this, ops on small tensors run on the CPU.
  tf.env().set("WEBGPU_CPU_FORWARD", false);
  return { trainLenet, trainGpt, attention, kernel };
}

function kernel(name: KernelCaseName, inputs: readonly KernelInput[]): Workload {
  const [a, b = a] = inputs.map(({ values, shape }) => tf.tensor(values, [...shape]));
  return tensorWorkload(() => tf.tidy(() => kernels[name](a, b)));
}

function trainLenet({ weights, images, labels }: LenetProblem): Workload {
  const variables = weights.map((weight, index) => tf.variable(forTensorflow(weight, index)));
  // One channel: both layouts are the same numbers.
  const x = tf.tensor4d(images, [batchSize, 28, 28, 1]);
  const y = tf.oneHot(tf.tensor1d(labels, "int32"), classes);
  const optimizer = tf.train.adam(learningRate, ...betas, epsilon);
  return tensorWorkload(() => {
    const loss = optimizer.minimize(() => lenetLoss(variables, x, y), true, variables);
    if (loss === null) throw new Error("minimize gave no loss");
    return loss;
  });
}

function lenetLoss(p: readonly tf.Variable[], x: tf.Tensor4D, y: tf.Tensor): tf.Scalar {
  const conv1 = tf.conv2d(x, p[0] as tf.Variable<tf.Rank.R4>, 1, "same");
  const pooled1 = tf.maxPool(tf.relu(tf.add<tf.Tensor4D>(conv1, p[1])), 2, 2, "valid");
  const conv2 = tf.conv2d(pooled1, p[2] as tf.Variable<tf.Rank.R4>, 1, "valid");
  const pooled2 = tf.maxPool(tf.relu(tf.add<tf.Tensor4D>(conv2, p[3])), 2, 2, "valid");
  const linear = (input: tf.Tensor, index: number) => tf.add(tf.matMul(input, p[index]), p[index + 1]);
  const hidden1 = tf.relu(linear(tf.reshape(pooled2, [batchSize, -1]), 4));
  const hidden2 = tf.relu(linear(hidden1, 6));
  return tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(y, linear(hidden2, 8));
}

/** Convolutions as [y, x, in, out], linear layers as [in, out], the first with its inputs in the order y, x, channel. */
function forTensorflow({ values, shape }: Weight, index: number): tf.Tensor {
  return tf.tidy(() => {
    const given = tf.tensor(values, [...shape]);
    if (shape.length === 4) return tf.transpose(given, [2, 3, 1, 0]);
    if (shape.length === 1) return given;
    if (index !== 4) return tf.transpose(given);
    return tf.reshape(tf.transpose(tf.reshape(given, [120, 16, 5, 5]), [2, 3, 1, 0]), [400, 120]);
  });
}
