// Attention and its gradients on the GPU, with the kernels of both profiles, against PyTorch's in float64.

import { beforeAll, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import type { Engine } from "../../src/api/engine.ts";
import { gradients } from "../../src/api/grad.ts";
import { type Tensor, tensor } from "../../src/api/tensor.ts";
import { mul, scaledDotProductAttention, sum } from "../../src/ops/index.ts";
import { sharedEngines } from "../ops/gpuCase.ts";
import { type AttentionCase, attentionCases, type Given } from "./attentionCases.ts";
import { backward, expectStored, type Fixture, forward, loadFixture } from "./fixture.ts";

const engines = await sharedEngines();
let fixture: Fixture;

beforeAll(async () => {
  fixture = await loadFixture("attention");
});

/**
 * The engines for a case. A software adapter compiles the fallback's kernels for wide heads slowly, and anew for each kind of
 * mask: there only narrow heads have all of them, and three wider widths none.
 */
function enginesFor({ name, widths }: (typeof attentionCases)[number]): readonly Engine[] {
  const { gpu, fallback } = engines;
  const isQuick = widths.every((width) => width <= 8) || /^width (16|128|256)$/.test(name);
  return isQuick || !fallback.adapter.isSoftware ? [gpu, fallback] : [gpu];
}

// With the kernels of both profiles at once: so their pipelines are compiled side by side.
test.each(attentionCases)("$name", async (one) => {
  const given = one.make();
  await Promise.all(enginesFor(one).map((engine) => check(engine, given)));
});

test("most cases run with the kernels of both profiles", () => {
  expect(attentionCases.filter((one) => enginesFor(one).length === 2).length).toBeGreaterThan(100);
});

async function check(engine: Engine, given: AttentionCase): Promise<void> {
  const results = await run(engine, given);
  (["o", "dq", "dk", "dv"] as const).forEach((result, index) => {
    const what = `${given.name}, kernels for ${engine.deviceProfile.kind}: ${result}`;
    expectStored(what, results[index], fixture.get(given.key(result)), result === "o" ? forward : backward);
  });
}

/** o, dq, dk and dv. */
async function run(engine: Engine, given: AttentionCase): Promise<ArrayLike<number>[]> {
  const upload = ({ data, shape, dtype }: Given) => tensor(data, shape, { dtype, engine });
  const { causal, scale } = given;
  const inputs = [given.q, given.k, given.v, given.dO].map(upload);
  const mask = given.mask && upload(given.mask);
  const attend = compile(
    (q: Tensor, k: Tensor, v: Tensor, dO: Tensor) => {
      const o = scaledDotProductAttention(q, k, v, { causal, mask, scale });
      return [o, ...gradients(sum(mul(o, dO)), [q, k, v])];
    },
    { engine },
  );
  const [q, k, v, dO] = inputs;
  const results = attend(q, k, v, dO);
  expect(results[0].shape).toEqual(dO.shape);
  const values = await Promise.all(results.map((result) => result.data()));
  attend.dispose();
  for (const one of [...results, ...inputs]) one.dispose();
  mask?.dispose();
  return values;
}
