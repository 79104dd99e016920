// A result on its way to the CPU.

import type { Tensor } from "../../src/index.ts";

/** The numbers of `result`, which is disposed of. Who awaits them is told when they never come; others are not. */
export function numbersOf(result: Tensor): Promise<ArrayLike<number>> {
  const values = result.data();
  values.catch(() => undefined);
  result.dispose();
  return values;
}
