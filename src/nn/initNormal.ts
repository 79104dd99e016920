// The first values of weights that are drawn from a normal distribution.

import { hostNormal } from "../api/random.ts";
import { type Tensor, tensor } from "../api/tensor.ts";
import { elementCount, type Shape } from "../tensor/shape.ts";
import { parameter } from "./parameter.ts";

/** A parameter drawn from N(0, std²). `manualSeed` fixes the values. */
export function initNormal(shape: Shape, std: number): Tensor {
  return parameter(tensor(hostNormal(elementCount(shape), 0, std), shape));
}
