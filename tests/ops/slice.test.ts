import { UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { add, mul, slice, transpose } from "../../src/ops/index.ts";
import type { SliceOptions } from "../../src/ops/slice.ts";
import { exact, sums, ulps } from "./families.ts";
import type { OpCase } from "./opCase.ts";
import { testErrors, testOp } from "./testOp.ts";

const counted = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** Python's x[from:to:step] of 0 … 9. */
function known(name: string, options: SliceOptions, expected: readonly number[]): OpCase {
  return {
    name,
    inputs: [{ shape: [10], values: counted }],
    apply: (x) => slice(x, options),
    tolerance: exact,
    shape: [expected.length],
    expected,
    secondGradient: true,
  };
}

testOp("slice", [
  known("[2:5]", { starts: [2], ends: [5] }, [2, 3, 4]),
  known("[:3]", { ends: [3] }, [0, 1, 2]),
  known("[7:]", { starts: [7] }, [7, 8, 9]),
  known("[-3:]", { starts: [-3] }, [7, 8, 9]),
  known("[:-7]", { ends: [-7] }, [0, 1, 2]),
  known("[1:9:3]", { starts: [1], ends: [9], steps: [3] }, [1, 4, 7]),
  known("[::4]", { steps: [4] }, [0, 4, 8]),
  known("[::-1]", { steps: [-1] }, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]),
  known("[::-3]", { steps: [-3] }, [9, 6, 3, 0]),
  known("[7:2:-2]", { starts: [7], ends: [2], steps: [-2] }, [7, 5, 3]),
  known("[2::-1]", { starts: [2], steps: [-1] }, [2, 1, 0]),
  known("[-2:-5:-1]", { starts: [-2], ends: [-5], steps: [-1] }, [8, 7, 6]),
  known("[:-4:-1]", { ends: [-4], steps: [-1] }, [9, 8, 7]),
  known("[-100:100]", { starts: [-100], ends: [100] }, counted),
  known("[100:-100:-4]", { starts: [100], ends: [-100], steps: [-4] }, [9, 5, 1]),
  known("[5:2]", { starts: [5], ends: [2] }, []),
  known("[2:5:-1]", { starts: [2], ends: [5], steps: [-1] }, []),
  known("[20:]", { starts: [20] }, []),
  {
    name: "several axes",
    inputs: [{ shape: [5, 7, 3] }],
    apply: (x) => slice(x, { starts: [1, undefined, 2], ends: [4, -1], steps: [2, 3] }),
    tolerance: exact,
    shape: [2, 2, 1],
    secondGradient: true,
  },
  {
    name: "an axis in the middle, backwards",
    inputs: [{ shape: [2, 5, 4] }],
    apply: (x) => slice(x, { steps: [undefined, -2] }),
    tolerance: exact,
    shape: [2, 3, 4],
  },
  {
    name: "of a slice of a transposed matrix",
    inputs: [{ shape: [6, 8] }],
    apply: (x) => slice(transpose(slice(x, { starts: [1, 2], steps: [2] })), { steps: [-2, -1] }),
    tolerance: exact,
    shape: [3, 3],
  },
  {
    name: "neighbours added: both windows are views of one buffer",
    inputs: [{ shape: [9] }],
    apply: (x) => add(slice(x, { starts: [1] }), slice(x, { ends: [-1] })),
    tolerance: ulps(1),
    gradientTolerance: sums(2),
    shape: [8],
  },
  {
    name: "computed values, sliced twice",
    inputs: [{ shape: [8] }],
    apply: (x) => mul(slice(mul(x, 3), { ends: [4] }), slice(mul(x, 3), { starts: [4] })),
    tolerance: ulps(3),
    gradientTolerance: ulps(3),
    shape: [4],
  },
  {
    name: "no bounds",
    inputs: [{ shape: [2, 3] }],
    apply: (x) => slice(x, {}),
    tolerance: exact,
    shape: [2, 3],
  },
  { name: "a scalar", inputs: [{ shape: [] }], apply: (x) => slice(x, {}), tolerance: exact, shape: [] },
  {
    name: "one element, backwards",
    inputs: [{ shape: [1] }],
    apply: (x) => slice(x, { steps: [-1] }),
    tolerance: exact,
    shape: [1],
    secondGradient: true,
  },
  {
    name: "nothing, backwards",
    inputs: [{ shape: [0, 2] }],
    apply: (x) => slice(x, { steps: [-1, -1] }),
    tolerance: exact,
    shape: [0, 2],
    secondGradient: true,
  },
  {
    name: "large u32",
    inputs: [{ shape: [3], dtype: "u32", values: [1, 4294967295, 16777217] }],
    apply: (x) => slice(x, { steps: [-1] }),
    tolerance: exact,
    dtype: "u32",
    expected: [16777217, 4294967295, 1],
    withoutGradient: true,
  },
  {
    name: "bool",
    inputs: [{ shape: [5], dtype: "bool", values: [1, 0, 0, 1, 1] }],
    apply: (x) => slice(x, { steps: [2] }),
    tolerance: exact,
    dtype: "bool",
    expected: [1, 0, 1],
    withoutGradient: true,
  },
]);

testErrors("slice", [
  {
    name: "a step of 0",
    run: () => slice(inputNode([4], "f32"), { steps: [0] }),
    error: UsageError,
    text: "slice: a step of 0; steps must be positive or negative whole numbers.",
  },
  {
    name: "a fraction",
    run: () => slice(inputNode([4], "f32"), { starts: [0.5] }),
    error: UsageError,
    text: "slice: bound 0.5 is not a whole number; bounds must be.",
  },
  {
    name: "bounds for more axes than there are",
    run: () => slice(inputNode([4], "f32"), { starts: [0, 1] }),
    error: UsageError,
    text: "slice: bounds for 2 axes, but x has 1; give at most one for each axis.",
  },
]);
