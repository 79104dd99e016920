// Chosen launches: what a table of choices does to a plan, and what is left to be timed.

import { expect, test } from "vitest";
import { compileGraph } from "../../src/compile/compileGraph.ts";
import { printPlan } from "../../src/compile/plan.ts";
import { trialsOf } from "../../src/compile/trials.ts";
import { makeGraph } from "../../src/graph/graph.ts";
import { inputNode } from "../../src/graph/source.ts";
import type { ChoiceTable } from "../../src/kernels/choice.ts";
import { conv2d, matmul, relu, softmax, sum, transpose } from "../../src/ops/index.ts";
import { fallbackProfile, gpuProfile } from "../setup/deviceProfile.ts";

const f32 = (...shape: number[]) => inputNode(shape, "f32");
const KEY = "matmul 1x64x32x32 NN quads:aby f32,f32,f32";

function chosen(choices: ChoiceTable | undefined, device = fallbackProfile) {
  const graph = makeGraph([relu(matmul(f32(64, 32), f32(32, 32)))]);
  return compileGraph(graph, choices === undefined ? device : { ...device, choices });
}

test("without a table the default is taken, and the plan says of what class it is", () => {
  const plan = chosen(undefined);
  expect(plan.dispatches.map(({ choice }) => choice)).toEqual([{ key: KEY, name: "4x4", from: "default" }]);
  expect(printPlan(plan)).toMatch(/^0: matmul\+relu\/matmul_registers#0 \[/m);
});

test("a plan takes the candidate that the table names, and prints who said so", () => {
  for (const from of ["shipped", "tuned", "frozen"] as const) {
    const plan = chosen({ [KEY]: { name: "4x8", from } });
    const [{ choice, shader }] = plan.dispatches;
    expect(choice).toEqual({ key: KEY, name: "4x8", from });
    expect(plan.shaders[shader].constants).toMatchObject({ ROWS: 4, QUADS: 2 });
    expect(printPlan(plan)).toContain(`0: matmul+relu/matmul_registers#0 (4x8, ${from}) [`);
  }
});

test("a name that no candidate has, a kept default and another class leave the default as it was", () => {
  const usual = chosen(undefined);
  for (const name of ["9x9", "tiled64", "default", ""]) {
    expect(chosen({ [KEY]: { name, from: "tuned" } })).toEqual(usual);
  }
  expect(chosen({ [KEY.replace("64", "128")]: { name: "4x8", from: "tuned" } })).toEqual(usual);
  expect(chosen({})).toEqual(usual);
});

test("f16 storage is a class of its own", () => {
  const device = { ...fallbackProfile, hasF16: true };
  const keys = (["f32", "f16"] as const).map((dtype) => {
    const graph = makeGraph([matmul(inputNode([64, 32], dtype), inputNode([32, 32], dtype))]);
    return compileGraph(graph, device).dispatches[0].choice?.key;
  });
  expect(keys).toEqual([KEY, KEY.replace("f32,f32,f32", "f16,f16,f16")]);
});

test("a sum on the way stays with the product, whichever kernel is chosen", () => {
  const dy = f32(40, 36);
  const graph = makeGraph([matmul(transpose(f32(40, 24)), dy), sum(dy, { axis: 0 })]);
  const [{ choice }] = compileGraph(graph, gpuProfile).dispatches;
  const key = choice?.key ?? "";
  expect(choice?.name).toBe("tiled32");
  const plan = compileGraph(graph, { ...gpuProfile, choices: { [key]: { name: "8x8", from: "frozen" } } });
  expect(plan.dispatches.map(({ label }) => label)).toEqual([
    "matmul+(sum)/matmul_registers#0 (8x8, frozen)",
  ]);
  expect(plan.shaders[0].constants).toMatchObject({ ROWS: 8, SUMS: 1 });
});

test("what is to be timed: each open class once, a plan of the kernel alone for each candidate, the default first", () => {
  const x = f32(64, 32);
  const y = relu(matmul(matmul(x, f32(32, 32)), f32(32, 32)));
  const graph = makeGraph([softmax(y), conv2d(f32(2, 16, 8, 8), f32(16, 16, 3, 3))]);
  const trials = [...trialsOf(graph, gpuProfile, () => false)];
  expect(trials.map(({ key }) => key)).toEqual([
    KEY,
    "softmax 64x32 quads:xy f32,f32",
    "conv2d 1x2x1x16x16x8x8 3x3 stride:1x1 dilation:1x1 quads:y f32,f32,f32",
  ]);
  for (const { key, candidates } of trials) {
    expect(candidates.length).toBeGreaterThan(1);
    for (const { name, plan } of candidates) {
      expect(plan.dispatches.map(({ choice }) => choice)).toEqual([{ key, name, from: expect.any(String) }]);
    }
  }
  const [{ candidates }] = trials;
  expect(candidates.map(({ plan }) => plan.shaders[0].label)).toEqual([
    "matmul/matmul_tiled32",
    "matmul/matmul_registers",
    "matmul/matmul_registers",
    "matmul/matmul_registers",
    "matmul/matmul_registers",
  ]);
  const others = [...trialsOf(graph, gpuProfile, (key) => key === KEY)];
  expect(others.map(({ key }) => key)).toEqual(trials.slice(1).map(({ key }) => key));
});

test("a product that is cut along its inner size is timed as it is cut", () => {
  const graph = makeGraph([matmul(f32(8, 65536), f32(65536, 8))]);
  const [{ key, candidates }] = trialsOf(graph, fallbackProfile, () => false);
  expect(key).toMatch(/^matmul 64x8x8x65536 NN/);
  const labels = candidates.map(({ plan }) => plan.dispatches.map(({ label }) => label).join());
  expect(labels).toContain("matmulSplitK/matmul_registers#0 (4x4, tuned)");
  expect(new Set(labels).size).toBe(labels.length);
});
