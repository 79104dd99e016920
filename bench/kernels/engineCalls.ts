// What a user of the engine writes for the last rung of each ladder.

import type { KernelName } from "./rung.ts";

export const engineCalls: Readonly<Record<KernelName, string>> = {
  matmul: "matmul(a, b)",
  conv2d: "conv2d(x, w, { padding: 1 })",
  softmax: "softmax(x)",
  attention: "scaledDotProductAttention(q, k, v, { causal: true })",
};
