import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { convTranspose3d } from "../../src/ops/index.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("convTranspose3d", [
  {
    name: "known values: slices that overlap",
    inputs: [
      { shape: [1, 1, 2, 1, 1], values: [1, 2] },
      { shape: [1, 1, 2, 1, 2], values: [1000, 100, 10, 1] },
    ],
    apply: (x, w) => convTranspose3d(x, w),
    tolerance: exact,
    shape: [1, 1, 3, 1, 2],
    expected: [1000, 100, 2010, 201, 20, 2],
    dy: [1, 2, 3, 4, 5, 6],
    expectedGradients: [
      [1234, 3456],
      [7, 10, 13, 16],
    ],
  },
  {
    name: "the second gradient, in groups",
    inputs: [
      { shape: [1, 2, 2, 2, 1], integers: true },
      { shape: [2, 1, 2, 2, 2], integers: true },
      { shape: [2], integers: true },
    ],
    apply: (x, w, bias) =>
      convTranspose3d(x, w, {
        bias,
        groups: 2,
        stride: [2, 1, 1],
        padding: [1, 0, 0],
        outputPadding: [1, 0, 0],
      }),
    tolerance: exact,
    shape: [1, 2, 3, 3, 2],
    secondGradient: true,
  },
]);

const node = (...shape: number[]) => inputNode(shape, "f32");

testErrors("convTranspose3d", [
  {
    name: "x without a batch",
    run: () => convTranspose3d(node(3, 5, 5, 5), node(3, 4, 3, 3, 3)),
    error: ShapeError,
    text: "convTranspose3d: x is [3, 5, 5, 5], which has 4 axes; it must have 5 [batch, channels, depth, height, width].",
  },
  {
    name: "w of another rank",
    run: () => convTranspose3d(node(1, 3, 5, 5, 5), node(3, 4, 3, 3)),
    error: ShapeError,
    text: "convTranspose3d: w is [3, 4, 3, 3], which has 4 axes; it must have 5 [channels in, channels out / groups, kernel depth, kernel height, kernel width].",
  },
  {
    name: "integers",
    run: () => convTranspose3d(node(1, 3, 5, 5, 5), inputNode([3, 4, 3, 3, 3], "i32")),
    error: DtypeError,
    text: "convTranspose3d: w has dtype i32; it must be f32 or f16.",
  },
  {
    name: "channels that do not agree",
    run: () => convTranspose3d(node(1, 3, 5, 5, 5), node(4, 3, 3, 3, 3)),
    error: ShapeError,
    text: "convTranspose3d: w [4, 3, 3, 3, 3] takes 4 channels, x [1, 3, 5, 5, 5] has 3; they must agree.",
  },
  {
    name: "padding that leaves no depth",
    run: () => convTranspose3d(node(1, 3, 1, 5, 5), node(3, 4, 2, 2, 2), { padding: [1, 0, 0] }),
    error: ShapeError,
    text: "convTranspose3d: axis -3 has 1 and would become 0; both must be at least 1.",
  },
  {
    name: "a fraction of output padding",
    run: () => convTranspose3d(node(1, 3, 5, 5, 5), node(3, 4, 3, 3, 3), { stride: 2, outputPadding: 0.5 }),
    error: UsageError,
    text: "convTranspose3d: outputPadding is 0.5; it must be a whole number of at least 0.",
  },
  {
    name: "a bias of another size",
    run: () => convTranspose3d(node(1, 3, 5, 5, 5), node(3, 4, 3, 3, 3), { bias: node(3) }),
    error: ShapeError,
    text: "convTranspose3d: bias is [3]; it must be [4], a number for each channel out.",
  },
]);
