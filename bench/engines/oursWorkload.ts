// A compiled function of tilegrad as a workload.

import type { Compiled, CompiledFunction, Tensor } from "../../src/index.ts";
import type { Workload } from "../workload.ts";

/** `run` is called with `args` each time. */
export function compiledWorkload<A extends readonly Tensor[]>(
  run: CompiledFunction<A, Tensor>,
  args: A,
): Workload {
  let result: Tensor | undefined;
  return {
    call() {
      result?.dispose();
      result = run(...args);
    },
    async read() {
      if (result === undefined) throw new Error("nothing was called yet");
      return result.data();
    },
    plannedBytes: () => plannedBytes(run),
    plan: () => planOf(run, ...args),
  };
}

/** Makes the plan of a call where there was none yet. */
export async function planOf<A extends readonly Tensor[], R>(
  run: CompiledFunction<A, R>,
  ...args: A
): Promise<Compiled["plan"]> {
  await run.prepare(...args);
  return run.inspect()[0].plan;
}

/** What the plan takes beside its arguments and results. */
export function plannedBytes<A extends readonly Tensor[], R>(run: CompiledFunction<A, R>): number {
  const [{ plan }] = run.inspect();
  const results = new Set(plan.outputs.map(({ buffer }) => buffer));
  return [...results].reduce((total, index) => {
    const { input, sizeBytes } = plan.buffers[index];
    return input === undefined ? total - sizeBytes : total;
  }, plan.ownBytes);
}
