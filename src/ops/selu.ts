// selu: elu, scaled so that mean and variance keep themselves.

import type { Value } from "../graph/node.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { elu } from "./elu.ts";
import { mul } from "./mul.ts";

const ALPHA = 1.6732632423543772;
const SCALE = 1.0507009873554805;

/**
 * 1.0507 elu(x) with alpha = 1.6733. x: any shape, f32 or f16. Throws DtypeError for integers.
 * Source: torch.nn.functional.selu; Klambauer et al. 2017.
 */
export function selu<T extends Value>(x: T): T {
  requireFloating("selu", "x", x);
  return mul(elu(x, { alpha: ALPHA }), SCALE);
}
