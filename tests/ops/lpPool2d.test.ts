import { UsageError } from "../../src/base/errors.ts";
import { lpPool1d, lpPool2d, lpPool3d } from "../../src/ops/index.ts";
import { exact, ulps } from "./families.ts";
import { fitErrors, fours, windowErrors } from "./poolErrors.ts";
import { testErrors, testOp } from "./testOp.ts";

const NAN = Number.NaN;

testOp("lpPool2d", [
  {
    name: "lengths; what is 0 has no slope",
    inputs: [{ shape: [1, 1, 2, 4], values: [3, 4, 0, 0, 0, 0, 0, 0] }],
    apply: (x) => lpPool2d(x, 2, 2),
    tolerance: exact,
    gradientTolerance: ulps(5),
    expected: [5, 0],
    dy: [5, 7],
    expectedGradients: [[3, 4, 0, 0, 0, 0, 0, 0]],
  },
  {
    name: "sums keep their signs, and one of 0 has no slope",
    inputs: [{ shape: [1, 1, 6], values: [-1, -3, 1, -1, 2, 3] }],
    apply: (x) => lpPool1d(x, 1, 2),
    tolerance: exact,
    expected: [-4, 0, 5],
    dy: [2, 3, 4],
    expectedGradients: [[2, 2, 0, 0, 4, 4]],
  },
  {
    name: "the root of what is below 0, infinities, no number",
    inputs: [{ shape: [1, 1, 6], values: [-2, 1, Infinity, 1, NAN, 1] }],
    apply: (x) => lpPool1d(x, 3, 2),
    tolerance: exact,
    expected: [NAN, Infinity, NAN],
    withoutGradient: true,
  },
  {
    name: "is differentiated twice",
    inputs: [{ shape: [1, 1, 3, 4], low: 1, high: 2 }],
    apply: (x) => lpPool2d(x, 2, 2, { stride: 1 }),
    tolerance: { family: "power" },
    shape: [1, 1, 2, 3],
    secondGradient: true,
    referenceOnly:
      "its steps have tests on devices; PyTorch's table has this one's values and gradients there",
  },
]);

const powers = (op: string, run: (p: number) => unknown) =>
  [
    [0, "p is 0; it must be another number."],
    [NAN, "p is NaN; it must be a finite number."],
    [Infinity, "p is Infinity; it must be a finite number."],
  ].map(([p, text]) => ({
    name: `a power of ${p}`,
    run: () => run(Number(p)),
    error: UsageError,
    text: `${op}: ${text}`,
  }));

testErrors("lpPool1d", [
  ...powers("lpPool1d", (p) => lpPool1d(fours(1), p, 2)),
  ...windowErrors("lpPool1d", 1, (x, kernel, options) => lpPool1d(x, 2, kernel, options)),
  ...fitErrors("lpPool1d", 1, (x, kernel, options) => lpPool1d(x, 2, kernel, options)),
]);
testErrors("lpPool2d", [
  ...powers("lpPool2d", (p) => lpPool2d(fours(2), p, 2)),
  ...windowErrors("lpPool2d", 2, (x, kernel, options) => lpPool2d(x, 2, kernel, options)),
]);
testErrors("lpPool3d", [
  ...powers("lpPool3d", (p) => lpPool3d(fours(3), p, 2)),
  ...windowErrors("lpPool3d", 3, (x, kernel, options) => lpPool3d(x, 2, kernel, options)),
]);
