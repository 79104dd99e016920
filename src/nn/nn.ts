// The public names of `nn`, and nothing else.

export type { LoadOptions, StateEntry, StateSource } from "../api/loadState.ts";
export { GELU, Identity, LeakyReLU, ReLU, Sigmoid, SiLU, Softmax, Tanh } from "./activations.ts";
export { Conv2d, type Conv2dOptions } from "./conv2d.ts";
export { Dropout } from "./dropout.ts";
export { Flatten, type FlattenOptions } from "./flatten.ts";
export { Linear, type LinearOptions } from "./linear.ts";
export { type AnyModule, Module } from "./module.ts";
export { buffer, isBuffer, isParameter, parameter } from "./parameter.ts";
export {
  AvgPool2d,
  type AvgPool2dOptions,
  MaxPool2d,
  type MaxPool2dOptions,
} from "./pooling.ts";
export { Sequential } from "./sequential.ts";
