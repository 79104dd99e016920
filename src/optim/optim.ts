// The public names of `optim`, and nothing else.

export type { StateEntry, StateSource } from "../api/loadState.ts";
export { Adadelta, type AdadeltaOptions } from "./adadelta.ts";
export { Adagrad, type AdagradOptions } from "./adagrad.ts";
export { Adam, type AdamOptions } from "./adam.ts";
export { Adamax, type AdamaxOptions } from "./adamax.ts";
export { AdamFamily, type AdamFamilyOptions } from "./adamFamily.ts";
export { AdamW } from "./adamw.ts";
export { AveragedParameters } from "./averagedParameters.ts";
export { type ClippedGradients, clipGradNorm } from "./clipGradNorm.ts";
export { clipGradValue } from "./clipGradValue.ts";
export {
  type AnnealStrategy,
  CosineAnnealingLR,
  CosineAnnealingWarmRestarts,
  CyclicLR,
  type CyclicLROptions,
  OneCycleLR,
  type OneCycleLROptions,
  SWALR,
  type SWALROptions,
  type WarmRestartsOptions,
} from "./cycles.ts";
export { decayMatricesOnly } from "./decayMatricesOnly.ts";
export {
  type Decay,
  type ElementwiseDesign,
  ElementwiseOptimizer,
  type RuleInputs,
  type RuleResult,
  type Values,
} from "./elementwiseOptimizer.ts";
export {
  ExponentialMovingAverage,
  type ExponentialMovingAverageOptions,
} from "./exponentialMovingAverage.ts";
export { GradientAccumulator } from "./gradientAccumulator.ts";
export { GradScaler, type GradScalerOptions } from "./gradScaler.ts";
export { Lion, type LionOptions } from "./lion.ts";
export { type HasLearningRate, type LRRule, LRScheduler, type LRSchedulerState } from "./lrScheduler.ts";
export { Muon, type MuonOptions } from "./muon.ts";
export { NAdam, type NAdamOptions } from "./nadam.ts";
export {
  type ApplyOptions,
  Optimizer,
  type OptimizerOptions,
  type ParameterGroup,
  type TensorUpdate,
} from "./optimizer.ts";
export { RAdam, type RAdamOptions } from "./radam.ts";
export {
  ReduceLROnPlateau,
  type ReduceLROnPlateauOptions,
  type ReduceLROnPlateauState,
} from "./reduceLROnPlateau.ts";
export { RMSprop, type RMSpropOptions } from "./rmsprop.ts";
export { Rprop, type RpropOptions } from "./rprop.ts";
export {
  ChainedScheduler,
  ConstantLR,
  type ConstantLROptions,
  ExponentialLR,
  LambdaLR,
  LinearLR,
  type LinearLROptions,
  MultiplicativeLR,
  MultiStepLR,
  PolynomialLR,
  type PolynomialLROptions,
  SequentialLR,
  StepLR,
} from "./schedules.ts";
export { SGD, type SGDOptions } from "./sgd.ts";
export { StochasticWeightAverage } from "./stochasticWeightAverage.ts";
