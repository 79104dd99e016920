// Gradients by hand, and variables, in float64: what reaches which input, once and twice.

import { expect, test } from "vitest";
import { differentiate, differentiateAll } from "../../src/autodiff/differentiate.ts";
import { type HandRule, withHandGradient } from "../../src/autodiff/handGradient.ts";
import { isSegmentEnd, markSegment } from "../../src/autodiff/segment.ts";
import { variableOf } from "../../src/autodiff/variable.ts";
import { compileGraph } from "../../src/compile/compileGraph.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import { makeGraph, printGraph } from "../../src/graph/graph.ts";
import type { Node } from "../../src/graph/node.ts";
import { constantNode, inputNode } from "../../src/graph/source.ts";
import { exp, mul, round, square, sum, tanh } from "../../src/ops/index.ts";
import { gpuProfile } from "../setup/deviceProfile.ts";

const one = constantNode(1, "f32");

/** The elements of `roots` where each input is `values`. */
function valuesOf(roots: readonly (Node | undefined)[], values: readonly number[]): number[][] {
  const known = roots.filter((root) => root !== undefined);
  const graph = makeGraph(known);
  const data = Float64Array.from(values);
  const found = evaluate(graph, new Map(graph.inputs.map((node) => [node, { shape: node.shape, data }])));
  return known.map((node) => [...(found.get(node)?.data ?? [])]);
}

/** y = x³ by hand, with y' = 3 y / x, so that second gradients show what y stands for. */
const cube: HandRule = ({ dy, y, inputs: [x], saved: [reciprocal] }) => {
  expect(x.shape).toEqual(y.shape);
  return [mul(dy, mul(mul(y, reciprocal), 3))];
};

test("the rule alone counts, and passes nothing to what the value was computed by", () => {
  const x = inputNode([3], "f32");
  const y = withHandGradient(round(x), [x], [], ({ dy }) => [dy]);
  expect(valuesOf(differentiate(sum(square(y)), one, [x]), [0.6, 1.7, -2.2])).toEqual([[2, 4, -4]]);
});

test("the gradient of the gradient goes through the rule's inputs, y, and what was saved", () => {
  const x = inputNode([2], "f32");
  const reciprocal = mul(square(x), 1); // Stands for any function of x: here x², so y' = 3 y x².
  const y = withHandGradient(exp(x), [x], [reciprocal], cube);
  const [first] = differentiate(sum(y), one, [x]);
  expect(first).toBeDefined();
  if (first === undefined) return;
  // d(3 y x²)/dx = 3 y' x² + 6 x y, with y' = 3 y x² again by the rule.
  const wanted = [1, 2].map((v) => 9 * Math.exp(v) * v ** 4 + 6 * v * Math.exp(v));
  const [found] = valuesOf(differentiate(sum(first), one, [x]), [1, 2]);
  found.forEach((value, index) => {
    expect(value).toBeCloseTo(wanted[index], 9);
  });
});

test("in a segment that is computed again the rule gets the values of that time", () => {
  const x = inputNode([4], "f32");
  const before = constantNode(0, "f32").id;
  const kept = tanh(x);
  const seen: Node[] = [];
  const marked = withHandGradient(mul(kept, 2), [x], [kept], ({ dy, saved }) => {
    seen.push(...saved);
    return [mul(dy, saved[0])];
  });
  const [end] = markSegment([marked], before);
  expect(isSegmentEnd(end)).toBe(true);
  const [dx] = differentiate(sum(end), one, [x]);
  expect(seen.length).toBe(1);
  expect(seen[0]).not.toBe(kept);
  const values = [0.1, -0.5, 1, 2];
  expect(valuesOf([dx], values)).toEqual([values.map(Math.tanh)]);
});

test("neither mark is left in a plan", () => {
  const x = inputNode([4], "f32");
  const y = withHandGradient(exp(variableOf(x)), [x], [], ({ dy }) => [dy]);
  const plan = (root: Node) =>
    compileGraph(makeGraph([root]), gpuProfile).dispatches.map(({ label }) => label.replace(/#.*/, ""));
  expect(plan(y)).toEqual(plan(exp(x)));
});

test("a mark prints as plain data", () => {
  const x = inputNode([4], "f32");
  const y = withHandGradient(x, [x], [], ({ dy }) => [dy]);
  expect(printGraph(makeGraph([y]))).toBe(
    "%0 = input() f32[4]\n%1 = customGradient(%0, %0) {inputs: 1} f32[4]\nreturn %1",
  );
});

test("a variable counts what is computed from it alone", () => {
  const x = inputNode([2], "f32");
  const [a, b] = [variableOf(x), variableOf(x)];
  const y = mul(mul(square(a), b), x);
  expect(valuesOf(differentiate(sum(y), one, [a, b]), [2, 3])).toEqual([
    [16, 54],
    [8, 27],
  ]);
  expect(valuesOf(differentiate(sum(y), one, [x]), [2, 3])).toEqual([[32, 108]]);
});

test("several results are differentiated as one sum", () => {
  const x = inputNode([2], "f32");
  const [dx] = differentiateAll(
    [
      [square(x), constantNode(10, "f32", [2])],
      [mul(x, 3), constantNode(1, "f32", [2])],
    ],
    [x],
  );
  expect(valuesOf([dx], [1, 2])).toEqual([[23, 43]]);
});
