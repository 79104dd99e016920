// Activation layers: ops that stand between layers of a Sequential. None but PReLU has parameters, none but RReLU draws.

import { uniform } from "../api/random.ts";
import { full, type Tensor } from "../api/tensor.ts";
import { ShapeError, UsageError } from "../base/errors.ts";
import {
  cast,
  celu,
  elu,
  gelu,
  glu,
  hardShrink,
  hardSigmoid,
  hardSwish,
  hardTanh,
  leakyRelu,
  lessEqual,
  logSigmoid,
  logSoftmax,
  mish,
  mul,
  prelu,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softmax,
  softmin,
  softplus,
  softShrink,
  softsign,
  tanh,
  tanhShrink,
  threshold as thresholdOp,
  where,
} from "../ops/index.ts";
import { printShape } from "../tensor/shape.ts";
import { requireSize } from "./arguments.ts";
import { Module } from "./module.ts";
import { parameter } from "./parameter.ts";

/** max(x, 0). Source: torch.nn.ReLU. */
export class ReLU extends Module {
  forward(x: Tensor): Tensor {
    return relu(x);
  }
}

/** x where x > 0, else negativeSlope * x (default 0.01). Source: torch.nn.LeakyReLU. */
export class LeakyReLU extends Module {
  readonly negativeSlope: number;

  constructor({ negativeSlope = 0.01 }: { readonly negativeSlope?: number } = {}) {
    super();
    this.negativeSlope = negativeSlope;
  }

  forward(x: Tensor): Tensor {
    return leakyRelu(x, { negativeSlope: this.negativeSlope });
  }
}

/** tanh x. Source: torch.nn.Tanh. */
export class Tanh extends Module {
  forward(x: Tensor): Tensor {
    return tanh(x);
  }
}

/** 1 / (1 + e^-x). Source: torch.nn.Sigmoid. */
export class Sigmoid extends Module {
  forward(x: Tensor): Tensor {
    return sigmoid(x);
  }
}

/** x times the normal distribution's mass below x; "tanh" is the approximation by tanh. Source: torch.nn.GELU. */
export class GELU extends Module {
  readonly approximate: "none" | "tanh";

  constructor({ approximate = "none" }: { readonly approximate?: "none" | "tanh" } = {}) {
    super();
    this.approximate = approximate;
  }

  forward(x: Tensor): Tensor {
    return gelu(x, { approximate: this.approximate });
  }
}

/** x sigmoid(x). Source: torch.nn.SiLU. */
export class SiLU extends Module {
  forward(x: Tensor): Tensor {
    return silu(x);
  }
}

/** e^x / sum e^x along `axis` (default the last). Source: torch.nn.Softmax. */
export class Softmax extends Module {
  readonly axis: number;

  constructor({ axis = -1 }: { readonly axis?: number } = {}) {
    super();
    this.axis = axis;
  }

  forward(x: Tensor): Tensor {
    return softmax(x, { axis: this.axis });
  }
}

/** x between 0 and 6, else the bound. Source: torch.nn.ReLU6. */
export class ReLU6 extends Module {
  forward(x: Tensor): Tensor {
    return relu6(x);
  }
}

/** x where x > 0, else alpha (e^x - 1), with alpha 1 by default. Source: torch.nn.ELU. */
export class ELU extends Module {
  readonly alpha: number;

  constructor({ alpha = 1 }: { readonly alpha?: number } = {}) {
    super();
    this.alpha = alpha;
  }

  forward(x: Tensor): Tensor {
    return elu(x, { alpha: this.alpha });
  }
}

/** ELU, scaled so that mean and variance keep themselves. Source: torch.nn.SELU. */
export class SELU extends Module {
  forward(x: Tensor): Tensor {
    return selu(x);
  }
}

/** x where x > 0, else alpha (e^(x / alpha) - 1), with alpha 1 by default. Source: torch.nn.CELU. */
export class CELU extends Module {
  readonly alpha: number;

  constructor({ alpha = 1 }: { readonly alpha?: number } = {}) {
    super();
    this.alpha = alpha;
  }

  forward(x: Tensor): Tensor {
    return celu(x, { alpha: this.alpha });
  }
}

/** x tanh(softplus(x)). Source: torch.nn.Mish. */
export class Mish extends Module {
  forward(x: Tensor): Tensor {
    return mish(x);
  }
}

/** ln(1 + e^(beta x)) / beta (default 1), and x where beta x is above `threshold` (default 20). Source: torch.nn.Softplus. */
export class Softplus extends Module {
  readonly beta: number;
  readonly threshold: number;

  constructor({ beta = 1, threshold = 20 }: { readonly beta?: number; readonly threshold?: number } = {}) {
    super();
    this.beta = beta;
    this.threshold = threshold;
  }

  forward(x: Tensor): Tensor {
    return softplus(x, { beta: this.beta, threshold: this.threshold });
  }
}

/** The logarithm of the sigmoid. Source: torch.nn.LogSigmoid. */
export class LogSigmoid extends Module {
  forward(x: Tensor): Tensor {
    return logSigmoid(x);
  }
}

/** x / 6 + 1/2 between 0 and 1, else the bound. Source: torch.nn.Hardsigmoid. */
export class Hardsigmoid extends Module {
  forward(x: Tensor): Tensor {
    return hardSigmoid(x);
  }
}

/** x times the hard sigmoid of x. Source: torch.nn.Hardswish. */
export class Hardswish extends Module {
  forward(x: Tensor): Tensor {
    return hardSwish(x);
  }
}

/** x between `min` (default -1) and `max` (default 1), else the bound. Source: torch.nn.Hardtanh. */
export class Hardtanh extends Module {
  readonly min: number;
  readonly max: number;

