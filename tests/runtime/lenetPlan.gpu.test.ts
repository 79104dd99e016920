// The plan of a LeNet-5 training step with Adam: how many dispatches, submits and bytes.

import { expect, test } from "vitest";
import { compile, crossEntropy, init, manualSeed, type Tensor, tensor } from "../../src/index.ts";
import * as models from "../../src/models/models.ts";
import * as optim from "../../src/optim/optim.ts";

test.each(["gpu", "fallback"] as const)("LeNet with Adam, %s kernels", async (profile) => {
  await init({ profile });
  manualSeed(1);
  const model = models.lenet5();
  const optimizer = new optim.Adam(model.parameters(), { lr: 1e-3 });
  const step = compile((images: Tensor, labels: Tensor) => {
    const loss = crossEntropy(model.forward(images), labels);
    optimizer.step(loss);
    return loss;
  });
  await step.prepare(tensor(new Float32Array(64 * 784), [64, 1, 28, 28]), tensor(new Int32Array(64)));
  const { plan } = step.inspect()[0];
  expect(plan.dispatches.length).toBeLessThanOrEqual(45);
  expect(plan.submits).toEqual([0]);
  expect(plan.ownBytes).toBeLessThanOrEqual(1.15 * plan.lowerBoundBytes);
});
