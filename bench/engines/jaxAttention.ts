// jax-js's half of the attention case: its own attention, which holds the matrices of scores, and its gradient.

import { jit, nn, type numpy as np, vjp } from "@jax-js/jax";
import type { AttentionProblem } from "../attentionProblem.ts";
import type { Workload } from "../workload.ts";
import { toArray } from "./jaxArrays.ts";

export function attention(problem: AttentionProblem): Workload {
  const shape = [problem.batch, problem.heads, problem.tokens, problem.width];
  const inputs = [problem.q, problem.k, problem.v, problem.outputGradient].map((values) =>
    toArray({ values, shape }),
  );
  const run = jit(forwardAndBackward);
  let results: np.Array[][] = [];
  let started: Promise<unknown>[] = [];
  const last = () => {
    if (results.length === 0) throw new Error("nothing was called yet");
    return results[results.length - 1];
  };
  return {
    // Work is put off until somebody waits for it, and what is disposed of before fails. To wait, jax-js reads zero
    // bytes back.
    call() {
      const [q, k, v, dO] = inputs.map((input) => input.ref);
      const given = run(q, k, v, dO);
      results.push(given);
      started.push(...given.map((result) => result.blockUntilReady()));
    },
    async read() {
      await Promise.all(started);
      started = [];
      for (const result of results.slice(0, -1).flat()) result.dispose();
      results = [last()];
      return last()[0].ref.slice(0, 0, 0).data();
    },
    readAll: () => Promise.all(last().map((result) => result.ref.data())),
  };
}

function forwardAndBackward(q: np.Array, k: np.Array, v: np.Array, dO: np.Array): np.Array[] {
  const [o, backward] = vjp(causalAttention, [q, k, v]);
  const gradients = backward(dO);
  backward.dispose();
  return [o, ...(gradients as np.Array[])];
}

/** All [batch, heads, tokens, width]; jax-js wants heads behind tokens, which costs it nothing but strides. */
function causalAttention(q: np.Array, k: np.Array, v: np.Array): np.Array {
  const [x, y, z] = [q, k, v].map((array) => array.transpose([0, 2, 1, 3]));
  return nn.dotProductAttention(x, y, z, { isCausal: true }).transpose([0, 2, 1, 3]);
}
