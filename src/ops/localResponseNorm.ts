// localResponseNorm: each element over a power of what its place holds in the channels around it. The sum of squares over
// channels is a pooling, in whose dispatch the rest is computed.

import { ShapeError } from "../base/errors.ts";
import { requireWhole } from "../base/requireWhole.ts";
import type { Value } from "../graph/node.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { elementCount, printShape } from "../tensor/shape.ts";
import { add } from "./add.ts";
import { avgPoolOver } from "./avgPool2d.ts";
import { div } from "./div.ts";
import { mul } from "./mul.ts";
import { requireFinite } from "./numberOptions.ts";
import { idleAxis } from "./poolAxes.ts";
import { pow } from "./pow.ts";
import { reshape } from "./reshape.ts";
import { square } from "./square.ts";

/** The numbers of localResponseNorm's formula. */
export interface LocalResponseNormOptions {
  /** Multiplies the mean square. Default 1e-4. */
  readonly alpha?: number;
  /** The power. Default 0.75. */
  readonly beta?: number;
  /** Is added before the power is taken. Default 1. */
  readonly k?: number;
}

/**
 * x / (k + alpha m)^beta, where m is the sum of squares over `size` channels around an element's own, divided by `size`;
 * channels that are not there count as 0, and of an even number one more comes before than after.
 * x: [batch, channels, ...], three axes or more, f32 or f16; y: the same. A NaN or an infinity spoils the window's other
 * channels too. Throws ShapeError for fewer axes, DtypeError for integers, UsageError for a size that is no whole number
 * from 1 or numbers that are not finite. Source: torch.nn.functional.local_response_norm; Krizhevsky et al. 2012.
 */
export function localResponseNorm<T extends Value>(
  x: T,
  size: number,
  { alpha = 1e-4, beta = 0.75, k = 1 }: LocalResponseNormOptions = {},
): T {
  const op = "localResponseNorm";
  requireFloating(op, "x", x);
  if (x.shape.length < 3) {
    throw new ShapeError(
      `${op}: x is ${printShape(x.shape)}; it must be [batch, channels, ...], with three axes at least.`,
    );
  }
  requireWhole(`${op}: size`, size, 1);
  for (const [name, value] of Object.entries({ alpha, beta, k })) requireFinite(op, name, value);
  if (elementCount(x.shape) === 0) return x;
  const [batch, channels, ...places] = x.shape;
  const planes = reshape(square(x), [batch, 1, channels, elementCount(places)]);
  // Padding is the same on both sides: with an even size there is one window too many, the last.
  const window = { kernel: size, stride: 1, padding: Math.floor(size / 2), dilation: 1 };
  const axes = [{ ...window, input: channels, output: channels }, idleAxis(planes.shape[3])];
  const means = avgPoolOver(planes, axes, { divisorOverride: size });
  return div(x, pow(add(mul(reshape(means, x.shape), alpha), k), beta));
}
