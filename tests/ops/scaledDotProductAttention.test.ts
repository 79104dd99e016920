import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import type { Value } from "../../src/graph/node.ts";
import { inputNode } from "../../src/graph/source.ts";
import { permute, reshape, scaledDotProductAttention, slice } from "../../src/ops/index.ts";
import { normalised } from "./families.ts";
import type { InputSpec, OpCase } from "./opCase.ts";
import { testErrors, testOp } from "./testOp.ts";

/** q, k and v. Without a value width, as wide as q. */
function inputs(
  { batch = 1, heads = 1, keyHeads = heads }: { batch?: number; heads?: number; keyHeads?: number },
  [queries, keys]: readonly [number, number],
  width: number,
  valueWidth = width,
): InputSpec[] {
  return [
    { shape: [batch, heads, queries, width] },
    { shape: [batch, keyHeads, keys, width] },
    { shape: [batch, keyHeads, keys, valueWidth] },
  ];
}

const causal: OpCase["apply"] = (q, k, v) => scaledDotProductAttention(q, k, v, { causal: true });
const masked: OpCase["apply"] = (q, k, v, mask) => scaledDotProductAttention(q, k, v, { mask });
const maskedCausal: OpCase["apply"] = (q, k, v, mask) =>
  scaledDotProductAttention(q, k, v, { mask, causal: true });

/** Rows of a mask of 7 keys: a part, all, none, one. */
const rows = [
  [1, 0, 1, 1, 0, 0, 1],
  [1, 1, 1, 1, 1, 1, 1],
  [0, 0, 0, 0, 0, 0, 0],
  [0, 0, 0, 0, 0, 0, 1],
];
const added = rows.map((row) => row.map((allowed, j) => (allowed ? j / 4 - 1 : Number.NEGATIVE_INFINITY)));

/** Small numbers, and from element `border` on large ones of both signs. */
function farBehind(at: number, border: number): number {
  return at < border ? (at % 5) / 4 - 0.5 : Math.floor(at / 4) % 2 === 0 ? 500 : -500;
}

/** q, k or v out of a projection [batch, rows, 3 * heads * width], without a copy. */
function part<T extends Value>(qkv: T, which: number, heads: number): T {
  const [batch, length, all] = qkv.shape;
  const size = all / 3;
  const own = slice(qkv, { starts: [0, 0, which * size], ends: [batch, length, (which + 1) * size] });
  return permute(reshape(own, [batch, length, heads, size / heads]), [0, 2, 1, 3]);
}

const key = [42, 3, 7].map((value): InputSpec => ({ shape: [], dtype: "u32", values: [value] }));

