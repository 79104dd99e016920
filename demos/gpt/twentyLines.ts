// A GPT, its optimizer and its training step. The page shows this file to its visitors.

import { compile, type Engine, manualSeed, models, optim, type Tensor } from "../../src/index.ts";
import type { GptSettings } from "./settings.ts";

export interface BuildOptions {
  readonly engine: Engine;
  readonly vocabularySize: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/** The model and one step of its training, a single plan on the GPU. */
export function buildGpt(settings: GptSettings, { engine, vocabularySize, onProgress }: BuildOptions) {
  const { layers, heads, width, context, dropout, checkpoint, precision } = settings;
  const { learningRate: lr, weightDecay, maxGradNorm } = settings;
  manualSeed(settings.seed, engine);
  const sizes = { vocabularySize, context, layers, heads, width };
  const model = new models.Gpt({ ...sizes, dropout, checkpoint, precision });

  const groups = optim.decayMatricesOnly(model.parameters(), weightDecay);
  const optimizer = new optim.AdamW(groups, { lr, betas: [0.9, 0.95], maxGradNorm });

  const step = compile(
    (tokens: Tensor, targets: Tensor) => {
      model.train();
      const loss = model.loss(tokens, targets); // i32 [batch, context] each
      optimizer.step(loss); // backward and update
      return loss;
    },
    { engine, onProgress },
  );
  return { model, optimizer, step };
}
