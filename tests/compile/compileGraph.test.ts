// What compilation makes of small graphs: printed plans, and the counts that speed rests on.

import { describe, expect, test } from "vitest";
import { differentiate } from "../../src/autodiff/differentiate.ts";
import { compileGraph } from "../../src/compile/compileGraph.ts";
import { printPlan } from "../../src/compile/plan.ts";
import { simplify } from "../../src/compile/simplify.ts";
import { makeGraph, printGraph } from "../../src/graph/graph.ts";
import type { Node } from "../../src/graph/node.ts";
import { constantNode, constantValue, inputNode } from "../../src/graph/source.ts";
import {
  add,
  concat,
  conv2d,
  exp,
  matmul,
  maximum,
  maxPool2d,
  mul,
  relu,
  reshape,
  softmax,
  sum,
  transpose,
} from "../../src/ops/index.ts";
import { fallbackProfile, gpuProfile } from "../setup/deviceProfile.ts";

const f32 = (...shape: number[]) => inputNode(shape, "f32");

test("infinities, NaN and -0 are told apart", () => {
  const x = f32(4);
  const values = [Infinity, -Infinity, Number.NaN, 0, -0];
  const outputs = values.map((value) => maximum(x, value));
  const graph = makeGraph(outputs);
  expect(new Set(simplify(graph, gpuProfile).outputs).size).toBe(values.length);
  expect(new Set(printGraph(graph).match(/value: [^,]+/g)).size).toBe(values.length);
});

test("constants side by side are one constant only where they are the same", () => {
  const [ones, zeros] = [constantNode(1, "f32", [2]), constantNode(0, "f32", [2])];
  const ofValues = (values: readonly Node[]) =>
    simplify(makeGraph([add(concat(values), f32(4))]), gpuProfile).outputs[0].inputs.map(constantValue);
  expect(ofValues([ones, ones])).toEqual([1, undefined]);
  expect(ofValues([ones, zeros])).toEqual([undefined, undefined]);
});

test("on a fallback device large operands whose rows end within a quad are padded first", () => {
  const labels = (m: number, n: number, k: number, device = fallbackProfile) => {
    const { dispatches } = compileGraph(makeGraph([matmul(f32(m, k), f32(k, n))]), device);
    return dispatches.map(({ label }) => label.replace(/\/.*/, ""));
  };
  expect(labels(211, 211, 211)).toEqual(["embed", "embed", "matmul"]);
  expect(labels(211, 212, 211)).toEqual(["embed", "matmul"]);
  expect(labels(212, 211, 212)).toEqual(["embed", "matmul"]);
  expect(labels(211, 212, 212)).toEqual(["matmul"]);
  expect(labels(16, 4097, 256)).toEqual(["matmul"]);
  expect(labels(61, 61, 61)).toEqual(["matmul"]);
  expect(labels(211, 211, 211, gpuProfile)).toEqual(["matmul"]);
});

describe("fusion", () => {
  test("a chain is one dispatch, and numbers travel as data", () => {
    const x = f32(4, 8);
    const plan = compileGraph(makeGraph([exp(add(mul(x, 2), 1))]), gpuProfile);
    expect(printPlan(plan)).toMatchInlineSnapshot(`
      "b0: 128 bytes
      b1: input 0, 128 bytes
      0: mul+add+exp/elementwise_map#0 [4, 8] (b1, *b0) x 1x1x1
      return b0 f32[4, 8]"
    `);
    expect(plan.shaders[0].wgsl).not.toMatch(/\b2\.0\b|\* 2\b/);
  });

  test("another batch size makes the same shader", () => {
    const wgslFor = (rows: number) => {
      const x = f32(rows, 8);
      const y = add(mul(x, f32(8)), 1);
      return compileGraph(makeGraph([y]), gpuProfile).shaders[0].wgsl;
    };
    expect(wgslFor(4)).toBe(wgslFor(12));
  });

  test("bias and activation join the kernel before them", () => {
    const y = relu(add(matmul(f32(16, 8), transpose(f32(32, 8))), f32(32)));
    expect(printPlan(compileGraph(makeGraph([y]), gpuProfile))).toMatchInlineSnapshot(`
      "b0: 2048 bytes
      b1: input 0, 512 bytes
      b2: input 1, 1024 bytes
      b3: input 2, 128 bytes
      0: matmul+add+relu/matmul_tiled32#0 [16, 32] (b1, b2, b3, *b0) x 1x1x1
      return b0 f32[16, 32]"
    `);
  });

  test("elementwise work before a sum joins its loads", () => {
    const plan = compileGraph(makeGraph([sum(mul(f32(8, 16), f32(8, 16)), { axis: 1 })]), gpuProfile);
    expect(plan.dispatches.map(({ label }) => label)).toMatchInlineSnapshot(`
      [
        "mul+sum/reduce_rows_serial#0",
      ]
    `);
  });

  test("a value that is read at another index is not fused", () => {
    const x = f32(8, 8);
    const y = exp(x);
    const plan = compileGraph(makeGraph([add(y, transpose(y))]), gpuProfile);
    expect(plan.dispatches.length).toBe(2);
  });

  test("no group binds more buffers than the device allows", () => {
    const inputs = Array.from({ length: 20 }, () => f32(64));
    const total = inputs.reduce((a, b) => add(a, exp(b)));
    for (const maxStorageBuffers of [4, 8]) {
      const plan = compileGraph(makeGraph([total]), { ...gpuProfile, maxStorageBuffers });
      for (const shader of plan.shaders) {
        expect(shader.bindings.filter((kind) => kind !== "uniform").length).toBeLessThanOrEqual(
          maxStorageBuffers,
        );
      }
    }
  });
});

