// The benchmark's attention in float64, which engines are held against: that it is the op's own slow path, which shares
// nothing with it, and that rows of long texts are seen to.

import { describe, expect, test } from "vitest";
import { attentionCases } from "../../bench/cases/attentionCases.ts";
import type { OpProblem } from "../../bench/cases/opCase.ts";
import { type Expectation, expectationOf, requireResults } from "../../bench/expectation.ts";
import { differentiate } from "../../src/autodiff/differentiate.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import { makeGraph } from "../../src/graph/graph.ts";
import { inputNode } from "../../src/graph/source.ts";
import { scaledDotProductAttention } from "../../src/ops/index.ts";

function problemOf(name: string): OpProblem {
  const problem = attentionCases.find((known) => known.name === name)?.problem("small");
  if (problem === undefined) throw new Error(`there is no case ${name}`);
  return problem;
}

/** o forward, and backward dq, dk and dv. */
function attentionInFloat64({ inputs }: OpProblem): Float64Array[] {
  const nodes = inputs.map(({ shape }) => inputNode(shape, "f32"));
  const [q, k, v, dO] = nodes;
  const o = scaledDotProductAttention(q, k, v, { causal: true });
  const results =
    dO === undefined ? [o] : differentiate(o, dO, [q, k, v]).filter((node) => node !== undefined);
  const feeds = nodes.map((node, index) => {
    const { shape, values } = inputs[index];
    return [node, { shape, data: Float64Array.from(values) }] as const;
  });
  const values = evaluate(makeGraph(results), new Map(feeds));
  return results.map((node) => values.get(node)?.data ?? new Float64Array());
}

describe.each(attentionCases.map(({ name }) => name))("%s", (name) => {
  const problem = problemOf(name);
  const results = attentionInFloat64(problem);

  test("is what the op's reference gives", () => {
    expect(results).toHaveLength(problem.work.op === "attention" && problem.work.isBackward ? 3 : 1);
    expect(() => requireResults(results, problem.exact().map(expectationOf))).not.toThrow();
  });

  test("refuses each result that is off in one element", () => {
    const expectations = problem.exact().map(expectationOf);
    results.forEach((values, place) => {
      const wrong = results.map((right) => Float64Array.from(right));
      wrong[place][values.length - 3] += 1e-4;
      expect(() => requireResults(wrong, expectations)).toThrow(`wrong ${expectations[place].name}: `);
    });
  });
});

test("of long texts some rows of the first and the last head are looked at, and no sum over all", () => {
  const { exact } = longProblem("attention-1024-forward");
  const [o]: Expectation[] = exact().map(expectationOf);
  const [batch, heads, tokens, width] = o.shape;
  const rows = new Set(o.indices.map((index) => Math.floor(index / width)));
  expect(o.indices).toHaveLength(rows.size * width);
  expect(rows).toContain(0);
  expect(rows).toContain(batch * heads * tokens - 1);
  expect(rows.size).toBeGreaterThan(10);
  expect(o.signedSum).toBeUndefined();
  const result = new Float64Array(batch * heads * tokens * width);
  o.indices.forEach((index, place) => {
    result[index] = o.elements[place].value;
  });
  expect(() => requireResults([result], [o])).not.toThrow();
  result[o.indices[100]] += 1e-3;
  expect(() => requireResults([result], [o])).toThrow("wrong o: element ");
});

function longProblem(name: string): OpProblem {
  const problem = attentionCases.find((known) => known.name === name)?.problem("software");
  if (problem === undefined) throw new Error(`there is no case ${name}`);
  return problem;
}