testOp("scaledDotProductAttention", [
  {
    name: "known values: equal scores give the mean, and the first row of causal attention its own value",
    inputs: [
      { shape: [1, 1, 2, 1], values: [0, 0] },
      { shape: [1, 1, 2, 1], values: [1, 2] },
      { shape: [1, 1, 2, 2], values: [1, 2, 3, 6] },
    ],
    apply: causal,
    tolerance: normalised,
    expected: [1, 2, 2, 4],
    secondGradient: true,
  },
  {
    name: "one head",
    inputs: inputs({}, [5, 7], 4),
    apply: (q, k, v) => scaledDotProductAttention(q, k, v),
    tolerance: normalised,
    shape: [1, 1, 5, 4],
    secondGradient: true,
  },
  {
    name: "causal, several heads, widths that are no multiple of 4",
    inputs: inputs({ batch: 2, heads: 3 }, [13, 13], 6, 5),
    apply: causal,
    tolerance: normalised,
    shape: [2, 3, 13, 5],
  },
  {
    name: "causal, more queries than keys",
    inputs: inputs({ heads: 2 }, [9, 3], 4),
    apply: causal,
    tolerance: normalised,
    secondGradient: true,
  },
  {
    name: "causal, fewer queries than keys",
    inputs: inputs({ heads: 2 }, [3, 9], 4),
    apply: causal,
    tolerance: normalised,
  },
  {
    name: "causal, large scores for keys that no query sees",
    inputs: inputs({}, [5, 9], 4).map((spec, index) =>
      index === 1 ? { ...spec, values: Array.from({ length: 36 }, (_, at) => farBehind(at, 20)) } : spec,
    ),
    apply: causal,
    tolerance: normalised,
  },
  {
    name: "query heads that share a head of k and v",
    inputs: inputs({ batch: 2, heads: 6, keyHeads: 2 }, [5, 7], 4),
    apply: (q, k, v) => scaledDotProductAttention(q, k, v, { scale: 0.7 }),
    tolerance: normalised,
    secondGradient: true,
  },
  {
    name: "a bool mask for all heads, with a row that allows nothing",
    inputs: [
      ...inputs({ batch: 2, heads: 2 }, [4, 7], 4),
      { shape: [4, 7], dtype: "bool", values: rows.flat() },
    ],
    apply: masked,
    tolerance: normalised,
    secondGradient: true,
  },
  {
    name: "a row that allows nothing gives 0, and takes no gradient",
    inputs: [...inputs({}, [2, 3], 4), { shape: [2, 1], dtype: "bool", values: [0, 0] }],
    apply: masked,
    tolerance: normalised,
    expected: new Array<number>(8).fill(0),
    expectedGradients: [8, 12, 12].map((count) => new Array<number>(count).fill(0)),
  },
  {
    name: "an additive mask with -infinity, together with causal attention",
    inputs: [
      ...inputs({ batch: 2, heads: 2 }, [4, 7], 4),
      { shape: [2, 1, 4, 7], values: [...added.flat(), ...added.toReversed().flat()], constant: true },
    ],
    apply: maskedCausal,
    tolerance: normalised,
    secondGradient: true,
  },
  {
    name: "f16, which holds neither the lowest f32 nor any number near it",
    inputs: [
      ...inputs({ heads: 2 }, [4, 7], 4).map((spec) => ({ ...spec, dtype: "f16" as const })),
      { shape: [4, 7], dtype: "f16", values: added.flat(), constant: true },
    ],
    apply: maskedCausal,
    tolerance: normalised,
    dtype: "f16",
    secondGradient: true,
    referenceOnly: "devices may lack f16",
  },
  {
    name: "rows that a mask of -1e9 or of the lowest number fills: as if it were not there",
    inputs: [
      ...inputs({ heads: 2 }, [2, 3], 4).map((spec, index) =>
        index < 2 ? { ...spec, values: new Array<number>(index === 0 ? 16 : 24).fill(0) } : spec,
      ),
      { shape: [2, 1], values: [-1e9, -3.4028234663852886e38], constant: true },
    ],
    apply: masked,
    tolerance: normalised,
  },
  {
    name: "a mask for each key",
    inputs: [
      ...inputs({ batch: 2 }, [3, 4], 4),
      { shape: [2, 1, 1, 4], dtype: "bool", values: [1, 1, 0, 0, 1, 0, 1, 1] },
    ],
    apply: masked,
    tolerance: normalised,
  },
  {
    name: "an additive mask for each head and key",
    inputs: [...inputs({ batch: 2, heads: 2 }, [2, 3], 4), { shape: [2, 1, 3], constant: true }],
    apply: masked,
    tolerance: normalised,
  },
  {
    name: "dropout: the same weights in the value and in every gradient",
    inputs: [...inputs({ batch: 2, heads: 2, keyHeads: 1 }, [5, 7], 4), ...key],
    apply: (q, k, v, seed, stream, step) =>
      scaledDotProductAttention(q, k, v, { dropout: 0.4, random: { seed, stream, step } }),
    tolerance: normalised,
    secondGradient: true,
  },
  {
    name: "parts of one projection, merged again",
    inputs: [{ shape: [2, 9, 3 * 2 * 4] }],
    apply: (qkv) => {
      const y = scaledDotProductAttention(part(qkv, 0, 2), part(qkv, 1, 2), part(qkv, 2, 2), {
        causal: true,
      });
      return reshape(permute(y, [0, 2, 1, 3]), [2, 9, 8]);
    },
    tolerance: normalised,
  },
  {
    name: "wide heads",
    inputs: inputs({ heads: 2, keyHeads: 1 }, [3, 5], 70, 100),
    apply: (q, k, v) => scaledDotProductAttention(q, k, v),
    tolerance: normalised,
  },
  {
    name: "large scores",
    inputs: inputs({}, [5, 7], 4).map((spec, index) => (index < 2 ? { ...spec, low: -20, high: 20 } : spec)),
    apply: (q, k, v) => scaledDotProductAttention(q, k, v),
    tolerance: normalised,
    withoutGradient: true,
  },
  {
    name: "no query",
    inputs: inputs({ heads: 2 }, [0, 3], 4),
    apply: causal,
    tolerance: normalised,
    shape: [1, 2, 0, 4],
  },
  {
    name: "no key",
    inputs: inputs({ heads: 2 }, [3, 0], 4),
    apply: causal,
    tolerance: normalised,
    expected: new Array<number>(24).fill(0),
  },
]);

