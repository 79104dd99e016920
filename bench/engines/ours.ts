// tilegrad's half of the cases.

import { compile, crossEntropy, init, lenet5, nn, optim, type Tensor, tensor } from "../../src/index.ts";
import { batchSize, betas, epsilon, type LenetProblem, learningRate } from "../lenetProblem.ts";
import type { Weight } from "../lenetWeights.ts";
import { type MlpProblem, batchSize as mlpBatch, widths } from "../mlpProblem.ts";
import type { ProfileName } from "../report.ts";
import type { BenchEngine, Workload } from "../workload.ts";
import { trainDcgan } from "./oursDcgan.ts";
import { trainGpt } from "./oursGpt.ts";
import { op } from "./oursOps.ts";
import { trainResnet } from "./oursResnet.ts";
import { compiledWorkload } from "./oursWorkload.ts";

/** On the engine that was made last. */
export const ours: BenchEngine = {
  train: { lenet: trainLenet, mlp: trainMlp, resnet: trainResnet, gpt: trainGpt, dcgan: trainDcgan },
  op,
};

export async function openEngine(profile?: ProfileName): Promise<BenchEngine> {
  // What is timed must not change under way, nor share the GPU with anything; and of two GPUs it is the one that the
  // other engines and the floors ask for.
  await init({ profile, tune: false, powerPreference: "high-performance" });
  return ours;
}

function trainLenet({ weights, images, labels }: LenetProblem): Workload {
  return trainWithAdam(lenet5(), weights, [tensor(images, [batchSize, 1, 28, 28]), tensor(labels)]);
}

function trainMlp({ weights, images, labels }: MlpProblem): Workload {
  const [input, first, second, classes] = widths;
  const model = new nn.Sequential(
    new nn.Linear(input, first),
    new nn.ReLU(),
    new nn.Linear(first, second),
    new nn.ReLU(),
    new nn.Linear(second, classes),
  );
  return trainWithAdam(model, weights, [tensor(images, [mlpBatch, input]), tensor(labels)]);
}

function trainWithAdam(
  model: nn.Sequential,
  weights: readonly Weight[],
  batch: [images: Tensor, labels: Tensor],
): Workload {
  const parameters = model.parameters();
  weights.forEach(({ values }, index) => {
    parameters[index].write(values);
  });
  const optimizer = new optim.Adam(parameters, { lr: learningRate, betas, eps: epsilon });
  const step = compile((x: Tensor, y: Tensor) => {
    const loss = crossEntropy(model.forward(x), y);
    optimizer.step(loss);
    return loss;
  });
  return compiledWorkload(step, batch);
}
