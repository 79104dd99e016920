// Ops whose inputs share sizes, at random sizes: "bmk bkn" says that there are two inputs, and which of their axes are alike.

import * as fc from "fast-check";
import * as ops from "../../src/ops/index.ts";
import { printShape, type Shape } from "../../src/tensor/shape.ts";
import { exact, normalised, sums, ulps } from "./families.ts";
import type { Apply, InputSpec, OpCase } from "./opCase.ts";
import { type Cases, casesOf, shapes, size } from "./randomShapes.ts";
import { variantsOf } from "./randomVariants.ts";

type Sizes = Readonly<Record<string, number>>;
type Spec = Omit<InputSpec, "shape">;

export interface SizedBars extends Pick<OpCase, "tolerance" | "gradientTolerance" | "withoutGradient"> {
  /** The fewest of a letter; 0 where not given, but 1 of what labels count. */
  readonly least?: Sizes;
  /** What all inputs are drawn from, and what one of them is. */
  readonly input?: Spec;
  readonly inputs?: readonly (Spec | undefined)[];
}

/** Whole numbers: sums of products are exact. */
const whole: SizedBars = { tolerance: exact, input: { integers: true, low: -4, high: 5 } };
const smooth: SizedBars = { tolerance: normalised };
const fixed: SizedBars = { tolerance: normalised, withoutGradient: true };

/**
 * Cases of `of` at sizes of `text`: a word for each input, "_" for a scalar; a letter or a digit for each axis; behind "<"
 * the letter that is above an input's whole numbers; behind ";" letters that are no input's.
 */
export function sized(text: string, of: (sizes: Sizes) => Apply, bars: SizedBars): Cases {
  return casesOf(sizesOf(text, bars.least), (sizes) => sizedCase(text, sizes, of(sizes), bars));
}

/** The same for what the tables of PyTorch's cases say how to call. */
function tabled(op: string, text: string, least: Sizes = {}, kind?: string): Cases {
  const drawn = fc.tuple(sizesOf(text, least), fc.constantFrom(...variantsOf(op, kind)));
  return casesOf(drawn, ([sizes, { apply, call, inputs, ...bars }]) => {
    const opCase = sizedCase(text, sizes, apply, bars);
    return {
      ...opCase,
      name: opCase.name + call,
      inputs: opCase.inputs.map((input, index) => {
        const own = inputs[index](input.shape);
        return input.dtype === undefined ? own : { ...own, ...input };
      }),
    };
  });
}

function sizesOf(text: string, least: Sizes = {}): fc.Arbitrary<Sizes> {
  const letters = [...new Set(text.replace(/[^a-z]/g, ""))];
  const isCounted = (letter: string) => text.includes(`<${letter}`);
  return fc.record(
    Object.fromEntries(
      letters.map((letter) => [letter, size(least[letter] ?? (isCounted(letter) ? 1 : 0), 7)]),
    ),
  );
}

function sizedCase(text: string, sizes: Sizes, apply: Apply, bars: SizedBars): OpCase {
  const { tolerance, gradientTolerance, withoutGradient, input, inputs = [] } = bars;
  const sizeOf = (axis: string) => sizes[axis] ?? Number(axis);
  const specs = text
    .replace(/ ?;.*/, "")
    .split(" ")
    .map((word, index): InputSpec => {
      const [axes, above] = word.split("<");
      const shape: Shape = [...axes.replace("_", "")].map(sizeOf);
      const labels: Spec = { dtype: "i32", low: 0, high: sizeOf(above) };
      return { ...(above === undefined ? input : labels), ...inputs[index], shape };
    });
  return {
    name: `${text} of ${JSON.stringify(sizes).replaceAll('"', "")}`,
    inputs: specs,
    apply,
    tolerance,
    gradientTolerance,
    withoutGradient,
  };
}

