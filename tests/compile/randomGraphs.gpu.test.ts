// Whole programs on the GPU, forward and backward, against the float64 reference, to the bit: with and without fusion,
// with and without sharing of memory, with the kernels of both device profiles.

import { expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import { Engine } from "../../src/api/engine.ts";
import { gradients } from "../../src/api/grad.ts";
import { type Tensor, tensor } from "../../src/api/tensor.ts";
import { differentiate } from "../../src/autodiff/differentiate.ts";
import { seededRandom } from "../../src/data/seededRandom.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import { makeGraph } from "../../src/graph/graph.ts";
import type { Node } from "../../src/graph/node.ts";
import { inputNode } from "../../src/graph/source.ts";
import { mul, sum } from "../../src/ops/index.ts";
import { openDevice } from "../../src/runtime/openDevice.ts";
import { Runtime } from "../../src/runtime/runtime.ts";
import type { HostArray } from "../../src/tensor/hostArray.ts";
import { sharedDevice } from "../setup/sharedDevice.ts";
import { drawProgram, type Program } from "./randomProgram.ts";

/** Each compiles some hundred shaders. */
const programs = 6;
/** Whole numbers up to here are exact in f32, and so are their sums below it. */
const exactBelow = 2 ** 24;

const inputNames = ["square", "row", "seed"] as const;
type Data = Readonly<Record<(typeof inputNames)[number] | "index", HostArray>>;

const ways = (["gpu", "fallback"] as const).flatMap((kind) =>
  [{}, { withoutFusion: true }, { withoutReuse: true }].map((planning) => ({
    name: [`${kind} kernels`, ...Object.keys(planning)].join(", "),
    planning: planning as { withoutFusion?: true; withoutReuse?: true },
    kind,
  })),
);

const engines = openDevice({ device: await sharedDevice() }).then((open) =>
  ways.map(({ kind, planning }) => {
    const profile = { ...open.profile, kind, ...planning };
    return new Engine(new Runtime({ ...open, isOwn: false, profile }));
  }),
);

test.each(Array.from({ length: programs }, (_, seed) => drawProgram(seed)))("$name", async (program) => {
  const data = drawData(program);
  const expected = reference(program, data);
  const counts: number[] = [];
  for (const [index, engine] of (await engines).entries()) {
    const { results, dispatches } = await run(engine, program, data);
    results.forEach((values, which) => {
      expect(values, `${ways[index].name}: ${["value", "d square", "d row"][which]}`).toEqual(
        expected[which],
      );
    });
    counts.push(dispatches);
  }
  // The ways are different ones.
  expect(counts[1]).toBeGreaterThan(counts[0]);
  expect(counts[4]).toBeGreaterThan(counts[3]);
});

function drawData({ rows }: Program): Data {
  const random = seededRandom(5, rows);
  const whole = (shape: readonly number[], low: number, high: number): HostArray => ({
    shape,
    data: Float64Array.from({ length: shape.reduce((a, b) => a * b) }, () =>
      Math.floor(low + random() * (high - low)),
    ),
  });
  const square = [rows, rows];
  return {
    square: whole(square, -3, 4),
    row: whole([rows], -3, 4),
    seed: whole(square, -1, 2),
    index: whole(square, 0, rows),
  };
}

/** Value and gradients in float64. Checks that f32 can hold all that leads there. */
function reference(program: Program, data: Data): Float32Array[] {
  const feeds = new Map<Node, HostArray>();
  const feed = ({ shape, data: numbers }: HostArray, dtype: "f32" | "i32") => {
    const node = inputNode(shape, dtype);
    feeds.set(node, { shape, data: numbers });
    return node;
  };
  const [square, row, seed] = inputNames.map((name) => feed(data[name], "f32"));
  const y = program.run({ square, row, index: feed(data.index, "i32") });
  const slopes = differentiate(y, seed, [square, row]).map((node) => node ?? mul(row, 0));
  const values = evaluate(makeGraph([y, ...slopes]), feeds);
  for (const { data: numbers } of values.values()) {
    for (const value of numbers) expect(Math.abs(value)).toBeLessThan(exactBelow);
  }
  return [y, ...slopes].map((node) => Float32Array.from(values.get(node)?.data ?? [], (value) => value + 0));
}

async function run(engine: Engine, program: Program, data: Data) {
  const given = inputNames.map((name) => tensor(data[name].data, data[name].shape, { engine }));
  const index = tensor(data.index.data, data.index.shape, { engine, dtype: "i32" });
  const step = compile(
    (square: Tensor, row: Tensor, seed: Tensor, indices: Tensor) => {
      const y = program.run({ square, row, index: indices });
      return [y, ...gradients(sum(mul(y, seed)), [square, row], { allowUnused: true })];
    },
    { engine },
  );
  const outputs = step(given[0], given[1], given[2], index);
  const results = await Promise.all(
    outputs.map(async (one) => Float32Array.from(await one.data(), (value) => value + 0)),
  );
  const [{ plan }] = step.inspect();
  step.dispose();
  for (const one of [...given, index, ...outputs]) one.dispose();
  return { results, dispatches: plan.dispatches.length };
}
