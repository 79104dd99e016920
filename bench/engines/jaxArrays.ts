// Arrays of jax-js from the benchmark's inputs.

import { numpy as np } from "@jax-js/jax";
import type { CaseInput } from "../cases/opCase.ts";

export function toArray({ values, shape }: CaseInput): np.Array {
  return values instanceof Float32Array
    ? np.array(values as Float32Array<ArrayBuffer>, { shape: [...shape] })
    : np.array(values as Int32Array<ArrayBuffer>, { shape: [...shape], dtype: np.int32 });
}