const products: Readonly<Record<string, Cases>> = {
  addmm: sized("mn mk kn", () => (x, a, b) => ops.addmm(x, a, b, { alpha: 2, beta: -3 }), whole),
  baddbmm: sized("bmn bmk bkn", () => (x, a, b) => ops.baddbmm(x, a, b, { alpha: 2, beta: -3 }), whole),
  bmm: sized("bmk bkn", () => (a, b) => ops.bmm(a, b), whole),
  dot: sized("k k", () => (a, b) => ops.dot(a, b), whole),
  einsum: sized("abc cdb", () => (a, b) => ops.einsum("abc,cdb->da", a, b), whole),
  mv: sized("mk k", () => (a, b) => ops.mv(a, b), whole),
  outer: sized("m n", () => (a, b) => ops.outer(a, b), whole),
  tensordot: sized("ijk jkl", () => (a, b) => ops.tensordot(a, b), whole),
  trace: sized("mn", () => (x) => ops.trace(x), whole),
  cdist: tabled("cdist", "bmd bnd", { d: 1 }),
  cosineSimilarity: sized("mdn mdn", () => (a, b) => ops.cosineSimilarity(a, b), {
    ...smooth,
    least: { d: 1 },
  }),
  pairwiseDistance: tabled("pairwiseDistance", "md md", { d: 1 }),
};

/** Far from singular: a random matrix with a large diagonal. */
const regular = {
  ...smooth,
  inputs: [
    { low: -0.5, high: 0.5 },
    { low: 2, high: 4 },
  ],
};

const systems: Readonly<Record<string, Cases>> = {
  cholesky: sized(
    "bnn bn",
    () => (x, d) => ops.cholesky(ops.add(ops.bmm(x, ops.transpose(x)), ops.diagEmbed(d))),
    regular,
  ),
  choleskySolve: sized(
    "bnn bn bnm",
    () => (x, d, y) => ops.choleskySolve(y, ops.add(ops.tril(x, { diagonal: -1 }), ops.diagEmbed(d))),
    regular,
  ),
  solveTriangular: sized(
    "bnn bn bnm",
    () => (x, d, y) => ops.solveTriangular(ops.add(x, ops.diagEmbed(d)), y, { upper: true }),
    regular,
  ),
};

const norms: Readonly<Record<string, Cases>> = {
  layerNorm: sized(
    "abd d d",
    ({ d }) =>
      (x, weight, bias) =>
        ops.layerNorm(x, [d], { weight, bias }),
    { ...smooth, least: { d: 4 } },
  ),
  rmsNorm: sized(
    "abd d",
    ({ d }) =>
      (x, weight) =>
        ops.rmsNorm(x, [d], { weight, eps: 1e-5 }),
    {
      ...smooth,
      least: { d: 2 },
    },
  ),
  batchNorm: sized("ncl c c", () => (x, weight, bias) => ops.batchNorm(x, { weight, bias, training: true }), {
    ...smooth,
    least: { n: 2, l: 2, c: 1 },
  }),
  batchMoments: sized("ncl", () => (x) => ops.batchMoments(x), { ...smooth, least: { n: 2, l: 1 } }),
  // Its center and drift are determined as a sum alone.
  batchStatistics: sized("ncl", () => (x) => ops.narrow(ops.batchStatistics(x, { eps: 0.25 }), 0, 0, 2), {
    ...smooth,
    least: { n: 2, l: 1 },
  }),
  groupNorm: sized(
    "ncl c c",
    ({ c }) =>
      (x, weight, bias) =>
        ops.groupNorm(x, c % 2 === 0 ? 2 : 1, { weight, bias }),
    { ...smooth, least: { n: 1, c: 1, l: 4 } },
  ),
  instanceNorm: sized("ncl c c", () => (x, weight, bias) => ops.instanceNorm(x, { weight, bias }), {
    ...smooth,
    least: { n: 1, c: 1, l: 4 },
  }),
  localResponseNorm: sized("ncl", () => (x) => ops.localResponseNorm(x, 3, { alpha: 0.5 }), smooth),
  runningMoments: sized(
    "c c 1 5c",
    () => (mean, variance, count, statistics) =>
      ops.runningMoments(ops.concat([mean, variance, count]), statistics, 0.25),
    { ...fixed, least: { c: 1 } },
  ),
};

