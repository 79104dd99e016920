// The geometries at which a convolution and its two gradients are run: every option, alone and together.

import type { Conv2dAttrs } from "../../src/ops/conv2dShape.ts";

type Pair = readonly [number, number];

/** A convolution's sizes and options. */
export interface Geometry {
  readonly name: string;
  readonly input: readonly [number, number, number, number];
  readonly weight: readonly [number, number, number, number];
  readonly stride?: Pair;
  readonly padding?: Pair;
  readonly dilation?: Pair;
  readonly groups?: number;
  /** Small enough for differences of differences. */
  readonly isSmall?: true;
}

/** In the groups of the last cases there are enough channels for the tiled kernels. */
export const geometries: readonly Geometry[] = [
  { name: "plain", input: [2, 3, 5, 6], weight: [4, 3, 3, 3], isSmall: true },
  { name: "one by one", input: [2, 5, 4, 3], weight: [2, 5, 1, 1] },
  { name: "a window as large as the image", input: [2, 2, 4, 5], weight: [3, 2, 4, 5] },
  { name: "a rectangular window", input: [1, 2, 6, 9], weight: [3, 2, 2, 5], padding: [1, 2] },
  { name: "a single row", input: [1, 2, 1, 13], weight: [2, 2, 1, 3], padding: [0, 1] },
  { name: "padding", input: [1, 2, 4, 5], weight: [3, 2, 3, 3], padding: [1, 2] },
  { name: "padding as wide as the window", input: [1, 1, 3, 3], weight: [1, 1, 3, 3], padding: [3, 3] },
  { name: "stride", input: [1, 2, 7, 8], weight: [3, 2, 3, 3], stride: [2, 3] },
  { name: "a stride wider than the window", input: [1, 2, 9, 8], weight: [2, 2, 2, 1], stride: [4, 3] },
  { name: "dilation", input: [1, 2, 7, 9], weight: [3, 2, 3, 3], dilation: [2, 3] },
  {
    name: "stride, padding and dilation",
    input: [2, 2, 8, 9],
    weight: [3, 2, 3, 2],
    stride: [2, 3],
    padding: [2, 1],
    dilation: [3, 2],
    isSmall: true,
  },
  {
    name: "an even stride with an even dilation",
    input: [1, 1, 9, 9],
    weight: [2, 1, 3, 3],
    stride: [2, 4],
    dilation: [2, 2],
  },
  { name: "groups", input: [2, 4, 5, 5], weight: [6, 2, 3, 3], groups: 2, padding: [1, 1], isSmall: true },
  { name: "depthwise", input: [2, 5, 6, 6], weight: [5, 1, 3, 3], groups: 5, padding: [1, 1] },
  {
    name: "depthwise, two filters a channel",
    input: [1, 3, 6, 6],
    weight: [6, 1, 3, 3],
    groups: 3,
    stride: [2, 2],
  },
  { name: "more channels out than one invocation takes", input: [1, 3, 5, 5], weight: [11, 3, 3, 3] },
  { name: "many pixels, whose sum is cut", input: [3, 1, 24, 24], weight: [2, 1, 3, 3] },
  { name: "no item", input: [0, 2, 5, 5], weight: [3, 2, 3, 3] },
  { name: "tiled", input: [2, 17, 6, 7], weight: [19, 17, 3, 3], padding: [1, 1] },
  { name: "tiled, one by one", input: [2, 20, 4, 6], weight: [33, 20, 1, 1] },
  {
    name: "tiled, with every option",
    input: [1, 32, 9, 8],
    weight: [36, 16, 3, 2],
    groups: 2,
    stride: [2, 1],
    padding: [1, 2],
    dilation: [1, 2],
  },
  { name: "tiled, over two tiles of channels", input: [1, 16, 5, 5], weight: [70, 16, 2, 2] },
];

/** The options as `conv2d` takes them. */
export function optionsOf({ stride, padding, dilation, groups }: Geometry) {
  return { stride, padding, dilation, groups };
}

/** The attributes as the gradients take them, by PyTorch's formula for the output size. */
export function attrsOf(geometry: Geometry): Conv2dAttrs {
  const { input, weight, stride = [1, 1], padding = [0, 0], dilation = [1, 1], groups = 1 } = geometry;
  const kernel: Pair = [weight[2], weight[3]];
  const size = (axis: 0 | 1) =>
    Math.floor(
      (input[axis + 2] + 2 * padding[axis] - dilation[axis] * (kernel[axis] - 1) - 1) / stride[axis],
    ) + 1;
  return {
    window: { kernel, stride, padding, dilation },
    groups,
    input,
    weight,
    output: [input[0], weight[0], size(0), size(1)],
  };
}
