// How far a value computed in f32 may be from its float64 reference: one table for every test. No test has its own.

/** u: half the distance from 1 to the next f32. */
const UNIT = 2 ** -24;

/** A family of ops, as the table has them. */
export type Tolerance =
  /** Copies, picks, comparisons, integers; and sums of products of small integers, which catch every index mistake. */
  | { readonly family: "exact" }
  /** add, sub, mul: 1; div: 3; sqrt and its like: 5. In units of the last place. */
  | { readonly family: "arithmetic"; readonly ulps: 1 | 3 | 5 }
  | { readonly family: "exp" }
  | { readonly family: "log" }
  /** a^b, which is exp(b log a): the bars of exp and log, the latter carried through. */
  | { readonly family: "power" }
  /** tanh, sigmoid, gelu, silu, softplus, erf. */
  | { readonly family: "activation" }
  /** matmul, conv, sum, mean over `length` terms. */
  | { readonly family: "reduction"; readonly length: number }
  /** softmax, norms, cross-entropy. */
  | { readonly family: "normalised" }
  | { readonly family: "optimizer" };

/** What the table is asked with. */
export interface Comparison {
  readonly expected: number;
  /** The first input, where the op is elementwise. */
  readonly input: number;
  /** The second input, for powers. */
  readonly exponent?: number;
  /** For reductions, the sum of |a b| over the terms. */
  readonly magnitude: number;
}

/** The distance from 1 to the next f32, at the size of `value`. */
function ulp(value: number): number {
  const size = Math.max(Math.abs(value), 2 ** -126);
  return 2 ** (Math.floor(Math.log2(size)) - 23);
}

/** The largest allowed distance between a computed and an expected value. */
export function allowedError(tolerance: Tolerance, comparison: Comparison): number {
  const { expected, input, magnitude } = comparison;
  switch (tolerance.family) {
    case "exact":
      return 0;
    case "arithmetic":
      return tolerance.ulps * ulp(expected);
    case "exp":
      return (3 + 2 * Math.abs(input)) * ulp(expected);
    case "log":
      return Math.max(2 ** -21, 3 * ulp(expected));
    case "power":
      return powerError(comparison);
    case "activation":
      return 2e-6 * Math.max(1, Math.abs(expected));
    case "reduction":
      return (4 + Math.sqrt(tolerance.length)) * UNIT * magnitude;
    case "normalised":
      return 1e-5 * Math.abs(expected) + 1e-6;
    case "optimizer":
      return 2e-6 * Math.abs(expected) + 1e-7;
  }
}

/** The error of exp at b log a, and that of log a times the slope b a^b. */
function powerError({ expected, input, exponent = 1 }: Comparison): number {
  const logarithm = input === 0 ? 0 : Math.log(Math.abs(input));
  const ofLog = Math.max(2 ** -21, 3 * ulp(logarithm));
  return (3 + 2 * Math.abs(exponent * logarithm)) * ulp(expected) + Math.abs(exponent * expected) * ofLog;
}
