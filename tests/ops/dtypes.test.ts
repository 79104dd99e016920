// Promotion, overflow, division by zero and casts, as FEATURES.md has them.

import { describe, expect, test } from "vitest";
import { inputNode } from "../../src/graph/source.ts";
import { add, equal, mul, where } from "../../src/ops/index.ts";
import { DTYPES, type Dtype, promote } from "../../src/tensor/dtype.ts";
import { dtypeFacts } from "./dtypeFacts.ts";
import { checkOnGpu } from "./gpuCase.ts";
import { checkReference } from "./opCase.ts";

describe.each(dtypeFacts)("$says", ({ cases }) => {
  if (__GPU__) test("GPU", () => checkOnGpu(cases));
  else test.each(cases)("$name", (one) => checkReference(one));
});

if (!__GPU__) {
  const higher: Readonly<Record<Dtype, readonly Dtype[]>> = {
    bool: ["bool", "u32", "i32", "f16", "f32"],
    u32: ["u32", "u32", "i32", "f16", "f32"],
    i32: ["i32", "i32", "i32", "f16", "f32"],
    f16: ["f16", "f16", "f16", "f16", "f32"],
    f32: ["f32", "f32", "f32", "f32", "f32"],
  };

  test.each(DTYPES)("what %s and each other make", (dtype) => {
    const x = inputNode([1], dtype);
    expect(DTYPES.map((other) => promote(dtype, other))).toEqual(higher[dtype]);
    for (const [index, other] of DTYPES.entries()) {
      const wanted = higher[dtype][index];
      const y = inputNode([1], other);
      expect(where(inputNode([1], "bool"), x, y).dtype).toBe(wanted);
      expect(add(x, y).dtype).toBe(wanted === "bool" ? "i32" : wanted);
      expect(mul(y, x).dtype).toBe(wanted === "bool" ? "i32" : wanted);
      expect(equal(x, y).dtype).toBe("bool");
    }
  });
}
