// How recurrent networks become dispatches: what one step more costs, forward and backward, with both device profiles.

import { describe, expect, test } from "vitest";
import { differentiate } from "../../src/autodiff/differentiate.ts";
import { compileGraph } from "../../src/compile/compileGraph.ts";
import { makeGraph } from "../../src/graph/graph.ts";
import type { Node } from "../../src/graph/node.ts";
import { inputNode } from "../../src/graph/source.ts";
import type { DeviceProfile } from "../../src/kernels/kernel.ts";
import { gru, lstm, lstmCell, rnn } from "../../src/ops/index.ts";
import { elementCount } from "../../src/tensor/shape.ts";
import { fallbackProfile, gpuProfile } from "../setup/deviceProfile.ts";

const f32 = (...shape: number[]) => inputNode(shape, "f32");
const ROWS = 8;
const WIDTH = 16;

const networks = [
  { name: "lstm", op: lstm, gates: 4, forward: 2, backward: 2, backwardWithLengths: 2 },
  { name: "gru", op: gru, gates: 3, forward: 2, backward: 2, backwardWithLengths: 2 },
  { name: "rnn", op: rnn, gates: 1, forward: 1, backward: 1, backwardWithLengths: 2 },
];
type Network = (typeof networks)[number];

function weightsOf(gates: number) {
  return {
    weightIh: f32(gates * WIDTH, 12),
    weightHh: f32(gates * WIDTH, WIDTH),
    biasIh: f32(gates * WIDTH),
    biasHh: f32(gates * WIDTH),
  };
}

/** Output of some steps, and the gradients of everything. */
function trace({ op, gates }: Network, steps: number, hasLengths: boolean) {
  const x = f32(steps, ROWS, 12);
  const weights = weightsOf(gates);
  const lengths = hasLengths ? inputNode([ROWS], "i32") : undefined;
  const { output } = op(x, [weights], { lengths });
  const wrt = [x, ...Object.values(weights)];
  const found = differentiate(output, f32(...output.shape), wrt).filter((node) => node !== undefined);
  expect(found.length).toBe(wrt.length);
  return { output, all: [output, ...found] };
}

function count(roots: readonly Node[], device: DeviceProfile): number {
  return compileGraph(makeGraph(roots), device).dispatches.length;
}

describe.each([gpuProfile, fallbackProfile])("one step more, $kind kernels", (device) => {
  test.each(networks)("$name", (network) => {
    const [short, long] = [4, 6].map((steps) => trace(network, steps, false));
    const { forward, backward } = network;
    expect(count([long.output], device) - count([short.output], device)).toBe(2 * forward);
    expect(count(long.all, device) - count(short.all, device)).toBe(2 * (forward + backward));
  });

  test.each([networks[0], networks[2]])("$name with lengths", (network) => {
    const [short, long] = [4, 6].map((steps) => trace(network, steps, true));
    const { forward, backwardWithLengths } = network;
    expect(count([long.output], device) - count([short.output], device)).toBe(2 * forward);
    expect(count(long.all, device) - count(short.all, device)).toBe(2 * (forward + backwardWithLengths));
  });

  test("the gradients of the weights are one product each, and those of biases part of one", () => {
    const { all } = trace(networks[0], 6, false);
    const { dispatches } = compileGraph(makeGraph(all), device);
    const sizes = [4 * WIDTH * WIDTH, 4 * WIDTH * 12];
    const products = dispatches.filter(
      ({ label, shape }) => label.startsWith("matmul") && sizes.includes(elementCount(shape)),
    );
    expect(products.map(({ label }) => label.replace(/\/.*/, ""))).toEqual(["matmul", "matmul+(sum)"]);
  });

  test.each(networks)("$name of a batch without rows has a plan", ({ op, gates }) => {
    const weights = weightsOf(gates);
    const options = { bidirectional: true, lengths: inputNode([0], "i32") };
    const { output, hidden } = op(f32(3, 0, 12), [weights, weights], options);
    for (const y of [output, hidden]) {
      const found = differentiate(y, f32(...y.shape), Object.values(weights));
      expect(count([y, ...found.filter((node) => node !== undefined)], device)).toBeGreaterThan(0);
    }
  });

  test("an LSTM's cell is two products and one dispatch for all the rest, biases included", () => {
    const state = { hidden: f32(ROWS, WIDTH), cell: f32(ROWS, WIDTH) };
    const { hidden, cell } = lstmCell(f32(ROWS, 12), state, weightsOf(4));
    const { dispatches } = compileGraph(makeGraph([hidden, cell]), device);
    expect(dispatches.map(({ label }) => label.replace(/\/.*/, ""))).toEqual([
      "matmul",
      "matmul+add+add+add",
      "lstmStep",
    ]);
  });
});
