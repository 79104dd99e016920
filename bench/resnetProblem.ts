// A residual network for pictures of 32 x 32, as ResNet-18 is for large ones: its sizes, its first weights, one batch, and
// how it is trained.
//
// Decides: a convolution 3 x 3, four stages of two basic blocks, of which all but the first stage begin by halving the
// picture, the mean over places, and a linear layer; widths and batch are smaller in software.
// Source: He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", 2016, sections 3.3 and 4.2; no bias in
// convolutions, batch norm behind each, a convolution 1 x 1 with norm where a block changes the shape, as in torchvision.
// Names and layouts are PyTorch's: weights [out, in, y, x], pictures [batch, channels, height, width].

import type { ByScale } from "./cases/opCase.ts";
import type { NamedWeight } from "./gptProblem.ts";
import { noise, normalNoise } from "./noise.ts";

export const resnet = { side: 32, channels: 3, classes: 10, eps: 1e-5, momentum: 0.1 } as const;
/** SGD as torch.optim.SGD has it. */
export const training = { learningRate: 0.01, momentum: 0.9 } as const;

export const resnetSizes: ByScale<{ readonly widths: readonly number[]; readonly batch: number }> = {
  small: { widths: [4, 6, 8, 10], batch: 4 },
  software: { widths: [8, 16, 32, 64], batch: 8 },
  hardware: { widths: [64, 128, 256, 512], batch: 32 },
};

/** Two convolutions 3 x 3, the first by `stride`, and a way around them. */
export interface BasicBlock {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly stride: number;
  /** Whether the way around has a convolution. */
  readonly isProjected: boolean;
}

export interface ResnetProblem {
  readonly widths: readonly number[];
  readonly batch: number;
  /** By name, without running statistics. */
  readonly weights: readonly NamedWeight[];
  readonly images: Float32Array; // [batch, 3, 32, 32]
  readonly labels: Int32Array; // [batch]
}

const blocksPerStage = 2;

export function resnetBlocks(widths: readonly number[]): BasicBlock[] {
  return widths.flatMap((to, stage) =>
    Array.from({ length: blocksPerStage }, (_, index) => {
      const isFirst = index === 0;
      const from = isFirst ? (widths[stage - 1] ?? to) : to;
      const stride = isFirst && stage > 0 ? 2 : 1;
      const name = `blocks.${stage * blocksPerStage + index}`;
      return { name, from, to, stride, isProjected: from !== to || stride > 1 };
    }),
  );
}

/** The shape of every parameter by its name. */
export function resnetShapes(widths: readonly number[]): Map<string, readonly number[]> {
  const norm = (name: string, width: number): [string, number[]][] => [
    [`${name}.weight`, [width]],
    [`${name}.bias`, [width]],
  ];
  return new Map<string, readonly number[]>([
    ["stem.weight", [widths[0], resnet.channels, 3, 3]],
    ...norm("norm", widths[0]),
    ...resnetBlocks(widths).flatMap(({ name, from, to, isProjected }): [string, number[]][] => [
      [`${name}.conv1.weight`, [to, from, 3, 3]],
      ...norm(`${name}.norm1`, to),
      [`${name}.conv2.weight`, [to, to, 3, 3]],
      ...norm(`${name}.norm2`, to),
      ...(isProjected
        ? ([[`${name}.shortcut.weight`, [to, from, 1, 1]], ...norm(`${name}.shortcutNorm`, to)] satisfies [
            string,
            number[],
          ][])
        : []),
    ]),
    ["head.weight", [resnet.classes, widths[widths.length - 1]]],
    ["head.bias", [resnet.classes]],
  ]);
}

/** Names of the batch norms: of their weights, what stands before ".weight". */
export function normNames(names: Iterable<string>): string[] {
  return [...names].filter((name) => /norm\w*\.weight$/i.test(name)).map((name) => name.slice(0, -7));
}

export function resnetProblem({ widths, batch }: (typeof resnetSizes)["small"]): ResnetProblem {
  return {
    ...{ widths, batch },
    weights: resnetWeights(widths),
    images: pictures(batch),
    labels: Int32Array.from({ length: batch }, (_, index) => index % resnet.classes),
  };
}

export function pictures(count: number): Float32Array {
  return normalNoise(count * resnet.channels * resnet.side ** 2, 1, 301);
}

/** He's beginning: normal by the outputs that a weight counts for; gains around 1, so that no two are equal. */
function resnetWeights(widths: readonly number[]): NamedWeight[] {
  return [...resnetShapes(widths)].map(([name, shape], index) => {
    const count = shape.reduce((product, length) => product * length, 1);
    const seed = 400 + index;
    if (name.endsWith(".bias")) return { name, shape, values: noise(count, -0.1, 0.1, seed) };
    if (shape.length === 1) return { name, shape, values: noise(count, 0.5, 1, seed) };
    const fan = shape.length === 4 ? shape[0] * shape[2] * shape[3] : shape[1];
    return { name, shape, values: normalNoise(count, Math.sqrt((shape.length === 4 ? 2 : 0.1) / fan), seed) };
  });
}

/** Parameters, then mean and variance of each norm, as training would have left them: for evaluation. */
export function resnetState(widths: readonly number[]): NamedWeight[] {
  const weights = resnetWeights(widths);
  const statistics = normNames(weights.map(({ name }) => name)).flatMap((norm, index) => {
    const shape = weights.find(({ name }) => name === `${norm}.weight`)?.shape ?? [];
    return [
      { name: `${norm}.running_mean`, shape, values: noise(shape[0], -0.2, 0.2, 700 + index) },
      { name: `${norm}.running_var`, shape, values: noise(shape[0], 0.5, 1.5, 800 + index) },
    ];
  });
  return [...weights, ...statistics];
}

/** Multiplications and additions of a picture's way through convolutions and the linear layer. */
export function resnetFlops(widths: readonly number[]): number {
  let side: number = resnet.side;
  let flops = 2 * 9 * resnet.channels * widths[0] * side ** 2;
  for (const { from, to, stride, isProjected } of resnetBlocks(widths)) {
    side /= stride;
    flops += 2 * to * (9 * from + 9 * to + (isProjected ? from : 0)) * side ** 2;
  }
  return flops + 2 * widths[widths.length - 1] * resnet.classes;
}
