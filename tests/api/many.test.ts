// many, on a device that checks every command and runs none.

import { expect, test } from "vitest";
import { cutIntoSubmits } from "../../src/compile/compileGraph.ts";
import { cast, compile, createEngine, ones, slice, sum, type Tensor } from "../../src/index.ts";
import { DEFAULT_PROFILE } from "../../src/kernels/kernel.ts";
import { keepForever, openNodeGpu } from "../setup/nodeGpu.ts";

test("an odd number of f16 results a step is copied by whole words", async () => {
  const gpu = await openNodeGpu("null");
  if (typeof gpu === "string") throw new Error(gpu);
  const engine = keepForever(await createEngine({ gpu }));
  expect(engine.deviceProfile.hasF16).toBe(true);
  const x = ones([5], { engine });
  const step = compile((y: Tensor) => ({
    one: cast(sum(y), "f16"),
    odd: cast(slice(y, { starts: [1], ends: [4] }), "f16"),
    even: cast(slice(y, { starts: [1], ends: [5] }), "f16"),
  }));
  await step.prepare(x);
  engine.device.pushErrorScope("validation");
  const { one, odd, even } = step.many([[x], [x], [x]]);
  expect([one.shape, odd.shape, even.shape]).toEqual([[3], [3, 3], [3, 4]]);
  await Promise.all([one, odd, even].map((value) => value.data()));
  expect(await engine.device.popErrorScope()).toBeNull();
});

test("launches that do nothing much count towards the time of a submit all the same", () => {
  const tiny = {
    label: "",
    shader: 0,
    bindings: [],
    workgroups: [1, 1, 1],
    flops: 1,
    bytes: 16,
    shape: [],
  } as const;
  const starts = cutIntoSubmits(
    Array.from({ length: 50_000 }, () => tiny),
    DEFAULT_PROFILE,
  );
  expect(starts.length).toBe(3);
});