const attention: Readonly<Record<string, Cases>> = {
  alibiBias: sized(
    "h;qk",
    ({ q, k }) =>
      (slopes) =>
        ops.alibiBias(slopes, q, k, { symmetric: true }),
    whole,
  ),
  decodeAttention: sized(
    "bhqd bhkd bhkw b<k",
    () => (q, keys, values, lengths) => ops.decodeAttention(q, keys, values, { lengths }),
    { ...fixed, least: { b: 1, h: 1, q: 1, d: 1, w: 1 } },
  ),
  rotaryEmbedding: sized(
    "btd t1d t1d",
    () => (half, cosine, sine) => {
      const table = [
        ops.concat([cosine, cosine], { axis: 2 }),
        ops.concat([ops.neg(sine), sine], { axis: 2 }),
      ];
      return ops.rotaryEmbedding(
        ops.concat([half, ops.neg(half)], { axis: 2 }),
        ops.concat(table, { axis: 1 }),
      );
    },
    { ...whole, inputs: [undefined, { constant: true }, { constant: true }], least: { d: 1, t: 1 } },
  ),
  // Two heads of queries for each of keys; a width has shaders of its own.
  scaledDotProductAttention: sized(
    "bgq5 bgk5 bgk5",
    ({ b }) =>
      (q, k, v) =>
        ops.scaledDotProductAttention(ops.concat([q, ops.neg(q)], { axis: 1 }), k, v, {
          causal: b % 2 === 0,
        }),
    { ...smooth, least: { b: 1, g: 1, q: 1, k: 1 } },
  ),
};

const sampling: Readonly<Record<string, Cases>> = {
  categorical: sized("nc n", () => (x, u) => ops.categorical(x, u), {
    tolerance: exact,
    withoutGradient: true,
    input: { low: 0.01, high: 1 },
    least: { c: 1 },
  }),
  dropoutWith: sized(
    "mn _ _ _",
    () => (x, seed, stream, step) => ops.dropoutWith(x, { seed, stream, step }, 0.25),
    { tolerance: ulps(3), inputs: [{}, ...keyOf(3)] },
  ),
  filterLogits: sized("nc", () => (x) => ops.filterLogits(x, { temperature: 0.75, topK: 4, topP: 0.75 }), {
    ...fixed,
    least: { c: 1 },
  }),
  penalizeRepeats: sized(
    "nc nk<c",
    () => (logits, history) => ops.penalizeRepeats(logits, { penalty: 1.25, history }),
    { tolerance: ulps(3), withoutGradient: true },
  ),
  randomUniform: sized(
    "_ _ _;abc",
    ({ a, b, c }) =>
      (seed, stream, step) =>
        ops.randomUniform({ seed, stream, step }, [a, b, c]),
    { tolerance: exact, withoutGradient: true, inputs: keyOf(3) },
  ),
};

function keyOf(count: number): Spec[] {
  return Array.from({ length: count }, () => ({ dtype: "u32", low: 0, high: 2 ** 31 }));
}

const searches: Readonly<Record<string, Cases>> = {
  bucketize: sized("mn k", () => (x, edges) => ops.bucketize(x, ops.sort(edges).values), {
    tolerance: exact,
    withoutGradient: true,
  }),
  histogram: sized("mn", () => (x) => ops.histogram(x, 5, { range: [-1.5, 1.5] }).hist, {
    tolerance: exact,
    withoutGradient: true,
  }),
  searchSorted: sized("mk mn", () => (rows, x) => ops.searchSorted(ops.sort(rows).values, x), {
    tolerance: exact,
    withoutGradient: true,
  }),
};

const columns = { stride: [1, 2], padding: 1 } as const;

