// The public names of tilegrad, and nothing else.

export * from "./api/arange.ts";
export * from "./api/compile.ts";
export { createEngine, Engine, init, memory, profile } from "./api/engine.ts";
export * from "./api/grad.ts";
export * from "./api/random.ts";
export { assignAll, full, ones, type TensorOptions, tensor, Tensor, zeros } from "./api/tensor.ts";
export * from "./base/errors.ts";
export * from "./ops/index.ts";
