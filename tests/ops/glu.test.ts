import { DtypeError, ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { glu, transpose } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { activation } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("glu", [
  {
    name: "known values",
    inputs: [given([1, 2, -3, 4])],
    apply: (x) => glu(x),
    tolerance: activation,
    expected: [0.04742587317756678, 1.964027580075817],
    dy: [1, 2],
    expectedGradients: [[0.04742587317756678, 1.964027580075817, 0.04517665973091214, 0.07065082485316443]],
    secondGradient: true,
  },
  {
    name: "along another axis",
    inputs: [
      {
        shape: [2, 4, 2],
        values: [-1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 2.75],
      },
    ],
    apply: (x) => glu(x, { axis: 1 }),
    tolerance: activation,
    expected: [
      -0.5, -0.4216323756643485, -0.3112296656009273, -0.16979467479384824, 0.8807970779778823,
      1.1308131688761132, 1.3862127299681348, 1.6448483621954866,
    ],
    dy: [1, 2, 3, 4, 5, 6, 7, 8],
    expectedGradients: [
      [
        0.5, 1.1243530017715961, 1.867377993605564, 2.716714796701572, -0.25, -0.3692011241063975,
        -0.35250556830239177, -0.21789499376181404, 4.403985389889412, 5.4279032106053435, 6.468992739851296,
        7.519306798607939, 0.5249679270175331, 0.6469345833192222, 0.7360890237236347, 0.7906674250282365,
      ],
    ],
  },
  {
    name: "zero, infinities, and no number",
    inputs: [given([Number.NaN, 1, Infinity, 1, 1, Number.NaN, 2, -Infinity])],
    apply: (x) => glu(x),
    tolerance: activation,
    expected: [Number.NaN, Number.NaN, Infinity, 0],
    withoutGradient: true,
  },
  {
    name: "a transposed input",
    inputs: [{ shape: [6, 5] }],
    apply: (x) => glu(transpose(x), { axis: -1 }),
    tolerance: activation,
    shape: [5, 3],
  },
  {
    name: "no element",
    inputs: [{ shape: [0, 4] }],
    apply: (x) => glu(x),
    tolerance: activation,
    shape: [0, 2],
  },
  {
    name: "halves of nothing",
    inputs: [{ shape: [3, 0] }],
    apply: (x) => glu(x),
    tolerance: activation,
    shape: [3, 0],
    withoutGradient: true,
  },
]);
testErrors("glu", [
  {
    name: "an odd size",
    run: () => glu(inputNode([2, 3], "f32")),
    error: ShapeError,
    text: "glu: x is [2, 3]; its size along axis 1 must be even.",
  },
  {
    name: "an axis out of range",
    run: () => glu(inputNode([2, 4], "f32"), { axis: 2 }),
    error: ShapeError,
    text: "glu: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "x of i32",
    run: () => glu(inputNode([2], "i32")),
    error: DtypeError,
    text: "glu: x has dtype i32; it must be f32 or f16.",
  },
]);
