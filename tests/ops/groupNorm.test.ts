import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { groupNorm, relu } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import type { InputSpec, OpCase } from "./opCase.ts";
import { testErrors, testOp } from "./testOp.ts";

const perChannel = (channels: number): InputSpec => ({ shape: [channels], low: 0.5, high: 2 });

/** With a weight and a bias. */
function grouped(shape: readonly number[], groups: number, rest: Partial<OpCase> = {}): OpCase {
  return {
    name: `[${shape.join(", ")}] in ${groups} groups`,
    inputs: [{ shape, low: -3, high: 5 }, perChannel(shape[1]), perChannel(shape[1])],
    apply: (x, weight, bias) => groupNorm(x, groups, { weight, bias }),
    tolerance: normalised,
    shape,
    ...rest,
  };
}

/** Groups and channels so long that both profiles cut them into slabs. The GPU's sums are what can be wrong. */
const inSlabs: readonly OpCase[] = __GPU__
  ? [
      grouped([1, 2, 32_768], 1),
      {
        ...grouped([1, 2, 32_768], 2),
        inputs: [{ shape: [1, 2, 32_768], low: 999, high: 1001 }, perChannel(2), perChannel(2)],
        name: "a mean of 1000, in slabs",
      },
    ]
  : [];

testOp("groupNorm", [
  {
    name: "known values",
    // Groups (1, 3, 3, 1) and (7, -3, -3, 7): variances 1 and 25, with eps 3 the deviations are 2 and the root of 28.
    inputs: [
      { shape: [1, 4, 2], values: [1, 3, 3, 1, 7, -3, -3, 7] },
      given([2, 4, 1, 3]),
      given([0, 1, 0, 0.5]),
    ],
    apply: (x, weight, bias) => groupNorm(x, 2, { weight, bias, eps: 3 }),
    tolerance: normalised,
    expected: [
      -1,
      1,
      3,
      -1,
      ...[5, -5].map((d) => d / Math.sqrt(28)),
      ...[-15, 15].map((d) => d / Math.sqrt(28) + 0.5),
    ],
    secondGradient: true,
  },
  grouped([2, 4, 5], 2),
  grouped([3, 6], 2),
  grouped([1, 2, 3, 8], 1),
  grouped([2, 0, 3], 2, { expectedGradients: [[], [], []] }),
  grouped([2, 4, 0], 2, { expectedGradients: [[], [0, 0, 0, 0], [0, 0, 0, 0]] }),
  ...inSlabs,
  {
    name: "a mean of 1000 and a tiny variance",
    inputs: [{ shape: [2, 4, 12], low: 999.9, high: 1000.1 }],
    apply: (x) => groupNorm(x, 2),
    tolerance: normalised,
    withoutGradient: true,
  },
  {
    name: "a bias and no weight, before an activation",
    inputs: [{ shape: [2, 4, 3], low: -3, high: 5 }, perChannel(4)],
    apply: (x, bias) => relu(groupNorm(x, 2, { bias })),
    tolerance: normalised,
  },
]);

const x = inputNode([2, 4, 3], "f32");
const f32 = (...shape: number[]) => inputNode(shape, "f32");

testErrors("groupNorm", [
  {
    name: "groups that do not divide the channels",
    run: () => groupNorm(x, 3),
    error: ShapeError,
    text: "groupNorm: x is [2, 4, 3]; its channels must be a multiple of 3 groups.",
  },
  {
    name: "no group",
    run: () => groupNorm(x, 0),
    error: UsageError,
    text: "groupNorm: groups is 0; it must be a whole number from 1.",
  },
  {
    name: "a fraction of a group",
    run: () => groupNorm(x, 1.5),
    error: UsageError,
    text: "groupNorm: groups is 1.5; it must be a whole number from 1.",
  },
  {
    name: "no axis of channels",
    run: () => groupNorm(f32(4), 2),
    error: ShapeError,
    text: "groupNorm: x is [4]; it must be [batch, channels, ...], with two axes at least.",
  },
  {
    name: "one value",
    run: () => groupNorm(f32(1, 4, 1), 4),
    error: UsageError,
    text: "groupNorm: x is [1, 4, 1] in 4 groups of one value, which has no variance; groups must have more than one.",
  },
  {
    name: "a weight for each group",
    run: () => groupNorm(x, 2, { weight: f32(2) }),
    error: ShapeError,
    text: "groupNorm: weight is [2]; it must be [4], a number for each channel.",
  },
  {
    name: "an integer bias",
    run: () => groupNorm(x, 2, { bias: inputNode([4], "i32") }),
    error: DtypeError,
    text: "groupNorm: bias has dtype i32; it must be f32 or f16.",
  },
  {
    name: "integers",
    run: () => groupNorm(inputNode([2, 4], "i32"), 2),
    error: DtypeError,
    text: "groupNorm: x has dtype i32; it must be f32 or f16.",
  },
  {
    name: "an eps that is no number",
    run: () => groupNorm(x, 2, { eps: Number.NaN }),
    error: UsageError,
    text: "groupNorm: eps is NaN; it must be a finite number of at least 0.",
  },
]);
