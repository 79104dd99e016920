// tilegrad's half of the cases. Inputs of kernel cases are captured, not passed: a call copies its arguments.

import {
  add,
  compile,
  crossEntropy,
  init,
  lenet5,
  matmul,
  mul,
  optim,
  relu,
  softmax,
  square,
  sum,
  type Tensor,
  tensor,
} from "../../src/index.ts";
import type { KernelInput } from "../kernelCases.ts";
import { batchSize, betas, epsilon, type LenetProblem, learningRate } from "../lenetProblem.ts";
import type { KernelCaseName } from "../report.ts";
import type { BenchEngine, Workload } from "../workload.ts";
import { attention } from "./oursAttention.ts";
import { trainGpt } from "./oursGpt.ts";
import { compiledWorkload } from "./oursWorkload.ts";

const kernels: Record<KernelCaseName, (a: Tensor, b: Tensor) => Tensor> = {
  "matmul-256": matmul,
  "matmul-512": matmul,
  "softmax-512": (x) => softmax(x),
  "sum-1m": (x) => sum(x),
  "chain-1m": (x) => square(relu(add(mul(x, 1.5), 0.25))),
};

export async function openEngine(): Promise<BenchEngine> {
  await init();
  return { trainLenet, trainGpt, attention, kernel };
}

function trainLenet({ weights, images, labels }: LenetProblem): Workload {
  const model = lenet5();
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
  return compiledWorkload(step, [tensor(images, [batchSize, 1, 28, 28]), tensor(labels)]);
}

function kernel(name: KernelCaseName, inputs: readonly KernelInput[]): Workload {
  const [a, b = a] = inputs.map(({ values, shape }) => tensor(values, shape));
  return compiledWorkload(
    compile(() => kernels[name](a, b)),
    [],
  );
}
