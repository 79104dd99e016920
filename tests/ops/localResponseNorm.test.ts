import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { localResponseNorm } from "../../src/ops/index.ts";
import { normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("localResponseNorm", [
  {
    name: "known values",
    // Sums of squares over (0, 1, 2), (1, 2, 3), … are 5, 14, 29 and 25; each over 3.
    inputs: [{ shape: [1, 4, 1], values: [1, 2, 3, 4] }],
    apply: (x) => localResponseNorm(x, 3, { alpha: 3, beta: 0.5, k: 2 }),
    tolerance: normalised,
    expected: [1 / Math.sqrt(7), 2 / Math.sqrt(16), 3 / Math.sqrt(31), 4 / Math.sqrt(27)],
    secondGradient: true,
  },
  {
    name: "an even size reaches further back",
    inputs: [{ shape: [1, 3, 1], values: [1, 2, 3] }],
    apply: (x) => localResponseNorm(x, 2, { alpha: 2, beta: 1, k: 1 }),
    tolerance: normalised,
    expected: [1 / 2, 2 / 6, 3 / 14],
    secondGradient: true,
  },
  {
    name: "what is not given is PyTorch's",
    inputs: [{ shape: [1, 1, 1], values: [100] }],
    apply: (x) => localResponseNorm(x, 1),
    tolerance: normalised,
    expected: [100 / 2 ** 0.75],
    roundsConstants: true,
  },
]);

const x = inputNode([2, 3, 4], "f32");

testErrors("localResponseNorm", [
  {
    name: "two axes",
    run: () => localResponseNorm(inputNode([2, 3], "f32"), 3),
    error: ShapeError,
    text: "localResponseNorm: x is [2, 3]; it must be [batch, channels, ...], with three axes at least.",
  },
  {
    name: "a size of nothing",
    run: () => localResponseNorm(x, 0),
    error: UsageError,
    text: "localResponseNorm: size is 0; it must be a whole number from 1.",
  },
  {
    name: "half a channel",
    run: () => localResponseNorm(x, 2.5),
    error: UsageError,
    text: "localResponseNorm: size is 2.5; it must be a whole number from 1.",
  },
  {
    name: "a power that is no number",
    run: () => localResponseNorm(x, 3, { beta: Number.NaN }),
    error: UsageError,
    text: "localResponseNorm: beta is NaN; it must be a finite number.",
  },
  {
    name: "an infinite alpha",
    run: () => localResponseNorm(x, 3, { alpha: Infinity }),
    error: UsageError,
    text: "localResponseNorm: alpha is Infinity; it must be a finite number.",
  },
  {
    name: "integers",
    run: () => localResponseNorm(inputNode([2, 3, 4], "i32"), 3),
    error: DtypeError,
    text: "localResponseNorm: x has dtype i32; it must be f32 or f16.",
  },
]);
