// The first values of weights whose inputs and outputs should vary alike.

import { hostUniform } from "../api/random.ts";
import { type Tensor, tensor } from "../api/tensor.ts";
import { parameter } from "./parameter.ts";

/**
 * A weight [outFeatures, inFeatures] drawn from U(-k, k), k = sqrt(6 / (inFeatures + outFeatures)). `manualSeed` fixes
 * the values. Source: Glorot, Bengio 2010; torch.nn.init.xavier_uniform_.
 */
export function initXavier(outFeatures: number, inFeatures: number): Tensor {
  const bound = Math.sqrt(6 / (inFeatures + outFeatures));
  const values = hostUniform(outFeatures * inFeatures, -bound, bound);
  return parameter(tensor(values, [outFeatures, inFeatures]));
}
