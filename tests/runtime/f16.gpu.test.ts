// f16 storage on the adapter that is there: computed where it has shader-f16, and else reported as not run, by name.

import { expect, test } from "vitest";
import { init, matmul, mul, softmax, sum, tensor, UsageError } from "../../src/index.ts";

const { adapter, deviceProfile } = await init();

if (deviceProfile.hasF16) {
  test("f16 tensors are stored in 2 bytes and computed in f32", async () => {
    const x = tensor([1, 2, 3, 65504], [4], { dtype: "f16" });
    expect(Array.from(await mul(x, 0.5).data())).toEqual([0.5, 1, 1.5, 32752]);
    const a = tensor(new Float32Array(1024).fill(0.5), [32, 32], { dtype: "f16" });
    expect(new Set(await matmul(a, a).data())).toEqual(new Set([8]));
    expect(await sum(softmax(x)).item()).toBe(1);
  });
} else {
  test("f16 is refused, with the reason", () => {
    console.log(
      `not run on ${adapter.vendor} ${adapter.architecture}, which lacks shader-f16: values of f16 storage ` +
        "(its shaders are compiled by tests/compile/everyShader.test.ts)",
    );
    expect(() => tensor([1], [1], { dtype: "f16" })).toThrow(UsageError);
    expect(() => tensor([1], [1], { dtype: "f16" })).toThrow(
      "tensor: dtype f16 needs the device feature shader-f16, which this device lacks; use f32.",
    );
  });
}
