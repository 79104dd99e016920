// LeNet-5's first weights, as PyTorch lays them out: [out, in, ...].

import { noise } from "./noise.ts";

export interface Weight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

const shapes = [[6, 1, 5, 5], [6], [16, 6, 5, 5], [16], [120, 400], [120], [84, 120], [84], [10, 84], [10]];

/** In the order of lenet5().parameters(): weight and bias of two convolutions and three linear layers. */
export function lenetWeights(): Weight[] {
  return shapes.map((shape, index) => {
    // A bias is drawn like the weight before it.
    const reach = 1 / Math.sqrt(size(shapes[index - (index % 2)].slice(1)));
    return { shape, values: noise(size(shape), -reach, reach, index + 1) };
  });
}

function size(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
