// Arrays of jax-js from the benchmark's inputs.

import { numpy as np } from "@jax-js/jax";
import type { KernelInput } from "../kernelCases.ts";

export function toArray({ values, shape }: KernelInput): np.Array {
  return np.array(values as Float32Array<ArrayBuffer>, { shape: [...shape] });
}
