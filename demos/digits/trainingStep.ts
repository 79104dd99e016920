// One training step of a classifier. The page shows this file to its visitors.

import {
  type CompiledFunction,
  compile,
  crossEntropy,
  type nn,
  type optim,
  type Tensor,
} from "../../src/index.ts";

/** images: [batch, 1, 28, 28]; labels: i32 [batch]. A type, not an interface: compiled functions take plain objects. */
export type DigitBatch = { readonly images: Tensor; readonly labels: Tensor };

/** Forward, loss, backward and update as one plan on the GPU, which gives the loss. */
export function trainingStep(
  model: nn.Sequential,
  optimizer: optim.Optimizer,
  onProgress?: (done: number, total: number) => void,
): CompiledFunction<[DigitBatch], Tensor> {
  return compile(
    ({ images, labels }: DigitBatch) => {
      const loss = crossEntropy(model.forward(images), labels);
      optimizer.step(loss);
      return loss;
    },
    { onProgress },
  );
}
