// tilegrad's half of the attention case. The gradient of sum(o dO) is what dO brings back through o.

import {
  compile,
  gradients,
  mul,
  scaledDotProductAttention,
  slice,
  sum,
  type Tensor,
  tensor,
} from "../../src/index.ts";
import type { AttentionProblem } from "../attentionProblem.ts";
import type { Workload } from "../workload.ts";
import { plannedBytes } from "./oursWorkload.ts";

export function attention(problem: AttentionProblem): Workload {
  const shape = [problem.batch, problem.heads, problem.tokens, problem.width];
  // Captured, not passed: a call copies its arguments.
  const [q, k, v, dO] = [problem.q, problem.k, problem.v, problem.outputGradient].map((values) =>
    tensor(values, shape),
  );
  const run = compile(() => {
    const o = scaledDotProductAttention(q, k, v, { causal: true });
    return [o, ...gradients(sum(mul(o, dO)), [q, k, v])];
  });
  let results: Tensor[] = [];
  return {
    call() {
      for (const result of results) result.dispose();
      results = run();
    },
    read: () => slice(results[0], { ends: [1, 1, 1, 1] }).data(),
    readAll: () => Promise.all(results.map((result) => result.data())),
    plannedBytes: () => plannedBytes(run),
  };
}