const resized: Readonly<Record<string, Cases>> = {
  affineGrid: sized(
    "b23;hw",
    ({ b, h, w }) =>
      (theta) =>
        ops.affineGrid(theta, [b, 1, h, w]),
    {
      ...smooth,
      least: { b: 1, h: 1, w: 1 },
    },
  ),
  col2im: sized(
    "bchw",
    ({ h, w }) =>
      (x) =>
        ops.col2im(ops.im2col(x, [2, 3], columns), [h, w], [2, 3], columns),
    { ...whole, least: { b: 1, c: 1, h: 2, w: 2 } },
  ),
  embeddingBag: sized("nk<r rd", () => (index, weight) => ops.embeddingBag(index, weight, { mode: "sum" }), {
    ...whole,
    least: { n: 1, k: 1, d: 1 },
  }),
  gridSample: sized("bchw buv2", () => (x, grid) => ops.gridSample(x, grid), {
    ...smooth,
    inputs: [undefined, { low: -1.2, high: 1.2 }],
    least: { b: 1, c: 1, h: 1, w: 1, u: 1, v: 1 },
  }),
  im2col: sized("bchw", () => (x) => ops.im2col(x, [2, 3], columns), {
    ...whole,
    least: { b: 1, c: 1, h: 2, w: 2 },
  }),
  interpolate: fc.oneof(
    sized(
      "bchw;uv",
      ({ u, v }) =>
        (x) =>
          ops.interpolate(x, { size: [u, v] }),
      {
        ...whole,
        least: { h: 1, w: 1, u: 1, v: 1 },
      },
    ),
    sized(
      "bchw;uv",
      ({ u, v }) =>
        (x) =>
          ops.interpolate(x, { size: [u, v], mode: "bilinear" }),
      {
        tolerance: sums(8),
        input: { low: 2, high: 4 },
        least: { h: 1, w: 1, u: 1, v: 1 },
      },
    ),
  ),
  prelu: sized("ncl c", () => (x, weight) => ops.prelu(x, weight), { ...smooth, least: { c: 1 } }),
};

/** Losses of inputs of one shape. */
const alike = `binaryCrossEntropy binaryCrossEntropyWithLogits gaussianNllLoss hingeEmbeddingLoss hingeLoss huberLoss klDiv
  l1Loss marginRankingLoss mseLoss poissonNllLoss sigmoidFocalLoss smoothL1Loss softMarginLoss`;

function lossAt(op: string): Cases {
  const drawn = fc.tuple(shapes({ leastRank: 1, leastSize: 1 }), fc.constantFrom(...variantsOf(op)));
  return casesOf(drawn, ([shape, { apply, call, inputs, ...bars }]) => ({
    ...bars,
    name: `${printShape(shape)}${call}`,
    inputs: inputs.map((input) => input(shape)),
    apply,
  }));
}

const losses: Readonly<Record<string, Cases>> = {
  ...Object.fromEntries(alike.split(/\s+/).map((op) => [op, lossAt(op)])),
  cosineEmbeddingLoss: tabled("cosineEmbeddingLoss", "nd nd n", { n: 1, d: 1 }),
  crossEntropy: tabled("crossEntropy", "nc n<c", { n: 1 }, "f32,i32"),
  crossEntropyState: sized(
    "nc n<c 3n",
    ({ c }) =>
      (x, labels, before) =>
        ops.crossEntropyState(x, labels, before, { start: 0, allClasses: c, ignoreIndex: -100 }),
    { ...fixed, inputs: [undefined, undefined, { low: 0.5, high: 1.5 }] },
  ),
  ctcLoss: sized(
    "tb4 b2",
    ({ t }) =>
      (x, targets) =>
        ops.ctcLoss(ops.logSoftmax(x, { axis: 2 }), targets, t, 2),
    { ...smooth, inputs: [undefined, { dtype: "i32", low: 1, high: 4 }], least: { t: 5, b: 1 } },
  ),
  diceLoss: tabled("diceLoss", "ncl ncl", { n: 1, c: 1, l: 1 }),
  linearCrossEntropy: tabled("linearCrossEntropy", "nd cd n<c", { n: 1, d: 1 }),
  multiMarginLoss: tabled("multiMarginLoss", "nc n<c", { n: 1 }),
  nllLoss: tabled("nllLoss", "ncl nl<c", { n: 1, l: 1 }),
  tripletMarginLoss: tabled("tripletMarginLoss", "nd nd nd", { n: 1, d: 1 }),
};

export const ofSizes: Readonly<Record<string, Cases>> = {
  ...products,
  ...systems,
  ...norms,
  ...attention,
  ...sampling,
  ...searches,
  ...resized,
  ...losses,
};
