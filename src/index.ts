// The public names of tilegrad, and nothing else.

export * from "./api/arange.ts";
export * from "./api/compile.ts";
export { createEngine, Engine, type EngineMemory, init, memory } from "./api/engine.ts";
export * from "./api/grad.ts";
export * from "./api/profile.ts";
export * from "./api/random.ts";
export {
  assignAll,
  full,
  type NestedArray,
  ones,
  Tensor,
  type TensorOptions,
  tensor,
  zeros,
} from "./api/tensor.ts";
export * from "./base/errors.ts";
export { withScope } from "./base/scope.ts";
export { DataLoader } from "./data/dataLoader.ts";
export { ArrayDataset } from "./data/dataset.ts";
export { type DigitImages, digitsDataset } from "./data/digitsDataset.ts";
export { drawDigit, generateDigits } from "./data/generateDigits.ts";
export { readMnist } from "./data/mnist.ts";
export { readIdx, writeIdx } from "./formats/idx.ts";
export { encodePng } from "./formats/png.ts";
export { readSafetensors, writeSafetensors } from "./formats/safetensors.ts";
export { lenet5 } from "./models/lenet5.ts";
export * as models from "./models/models.ts";
export * as nn from "./nn/nn.ts";
export * from "./ops/index.ts";
export * as optim from "./optim/optim.ts";
export { BestCheckpoint, saveState } from "./train/bestCheckpoint.ts";
export { ConfusionMatrix } from "./train/confusionMatrix.ts";
export { EarlyStopping } from "./train/earlyStopping.ts";
export { type Evaluation, Evaluator, evaluate } from "./train/evaluate.ts";
export { type FitEvent, fit, type StepEvent } from "./train/fit.ts";
