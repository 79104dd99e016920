// The public names of tilegrad, and nothing else.

export * from "./api/arange.ts";
export { type ScaledDotProductAttentionOptions, scaledDotProductAttention } from "./api/attention.ts";
export * from "./api/checkpoint.ts";
export * from "./api/compile.ts";
export {
  type CustomBackward,
  type CustomForward,
  customGradient,
} from "./api/customGradient.ts";
export * from "./api/distributions.ts";
export * from "./api/dropout.ts";
export { createEngine, Engine, type EngineMemory, type EngineOptions, init, memory } from "./api/engine.ts";
export * from "./api/grad.ts";
export * from "./api/gradcheck.ts";
export * from "./api/jacobian.ts";
export { PlanCache, type PlanStore } from "./api/planCache.ts";
export { type OpenPlanCacheOptions, openPlanCache, planFolder } from "./api/planStores.ts";
export * from "./api/profile.ts";
export * from "./api/random.ts";
export { gru, lstm, rnn } from "./api/recurrent.ts";
export { sampleToken } from "./api/sampleToken.ts";
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
export type { Tune, TuneOptions } from "./api/tuning.ts";
export { type JacobianVector, jvp, type TensorsLike, type VectorJacobian, vjp } from "./api/vjp.ts";
export * from "./base/errors.ts";
export { withScope } from "./base/scope.ts";
export { DataLoader } from "./data/dataLoader.ts";
export { ArrayDataset } from "./data/dataset.ts";
export { type DigitImages, digitsDataset } from "./data/digitsDataset.ts";
export { drawDigit, generateDigits } from "./data/generateDigits.ts";
export { readMnist } from "./data/mnist.ts";
export { type TaskBatch, TaskItems, type TaskItemsOptions } from "./data/taskItems.ts";
export {
  OrderedWindows,
  TextWindows,
  type TextWindowsOptions,
  type WindowBatch,
} from "./data/textWindows.ts";
export type { ByteSource } from "./formats/byteSource.ts";
export { readIdx, writeIdx } from "./formats/idx.ts";
export { encodePng } from "./formats/png.ts";
export {
  readSafetensors,
  type SafetensorsEntry,
  type SafetensorsFile,
  type WritableEntry,
  writeSafetensors,
} from "./formats/safetensors.ts";
export type { SafetensorsDtype, SafetensorsLayout } from "./formats/safetensorsHeader.ts";
export {
  type LoadShardsOptions,
  loadShards,
  type OpenShard,
  type ShardFile,
  type WriteShardsOptions,
  writeShards,
} from "./formats/safetensorsShards.ts";
export {
  type LoadSafetensorsOptions,
  loadSafetensors,
  readSafetensorsStream,
  type SafetensorsContents,
  type StreamSafetensorsOptions,
} from "./formats/safetensorsStream.ts";
export type { SafetensorsTensor } from "./formats/safetensorsValues.ts";
export { lenet5 } from "./models/lenet5.ts";
export * as models from "./models/models.ts";
export * as nn from "./nn/nn.ts";
export type { FilterOptions } from "./ops/filterLogits.ts";
export * from "./ops/index.ts";
export * as optim from "./optim/optim.ts";
export { BytePairTokenizer } from "./text/bytePairTokenizer.ts";
export { CharacterTokenizer } from "./text/characterTokenizer.ts";
export { type ForeignTokenizer, fromHuggingFace } from "./text/foreignTokenizer.ts";
export { readGpt2Files, writeGpt2Files } from "./text/gpt2Files.ts";
export { readPlainText } from "./text/plainText.ts";
export * as tasks from "./text/tasks.ts";
export { TokenDecoder } from "./text/tokenDecoder.ts";
export type { Tokenizer } from "./text/tokenizer.ts";
export { readTokenizerJson, writeTokenizerJson } from "./text/tokenizerJson.ts";
export type { TrainBytePairsOptions, TrainingProgress } from "./text/trainBytePairs.ts";
export { BestCheckpoint, saveState } from "./train/bestCheckpoint.ts";
export { ConfusionMatrix } from "./train/confusionMatrix.ts";
export { EarlyStopping } from "./train/earlyStopping.ts";
export { type Evaluation, Evaluator, evaluate } from "./train/evaluate.ts";
export { type FitEvent, fit, type StepEvent } from "./train/fit.ts";
export { type GanLoss, type GanLossName, ganLosses, gradientPenalty, r1Penalty } from "./train/ganLosses.ts";
