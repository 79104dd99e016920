// The three directions of a convolution in float64, from one loop over all products. Slow, obviously right.

import type { Conv2dSizes } from "../../src/kernels/conv2dSizes.ts";

/** Sums, and for the bar on their error the sums of the products' sizes. */
export interface Sums {
  readonly values: Float64Array;
  readonly magnitudes: Float64Array;
  /** The most products that one sum has. */
  readonly terms: number;
}

type Direction = "y" | "dx" | "dw";

export function countOf(sizes: Conv2dSizes, tensor: "x" | "w" | "y"): number {
  const { batch, channelsIn, channelsOut, groups, kernelHeight, kernelWidth } = sizes;
  if (tensor === "x") return batch * channelsIn * sizes.heightIn * sizes.widthIn;
  if (tensor === "y") return batch * channelsOut * sizes.heightOut * sizes.widthOut;
  return ((channelsOut * channelsIn) / groups) * kernelHeight * kernelWidth;
}

/** Calls `visit` with the flat positions in x, w and y of each product x w that belongs to y. */
function forEachProduct(sizes: Conv2dSizes, visit: (x: number, w: number, y: number) => void): void {
  const { groups, channelsIn, channelsOut, heightIn, widthIn, kernelHeight, kernelWidth } = sizes;
  const inOfGroup = channelsIn / groups;
  let y = 0;
  for (let item = 0; item < sizes.batch; item++)
    for (let out = 0; out < channelsOut; out++)
      for (let row = 0; row < sizes.heightOut; row++)
        for (let col = 0; col < sizes.widthOut; col++, y++)
          for (let i = 0; i < inOfGroup; i++)
            for (let p = 0; p < kernelHeight; p++)
              for (let q = 0; q < kernelWidth; q++) {
                const channel = Math.floor(out / (channelsOut / groups)) * inOfGroup + i;
                const h = row * sizes.strideY + p * sizes.dilationY - sizes.paddingY;
                const v = col * sizes.strideX + q * sizes.dilationX - sizes.paddingX;
                if (h < 0 || h >= heightIn || v < 0 || v >= widthIn) continue;
                const x = ((item * channelsIn + channel) * heightIn + h) * widthIn + v;
                visit(x, ((out * inOfGroup + i) * kernelHeight + p) * kernelWidth + q, y);
              }
}

/** What the direction `to` sums: products of the other two tensors. */
export function conv2dSums(
  sizes: Conv2dSizes,
  to: Direction,
  data: Readonly<Record<"x" | "w" | "dy", Float32Array>>,
): Sums {
  const count = countOf(sizes, to === "y" ? "y" : to === "dx" ? "x" : "w");
  const values = new Float64Array(count);
  const magnitudes = new Float64Array(count);
  const terms = new Uint32Array(count);
  forEachProduct(sizes, (x, w, y) => {
    const [at, a, b] =
      to === "y"
        ? [y, data.x[x], data.w[w]]
        : to === "dx"
          ? [x, data.dy[y], data.w[w]]
          : [w, data.dy[y], data.x[x]];
    const product = (a ?? Number.NaN) * (b ?? Number.NaN);
    values[at] = (values[at] ?? 0) + product;
    magnitudes[at] = (magnitudes[at] ?? 0) + Math.abs(product);
    terms[at] = (terms[at] ?? 0) + 1;
  });
  return { values, magnitudes, terms: terms.reduce((most, value) => Math.max(most, value), 0) };
}
