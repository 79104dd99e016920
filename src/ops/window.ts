// Windows that slide over the last two axes: the sizes that the kernels of convolution and pooling share.

/** One number for both axes, or [y, x]. */
export type Pair = number | readonly [y: number, x: number];

/** A window's size and steps on both axes. */
export interface Window {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
  readonly dilation: readonly [number, number];
}

/** The window, each field of both axes as the kernels name it. */
export function windowFields({ kernel, stride, padding, dilation }: Window) {
  return {
    kernelHeight: kernel[0],
    kernelWidth: kernel[1],
    strideY: stride[0],
    strideX: stride[1],
    paddingY: padding[0],
    paddingX: padding[1],
    dilationY: dilation[0],
    dilationX: dilation[1],
  };
}