  constructor({ min = -1, max = 1 }: { readonly min?: number; readonly max?: number } = {}) {
    super();
    this.min = min;
    this.max = max;
  }

  forward(x: Tensor): Tensor {
    return hardTanh(x, { min: this.min, max: this.max });
  }
}

/** x / (1 + |x|). Source: torch.nn.Softsign. */
export class Softsign extends Module {
  forward(x: Tensor): Tensor {
    return softsign(x);
  }
}

/** x - tanh x. Source: torch.nn.Tanhshrink. */
export class Tanhshrink extends Module {
  forward(x: Tensor): Tensor {
    return tanhShrink(x);
  }
}

/** x, moved towards 0 by lambda (default 0.5), and 0 where it is less. Source: torch.nn.Softshrink. */
export class Softshrink extends Module {
  readonly lambda: number;

  constructor({ lambda = 0.5 }: { readonly lambda?: number } = {}) {
    super();
    this.lambda = lambda;
  }

  forward(x: Tensor): Tensor {
    return softShrink(x, { lambda: this.lambda });
  }
}

/** x, and 0 where |x| is at most lambda (default 0.5). Source: torch.nn.Hardshrink. */
export class Hardshrink extends Module {
  readonly lambda: number;

  constructor({ lambda = 0.5 }: { readonly lambda?: number } = {}) {
    super();
    this.lambda = lambda;
  }

  forward(x: Tensor): Tensor {
    return hardShrink(x, { lambda: this.lambda });
  }
}

/** x where it is above `threshold`, else `value`. Source: torch.nn.Threshold. */
export class Threshold extends Module {
  readonly threshold: number;
  readonly value: number;

  constructor(threshold: number, value: number) {
    super();
    this.threshold = threshold;
    this.value = value;
  }

  forward(x: Tensor): Tensor {
    return thresholdOp(x, this.threshold, this.value);
  }
}

/**
 * x where x > 0, else weight x, with one slope for all or one for each place of x's second axis. x: any shape, f32 or f16.
 * Parameter: weight [numParameters], each `init` (default 0.25) at first. Throws UsageError where numParameters (default 1) is
 * no whole number from 1. Source: torch.nn.PReLU; He et al. 2015.
 */
export class PReLU extends Module {
  readonly numParameters: number;
  readonly weight: Tensor;

  constructor({
    numParameters = 1,
    init = 0.25,
  }: { readonly numParameters?: number; readonly init?: number } = {}) {
    super();
    requireSize("PReLU", "numParameters", numParameters);
    this.numParameters = numParameters;
    this.weight = parameter(full([numParameters], init));
  }

  forward(x: Tensor): Tensor {
    return prelu(x, this.weight);
  }
}

/**
 * x where x > 0, else x times a slope: in training one for each element, drawn evenly from `lower` (default 1/8) to `upper`
 * (default 1/3), in evaluation their middle. Throws UsageError unless both are finite and lower is at most upper.
 * Source: torch.nn.RReLU.
 */
export class RReLU extends Module {
  readonly lower: number;
  readonly upper: number;

  constructor({ lower = 1 / 8, upper = 1 / 3 }: { readonly lower?: number; readonly upper?: number } = {}) {
    super();
    if (!(Number.isFinite(upper - lower) && lower <= upper)) {
      throw new UsageError(
        `RReLU: lower is ${lower} and upper ${upper}; both must be finite, and lower at most upper.`,
      );
    }
    this.lower = lower;
    this.upper = upper;
  }

  forward(x: Tensor): Tensor {
    const { lower, upper, training } = this;
    if (!training) return leakyRelu(x, { negativeSlope: (lower + upper) / 2 });
    const slopes = cast(uniform(x.shape, { low: lower, high: upper, engine: x.engine }), x.dtype);
    return where(lessEqual(x, 0), mul(x, slopes), x);
  }
}

/** The first half of x along `axis` (default the last) times the sigmoid of the second. Source: torch.nn.GLU. */
export class GLU extends Module {
  readonly axis: number;

  constructor({ axis = -1 }: { readonly axis?: number } = {}) {
    super();
    this.axis = axis;
  }

  forward(x: Tensor): Tensor {
    return glu(x, { axis: this.axis });
  }
}

/**
 * Softmax over the channels at each place of an image, [batch, channels, height, width] or without the batch. Throws
 * ShapeError for another number of axes. Source: torch.nn.Softmax2d.
 */
export class Softmax2d extends Module {
  forward(x: Tensor): Tensor {
    if (x.shape.length === 3 || x.shape.length === 4) return softmax(x, { axis: -3 });
    throw new ShapeError(
      `Softmax2d: x is ${printShape(x.shape)}; it must be [batch, channels, height, width] or [channels, height, width].`,
    );
  }
}

/** e^-x / sum e^-x along `axis` (default the last). Source: torch.nn.Softmin. */
export class Softmin extends Module {
  readonly axis: number;

  constructor({ axis = -1 }: { readonly axis?: number } = {}) {
    super();
    this.axis = axis;
  }

  forward(x: Tensor): Tensor {
    return softmin(x, { axis: this.axis });
  }
}

/** The logarithm of Softmax along `axis` (default the last). Source: torch.nn.LogSoftmax. */
export class LogSoftmax extends Module {
  readonly axis: number;

  constructor({ axis = -1 }: { readonly axis?: number } = {}) {
    super();
    this.axis = axis;
  }

  forward(x: Tensor): Tensor {
    return logSoftmax(x, { axis: this.axis });
  }
}

/** x. Source: torch.nn.Identity. */
export class Identity extends Module {
  forward(x: Tensor): Tensor {
    return x;
  }
}
