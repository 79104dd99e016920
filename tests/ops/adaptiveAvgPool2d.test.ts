import { expect, test } from "vitest";
import { evaluate } from "../../src/graph/evaluate.ts";
import { makeGraph } from "../../src/graph/graph.ts";
import { endsOf } from "../../src/ops/adaptiveWindows.ts";
import { arangeNode } from "../../src/ops/arange.ts";
import {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  permute,
  stack,
} from "../../src/ops/index.ts";
import { adaptiveErrors } from "./adaptiveErrors.ts";
import { exact, sums } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("adaptiveAvgPool2d", [
  {
    name: "known values, in windows of two sizes",
    inputs: [{ shape: [1, 1, 1, 5], values: [1, 3, 6, 9, 4], integers: true }],
    // Windows 0 to 1, 1 to 3 and 3 to 4.
    apply: (x) => adaptiveAvgPool2d(x, [1, 3]),
    tolerance: exact,
    gradientTolerance: sums(2),
    expected: [2, 6, 6.5],
    dy: [2, 6, 4],
    expectedGradients: [[1, 3, 2, 4, 2]],
  },
  {
    name: "windows far along a line",
    inputs: [{ shape: [1, 1, 1999], integers: true }],
    apply: (x) => adaptiveAvgPool1d(x, 501),
    tolerance: sums(5),
    shape: [1, 1, 501],
    withoutGradient: true,
  },
  {
    name: "planes that are a view",
    inputs: [{ shape: [2, 3, 5, 2] }],
    apply: (x) => adaptiveAvgPool2d(permute(x, [0, 3, 1, 2]), [2, 3]),
    tolerance: sums(9),
    shape: [2, 2, 2, 3],
    secondGradient: true,
  },
]);

testErrors("adaptiveAvgPool1d", adaptiveErrors("adaptiveAvgPool1d", 1, adaptiveAvgPool1d));
testErrors("adaptiveAvgPool2d", adaptiveErrors("adaptiveAvgPool2d", 2, adaptiveAvgPool2d));
testErrors("adaptiveAvgPool3d", adaptiveErrors("adaptiveAvgPool3d", 3, adaptiveAvgPool3d));

if (!__GPU__) {
  test("every window begins and ends where it should", () => {
    for (let length = 1; length <= 13; length++) {
      for (let output = 1; output <= 13; output++) {
        const { first, last } = endsOf(arangeNode(output, "i32"), { axis: 2, length, output });
        const both = stack([first, last], { axis: 1 });
        const ends = evaluate(makeGraph([both]), new Map()).get(both)?.data ?? [];
        const wanted = Array.from({ length: output }, (_, i) => [
          Math.floor((i * length) / output),
          Math.ceil(((i + 1) * length) / output) - 1,
        ]);
        expect([...ends], `${output} of ${length}`).toEqual(wanted.flat());
      }
    }
  });
}
