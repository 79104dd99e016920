// What becomes of dtypes, in words and as cases: FEATURES.md has the words, dtypes.test.ts checks them on both sides.

import {
  abs,
  add,
  cast,
  cumsum,
  div,
  floor,
  fmod,
  mean,
  mul,
  neg,
  pow,
  remainder,
  sub,
  sum,
} from "../../src/ops/index.ts";
import type { Dtype } from "../../src/tensor/dtype.ts";
import { given } from "./elementwiseCases.ts";
import { exact, ulps } from "./families.ts";
import type { Apply, OpCase } from "./opCase.ts";

/** A rule, and cases that show it. */
export interface DtypeFact {
  readonly says: string;
  readonly cases: readonly OpCase[];
}

const [LEAST, MOST, MOST_UNSIGNED] = [-(2 ** 31), 2 ** 31 - 1, 2 ** 32 - 1];

function shows(
  name: string,
  inputs: readonly (readonly [dtype: Dtype, ...values: number[]])[],
  apply: Apply,
  dtype: Dtype,
  expected: readonly number[],
): OpCase {
  const specs = inputs.map(([own, ...values]) => given(values, own));
  const tolerance = dtype === "f32" ? ulps(3) : exact;
  return { name, inputs: specs, apply, dtype, expected, tolerance, withoutGradient: true };
}

/** All rules but that of which dtype two make. */
export const dtypeFacts: readonly DtypeFact[] = [
  {
    says: "A whole number beside a tensor takes the tensor's dtype, one with a fraction makes integers f32; a negative one makes u32 i32.",
    cases: [
      shows("i32 and 2", [["i32", 1, -3]], (x) => add(x, 2), "i32", [3, -1]),
      shows("i32 and a half", [["i32", 1, -3]], (x) => add(x, 0.5), "f32", [1.5, -2.5]),
      shows("u32 and -1", [["u32", 1, 3]], (x) => mul(x, -1), "i32", [-1, -3]),
    ],
  },
  {
    says: "bool counts as i32 in arithmetic (in PyTorch bools stay bools).",
    cases: [
      shows(
        "true and true",
        [
          ["bool", 1, 0],
          ["bool", 1, 1],
        ],
        (a, b) => add(a, b),
        "i32",
        [2, 1],
      ),
      shows("how many are true", [["bool", 1, 0, 1]], (x) => sum(x), "i32", [2]),
    ],
  },
  {
    says: "i32 and u32 wrap at 32 bits, in sums and scans too; the least i32 is its own negative.",
    cases: [
      shows(
        "the greatest and 1",
        [
          ["i32", MOST],
          ["i32", 1],
        ],
        (a, b) => add(a, b),
        "i32",
        [LEAST],
      ),
      shows(
        "nothing less 1",
        [
          ["u32", 0],
          ["u32", 1],
        ],
        (a, b) => sub(a, b),
        "u32",
        [MOST_UNSIGNED],
      ),
      shows("a square", [["i32", 65536, 65537]], (x) => mul(x, x), "i32", [0, 131073]),
      shows("negated", [["i32", LEAST, MOST]], (x) => neg(x), "i32", [LEAST, -MOST]),
      shows("its size", [["i32", LEAST, -7]], (x) => abs(x), "i32", [LEAST, 7]),
      shows("a sum", [["u32", MOST_UNSIGNED, 3]], (x) => sum(x), "u32", [2]),
      shows("a scan", [["i32", MOST, 1, 1]], (x) => cumsum(x, 0), "i32", [MOST, LEAST, LEAST + 1]),
    ],
  },
  {
    says: "`div`, `mean`, `pow` and all functions of analysis make integers f32.",
    cases: [
      shows(
        "a quotient",
        [
          ["i32", 7, -7],
          ["i32", 2, 2],
        ],
        (a, b) => div(a, b),
        "f32",
        [3.5, -3.5],
      ),
      shows("a mean", [["i32", 1, 2]], (x) => mean(x), "f32", [1.5]),
      shows(
        "a power",
        [
          ["i32", -2, 2],
          ["i32", 3, -1],
        ],
        (a, b) => pow(a, b),
        "f32",
        [-8, 0.5],
      ),
    ],
  },
  {
    says: "By 0: `div` gives infinities and NaN; `remainder` and `fmod` of floats NaN, of integers 0 (PyTorch throws).",
    cases: [
      shows("div", [["i32", 1, -1, 0]], (x) => div(x, 0), "f32", [Infinity, -Infinity, Number.NaN]),
      shows(
        "remainder",
        [
          ["i32", 5, LEAST],
          ["i32", 0, 0],
        ],
        (a, b) => remainder(a, b),
        "i32",
        [0, 0],
      ),
      shows(
        "fmod",
        [
          ["u32", 5],
          ["u32", 0],
        ],
        (a, b) => fmod(a, b),
        "u32",
        [0],
      ),
      shows(
        "floats",
        [
          ["f32", 5],
          ["f32", 0],
        ],
        (a, b) => remainder(a, b),
        "f32",
        [Number.NaN],
      ),
      shows(
        "the least by -1",
        [
          ["i32", LEAST],
          ["i32", -1],
        ],
        (a, b) => remainder(a, b),
        "i32",
        [0],
      ),
    ],
  },
  {
    says: "`cast` cuts floats towards zero, and at the ends of the range as far as f32 holds these; what NaN becomes differs between devices.",
    cases: [
      shows("to i32", [["f32", 2.9, -2.9, 3e9, -Infinity]], (x) => cast(x, "i32"), "i32", [
        2,
        -2,
        2147483520,
        LEAST,
      ]),
      shows("to u32", [["f32", 2.9, -2.9, 5e9]], (x) => cast(x, "u32"), "u32", [2, 0, 4294967040]),
    ],
  },
  {
    says: "i32 and u32 are cast bit by bit; beyond 2^24 integers become an f32 beside them; all but 0 are true, NaN too.",
    cases: [
      shows("to u32", [["i32", -1, LEAST]], (x) => cast(x, "u32"), "u32", [MOST_UNSIGNED, 2 ** 31]),
      shows("to i32", [["u32", MOST_UNSIGNED, 7]], (x) => cast(x, "i32"), "i32", [-1, 7]),
      shows("to f32", [["i32", 16777217, LEAST]], (x) => cast(x, "f32"), "f32", [16777217, LEAST]),
      shows("to bool", [["f32", Number.NaN, -0, 1e-30]], (x) => cast(x, "bool"), "bool", [1, 0, 1]),
    ],
  },
  {
    says: "Rounding ops leave integers as they are.",
    cases: [shows("floor", [["i32", -7, MOST]], (x) => floor(x), "i32", [-7, MOST])],
  },
];
