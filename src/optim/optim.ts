// The public names of `optim`, and nothing else.

export type { StateEntry, StateSource } from "../api/loadState.ts";
export { Adam, type AdamOptions } from "./adam.ts";
export { AdamW } from "./adamw.ts";
export { type ClippedGradients, clipGradNorm } from "./clipGradNorm.ts";
export { decayMatricesOnly } from "./decayMatricesOnly.ts";
export {
  ExponentialMovingAverage,
  type ExponentialMovingAverageOptions,
} from "./exponentialMovingAverage.ts";
export { GradientAccumulator } from "./gradientAccumulator.ts";
export { GradScaler, type GradScalerOptions } from "./gradScaler.ts";
export {
  type ApplyOptions,
  Optimizer,
  type OptimizerOptions,
  type ParameterGroup,
  type TensorUpdate,
} from "./optimizer.ts";
export {
  ChainedScheduler,
  CosineAnnealingLR,
  ExponentialLR,
  type HasLearningRate,
  LambdaLR,
  LinearLR,
  type LinearLROptions,
  type LRRule,
  LRScheduler,
  type LRSchedulerState,
  MultiStepLR,
  OneCycleLR,
  type OneCycleLROptions,
  SequentialLR,
  StepLR,
} from "./schedules.ts";
export { SGD, type SGDOptions } from "./sgd.ts";
