// gelu: the Gaussian error linear unit. It is one elementwise op and its slope another, so that a backward pass keeps
// nothing but x.

import erfLibrary from "../../shaders/lib/erf.wgsl?raw";
import geluLibrary from "../../shaders/lib/gelu.wgsl?raw";
import type { Value } from "../graph/node.ts";
import type { ElementwiseRecord, WgslTypes } from "../graph/op.ts";
import { add } from "./add.ts";
import { apply, type Gradient } from "./define.ts";
import { floating } from "./dtypeRules.ts";
import { erfFloat64 } from "./erf.ts";
import { exp } from "./exp.ts";
import { keepNaN } from "./keepNaN.ts";
import { mul } from "./mul.ts";
import { square } from "./square.ts";
import { sub } from "./sub.ts";
import { tanh } from "./tanh.ts";

/** Which form of the Gaussian's integral is used: erf itself, or the tanh that GPT-2 has. */
export interface GeluOptions {
  readonly approximate?: "none" | "tanh";
}

type Form = Required<GeluOptions>;

/** tanh is taken of LINEAR x + CUBIC x³. */
const LINEAR = Math.sqrt(2 / Math.PI);
const CUBIC = LINEAR * 0.044715;

/** 2 P(N <= x) - 1 for a standard normal N, and its slope. */
function bend(x: number, { approximate }: Form): { value: number; slope: number } {
  if (approximate === "none") {
    return { value: erfFloat64(x * Math.SQRT1_2), slope: LINEAR * Math.exp((-x * x) / 2) };
  }
  const value = Math.tanh(x * (LINEAR + CUBIC * x * x));
  // Far out the first factor is 0 and the second overflows.
  const slope = Math.abs(value) === 1 ? 0 : (1 - value * value) * (LINEAR + 3 * CUBIC * x * x);
  return { value, slope };
}

const common = { kind: "elementwise", libraries: [erfLibrary, geluLibrary], flops: 24 } as const;

/** P(N <= x) for a standard normal N, as a WGSL expression. */
function share(x: string, types: WgslTypes): string {
  return `(0.5 + 0.5 * ${types.call("erf", `${Math.SQRT1_2} * ${x}`)})`;
}

const record: ElementwiseRecord<Form> = {
  ...common,
  name: "gelu",
  output: ([x]) => ({ shape: x.shape, dtype: floating.result(x.dtype) }),
  operands: ([x]) => [floating.operand(x.dtype)],
  reference: ([x], form) => 0.5 * x * (1 + bend(x, form).value),
  wgsl: ([x], types, { approximate }) =>
    keepNaN(x, approximate === "tanh" ? types.call("gelu_tanh", x) : `${x} * ${share(x, types)}`, types),
  gradient: ({ dy, inputs: [x], attrs }) => [mul(dy, geluSlope(x, attrs))],
};

const slopeRecord: ElementwiseRecord<Form> = {
  ...common,
  name: "geluSlope",
  output: record.output,
  operands: record.operands,
  reference([x], form) {
    const { value, slope } = bend(x, form);
    return 0.5 * (1 + value) + 0.5 * x * slope;
  },
  wgsl([x], types, { approximate }) {
    if (approximate === "tanh") return keepNaN(x, types.call("gelu_tanh_slope", x), types);
    // Flat from 8 on, where the square could overflow.
    const near = `clamp(${x}, ${types.f32}(-8.0), ${types.f32}(8.0))`;
    return keepNaN(x, `${share(x, types)} + ${LINEAR / 2} * ${near} * exp(-0.5 * ${near} * ${near})`, types);
  },
  gradient: (context) => [mul(context.dy, curvature(context))],
};

/** The second derivative of gelu, out of other ops. */
function curvature({ inputs: [x], attrs: { approximate } }: Gradient<Form>) {
  const squared = square(x);
  if (approximate === "none") return mul(mul(LINEAR / 2, exp(mul(squared, -0.5))), sub(2, squared));
  const t = tanh(mul(x, add(LINEAR, mul(squared, CUBIC))));
  const inner = add(LINEAR, mul(squared, 3 * CUBIC)); // the slope of what tanh is taken of
  const steepness = sub(1, square(t));
  const turn = sub(mul(x, 6 * CUBIC), mul(mul(t, 2), square(inner)));
  return mul(steepness, add(inner, mul(mul(x, 0.5), turn)));
}

/** x * P(N <= x) for a standard normal N. x: any shape. Source: torch.nn.functional.gelu; Hendrycks and Gimpel 2016. */
export function gelu<T extends Value>(x: T, { approximate = "none" }: GeluOptions = {}): T {
  return apply(record, [x], { approximate });
}

/** The derivative of `gelu`. */
export function geluSlope<T extends Value>(x: T, { approximate = "none" }: GeluOptions = {}): T {
  return apply(slopeRecord, [x], { approximate });
}
