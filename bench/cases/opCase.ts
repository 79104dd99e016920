// What a case of one op, or of one network forward, is: what is computed of which inputs, what it costs by its
// mathematics, and what is right.
//
// Decides nothing. The cases stand in the other files of this folder, the engines' ways of doing them in ../engines/.

import type { ExactResult } from "../expectation.ts";
import type { GptSizes } from "../gptProblem.ts";

/** Sizes of a case: for tests, for software on two cores, for a GPU. */
export type Scale = "small" | "software" | "hardware";

export type OpGroup =
  | "matmul"
  | "conv"
  | "pool"
  | "norm"
  | "elementwise"
  | "reduce"
  | "optim"
  | "attention"
  | "infer"
  | "floor";

/** What an engine computes, from inputs in the order that is named here. All arrays are f32 but labels and tokens. */
export type OpWork =
  /** a, b: [(batch,) m, k] and [(batch,) k, n], or transposed where it says so. */
  | { readonly op: "matmul"; readonly transposeA: boolean; readonly transposeB: boolean }
  /** Forward: x, w. Input gradient: dy, w. Weight gradient: dy, x. */
  | ({ readonly op: "convolution" } & ConvolutionWork)
  /** Forward: x. Backward, for dx: x, dy. Windows of `size` by `size` that do not overlap. */
  | {
      readonly op: "pool";
      readonly kind: "max" | "average";
      readonly size: number;
      readonly isBackward: boolean;
    }
  /** Forward: x. Backward, for dx: x, dy. Over the last axis of two. */
  | { readonly op: "softmax"; readonly isBackward: boolean }
  /** Forward: x, w, b. Backward, for dx, dw and db: x, w, b, dy. Over the last axis of two. */
  | { readonly op: "layerNorm"; readonly eps: number; readonly isBackward: boolean }
  /** As layerNorm, for every channel of [batch, channels, height, width], by the batch's own moments. */
  | { readonly op: "batchNorm"; readonly eps: number; readonly isBackward: boolean }
  /** Forward, the mean: logits, labels. Backward, of the mean for dlogits: the same. */
  | { readonly op: "crossEntropy"; readonly isBackward: boolean }
  /** gelu(a * b + c) by tanh: a, b, c. */
  | { readonly op: "chain" }
  /** x + b: [rows, cols] and [cols]. */
  | { readonly op: "broadcastAdd" }
  /** x with its two axes swapped, in memory. */
  | { readonly op: "transpose" }
  /** -x, which no engine can leave out. */
  | { readonly op: "copy" }
  /** Over one axis of two, or both. */
  | { readonly op: "sum"; readonly axis: 0 | 1 | undefined }
  /** The gradient for a table of `rows`: dy, tokens. */
  | { readonly op: "embeddingGradient"; readonly rows: number }
  /** One step on each parameter; the results are the parameters: all parameters, then a gradient for each. */
  | ({ readonly op: "adam" } & AdamSettings)
  /** Causal, with scores divided by sqrt(width). Forward, o: q, k, v, all [batch, heads, tokens, width]. Backward, for dq,
   * dk and dv from nothing but these: q, k, v, dO. */
  | { readonly op: "attention"; readonly isBackward: boolean }
  /** Logits: the weights of lenetProblem.ts in order, pictures. */
  | { readonly op: "inferLenet" }
  /** Logits, by running statistics: the entries of resnetState in order, pictures. */
  | { readonly op: "inferResnet"; readonly widths: readonly number[] }
  /** Logits [tokens, vocabularySize]: the weights of gptShapes in order, tokens [1, tokens]. */
  | { readonly op: "inferGpt"; readonly sizes: GptSizes }
  /**
   * Logits [1, vocabularySize] of one token behind `prefix` others, of which there are only keys and values: weights,
   * keys and values of each layer in turn, [1, heads, prefix, width / heads], and the token [1].
   */
  | { readonly op: "decodeGpt"; readonly sizes: GptSizes; readonly prefix: number }
  /** In WebGPU itself: floorCases.ts. */
  | { readonly op: "floor"; readonly kind: FloorKind; readonly repeats: number };

export type FloorKind = "dispatch" | "submit" | "readback" | "copy" | "fma";

export type OpName = OpWork["op"];
export type WorkOf<N extends OpName> = Extract<OpWork, { op: N }>;

export type Direction = "forward" | "inputGradient" | "weightGradient";

/** A convolution with square pictures, kernels and strides, or with `isTransposed` its transpose. */
export interface ConvolutionWork {
  readonly isTransposed: boolean;
  readonly direction: Direction;
  readonly batch: number;
  readonly channelsIn: number;
  readonly channelsOut: number;
  /** Height and width of x. */
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly groups: number;
}

export interface AdamSettings {
  readonly learningRate: number;
  readonly betas: readonly [number, number];
  readonly epsilon: number;
}

export interface CaseInput {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

/** A case at one of its sizes. */
export interface OpProblem {
  readonly work: OpWork;
  readonly inputs: readonly CaseInput[];
  /** Of the op as mathematics has it: a multiplication and an addition are two, a function of one number is one. */
  readonly flops: number;
  /** To read each input and to write each result once. */
  readonly bytes: number;
  /** Times that a call does the same; what is measured is told for one of them. Default 1. */
  readonly repeats?: number;
  /** The right results, in float64. */
  exact(): readonly ExactResult[];
}

export interface OpCase {
  readonly name: string;
  readonly group: OpGroup;
  /** Whether software adapters measure it unless it is named. */
  readonly fitsSoftware: boolean;
  problem(scale: Scale): OpProblem;
}

/** One entry for each size. */
export type ByScale<T> = Readonly<Record<Scale, T>>;

export function elements(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Bytes of as many f32 and i32 arrays. */
export function bytesOf(...shapes: readonly (readonly number[])[]): number {
  return shapes.reduce((total, shape) => total + 4 * elements(shape), 0);
}
