// Attention and its gradients by our rules in float64, against PyTorch's.

import { beforeAll, expect, test } from "vitest";
import { differentiate } from "../../src/autodiff/differentiate.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import { makeGraph } from "../../src/graph/graph.ts";
import type { Node } from "../../src/graph/node.ts";
import { inputNode } from "../../src/graph/source.ts";
import { scaledDotProductAttention } from "../../src/ops/index.ts";
import type { HostArray } from "../../src/tensor/hostArray.ts";
import { type AttentionCase, attentionCases, type Given } from "./attentionCases.ts";
import { backward, expectStored, type Fixture, forward, loadFixture } from "./fixture.ts";

let fixture: Fixture;

beforeAll(async () => {
  fixture = await loadFixture("attention");
});

test("the fixture has lengths to 1,025, widths to 256, every kind of mask, and four results of each case", () => {
  const cases = attentionCases.map(({ make }) => make());
  expect(cases.length).toBeGreaterThanOrEqual(64);
  expect(Math.max(...cases.map(({ k }) => k.shape[2]))).toBe(1025);
  expect(Math.max(...cases.map(({ q }) => q.shape[3]))).toBe(256);
  expect(fixture.names.length).toBe(4 * cases.length);
});

// Long and wide ones are left to the GPU: what is in them is in shorter ones too, and one takes seconds here.
const mostProducts = 700_000;
test.each(attentionCases.filter(({ products }) => products <= mostProducts))("$name", ({ make }) => {
  checkInFloat64(make());
});

function checkInFloat64(given: AttentionCase): void {
  const feeds = new Map<Node, HostArray>();
  const fed = ({ shape, dtype, data }: Given) => {
    const node = inputNode(shape, dtype);
    feeds.set(node, { shape, data: Float64Array.from(data) });
    return node;
  };
  const { causal, scale } = given;
  const [q, k, v, dO] = [given.q, given.k, given.v, given.dO].map(fed);
  const mask = given.mask && fed(given.mask);
  const o = scaledDotProductAttention(q, k, v, { causal, mask, scale });
  const gradients = differentiate(o, dO, [q, k, v]);
  const roots = [o, ...gradients.map((node) => node ?? expect.fail("a gradient is missing"))];
  const values = evaluate(makeGraph(roots), feeds);
  (["o", "dq", "dk", "dv"] as const).forEach((result, index) => {
    const bar = result === "o" ? forward : backward;
    const actual = values.get(roots[index]) ?? expect.fail("the graph lacks a root");
    expectStored(`${given.name}: ${result}`, actual.data, fixture.get(given.key(result)), bar);
  });
}
