// The public names of `nn`, and nothing else.

export type { LoadOptions, StateEntry, StateSource } from "../api/loadState.ts";
export { GELU, Identity, LeakyReLU, ReLU, Sigmoid, SiLU, Softmax, Tanh } from "./activations.ts";
export type { AttentionMasks } from "./attentionMask.ts";
export { BatchNorm1d, BatchNorm2d, type BatchNormLayerOptions } from "./batchNorm.ts";
export { Conv2d, type Conv2dOptions } from "./conv2d.ts";
export { ConvTranspose2d, type ConvTranspose2dLayerOptions } from "./convTranspose2d.ts";
export { Dropout } from "./dropout.ts";
export { Embedding, type EmbeddingLayerOptions } from "./embedding.ts";
export { Flatten, type FlattenOptions } from "./flatten.ts";
export { Linear, type LinearOptions } from "./linear.ts";
export { type AnyModule, Module } from "./module.ts";
export {
  type AttentionWithWeights,
  MultiheadAttention,
  type MultiheadAttentionInputs,
  type MultiheadAttentionOptions,
} from "./multiheadAttention.ts";
export { LayerNorm, type LayerNormOptions, RMSNorm, type RMSNormOptions } from "./normalization.ts";
export { buffer, isBuffer, isParameter, parameter } from "./parameter.ts";
export {
  AvgPool2d,
  type AvgPool2dOptions,
  MaxPool2d,
  type MaxPool2dOptions,
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
export { Upsample } from "./upsample.ts";
