import { DtypeError, ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { add, decodeAttention, indexCopy, mul, permute, slice, tanh } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { exact, normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

function lengths(...values: number[]) {
  return { shape: [values.length], dtype: "i32", values } as const;
}

const length = (value: number) => ({ shape: [], dtype: "i32", values: [value] }) as const;
const common = { tolerance: normalised, withoutGradient: true } as const;

testOp("decodeAttention", [
  {
    name: "equal scores give the mean of what is valid",
    inputs: [
      { shape: [1, 1, 2, 1], values: [0, 0] },
      { shape: [1, 1, 4, 1], values: [9, 9, 9, 9] },
      { shape: [1, 1, 4, 2], values: [1, 2, 3, 4, 8, 9, 100, 100] },
      length(2),
    ],
    apply: (q, keys, values, count) => decodeAttention(q, keys, values, { lengths: count }),
    expected: [2, 3, 4, 5],
    ...common,
  },
  {
    name: "known scores",
    inputs: [
      { shape: [1, 1, 1, 2], values: [2, 1] },
      { shape: [1, 1, 2, 2], values: [0, Math.log(3), Math.log(2), 0] },
      { shape: [1, 1, 2, 1], values: [7, 14] },
      length(2),
    ],
    // Weights of exp(ln 3 - 0) and exp(2 ln 2): 3 and 4 of 7.
    apply: (q, keys, values, count) => decodeAttention(q, keys, values, { lengths: count, scale: 1 }),
    expected: [11],
    ...common,
  },
  {
    name: "NaN counts where it is seen: in a score for the whole row, in a value for its column",
    inputs: [
      { shape: [2, 1, 1, 1], values: [1, 0] },
      { shape: [2, 1, 3, 1], values: [0, Number.NaN, 0, 0, 0, Number.NaN] },
      { shape: [2, 1, 3, 2], values: [1, 2, 3, 4, 5, 6, 1, Number.NaN, 3, 4, Number.NaN, Number.NaN] },
      lengths(2, 2),
    ],
    apply: (q, keys, values, counts) => decodeAttention(q, keys, values, { lengths: counts }),
    expected: [Number.NaN, Number.NaN, 2, Number.NaN],
    ...common,
  },
  {
    name: "no valid key gives 0",
    inputs: [{ shape: [2, 1, 1, 3] }, { shape: [2, 1, 5, 3] }, { shape: [2, 1, 5, 2] }, lengths(0, -4)],
    apply: (q, keys, values, counts) => decodeAttention(q, keys, values, { lengths: counts }),
    ...common,
    tolerance: exact,
    expected: [0, 0, 0, 0],
  },
  {
    name: "a head of GPT-2 in a cache that is cut",
    inputs: [{ shape: [1, 2, 1, 64] }, { shape: [1, 2, 300, 64] }, { shape: [1, 2, 300, 64] }, length(217)],
    apply: (q, keys, values, count) => decodeAttention(q, keys, values, { lengths: count }),
    shape: [1, 2, 1, 64],
    ...common,
  },
  {
    name: "grouped heads and several queries, whole",
    inputs: [{ shape: [2, 6, 3, 5] }, { shape: [2, 2, 20, 5] }, { shape: [2, 2, 20, 7] }, lengths(4, 19)],
    apply: (q, keys, values, counts) => decodeAttention(q, keys, values, { lengths: counts }),
    shape: [2, 6, 3, 7],
    ...common,
  },
  {
    name: "grouped heads and several queries, cut, u32 lengths",
    inputs: [
      { shape: [2, 4, 2, 8] },
      { shape: [2, 2, 140, 8] },
      { shape: [2, 2, 140, 6] },
      { ...lengths(9, 140), dtype: "u32" },
    ],
    apply: (q, keys, values, counts) => decodeAttention(q, keys, values, { lengths: counts }),
    shape: [2, 4, 2, 6],
    ...common,
  },
  {
    name: "permuted, sliced and computed sides, a computed length, and work on the result",
    inputs: [
      { shape: [2, 3, 5, 12] }, // [batch, queries, heads, depth and more]
      { shape: [2, 9, 5, 8] }, // [batch, capacity, heads, depth]
      { shape: [2, 5, 4, 9] }, // [batch, heads, width, capacity]
      lengths(3, 6),
      { shape: [2, 5, 3, 4] },
    ],
    apply: (x, keys, values, counts, residual) => {
      const q = slice(permute(x, [0, 2, 1, 3]), { starts: [0, 0, 0, 4] });
      const attended = decodeAttention(
        mul(q, 0.5),
        permute(keys, [0, 2, 1, 3]),
        permute(values, [0, 1, 3, 2]),
        {
          lengths: add(counts, 1),
        },
      );
      return add(tanh(attended), residual);
    },
    shape: [2, 5, 3, 4],
    ...common,
  },
  {
    name: "a cache that is written just before",
    inputs: [
      { shape: [1, 2, 1, 4] },
      { shape: [1, 2, 150, 4] },
      { shape: [1, 2, 1, 4] },
      { shape: [1, 2, 150, 4] },
      lengths(140),
    ],
    apply: (q, cache, key, values, position) =>
      decodeAttention(q, indexCopy(cache, 2, position, key), values, { lengths: add(position, 1) }),
    ...common,
  },
  {
    name: "an empty cache",
    inputs: [{ shape: [1, 1, 1, 2] }, { shape: [1, 1, 0, 2] }, { shape: [1, 1, 0, 3] }, length(1)],
    apply: (q, keys, values, count) => decodeAttention(q, keys, values, { lengths: count }),
    ...common,
    tolerance: exact,
    expected: [0, 0, 0],
  },
  {
    name: "no query",
    inputs: [{ shape: [1, 1, 0, 2] }, { shape: [1, 1, 4, 2] }, { shape: [1, 1, 4, 2] }, given([1], "i32")],
    apply: (q, keys, values, count) => decodeAttention(q, keys, values, { lengths: count }),
    shape: [1, 1, 0, 2],
    ...common,
  },
]);

const node = (...shape: number[]) => inputNode(shape, "f32");

testErrors("decodeAttention", [
  {
    name: "three axes",
    run: () =>
      decodeAttention(node(1, 2, 3), node(1, 2, 9, 3), node(1, 2, 9, 3), { lengths: inputNode([], "i32") }),
    error: ShapeError,
    text: "decodeAttention: q is [1, 2, 3], which has 3 axes; it must have 4 [batch, heads, queries, depth].",
  },
  {
    name: "heads that do not divide",
    run: () =>
      decodeAttention(node(1, 4, 1, 8), node(1, 3, 9, 8), node(1, 3, 9, 8), {
        lengths: inputNode([], "i32"),
      }),
    error: ShapeError,
    text: "decodeAttention: keys are [1, 3, 9, 8] for q [1, 4, 1, 8]; they must be [1, kvHeads, capacity, 8] with 4 a multiple of kvHeads.",
  },
  {
    name: "caches of two capacities",
    run: () =>
      decodeAttention(node(1, 4, 1, 8), node(1, 2, 9, 8), node(1, 2, 10, 8), {
        lengths: inputNode([], "i32"),
      }),
    error: ShapeError,
    text: "decodeAttention: values are [1, 2, 10, 8] for keys [1, 2, 9, 8]; they must be [1, 2, 9, width].",
  },
  {
    name: "lengths for another batch",
    run: () =>
      decodeAttention(node(2, 4, 1, 8), node(2, 2, 9, 8), node(2, 2, 9, 8), {
        lengths: inputNode([3], "i32"),
      }),
    error: ShapeError,
    text: "decodeAttention: lengths are [3]; they must be [] or [2], one for each sequence.",
  },
  {
    name: "lengths with fractions",
    run: () =>
      decodeAttention(node(1, 4, 1, 8), node(1, 2, 9, 8), node(1, 2, 9, 8), {
        lengths: inputNode([], "f32"),
      }),
    error: DtypeError,
    text: "decodeAttention: lengths has dtype f32; it must be i32 or u32.",
  },
  {
    name: "whole numbers",
    run: () =>
      decodeAttention(node(1, 4, 1, 8), inputNode([1, 2, 9, 8], "i32"), node(1, 2, 9, 8), {
        lengths: inputNode([], "i32"),
      }),
    error: DtypeError,
    text: "decodeAttention: keys has dtype i32; it must be f32 or f16.",
  },
]);
