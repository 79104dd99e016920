import { scaledDotProductAttention } from "../../src/ops/index.ts";
import { normalised } from "./families.ts";
import type { OpCase } from "./opCase.ts";
import { testOp } from "./testOp.ts";

const cases: OpCase[] = [
  {
    name: "one head",
    inputs: [{ shape: [1, 1, 5, 4] }, { shape: [1, 1, 7, 4] }, { shape: [1, 1, 7, 4] }],
    apply: (q, k, v) => scaledDotProductAttention(q, k, v),
    tolerance: normalised,
    shape: [1, 1, 5, 4],
    secondGradient: true,
  },
  {
    name: "causal",
    inputs: [{ shape: [2, 2, 13, 6] }, { shape: [2, 2, 13, 6] }, { shape: [2, 2, 13, 5] }],
    apply: (q, k, v) => scaledDotProductAttention(q, k, v, { causal: true }),
    tolerance: normalised,
    shape: [2, 2, 13, 5],
  },
];
testOp("scaledDotProductAttention", cases);
