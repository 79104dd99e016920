// Kernels that move elements or add them up, in whole numbers: f32 registers would round what lies above 2^24.

import { type Dtype, isFloating } from "../tensor/dtype.ts";
import type { Dispatch } from "./kernel.ts";

/** The same launch on i32 where `dtype` is not a float. Only for shaders that move elements, and those whose sums and products are to wrap. */
export function forDtype(dispatch: Dispatch, dtype: Dtype): Dispatch {
  if (isFloating(dtype)) return dispatch;
  const source = dispatch.kernel.source.replaceAll("f32", "i32").replaceAll(" 0.0)", " 0)");
  return { ...dispatch, kernel: { ...dispatch.kernel, source } };
}
