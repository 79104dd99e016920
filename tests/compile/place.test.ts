// Values written into others: no copies where none is needed, copies where they are, and buffers taken over in place.

import { describe, expect, test } from "vitest";
import { differentiate } from "../../src/autodiff/differentiate.ts";
import { compileGraph } from "../../src/compile/compileGraph.ts";
import { printPlan } from "../../src/compile/plan.ts";
import { makeGraph, type Update } from "../../src/graph/graph.ts";
import type { Node } from "../../src/graph/node.ts";
import { constantNode, inputNode } from "../../src/graph/source.ts";
import {
  add,
  concat,
  exp,
  indexCopy,
  matmul,
  mul,
  permute,
  reshape,
  slice,
  softmax,
  sum,
} from "../../src/ops/index.ts";
import { fallbackProfile } from "../setup/deviceProfile.ts";

/** What each dispatch of the plan computes. */
function dispatches(outputs: readonly Node[], updates: readonly Update[] = []): string[] {
  const { dispatches: launched } = compileGraph(makeGraph(outputs, updates), fallbackProfile);
  return launched.map(({ label }) => label.split("/")[0]);
}

const x = inputNode([4, 8], "f32");

describe("concat", () => {
  test("kernels and elementwise chains write to their place", () => {
    expect(dispatches([concat([softmax(x), exp(x)], { axis: 1 })])).toEqual(["softmax", "exp"]);
  });

  test("nothing at all, that something else is made of, is not copied", () => {
    const nothing = concat([inputNode([0, 2], "f32"), inputNode([0, 3], "f32")], { axis: 1 });
    expect(dispatches([add(nothing, 1)])).toEqual([]);
  });

  test("a permuted result is written permuted", () => {
    const y = permute(reshape(softmax(x), [4, 2, 4]), [1, 0, 2]);
    expect(dispatches([concat([reshape(y, [8, 4]), exp(reshape(x, [8, 4]))], { axis: 1 })])).toEqual([
      "softmax",
      "exp",
    ]);
  });

  test("pieces of one result go to their places together", () => {
    const y = softmax(x);
    const half = (index: number) => slice(y, { starts: [2 * index], ends: [2 * index + 2] });
    const apart = concat([half(0), exp(half(0)), half(1)], { axis: 1 });
    expect(dispatches([apart]).sort()).toEqual(["copy", "copy", "exp", "softmax"]);
    expect(dispatches([concat([half(0), half(1), exp(x)], { axis: 0 })])).toEqual(["softmax", "exp"]);
  });

  test("so do runs of unequal length that follow each other there as here, and only these", () => {
    const y = softmax(x);
    const run = (from: number, to: number) => slice(y, { starts: [from], ends: [to] });
    const flat = (node: Node) => reshape(node, [node.shape[0] * 8]);
    expect(dispatches([concat([exp(x), run(0, 3), run(3, 4)])])).toEqual(["softmax", "exp"]);
    expect(dispatches([concat([flat(run(0, 1)), flat(run(1, 4))])])).toEqual(["softmax"]);
    expect(dispatches([concat([run(0, 3), exp(x), run(3, 4)])]).sort()).toEqual([
      "copy",
      "copy",
      "exp",
      "softmax",
    ]);
    expect(dispatches([concat([run(1, 4), run(0, 1)])])).toEqual(["softmax", "copy", "copy"]);
  });

  test("inputs, constants, repeated values and results of their own are copied", () => {
    expect(dispatches([concat([x, exp(x)])]).sort()).toEqual(["copy", "exp"]);
    expect(dispatches([concat([constantNode(1, "f32", [4, 8]), exp(x)])]).sort()).toEqual(["copy", "exp"]);
    const y = softmax(x);
    expect(dispatches([concat([y, y])])).toEqual(["softmax+copy+copy"]);
    expect(dispatches([y, concat([y, exp(x)])])).toEqual(["softmax+copy", "exp"]);
  });

  test("what is empty needs no place, though a kernel would read it", () => {
    const none = inputNode([0, 8], "f32");
    expect(dispatches([softmax(concat([none, exp(none)], { axis: 1 }))])).toEqual([]);
    expect(dispatches([sum(concat([none, exp(none)]))])).toHaveLength(1);
  });

  test("no dispatch reads the buffer that it writes", () => {
    const y = softmax(x);
    for (const graph of [
      makeGraph([concat([y, matmul(y, constantNode(1, "f32", [8, 8]))])]),
      makeGraph([concat([y, softmax(y)])]),
      makeGraph([concat([y, exp(y)], { axis: 1 })]),
    ]) {
      const plan = compileGraph(graph, fallbackProfile);
      for (const { bindings, shader, label } of plan.dispatches) {
        const declared = plan.shaders[shader].bindings;
        const of = (access: string) =>
          bindings.flatMap((binding, index) =>
            "buffer" in binding && declared[index] === access ? [binding.buffer] : [],
          );
        expect(
          of("read").filter((buffer) => of("read_write").includes(buffer)),
          label,
        ).toEqual([]);
      }
    }
  });
});

test("the gradient of a split is assembled without a copy", () => {
  const w = inputNode([8, 12], "f32");
  const all = matmul(x, w);
  const parts = [0, 1, 2].map((index) => slice(all, { starts: [0, 4 * index], ends: [4, 4 * index + 4] }));
  const y = mul(mul(softmax(parts[0]), exp(parts[1])), softmax(parts[2]));
  const [dx] = differentiate(sum(y), constantNode(1, "f32"), [x]);
  const names = dispatches(dx === undefined ? [] : [dx]);
  expect(names.filter((name) => name === "copy" || name.includes("embed"))).toEqual([]);
});

describe("a kernel that takes over its input", () => {
  const cache = inputNode([6, 4], "f32");
  const index = inputNode([2], "i32");
  const rows = inputNode([2, 4], "f32");
  const next = indexCopy(cache, 0, index, rows);

  test("writes into the buffer of an update's target, after those who read the old value", () => {
    const plan = compileGraph(
      makeGraph([exp(cache), sum(next)], [{ target: cache, value: next }]),
      fallbackProfile,
    );
    expect(printPlan(plan)).toMatchInlineSnapshot(`
      "b0: 96 bytes
      b1: 16 bytes
      b2: input 0, 96 bytes
      b3: input 1, 16 bytes
      b4: input 2, 32 bytes
      0: exp/elementwise_map#0 [6, 4] (b2, *b0) x 1x1x1
      1: indexCopy/decode_index_copy_ordered#1 [6, 4] (b3, b4, *b2) x 1x1x1
      2: sum/reduce_rows_serial#2 [1, 1] (b2, *b1) x 1x1x1
      return b0 f32[6, 4], b1 f32[]"
    `);
  });

  test("works on a copy elsewhere", () => {
    expect(dispatches([next])).toEqual(["copy", "indexCopy"]);
    expect(dispatches([next, add(cache, 1)], [{ target: cache, value: exp(next) }])).toEqual([
      "copy",
      "indexCopy",
      "add",
      "exp",
    ]);
  });

  test("works on a copy where the old value is needed after the new one", () => {
    const late = add(cache, sum(next));
    const names = dispatches([late], [{ target: cache, value: next }]);
    expect(names.filter((name) => name.includes("copy")).length).toBe(2);
  });
});
