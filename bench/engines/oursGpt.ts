// tilegrad's half of the GPT case: the model of the library, loaded with the case's weights.

import { compile, models, optim, type Tensor, tensor } from "../../src/index.ts";
import { batchSize, type GptProblem, gpt, training } from "../gptProblem.ts";
import type { Workload } from "../workload.ts";
import { compiledWorkload } from "./oursWorkload.ts";

export function trainGpt({ weights, tokens, targets }: GptProblem): Workload {
  const { learningRate: lr, betas, epsilon: eps, weightDecay, maxGradNorm } = training;
  const model = new models.Gpt(gpt);
  model.loadStateDict(new Map(weights.map(({ name, shape, values }) => [name, { shape, data: values }])));
  const groups = optim.decayMatricesOnly(model.parameters(), weightDecay);
  const optimizer = new optim.AdamW(groups, { lr, betas, eps, maxGradNorm });
  const step = compile((x: Tensor, y: Tensor) => {
    const loss = model.loss(x, y);
    optimizer.step(loss);
    return loss;
  });
  const batch = [batchSize, gpt.context];
  return compiledWorkload(step, [tensor(tokens, batch), tensor(targets, batch)]);
}
