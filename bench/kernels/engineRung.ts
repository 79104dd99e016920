// The last rung of each ladder: what a user of the engine writes, run by the engine.

import {
  compile,
  conv2d,
  matmul,
  scaledDotProductAttention,
  slice,
  softmax,
  type Tensor,
  tensor,
} from "../../src/index.ts";
import type { KernelName, LadderProblem } from "./rung.ts";
import type { RunnableRung } from "./rungRun.ts";

/** As engineCalls.ts shows them. */
const ops: Readonly<Record<KernelName, (inputs: readonly Tensor[]) => Tensor>> = {
  matmul: ([a, b]) => matmul(a, b),
  conv2d: ([x, w]) => conv2d(x, w, { padding: 1 }),
  softmax: ([x]) => softmax(x),
  attention: ([q, k, v]) => scaledDotProductAttention(q, k, v, { causal: true }),
};

/** On the engine that `init` made. */
export async function openEngineRung(kernel: KernelName, { inputs }: LadderProblem): Promise<RunnableRung> {
  // Captured, not passed: a call copies its arguments.
  const tensors = inputs.map(({ shape, values }) => tensor(values, shape));
  const call = compile(() => ops[kernel](tensors));
  await call.prepare();
  const [{ plan }] = call.inspect();
  let result: Tensor | undefined;
  const latest = () => {
    if (result === undefined) throw new Error(`${kernel}: nothing was run yet.`);
    return result;
  };
  return {
    // Labels are op/kernel#node.
    kernels: [...new Set(plan.dispatches.map(({ label }) => label.replace(/^.*\/|#.*$/g, "")))],
    async run(calls) {
      for (let i = 0; i < calls; i++) {
        result?.dispose();
        result = call();
      }
      await slice(latest(), { ends: latest().shape.map(() => 1) }).data();
    },
    read: () => latest().data(),
    dispose() {
      result?.dispose();
      call.dispose();
      for (const given of tensors) given.dispose();
    },
  };
}
