// The public names of `nn`, and nothing else.

export type { LoadOptions, StateEntry, StateSource } from "../api/loadState.ts";
export {
  CELU,
  ELU,
  GELU,
  GLU,
  Hardshrink,
  Hardsigmoid,
  Hardswish,
  Hardtanh,
  Identity,
  LeakyReLU,
  LogSigmoid,
  LogSoftmax,
  Mish,
  PReLU,
  ReLU,
  ReLU6,
  RReLU,
  SELU,
  Sigmoid,
  SiLU,
  Softmax,
  Softmax2d,
  Softmin,
  Softplus,
  Softshrink,
  Softsign,
  Tanh,
  Tanhshrink,
  Threshold,
} from "./activations.ts";
export {
  AdaptiveAvgPool1d,
  AdaptiveAvgPool2d,
  AdaptiveAvgPool3d,
  AdaptiveMaxPool1d,
  AdaptiveMaxPool2d,
  AdaptiveMaxPool3d,
} from "./adaptivePooling.ts";
export type { AttentionMasks } from "./attentionMask.ts";
export { BatchNorm1d, BatchNorm2d, BatchNorm3d, type BatchNormLayerOptions } from "./batchNorm.ts";
export { Conv1d, type Conv1dOptions } from "./conv1d.ts";
export { Conv2d, type Conv2dOptions } from "./conv2d.ts";
export { Conv3d, type Conv3dOptions } from "./conv3d.ts";
export type { PaddingMode } from "./convolution.ts";
export { ConvTranspose1d, type ConvTranspose1dLayerOptions } from "./convTranspose1d.ts";
export { ConvTranspose2d, type ConvTranspose2dLayerOptions } from "./convTranspose2d.ts";
export { ConvTranspose3d, type ConvTranspose3dLayerOptions } from "./convTranspose3d.ts";
export { CosineSimilarity, PairwiseDistance } from "./distances.ts";
export {
  AlphaDropout,
  Dropout,
  Dropout1d,
  Dropout2d,
  Dropout3d,
  FeatureAlphaDropout,
} from "./dropout.ts";
export { Embedding, type EmbeddingLayerOptions } from "./embedding.ts";
export {
  EmbeddingBag,
  type EmbeddingBagInputs,
  type EmbeddingBagLayerOptions,
} from "./embeddingBag.ts";
export { Flatten, type FlattenOptions } from "./flatten.ts";
export {
  type ForwardHook,
  type HookHandle,
  type RecordActivationsOptions,
  type RecordedActivations,
  recordActivations,
} from "./hooks.ts";
export * as init from "./init.ts";
export {
  InstanceNorm1d,
  InstanceNorm2d,
  InstanceNorm3d,
  type InstanceNormLayerOptions,
} from "./instanceNorm.ts";
export { Linear, type LinearOptions } from "./linear.ts";
export { MaxUnpool1d, MaxUnpool2d, MaxUnpool3d } from "./maxUnpool.ts";
export { type AnyModule, Module } from "./module.ts";
export { ModuleDict } from "./moduleDict.ts";
export { ModuleList } from "./moduleList.ts";
export {
  type AttentionWithWeights,
  MultiheadAttention,
  type MultiheadAttentionInputs,
  type MultiheadAttentionOptions,
} from "./multiheadAttention.ts";
export {
  GroupNorm,
  type GroupNormLayerOptions,
  LayerNorm,
  type LayerNormOptions,
  LocalResponseNorm,
  RMSNorm,
  type RMSNormOptions,
} from "./normalization.ts";
export { buffer, isBuffer, isParameter, parameter } from "./parameter.ts";
export {
  AvgPool1d,
  AvgPool2d,
  type AvgPool2dOptions,
  AvgPool3d,
  LPPool1d,
  LPPool2d,
  LPPool3d,
  MaxPool1d,
  MaxPool2d,
  type MaxPool2dOptions,
  MaxPool3d,
} from "./pooling.ts";
export {
  alibiSlopes,
  type PositionOptions,
  type PositionTableOptions,
  RotaryEmbedding,
  type RotaryEmbeddingOptions,
  type RotaryTableOptions,
  rotaryTable,
  SinusoidalPositions,
  type SinusoidalPositionsOptions,
  sinusoidalTable,
} from "./positions.ts";
export {
  GRU,
  LSTM,
  type RecurrentLayerOptions,
  RNN,
  type RNNLayerOptions,
} from "./recurrent.ts";
export { GRUCell, LSTMCell, type RecurrentCellOptions, RNNCell } from "./recurrentCell.ts";
export { Sequential } from "./sequential.ts";
export { type SpectralNormOptions, spectralNorm } from "./spectralNorm.ts";
export {
  type TransformerDecoderInputs,
  TransformerDecoderLayer,
} from "./transformerDecoderLayer.ts";
export { TransformerEncoder, type TransformerEncoderOptions } from "./transformerEncoder.ts";
export {
  type TransformerEncoderInputs,
  TransformerEncoderLayer,
} from "./transformerEncoderLayer.ts";
export type { TransformerLayerOptions } from "./transformerLayer.ts";
export { Unflatten } from "./unflatten.ts";
export { Fold, Unfold } from "./unfold.ts";
export { Upsample } from "./upsample.ts";
export { type WeightNormOptions, weightNorm } from "./weightNorm.ts";
