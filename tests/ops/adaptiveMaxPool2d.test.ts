import {
  adaptiveMaxPool1d,
  adaptiveMaxPool1dWithIndices,
  adaptiveMaxPool2d,
  adaptiveMaxPool2dWithIndices,
  adaptiveMaxPool3d,
  adaptiveMaxPool3dWithIndices,
  permute,
} from "../../src/ops/index.ts";
import { adaptiveErrors } from "./adaptiveErrors.ts";
import { exact, sums } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

const NAN = Number.NaN;

testOp("adaptiveMaxPool2d", [
  {
    name: "in windows of two sizes the first of equal ones has the gradient, of no numbers the last",
    inputs: [{ shape: [1, 2, 1, 5], values: [1, 3, 3, 3, 2, NAN, 5, NAN, 7, NAN] }],
    // Windows 0 to 1, 1 to 3 and 3 to 4.
    apply: (x) => adaptiveMaxPool2d(x, [null, 3]),
    tolerance: exact,
    expected: [3, 3, 3, NAN, NAN, NAN],
    dy: [1, 2, 4, 8, 16, 32],
    expectedGradients: [[0, 3, 0, 4, 0, 8, 0, 16, 0, 32]],
  },
  {
    name: "planes that are a view",
    inputs: [{ shape: [2, 3, 5, 2], integers: true, low: -5000, high: 5000 }],
    apply: (x) => adaptiveMaxPool2d(permute(x, [0, 3, 1, 2]), [2, 3]),
    tolerance: exact,
    gradientTolerance: sums(4),
    shape: [2, 2, 2, 3],
    secondGradient: true,
  },
  {
    name: "as many as there are",
    inputs: [{ shape: [1, 1, 2, 3] }],
    apply: (x) => adaptiveMaxPool2d(x, null),
    tolerance: exact,
    shape: [1, 1, 2, 3],
  },
]);

testErrors("adaptiveMaxPool1d", adaptiveErrors("adaptiveMaxPool1d", 1, adaptiveMaxPool1d));
testErrors("adaptiveMaxPool2d", adaptiveErrors("adaptiveMaxPool2d", 2, adaptiveMaxPool2d));
testErrors("adaptiveMaxPool3d", adaptiveErrors("adaptiveMaxPool3d", 3, adaptiveMaxPool3d));
testErrors(
  "adaptiveMaxPool1dWithIndices",
  adaptiveErrors("adaptiveMaxPool1dWithIndices", 1, adaptiveMaxPool1dWithIndices),
);
testErrors(
  "adaptiveMaxPool2dWithIndices",
  adaptiveErrors("adaptiveMaxPool2dWithIndices", 2, adaptiveMaxPool2dWithIndices),
);
testErrors(
  "adaptiveMaxPool3dWithIndices",
  adaptiveErrors("adaptiveMaxPool3dWithIndices", 3, adaptiveMaxPool3dWithIndices),
);
