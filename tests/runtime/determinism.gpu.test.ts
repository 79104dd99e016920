// Twenty LeNet steps: equal to the float64 reference path, and to themselves, bit for bit.

import { expect, test } from "vitest";
import { differentiate } from "../../src/autodiff/differentiate.ts";
import { generateDigits } from "../../src/data/generateDigits.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import { makeGraph } from "../../src/graph/graph.ts";
import type { Node, Value } from "../../src/graph/node.ts";
import { constantNode, inputNode } from "../../src/graph/source.ts";
import {
  assignAll,
  compile,
  dropout,
  type Engine,
  gradients,
  manualSeed,
  mul,
  sub,
  type Tensor,
  tensor,
} from "../../src/index.ts";
import * as models from "../../src/models/models.ts";
import {
  add,
  conv2d,
  crossEntropy,
  flatten,
  matmul,
  maxPool2d,
  relu,
  transpose,
} from "../../src/ops/index.ts";
import * as optim from "../../src/optim/optim.ts";
import type { HostArray } from "../../src/tensor/hostArray.ts";
import { initShared } from "../setup/sharedDevice.ts";
import { allowedError } from "../setup/tolerances.ts";

const BATCH = 8;
const STEPS = 20;
const digits = generateDigits({ count: BATCH * STEPS, seed: 3 });

function batch(step: number) {
  const from = step * BATCH;
  const images = Float32Array.from(
    digits.images.subarray(from * 784, (from + BATCH) * 784),
    (pixel) => pixel / 255,
  );
  return { images, labels: Int32Array.from(digits.labels.subarray(from, from + BATCH)) };
}

/** LeNet-5's loss, written once for tensors and nodes. */
function lossOf<T extends Value>(parameters: readonly T[], images: T, labels: T): T {
  const [w0, b0, w3, b3, w7, b7, w9, b9, w11, b11] = parameters;
  const first = maxPool2d(relu(conv2d(images, w0, { bias: b0, padding: 2 })), 2);
  const second = flatten(maxPool2d(relu(conv2d(first, w3, { bias: b3 })), 2), { startAxis: 1 });
  const linear = (x: T, w: T, b: T) => add(matmul(x, transpose(w)), b);
  return crossEntropy(linear(relu(linear(relu(linear(second, w7, b7)), w9, b9)), w11, b11), labels);
}

const LEARNING_RATE = 0.05;

test("twenty steps match the float64 reference path", { timeout: 300_000 }, async () => {
  await initShared();
  manualSeed(5);
  const model = models.lenet5();
  const parameters = model.parameters();
  const start = await Promise.all(parameters.map((parameter) => parameter.data()));
  const step = compile((images: Tensor, labels: Tensor) => {
    const loss = lossOf(parameters, images, labels);
    const found = gradients(loss, parameters);
    assignAll(
      parameters.map(
        (parameter, index) => [parameter, sub(parameter, mul(found[index], LEARNING_RATE))] as const,
      ),
    );
    return { loss, gradients: found };
  });
  const reference = referenceTrainer(
    parameters,
    start.map((data) => Float64Array.from(data)),
  );
  for (let index = 0; index < STEPS; index++) {
    const { images, labels } = batch(index);
    const result = step(tensor(images, [BATCH, 1, 28, 28]), tensor(labels));
    const expected = reference(images, labels);
    const loss = await result.loss.item();
    expectNear(loss, expected.loss, `loss of step ${index}`);
  }
  const last = await Promise.all(parameters.map((parameter) => parameter.data()));
  const expected = reference.parameters();
  for (const [index, data] of last.entries()) {
    for (const [place, value] of data.entries())
      expectNear(value, expected[index][place], `${parameters[index].name}`);
  }
});

/** The table's bar for normalised values, which a loss is; no room is added for the steps before. */
function expectNear(value: number, expected: number, what: string): void {
  const allowed = allowedError({ family: "normalised" }, { expected, input: 0, magnitude: 0 });
  if (!(Math.abs(value - expected) <= allowed))
    expect.fail(`${what}: ${value}, expected ${expected} +- ${allowed}`);
}

/** The same training in float64: graph, gradients and updates by the slow references. */
function referenceTrainer(parameters: readonly Tensor[], start: readonly Float64Array[]) {
  const nodes = parameters.map(({ shape }) => inputNode(shape, "f32"));
  const images = inputNode([BATCH, 1, 28, 28], "f32");
  const labels = inputNode([BATCH], "i32");
  const loss = lossOf<Node>(nodes, images, labels);
  const slopes = differentiate(loss, constantNode(1, "f32"), nodes).map((node) => {
    if (node === undefined) throw new Error("a parameter has no gradient");
    return node;
  });
  const graph = makeGraph([loss, ...slopes]);
  let current = start.map((data) => data.slice());
  const run = (pixels: Float32Array, classes: Int32Array) => {
    const feeds = new Map<Node, HostArray>(
      nodes.map((node, index) => [node, { shape: node.shape, data: current[index] }]),
    );
    feeds.set(images, { shape: images.shape, data: Float64Array.from(pixels) });
    feeds.set(labels, { shape: labels.shape, data: Float64Array.from(classes) });
    const values = evaluate(graph, feeds);
    const dataOf = (node: Node) => values.get(node)?.data ?? new Float64Array();
    current = current.map((data, index) => {
      const slope = dataOf(slopes[index]);
      return data.map((value, place) => value - LEARNING_RATE * slope[place]);
    });
    return { loss: dataOf(loss)[0] };
  };
  return Object.assign(run, { parameters: () => current });
}

async function lossBits(engine: Engine): Promise<number[]> {
  manualSeed(11, engine);
  const model = models.lenet5();
  const optimizer = new optim.AdamW(model.parameters(), { lr: 1e-3 });
  const step = compile((images: Tensor, labels: Tensor) => {
    const loss = crossEntropy(model.forward(dropout(images, 0.1)), labels);
    optimizer.step(loss);
    return loss;
  });
  const bits: number[] = [];
  for (let index = 0; index < STEPS; index++) {
    const { images, labels } = batch(index);
    const data = await step(tensor(images, [BATCH, 1, 28, 28]), tensor(labels)).data();
    bits.push(new Uint32Array(data.buffer, data.byteOffset, 1)[0]);
  }
  return bits;
}

test("the same seed gives the same bits, also with dropout", { timeout: 120_000 }, async () => {
  const first = await lossBits(await initShared());
  const second = await lossBits(await initShared());
  expect(second).toEqual(first);
  expect(new Set(first).size).toBe(STEPS);
});