describe("simplification", () => {
  test("equal nodes are computed once, unused ones not at all", () => {
    const x = f32(4, 6);
    softmax(mul(x, 3));
    const y = add(softmax(x), softmax(x));
    const plan = compileGraph(makeGraph([y]), gpuProfile);
    expect(plan.dispatches.length).toBe(1);
  });

  test("constants are folded", () => {
    const two = constantNode(2, "f32");
    const y = mul(f32(4), add(exp(constantNode(0, "f32")), two));
    const plan = compileGraph(makeGraph([y]), gpuProfile);
    expect(plan.dispatches.length).toBe(1);
    expect(new DataView(plan.uniforms.buffer).getFloat32(256, true)).toBe(3);
  });

  test("views cost nothing", () => {
    const x = f32(4, 6);
    const y = exp(reshape(transpose(reshape(x, [6, 4])), [24]));
    expect(compileGraph(makeGraph([y]), gpuProfile).dispatches.length).toBe(1);
  });

  test("a transposed operand is read as it stands", () => {
    const y = matmul(f32(64, 48), transpose(f32(32, 48)));
    const plan = compileGraph(makeGraph([y]), gpuProfile);
    expect(plan.dispatches.length).toBe(1);
    expect(plan.shaders[0].wgsl).not.toContain("address0");
  });
});

describe("updates", () => {
  test("are written in place, after every reader of the old value", () => {
    const w = inputNode([4, 4], "f32", "w");
    const x = f32(2, 4);
    const y = matmul(x, w);
    const [dw] = differentiate(y, f32(2, 4), [w]);
    if (dw === undefined) throw new Error("no gradient");
    const graph = makeGraph([sum(y)], [{ target: w, value: add(w, mul(dw, -0.1)) }]);
    expect(printGraph(graph)).toMatchInlineSnapshot(`
      "%0 = input() f32[4, 4]  "w"
      %1 = input() f32[2, 4]
      %2 = reshape(%1) {shape: [1,2,4]} f32[1, 2, 4]
      %3 = reshape(%0) {shape: [1,4,4]} f32[1, 4, 4]
      %4 = matmul(%2, %3) {transposeA: false, transposeB: false} f32[1, 2, 4]
      %5 = reshape(%4) {shape: [2,4]} f32[2, 4]
      %6 = input() f32[2, 4]
      %7 = reshape(%6) {shape: [1,2,4]} f32[1, 2, 4]
      %8 = permute(%2) {order: [0,2,1]} f32[1, 4, 2]
      %9 = matmul(%8, %7) {transposeA: false, transposeB: false} f32[1, 4, 4]
      %10 = reshape(%9) {shape: [4,4]} f32[4, 4]
      %11 = reshape(%5) {shape: [1,8,1]} f32[1, 8, 1]
      %12 = sum(%11) f32[1, 1]
      %13 = reshape(%12) {shape: []} f32[]
      %14 = constant() {value: -0.10000000149011612, shape: [], dtype: "f32"} f32[]
      %15 = broadcastTo(%14) {shape: [4,4]} f32[4, 4]
      %16 = mul(%10, %15) f32[4, 4]
      %17 = add(%0, %16) f32[4, 4]
      update %0 <- %17
      return %13"
    `);
    expect(printPlan(compileGraph(graph, fallbackProfile))).toMatchInlineSnapshot(`
      "b0: 32 bytes
      b1: 16 bytes
      b2: input 0, 64 bytes
      b3: input 1, 32 bytes
      b4: input 2, 32 bytes
      0: matmul/matmul_registers#0 [1, 2, 4] (b3, b2, *b0) x 1x1x1
      1: matmul+mul+add/matmul_registers#1 [4, 4] (b3, b4, *b2) x 1x1x1
      2: sum/reduce_rows_serial#2 [1, 1] (b0, *b1) x 1x1x1
      return b1 f32[]"
    `);
  });

  test("a swap goes through a copy", () => {
    const a = f32(8);
    const b = f32(8);
    const graph = makeGraph(
      [],
      [
        { target: a, value: b },
        { target: b, value: a },
      ],
    );
    expect(printPlan(compileGraph(graph, gpuProfile))).toMatchInlineSnapshot(`
      "b0: 32 bytes
      b1: input 0, 32 bytes
      b2: input 1, 32 bytes
      0: copy/elementwise_map#0 [8] (b1, *b0) x 1x1x1
      1: copy/elementwise_map#1 [8] (b2, *b1) x 1x1x1
      2: copy/elementwise_map#2 [8] (b0, *b2) x 1x1x1
      return "
    `);
  });

  test("an update that reads its target across elements goes through a copy", () => {
    const w = f32(4, 4);
    const plan = compileGraph(makeGraph([], [{ target: w, value: add(w, transpose(w)) }]), gpuProfile);
    expect(plan.dispatches.length).toBe(2);
  });
});

describe("recomputing", () => {
  test("a backward pass keeps no mask: it reads what the forward pass kept", () => {
    const x = f32(2, 1, 8, 8);
    const w = inputNode([4, 1, 3, 3], "f32", "w");
    const y = relu(conv2d(x, w));
    const pooled = maxPool2d(y, 2);
    const [dw] = differentiate(pooled, f32(2, 4, 3, 3), [w]);
    if (dw === undefined) throw new Error("no gradient");
    const plan = compileGraph(makeGraph([sum(pooled), dw]), fallbackProfile);
    const [convolution] = plan.dispatches;
    const written = plan.shaders[convolution.shader].bindings.filter((kind) => kind === "read_write");
    expect(written.length).toBe(1);
  });
});
