import { UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { clamp } from "../../src/ops/index.ts";
import { given, unaryShapes } from "./elementwiseCases.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("clamp", [
  {
    name: "both bounds",
    inputs: [given([-3, -1, 0.5, 2, 7, Infinity, -Infinity, Number.NaN])],
    apply: (x) => clamp(x, { min: -1, max: 2 }),
    tolerance: exact,
    expected: [-1, -1, 0.5, 2, 2, 2, -1, Number.NaN],
    withoutGradient: true,
  },
  {
    name: "the whole gradient flows at a bound",
    inputs: [given([-3, -1, 0.5, 2, 7])],
    apply: (x) => clamp(x, { min: -1, max: 2 }),
    tolerance: exact,
    dy: [1, 2, 3, 4, 5],
    expectedGradients: [[0, 2, 3, 4, 0]],
  },
  {
    name: "the lower bound alone",
    inputs: [given([-3, 0, 7])],
    apply: (x) => clamp(x, { min: 0.5 }),
    tolerance: exact,
    expected: [0.5, 0.5, 7],
  },
  {
    name: "the upper bound alone",
    inputs: [given([-3, 0.5, 7])],
    apply: (x) => clamp(x, { max: 0.25 }),
    tolerance: exact,
    expected: [-3, 0.25, 0.25],
  },
  {
    name: "equal bounds",
    inputs: [given([-3, 7])],
    apply: (x) => clamp(x, { min: 1, max: 1 }),
    tolerance: exact,
    expected: [1, 1],
  },
  {
    name: "integers stay integers",
    inputs: [given([-3, 16777217, 2], "i32")],
    apply: (x) => clamp(x, { min: 0, max: 20000000 }),
    tolerance: exact,
    dtype: "i32",
    expected: [0, 16777217, 2],
    withoutGradient: true,
  },
  {
    name: "a fractional bound widens integers",
    inputs: [given([-3, 4], "i32")],
    apply: (x) => clamp(x, { min: 0.5 }),
    tolerance: exact,
    dtype: "f32",
    expected: [0.5, 4],
    withoutGradient: true,
  },
  ...unaryShapes((x) => clamp(x, { min: -1, max: 0.75 }), { tolerance: exact }),
]);

testErrors("clamp", [
  {
    name: "no bound",
    run: () => clamp(inputNode([2], "f32"), {}),
    error: UsageError,
    text: "clamp: neither min nor max is given; at least one must be.",
  },
  {
    name: "bounds the wrong way round",
    run: () => clamp(inputNode([2], "f32"), { min: 2, max: 1 }),
    error: UsageError,
    text: "clamp: min 2 is above max 1; min must be at most max.",
  },
]);