const given = (...shape: number[]) => inputNode(shape, "f32");
const attend = (q: number[], k: number[], v: number[], mask?: number[]) => () =>
  scaledDotProductAttention(given(...q), given(...k), given(...v), {
    mask: mask === undefined ? undefined : given(...mask),
  });
const name = "scaledDotProductAttention";
const [x, y] = [
  [2, 4, 5, 8],
  [2, 2, 7, 8],
];

testErrors(name, [
  {
    name: "three axes",
    run: attend([4, 5, 8], y, y),
    error: ShapeError,
    text: `${name}: q is [4, 5, 8], which has 3 axes; it must have 4 [batch, heads, rows, width].`,
  },
  {
    name: "widths that differ",
    run: attend(x, [2, 2, 7, 6], y),
    error: ShapeError,
    text: `${name}: widths differ, q is [2, 4, 5, 8] and k is [2, 2, 7, 6]; the last sizes must be equal.`,
  },
  {
    name: "k and v of different lengths",
    run: attend(x, y, [2, 2, 6, 8]),
    error: ShapeError,
    text: `${name}: lengths differ, k is [2, 2, 7, 8] and v is [2, 2, 6, 8]; k and v must have as many rows.`,
  },
  {
    name: "k and v of different heads",
    run: attend(x, y, [2, 4, 7, 8]),
    error: ShapeError,
    text: `${name}: heads differ, k is [2, 2, 7, 8] and v is [2, 4, 7, 8]; k and v must have as many.`,
  },
  {
    name: "batches that differ",
    run: attend(x, [1, 2, 7, 8], [1, 2, 7, 8]),
    error: ShapeError,
    text: `${name}: batches differ, q is [2, 4, 5, 8] and k is [1, 2, 7, 8]; the first sizes must be equal.`,
  },
  {
    name: "heads that are no multiple",
    run: attend([2, 3, 5, 8], y, y),
    error: ShapeError,
    text: `${name}: q has 3 heads and k has 2; q's must be a multiple of k's.`,
  },
  {
    name: "no head of k and v",
    run: attend(x, [2, 0, 7, 8], [2, 0, 7, 8]),
    error: ShapeError,
    text: `${name}: q has 4 heads and k has 0; q's must be a multiple of k's.`,
  },
  {
    name: "a width that is too large",
    run: attend([2, 4, 5, 257], [2, 2, 7, 257], y),
    error: ShapeError,
    text: `${name}: q is [2, 4, 5, 257], of width 257; it must be from 1 to 256.`,
  },
  {
    name: "values without width",
    run: attend(x, y, [2, 2, 7, 0]),
    error: ShapeError,
    text: `${name}: v is [2, 2, 7, 0], of width 0; it must be from 1 to 256.`,
  },
  {
    name: "a mask that does not fit",
    run: attend(x, y, y, [5, 6]),
    error: ShapeError,
    text: `${name}: mask is [5, 6], which does not broadcast to [2, 4, 5, 7]; it must fit [batch, heads, queries, keys].`,
  },
  {
    name: "a mask of integers",
    run: () =>
      scaledDotProductAttention(given(...x), given(...y), given(...y), { mask: inputNode([5, 7], "i32") }),
    error: DtypeError,
    text: `${name}: mask has dtype i32; it must be bool or f32 or f16.`,
  },
  {
    name: "integers",
    run: () => scaledDotProductAttention(inputNode(x, "i32"), given(...y), given(...y)),
    error: DtypeError,
    text: `${name}: q has dtype i32; it must be f32 or f16.`,
  },
  ...[1, -0.5, Number.NaN].map((dropout) => ({
    name: `dropout of ${dropout}`,
    run: () => scaledDotProductAttention(given(...x), given(...y), given(...y), { dropout }),
    error: UsageError,
    text: `${name}: dropout is ${dropout}; it must be at least 0 and below 1.`,
  })),
  {
    name: "dropout without numbers",
    run: () => scaledDotProductAttention(given(...x), given(...y), given(...y), { dropout: 0.5 }),
    error: UsageError,
    text: `${name}: dropout is 0.5 without random; it must say what to draw by.`,
  },
  {
    name: "a scale that is no number",
    run: () => scaledDotProductAttention(given(...x), given(...y), given(...y), { scale: Number.NaN }),
    error: UsageError,
    text: `${name}: scale is NaN; it must be a finite number.`,
  },
]);
