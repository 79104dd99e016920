// Profiles: every dispatch with its op, shape, operations and bytes; a table and a trace file.

import { expect, test } from "vitest";
import { chromeTrace, init, matmul, ones, profile, profileTable, relu } from "../../src/index.ts";

test("each dispatch is timed and described", async () => {
  await init();
  const a = ones([64, 32]);
  const b = ones([32, 48]);
  const entries = await profile(async () => {
    await relu(matmul(a, b)).data();
  });
  expect(entries.length).toBe(1);
  const [entry] = entries;
  expect(entry.label).toMatch(/^matmul\+.*relu.*\/matmul_\w+#0$/);
  expect(entry.flops).toBe(2 * 64 * 32 * 48);
  expect(entry.bytes).toBe(4 * (64 * 32 + 32 * 48 + 64 * 48));
  expect(entry.timeMs).toBeGreaterThanOrEqual(0);
  const [head, row] = profileTable(entries).split("\n");
  expect(head).toMatch(/^calls +ms +share +GFLOP\/s +GB\/s +dispatch$/);
  expect(row).toContain(entry.label);
  const { traceEvents } = JSON.parse(chromeTrace(entries));
  expect(traceEvents).toMatchObject([
    { name: entry.label, ph: "X", args: { flops: entry.flops, bytes: entry.bytes } },
  ]);
});
