import { exponentialOf, gumbelOf, normalOf, truncatedNormalOf } from "../../src/ops/distributions.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import { testOp } from "./testOp.ts";

/** The least and the largest of even numbers, those beside them, and quarters. */
const even = given([0, 2 ** -24, 0.25, 0.5, 0.75, 1 - 2 ** -23, 1 - 2 ** -24]);
const common = {
  inputs: [even],
  tolerance: normalised,
  withoutGradient: true,
  roundsConstants: true,
} as const;

// What is expected was computed from torch.erfinv, torch.log1p and torch.special.ndtri, in float64.
testOp("distributions", [
  {
    name: "normal numbers, finite and symmetric at the ends",
    apply: (u) => normalOf(u),
    expected: [
      -5.419983174916868, -5.22011306060054, -0.6744896564121972, 7.470334394666561e-8, 0.6744898439799725,
      5.22011306060054, 5.419983174916868,
    ],
    ...common,
  },
  {
    name: "normal numbers between two bounds",
    apply: (u) => truncatedNormalOf(u, { mean: 1, std: 2, a: 0, b: 2 }),
    expected: [
      6.482917225270057e-8, 1.9448751409356646e-7, 0.515373794022696, 1.0000000572115442, 1.484626323809402,
      1.9999998054, 1.9999999352,
    ],
    ...common,
  },
  {
    name: "normal numbers between bounds without end, and where hardly any are",
    apply: (u) => truncatedNormalOf(u, { mean: 0, std: 1, a: 9, b: Number.POSITIVE_INFINITY }),
    expected: [9, 9, 9, 9, 9, 9, 9],
    ...common,
  },
  {
    name: "exponential numbers, above 0 and finite",
    apply: (u) => exponentialOf(u),
    expected: [
      2.980232283178453e-8, 8.940697115988906e-8, 0.28768211218821155, 0.6931471805599453, 1.3862943611198906,
      15.942385152878742, 16.635532333438686,
    ],
    ...common,
  },
  {
    name: "Gumbel's, finite at both ends",
    apply: (u) => gumbelOf(u),
    expected: [
      17.328679499097472, 16.23006718062704, 1.2458991855810506, 0.36651292058166435, -0.32663425997828094,
      -2.7689812953474853, -2.8115409097662813,
    ],
    ...common,
  },
]);
