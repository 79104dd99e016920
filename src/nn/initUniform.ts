// The first values of weights and biases.

import { hostUniform } from "../api/random.ts";
import { type Tensor, tensor } from "../api/tensor.ts";
import { elementCount, type Shape } from "../tensor/shape.ts";
import { parameter } from "./parameter.ts";

/**
 * A parameter drawn from U(-k, k), k = 1 / sqrt(fanIn). For a weight that is He's uniform initialisation with a leak of
 * sqrt(5), the default of PyTorch's layers; they draw the bias from the same range. `manualSeed` fixes the values.
 */
export function initUniform(shape: Shape, fanIn: number): Tensor {
  const bound = 1 / Math.sqrt(fanIn);
  return parameter(tensor(hostUniform(elementCount(shape), -bound, bound), shape));
}
