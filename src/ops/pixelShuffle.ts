// pixelShuffle, pixelUnshuffle: channels become pixels, and the other way round. Views.

import { ShapeError } from "../base/errors.ts";
import { requireWhole } from "../base/requireWhole.ts";
import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { printShape, type Shape } from "../tensor/shape.ts";
import { permute } from "./permute.ts";
import { reshape } from "./reshape.ts";

/**
 * Each `factor` * `factor` channels as one of that many times the pixels. x: [..., channels * factor^2, height, width],
 * any dtype; y: [..., channels, height * factor, width * factor]. Throws ShapeError where channels do not divide or
 * axes are missing, UsageError unless the factor is a whole number above 0. Source: torch.nn.functional.pixel_shuffle.
 */
export function pixelShuffle<T extends Value>(x: T, factor: number): T {
  requireTensor("pixelShuffle", "x", x);
  const { lead, channels, height, width } = requireImage("pixelShuffle", x.shape, factor);
  const count = channels / factor ** 2;
  if (!Number.isInteger(count)) {
    throw new ShapeError(
      `pixelShuffle: ${channels} channels in ${printShape(x.shape)}; they must be a multiple of ${factor ** 2}.`,
    );
  }
  const apart = reshape(x, [...lead, count, factor, factor, height, width]);
  const near = permute(apart, [...lead.keys(), ...[0, 3, 1, 4, 2].map((axis) => lead.length + axis)]);
  return reshape(near, [...lead, count, height * factor, width * factor]);
}

/**
 * Each square of `factor` * `factor` pixels as that many channels: `pixelShuffle` undone. x: [..., channels, height *
 * factor, width * factor], any dtype; y: [..., channels * factor^2, height, width]. Throws ShapeError where sizes do
 * not divide or axes are missing, UsageError unless the factor is a whole number above 0.
 * Source: torch.nn.functional.pixel_unshuffle.
 */
export function pixelUnshuffle<T extends Value>(x: T, factor: number): T {
  requireTensor("pixelUnshuffle", "x", x);
  const { lead, channels, height, width } = requireImage("pixelUnshuffle", x.shape, factor);
  if (height % factor !== 0 || width % factor !== 0) {
    throw new ShapeError(
      `pixelUnshuffle: height and width of ${printShape(x.shape)} are ${height} and ${width}; both must be multiples of ${factor}.`,
    );
  }
  const [rows, cols] = [height / factor, width / factor];
  const apart = reshape(x, [...lead, channels, rows, factor, cols, factor]);
  const far = permute(apart, [...lead.keys(), ...[0, 2, 4, 1, 3].map((axis) => lead.length + axis)]);
  return reshape(far, [...lead, channels * factor ** 2, rows, cols]);
}

function requireImage(op: string, shape: Shape, factor: number) {
  requireWhole(`${op}: factor`, factor, 1);
  if (shape.length < 3) {
    throw new ShapeError(`${op}: x is ${printShape(shape)}; it must be [..., channels, height, width].`);
  }
  const [channels, height, width] = shape.slice(-3);
  return { lead: shape.slice(0, -3), channels, height, width };
}
