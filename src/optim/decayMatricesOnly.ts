// Groups for the usual rule of transformers: weights of layers decay, biases and gains of norms do not.

import type { Tensor } from "../api/tensor.ts";
import { UsageError } from "../base/errors.ts";
import type { ParameterGroup } from "./optimizer.ts";

/**
 * `parameters` in two groups: those of two axes and more with `weightDecay`, the others with none.
 * Throws UsageError for an empty list. Source: Radford et al., "Language Models are Unsupervised Multitask Learners"
 * (2019), as GPT implementations have done since.
 */
export function decayMatricesOnly(parameters: readonly Tensor[], weightDecay: number): ParameterGroup[] {
  if (parameters.length === 0) {
    throw new UsageError("decayMatricesOnly: the list of parameters is empty; it must have at least one.");
  }
  const isMatrix = ({ shape }: Tensor) => shape.length >= 2;
  const groups = [
    { params: parameters.filter(isMatrix), weightDecay },
    { params: parameters.filter((parameter) => !isMatrix(parameter)), weightDecay: 0 },
  ];
  return groups.filter(({ params }) => params.length > 0);
}
