// Dropout in all its forms: elements or whole channels that become 0, or what stands for 0 where SELU has its way.
//
// All of them always apply: what is not to happen in evaluation is left out there (`nn.Dropout` and its kin see to that).
// Masks are functions of a key, and gradients compute them again.

import { ShapeError, UsageError } from "../base/errors.ts";
import { add, dropoutWith, greaterEqual, mul, randomUniform, where } from "../ops/index.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { printShape, type Shape } from "../tensor/shape.ts";
import { randomKey } from "./random.ts";
import type { Tensor } from "./tensor.ts";

/**
 * x with each element zero with probability p (default 0.5) and else divided by 1 - p. x: any shape, f32 or f16. Throws
 * DtypeError, UsageError unless 0 <= p < 1. Source: torch.nn.functional.dropout.
 */
export function dropout(x: Tensor, p = 0.5): Tensor {
  return p === 0 ? x : dropoutWith(x, randomKey(x.engine), p);
}

/**
 * x with each channel zero with probability p (default 0.5) and else divided by 1 - p. x: [batch, channels, length] or
 * [channels, length], f32 or f16. Throws ShapeError, DtypeError, UsageError unless 0 <= p <= 1.
 * Source: torch.nn.functional.dropout1d.
 */
export function dropout1d(x: Tensor, p = 0.5): Tensor {
  return channelDropout("dropout1d", x, p, 1, "[batch, channels, length] or [channels, length]");
}

/**
 * The same for images. x: [batch, channels, height, width], f32 or f16. Throws ShapeError, DtypeError, UsageError unless
 * 0 <= p <= 1. Source: torch.nn.functional.dropout2d.
 */
export function dropout2d(x: Tensor, p = 0.5): Tensor {
  return channelDropout("dropout2d", x, p, 2, "[batch, channels, height, width]");
}

/**
 * The same for volumes. x: [batch, channels, depth, height, width], or without a batch, f32 or f16. Throws ShapeError,
 * DtypeError, UsageError unless 0 <= p <= 1. Source: torch.nn.functional.dropout3d.
 */
export function dropout3d(x: Tensor, p = 0.5): Tensor {
  const axes = "[batch, channels, depth, height, width] or [channels, depth, height, width]";
  return channelDropout("dropout3d", x, p, 3, axes);
}

/**
 * x with each element, with probability p (default 0.5), the value that SELU has for -infinity, and all then scaled and moved so that
 * mean 0 and deviation 1 stay. x: any shape, f32 or f16; all 0 for p = 1. Throws DtypeError, UsageError unless 0 <= p <= 1.
 * Source: torch.nn.functional.alpha_dropout.
 */
export function alphaDropout(x: Tensor, p = 0.5): Tensor {
  return saturated("alphaDropout", x, p, x.shape);
}

/**
 * The same for whole channels. x: [batch, channels, ...sizes], f32 or f16. Throws ShapeError, DtypeError, UsageError unless
 * 0 <= p <= 1. Source: torch.nn.functional.feature_alpha_dropout.
 */
export function featureAlphaDropout(x: Tensor, p = 0.5): Tensor {
  requireAxes("featureAlphaDropout", x.shape, x.shape.length >= 2, "[batch, channels, ...sizes]");
  return saturated("featureAlphaDropout", x, p, channelsOf(x.shape, 2));
}

function channelDropout(op: string, x: Tensor, p: number, sizes: number, axes: string): Tensor {
  const rank = x.shape.length;
  // [channels, height, width] could as well be [batch, channels, length], for which PyTorch takes it.
  requireAxes(op, x.shape, rank === sizes + 2 || (rank === sizes + 1 && sizes !== 2), axes);
  return masked(op, x, p, channelsOf(x.shape, rank - sizes), (isKept) =>
    where(isKept, mul(x, 1 / (1 - p)), 0),
  );
}

/** What SELU has for -infinity: minus its scale times its alpha. */
const SATURATION = -1.7580993408473766;

function saturated(op: string, x: Tensor, p: number, shape: Shape): Tensor {
  const scale = 1 / Math.sqrt((1 - p) * (1 + p * SATURATION ** 2));
  const shift = -scale * SATURATION * p;
  return masked(op, x, p, shape, (isKept) =>
    where(isKept, add(mul(x, scale), shift), SATURATION * scale + shift),
  );
}

/** What `apply` makes of a mask of `shape`, which broadcasts against x. */
function masked(op: string, x: Tensor, p: number, shape: Shape, apply: (isKept: Tensor) => Tensor): Tensor {
  requireFloating(op, "x", x);
  if (!(p >= 0 && p <= 1)) throw new UsageError(`${op}: p is ${p}; it must be from 0 to 1.`);
  if (p === 0) return x;
  // As in PyTorch, where nothing is left to be scaled.
  if (p === 1) return mul(x, 0);
  return apply(greaterEqual(randomUniform(randomKey(x.engine), shape), p));
}

/** `shape` with all but the first `lead` sizes 1. */
function channelsOf(shape: Shape, lead: number): Shape {
  return shape.map((size, axis) => (axis < lead ? size : 1));
}

function requireAxes(op: string, shape: Shape, isFitting: boolean, axes: string): void {
  if (isFitting) return;
  throw new ShapeError(`${op}: x is ${printShape(shape)}; it must be ${axes}.`);
}
