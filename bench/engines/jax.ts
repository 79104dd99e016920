// jax-js's half of the cases: everything jitted. Every use of an array but its last takes a `.ref`.

import { defaultDevice, init, nn, numpy as np } from "@jax-js/jax";
import { batchSize, classes, type LenetProblem } from "../lenetProblem.ts";
import { type MlpProblem, batchSize as mlpBatch, widths } from "../mlpProblem.ts";
import type { BenchEngine, Workload } from "../workload.ts";
import { toArray } from "./jaxArrays.ts";
import { trainDcgan } from "./jaxDcgan.ts";
import { trainGpt } from "./jaxGpt.ts";
import { lenet, linear } from "./jaxLenet.ts";
import { op } from "./jaxOps.ts";
import { trainResnet } from "./jaxResnet.ts";
import { adamWorkload } from "./jaxWorkload.ts";

export async function openEngine(): Promise<BenchEngine> {
  const devices = await init("webgpu");
  if (!devices.includes("webgpu")) throw new Error("jax-js has no WebGPU device here.");
  defaultDevice("webgpu");
  const train = { lenet: trainLenet, mlp: trainMlp, resnet: trainResnet, gpt: trainGpt, dcgan: trainDcgan };
  return { train, op };
}

function trainLenet({ weights, images, labels }: LenetProblem): Workload {
  const x = toArray({ values: images, shape: [batchSize, 1, 28, 28] });
  return adamWorkload(weights, [x, oneHot(labels)], (p, pictures, wanted) =>
    crossEntropy(lenet(p, pictures), wanted),
  );
}

function trainMlp({ weights, images, labels }: MlpProblem): Workload {
  const x = toArray({ values: images, shape: [mlpBatch, widths[0]] });
  return adamWorkload(weights, [x, oneHot(labels)], (p, pictures, wanted) => {
    const first = nn.relu(linear(p, 0, pictures));
    return crossEntropy(linear(p, 4, nn.relu(linear(p, 2, first))), wanted);
  });
}

function oneHot(labels: Int32Array): np.Array {
  return nn.oneHot(np.array(labels as Int32Array<ArrayBuffer>, { dtype: np.int32 }), classes);
}

function crossEntropy(logits: np.Array, wanted: np.Array): np.Array {
  const scale = -1 / logits.shape[0];
  return nn.logSoftmax(logits, -1).mul(wanted).sum().mul(scale);
}
