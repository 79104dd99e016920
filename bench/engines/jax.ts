// jax-js's half of the cases: everything jitted, Adam by hand. Every use of an array but its last takes a `.ref`.

import { defaultDevice, init, jit, lax, nn, numpy as np, valueAndGrad } from "@jax-js/jax";
import type { KernelInput } from "../kernelCases.ts";
import { batchSize, betas, classes, epsilon, type LenetProblem, learningRate } from "../lenetProblem.ts";
import type { KernelCaseName } from "../report.ts";
import type { BenchEngine, Workload } from "../workload.ts";
import { toArray } from "./jaxArrays.ts";
import { attention } from "./jaxAttention.ts";
import { trainGpt } from "./jaxGpt.ts";

const kernels: Record<KernelCaseName, (...inputs: np.Array[]) => np.Array> = {
  "matmul-256": (a, b) => np.matmul(a, b),
  "matmul-512": (a, b) => np.matmul(a, b),
  "softmax-512": (x) => nn.softmax(x, -1),
  "sum-1m": (x) => np.sum(x),
  "chain-1m": (x) => np.square(nn.relu(x.mul(1.5).add(0.25))),
};

export async function openEngine(): Promise<BenchEngine> {
  const devices = await init("webgpu");
  if (!devices.includes("webgpu")) throw new Error("jax-js has no WebGPU device here.");
  defaultDevice("webgpu");
  return { trainLenet, trainGpt, attention, kernel };
}

function kernel(name: KernelCaseName, inputs: readonly KernelInput[]): Workload {
  const arrays = inputs.map(toArray);
  const run = jit(kernels[name]);
  let results: np.Array[] = [];
  let started: Promise<unknown>[] = [];
  return {
    // Work is put off until somebody waits for it, and dropped where nobody does. To wait, jax-js reads zero bytes
    // back: one submit and one buffer more for each call.
    call() {
      const result = run(...arrays.map((array) => array.ref));
      results.push(result);
      started.push(result.blockUntilReady());
    },
    async read() {
      await Promise.all(started);
      const last = results.pop();
      if (last === undefined) throw new Error("nothing was called yet");
      for (const result of results) result.dispose();
      results = [];
      started = [];
      return last.data();
    },
  };
}

function trainLenet({ weights, images, labels }: LenetProblem): Workload {
  const x = toArray({ values: images, shape: [batchSize, 1, 28, 28] });
  const y = nn.oneHot(np.array(labels, { dtype: np.int32 }), classes);
  const step = jit(trainStep);
  let state: AdamState = {
    parameters: weights.map(toArray),
    means: weights.map(({ shape }) => np.zeros([...shape])),
    squares: weights.map(({ shape }) => np.zeros([...shape])),
    decays: betas.map(() => np.array(1)),
  };
  let result: np.Array | undefined;
  return {
    // Nothing is dropped here: each step needs the one before.
    call() {
      result?.dispose();
      const { loss, ...next } = step(state, x.ref, y.ref);
      state = next;
      result = loss;
    },
    async read() {
      if (result === undefined) throw new Error("nothing was called yet");
      return result.ref.data();
    },
  };
}

type AdamState = {
  parameters: np.Array[];
  means: np.Array[];
  squares: np.Array[];
  /** beta ** t of both betas. */
  decays: np.Array[];
};

function trainStep(state: AdamState, x: np.Array, y: np.Array): AdamState & { loss: np.Array } {
  const { parameters } = state;
  const [loss, gradients] = valueAndGrad(lenetLoss)(
    parameters.map((parameter) => parameter.ref),
    x,
    y,
  );
  const decays = state.decays.map((decay, index) => decay.mul(betas[index]));
  const [first, second] = decays.map((decay) => np.subtract(1, decay.ref));
  const means = state.means.map((mean, index) =>
    mean.mul(betas[0]).add(gradients[index].ref.mul(1 - betas[0])),
  );
  const squares = state.squares.map((squared, index) =>
    squared.mul(betas[1]).add(np.square(gradients[index]).mul(1 - betas[1])),
  );
  const moved = parameters.map((parameter, index) => {
    const root = np.sqrt(squares[index].ref.div(second.ref)).add(epsilon);
    return parameter.sub(means[index].ref.div(first.ref).div(root).mul(learningRate));
  });
  first.dispose();
  second.dispose();
  return { loss, parameters: moved, means, squares, decays };
}

function lenetLoss(p: np.Array[], x: np.Array, y: np.Array): np.Array {
  const bias = (array: np.Array) => array.reshape([1, -1, 1, 1]);
  const conv1 = lax.conv(
    x,
    p[0],
    [1, 1],
    [
      [2, 2],
      [2, 2],
    ],
  );
  const pooled1 = maxPool(nn.relu(conv1.add(bias(p[1]))));
  const conv2 = lax.conv(pooled1, p[2], [1, 1], "VALID");
  const pooled2 = maxPool(nn.relu(conv2.add(bias(p[3]))));
  const linear = (input: np.Array, index: number) =>
    np.matmul(input, np.transpose(p[index])).add(p[index + 1]);
  const hidden1 = nn.relu(linear(pooled2.reshape([batchSize, -1]), 4));
  const hidden2 = nn.relu(linear(hidden1, 6));
  return nn
    .logSoftmax(linear(hidden2, 8), -1)
    .mul(y)
    .sum()
    .mul(-1 / batchSize);
}

function maxPool(x: np.Array): np.Array {
  return lax.reduceWindow(x, np.max, [2, 2], [2, 2]);
}
