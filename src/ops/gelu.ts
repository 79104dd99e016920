// gelu: the Gaussian error linear unit.

import type { Value } from "../graph/node.ts";
import { add } from "./add.ts";
import { erf } from "./erf.ts";
import { mul } from "./mul.ts";
import { square } from "./square.ts";
import { tanh } from "./tanh.ts";

/** Which form of the Gaussian's integral is used: erf itself, or the tanh that GPT-2 has. */
export interface GeluOptions {
  readonly approximate?: "none" | "tanh";
}

/** x * P(N <= x) for a standard normal N. x: any shape. Source: torch.nn.functional.gelu; Hendrycks and Gimpel 2016. */
export function gelu<T extends Value>(x: T, { approximate = "none" }: GeluOptions = {}): T {
  const bend =
    approximate === "none"
      ? erf(mul(x, Math.SQRT1_2))
      : tanh(mul(mul(x, Math.sqrt(2 / Math.PI)), add(mul(square(x), 0.044715), 1)));
  return mul(mul(x, 0.5), add(bend, 1));
}
