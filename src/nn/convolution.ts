// What the convolution layers share: how they are made, their parameters and first values, and padding of every mode.
//
// Leaves the op, and the number of axes, to each layer.

import type { Tensor } from "../api/tensor.ts";
import { UsageError } from "../base/errors.ts";
import { product } from "../base/integers.ts";
import type { ConvOptions, ConvTransposeOptions } from "../ops/convGeometry.ts";
import { pad } from "../ops/index.ts";
import { requireEach, requireSliding, type Sides, type SlidingOptions } from "../ops/slidingWindow.ts";
import { requireSize } from "./arguments.ts";
import { initUniform } from "./initUniform.ts";
import { Module } from "./module.ts";

/** What stands around the input: zeros, or what it holds, as `pad` has it. */
export type PaddingMode = "zeros" | "reflect" | "replicate" | "circular";

interface ParameterOptions {
  /** Channels are cut into so many groups that do not see each other. Default 1. */
  readonly groups?: number;
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean;
}

/** How a convolution layer is made. One number counts for all axes. */
export interface ConvLayerOptions<Axes extends readonly number[]>
  extends SlidingOptions<Axes>,
    ParameterOptions {
  /** What is put around x. Default "zeros". */
  readonly paddingMode?: PaddingMode;
}

/** How the layer of a transposed convolution is made. One number counts for all axes. */
export interface ConvTransposeLayerOptions<Axes extends readonly number[]> extends ParameterOptions {
  /** Steps in the output between neighbours of the input. Default 1. */
  readonly stride?: number | Axes;
  /** Elements left out at each side of the output. Default 0. */
  readonly padding?: number | Axes;
  /** Elements added at the end of each axis. Default 0. */
  readonly outputPadding?: number | Axes;
  /** Distance between the elements of the kernel. Default 1. */
  readonly dilation?: number | Axes;
}

/** A layer's name and its number of axes. */
interface LayerKind {
  readonly layer: string;
  readonly axes: number;
}

type EachSides<Axes extends readonly number[]> = { readonly [Axis in keyof Axes]: Sides };

/** What all of them have. The weight's shape begins with `from` and `to`, as its groups see them. */
abstract class ConvolutionLayer<Axes extends readonly number[]> extends Module {
  readonly stride: Axes;
  readonly dilation: Axes;
  readonly groups: number;
  readonly weight: Tensor;
  readonly bias: Tensor | undefined;

  constructor(
    { layer, axes }: LayerKind,
    outChannels: number,
    [first, second]: readonly [number, number],
    kernel: readonly number[],
    { stride = 1, dilation = 1, groups = 1, bias = true }: Omit<ConvLayerOptions<Axes>, "padding">,
  ) {
    super();
    this.stride = requireTuple(layer, "stride", stride, axes, 1);
    this.dilation = requireTuple(layer, "dilation", dilation, axes, 1);
    this.groups = groups;
    const fanIn = (second / groups) * product(kernel);
    this.weight = initUniform([first, second / groups, ...kernel], fanIn);
    this.bias = bias ? initUniform([outChannels], fanIn) : undefined;
  }
}

/** Conv1d, Conv2d and Conv3d. */
export abstract class Convolution<Axes extends readonly number[]> extends ConvolutionLayer<Axes> {
  readonly padding: EachSides<Axes>;
  readonly paddingMode: PaddingMode;

  constructor(
    kind: LayerKind,
    inChannels: number,
    outChannels: number,
    kernelSize: number | Axes,
    options: ConvLayerOptions<Axes>,
  ) {
    const { layer } = kind;
    const kernel = requireSizes(kind, inChannels, outChannels, kernelSize, options.groups);
    const sides = requireSliding(layer, kernel, options).map(({ before, after }): Sides => [before, after]);
    const { paddingMode = "zeros" } = options;
    requirePaddingMode(layer, paddingMode);
    super(kind, outChannels, [outChannels, inChannels], kernel, options);
    this.padding = sides as readonly unknown[] as EachSides<Axes>; // as many as the kernel has numbers
    this.paddingMode = paddingMode;
  }

  forward(x: Tensor): Tensor {
    const { stride, padding, paddingMode, dilation, groups, bias } = this;
    const options = { bias, stride, dilation, groups };
    if (paddingMode === "zeros") return this.convolve(x, { ...options, padding });
    const fromLast = [...padding].reverse().flat();
    return this.convolve(pad(x, fromLast, { mode: paddingMode }), options);
  }

  /** The convolution of x with the weight. */
  protected abstract convolve(x: Tensor, options: ConvOptions<Tensor, Axes>): Tensor;
}

/** ConvTranspose1d, ConvTranspose2d and ConvTranspose3d. */
export abstract class TransposedConvolution<Axes extends readonly number[]> extends ConvolutionLayer<Axes> {
  readonly padding: Axes;
  readonly outputPadding: Axes;

  constructor(
    kind: LayerKind,
    inChannels: number,
    outChannels: number,
    kernelSize: number | Axes,
    options: ConvTransposeLayerOptions<Axes>,
  ) {
    const { layer, axes } = kind;
    const kernel = requireSizes(kind, inChannels, outChannels, kernelSize, options.groups);
    const padding = requireTuple(layer, "padding", options.padding ?? 0, axes, 0);
    const outputPadding = requireTuple(layer, "outputPadding", options.outputPadding ?? 0, axes, 0);
    super(kind, outChannels, [inChannels, outChannels], kernel, options);
    this.padding = padding;
    this.outputPadding = outputPadding;
  }

  forward(x: Tensor): Tensor {
    const { stride, padding, outputPadding, dilation, groups, bias } = this;
    return this.spread(x, { bias, stride, padding, outputPadding, dilation, groups });
  }

  /** The transposed convolution of x with the weight. */
  protected abstract spread(x: Tensor, options: ConvTransposeOptions<Tensor, Axes>): Tensor;
}

function requireTuple<Axes extends readonly number[]>(
  layer: string,
  name: string,
  sizes: number | Axes,
  rank: number,
  least: number,
): Axes {
  const each: readonly number[] = requireEach<number>(layer, name, sizes, rank, least);
  return each as Axes; // which has as many
}

/** The kernel's size along each axis. */
function requireSizes(
  { layer, axes }: LayerKind,
  inChannels: number,
  outChannels: number,
  kernelSize: number | readonly number[],
  groups = 1,
): readonly number[] {
  requireSize(layer, "inChannels", inChannels);
  requireSize(layer, "outChannels", outChannels);
  requireSize(layer, "groups", groups);
  if (inChannels % groups !== 0 || outChannels % groups !== 0) {
    throw new UsageError(
      `${layer}: groups is ${groups}, inChannels ${inChannels} and outChannels ${outChannels}; ` +
        "groups must divide both.",
    );
  }
  return requireEach(layer, "kernelSize", kernelSize, axes, 1);
}

const MODES: readonly string[] = ["zeros", "reflect", "replicate", "circular"];

function requirePaddingMode(layer: string, mode: string): void {
  if (MODES.includes(mode)) return;
  throw new UsageError(`${layer}: paddingMode is "${mode}"; it must be one of "${MODES.join('", "')}".`);
}
