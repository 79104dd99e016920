// tilegrad's half of the GPT cases: the model of the library, loaded with the case's weights.

import { compile, models, optim, reshape, type Tensor, tensor } from "../../src/index.ts";
import type { WorkOf } from "../cases/opCase.ts";
import { batchSize, type GptProblem, type GptSizes, gptShapes, training } from "../gptProblem.ts";
import type { Workload } from "../workload.ts";
import { compiledWorkload } from "./oursWorkload.ts";

export function trainGpt({ sizes, weights, tokens, targets }: GptProblem): Workload {
  const { learningRate: lr, betas, epsilon: eps, weightDecay, maxGradNorm } = training;
  const model = new models.Gpt(sizes);
  model.loadStateDict(new Map(weights.map(({ name, shape, values }) => [name, { shape, data: values }])));
  const groups = optim.decayMatricesOnly(model.parameters(), weightDecay);
  const optimizer = new optim.AdamW(groups, { lr, betas, eps, maxGradNorm });
  const step = compile((x: Tensor, y: Tensor) => {
    const loss = model.loss(x, y);
    optimizer.step(loss);
    return loss;
  });
  const batch = [batchSize, sizes.context];
  return compiledWorkload(step, [tensor(tokens, batch), tensor(targets, batch)]);
}

/** `inputs` begin with the weights; gives what comes behind them, too. */
function loadedGpt(
  sizes: GptSizes,
  inputs: readonly Tensor[],
): { model: models.Gpt; rest: readonly Tensor[] } {
  const model = new models.Gpt(sizes);
  const names = [...gptShapes(sizes).keys()];
  model.loadStateDict(new Map(names.map((name, index) => [name, inputs[index]])));
  model.eval();
  return { model, rest: inputs.slice(names.length) };
}

export function inferGpt({ sizes }: WorkOf<"inferGpt">, inputs: readonly Tensor[]): () => Tensor[] {
  const { model, rest } = loadedGpt(sizes, inputs);
  const [tokens] = rest;
  return () => [reshape(model.forward(tokens), [sizes.context, sizes.vocabularySize])];
}

/** Each step goes back to the prefix when it is done, so that all steps are the same. */
export function decodeGpt({ sizes, prefix }: WorkOf<"decodeGpt">, inputs: readonly Tensor[]): () => Tensor[] {
  const { model, rest } = loadedGpt(sizes, inputs);
  const cache = model.cache();
  const held = tensor(Int32Array.of(prefix), []);
  compile(() => {
    for (let layer = 0; layer < sizes.layers; layer++) {
      cache.append(layer, rest[2 * layer], rest[2 * layer + 1]);
    }
    cache.length.assign(held);
  })();
  const token = rest[2 * sizes.layers];
  return () => {
    const logits = model.step(token, cache);
    cache.length.assign(held);
    return [logits];
  };
}
