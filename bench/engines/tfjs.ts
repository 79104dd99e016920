// TensorFlow.js's half of the cases. Pictures are [batch, height, width, channels] here, the only layout its WebGPU
// backend differentiates, so weights are permuted before they are handed over.

import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-webgpu";
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import { batchSize, betas, classes, epsilon, type LenetProblem, learningRate } from "../lenetProblem.ts";
import { type MlpProblem, batchSize as mlpBatch, widths } from "../mlpProblem.ts";
import type { BenchEngine, Workload } from "../workload.ts";
import { trainDcgan } from "./tfjsDcgan.ts";
import { trainGpt } from "./tfjsGpt.ts";
import { forTensorflow, lenet, linear } from "./tfjsLenet.ts";
import { op } from "./tfjsOps.ts";
import { trainResnet } from "./tfjsResnet.ts";
import { tensorWorkload } from "./tfjsWorkload.ts";

export async function openEngine(): Promise<BenchEngine> {
  await tf.setBackend("webgpu");
  await tf.ready();
  // Without this, ops on small tensors run on the CPU.
  tf.env().set("WEBGPU_CPU_FORWARD", false);
  const train = { lenet: trainLenet, mlp: trainMlp, resnet: trainResnet, gpt: trainGpt, dcgan: trainDcgan };
  return { train, op };
}

function trainLenet({ weights, images, labels }: LenetProblem): Workload {
  const variables = weights.map(({ values, shape }, index) =>
    tf.variable(tf.tidy(() => forTensorflow(tf.tensor(values, [...shape]), index))),
  );
  // One channel: both layouts are the same numbers.
  const x = tf.tensor4d(images, [batchSize, 28, 28, 1]);
  return trainWithAdam(variables, labels, () => lenet(variables, x));
}

function trainMlp({ weights, images, labels }: MlpProblem): Workload {
  const variables = weights.map(({ values, shape }) =>
    tf.variable(tf.tidy(() => tf.transpose(tf.tensor(values, [...shape])))),
  );
  const x = tf.tensor2d(images, [mlpBatch, widths[0]]);
  return trainWithAdam(variables, labels, () => {
    const first = tf.relu(linear(variables, 0, x));
    return linear(variables, 4, tf.relu(linear(variables, 2, first)));
  });
}

function trainWithAdam(variables: tf.Variable[], labels: Int32Array, logits: () => tf.Tensor): Workload {
  const y = tf.oneHot(tf.tensor1d(labels, "int32"), classes);
  const optimizer = tf.train.adam(learningRate, ...betas, epsilon);
  const lossOf = () => tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(y, logits());
  return tensorWorkload(() => {
    const loss = optimizer.minimize(lossOf, true, variables);
    if (loss === null) throw new Error("minimize gave no loss");
    return loss;
  });
}
