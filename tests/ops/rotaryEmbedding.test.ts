import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { permute, reshape, rotaryEmbedding } from "../../src/ops/index.ts";
import { ulps } from "./families.ts";
import type { InputSpec, OpCase } from "./opCase.ts";
import { testErrors, testOp } from "./testOp.ts";

/** [positions, 2, dim]: by the definition, position times base^(-2i / dim), with numbers that f32 holds. */
function tableOf(positions: number, dim: number, interleaved = false): InputSpec {
  const values: number[] = [];
  for (let position = 0; position < positions; position++) {
    for (const isSine of [false, true]) {
      for (let feature = 0; feature < dim; feature++) {
        const pair = interleaved ? Math.floor(feature / 2) : feature % (dim / 2);
        const isFirst = interleaved ? feature % 2 === 0 : feature < dim / 2;
        const angle = position * 10000 ** ((-2 * pair) / dim);
        const sine = isFirst ? -Math.sin(angle) : Math.sin(angle);
        values.push(Math.fround(isSine ? sine : Math.cos(angle)));
      }
    }
  }
  return { shape: [positions, 2, dim], values, constant: true };
}

/** Sums of two products: the products' roundings and the sum's. */
const tolerance = { family: "reduction", length: 2 } as const;

const quarterTurn: InputSpec = { shape: [1, 2, 4], values: [0, 0, 0, 0, -1, -1, 1, 1], constant: true };

testOp("rotaryEmbedding", [
  {
    name: "a quarter of a turn, pairs half of the features apart",
    inputs: [{ shape: [1, 4], values: [1, 2, 3, 4] }, quarterTurn],
    apply: (x, table) => rotaryEmbedding(x, table),
    tolerance: ulps(1),
    shape: [1, 4],
    expected: [-3, -4, 1, 2],
    secondGradient: true,
  },
  {
    name: "a quarter of a turn of neighbours",
    inputs: [
      { shape: [1, 4], values: [1, 2, 3, 4] },
      { shape: [1, 2, 4], values: [0, 0, 0, 0, -1, 1, -1, 1], constant: true },
    ],
    apply: (x, table) => rotaryEmbedding(x, table, { interleaved: true }),
    tolerance: ulps(1),
    expected: [-2, 1, -4, 3],
    secondGradient: true,
  },
  {
    name: "the gradient is the rotation back",
    inputs: [{ shape: [1, 4], values: [1, 2, 3, 4] }, quarterTurn],
    apply: (x, table) => rotaryEmbedding(x, table),
    tolerance: ulps(1),
    dy: [-3, -4, 1, 2],
    expectedGradients: [[1, 2, 3, 4]],
  },
  ...[false, true].flatMap((interleaved): OpCase[] => [
    {
      name: `heads of texts, ${interleaved ? "neighbours" : "halves"}`,
      inputs: [{ shape: [2, 3, 5, 8] }, tableOf(7, 8, interleaved)],
      apply: (x, table) => rotaryEmbedding(x, table, { interleaved }),
      tolerance,
      shape: [2, 3, 5, 8],
      secondGradient: true,
    },
    {
      name: `from an offset on, an odd number of pairs, ${interleaved ? "neighbours" : "halves"}`,
      inputs: [{ shape: [2, 3, 6] }, tableOf(9, 6, interleaved)],
      apply: (x, table) => rotaryEmbedding(x, table, { offset: 6, interleaved }),
      tolerance,
      shape: [2, 3, 6],
    },
  ]),
  {
    name: "positions on the GPU, as in a decoding step",
    inputs: [{ shape: [2, 3, 1, 4] }, tableOf(9, 4), { shape: [1], dtype: "i32", values: [5] }],
    apply: (x, table, positions) => rotaryEmbedding(x, table, { positions }),
    tolerance,
    shape: [2, 3, 1, 4],
    secondGradient: true,
  },
  {
    name: "positions for each text",
    inputs: [{ shape: [2, 3, 2, 4] }, tableOf(9, 4), { shape: [2, 2], dtype: "u32", values: [0, 1, 5, 6] }],
    apply: (x, table, positions) => rotaryEmbedding(x, table, { positions }),
    tolerance,
  },
  {
    name: "a position that the table lacks",
    inputs: [{ shape: [2, 2] }, tableOf(3, 2), { shape: [2], dtype: "i32", values: [3, -1] }],
    apply: (x, table, positions) => rotaryEmbedding(x, table, { positions }),
    tolerance,
    expected: [Number.NaN, Number.NaN, Number.NaN, Number.NaN],
    withoutGradient: true,
  },
  {
    name: "x cut out of one projection, heads last",
    inputs: [{ shape: [2, 5, 24] }, tableOf(5, 8)],
    apply: (x, table) => rotaryEmbedding(permute(reshape(x, [2, 5, 3, 8]), [0, 2, 1, 3]), table),
    tolerance,
    shape: [2, 3, 5, 8],
  },
  {
    name: "the table's gradient",
    inputs: [{ shape: [3, 2, 4] }, { shape: [2, 2, 4] }],
    apply: (x, table) => rotaryEmbedding(x, table),
    tolerance,
    gradientTolerance: { family: "reduction", length: 3 },
    secondGradient: true,
    secondTolerance: { family: "reduction", length: 6 },
  },
  {
    name: "no token",
    inputs: [{ shape: [2, 0, 4] }, tableOf(3, 4)],
    apply: (x, table) => rotaryEmbedding(x, table),
    tolerance,
    shape: [2, 0, 4],
  },
]);

testErrors("rotaryEmbedding", [
  {
    name: "an odd number of features",
    run: () => rotaryEmbedding(inputNode([4, 3], "f32"), inputNode([4, 2, 3], "f32")),
    error: ShapeError,
    text: "rotaryEmbedding: x is [4, 3] and table [4, 2, 3]; they must be [..., tokens, dim] with an even dim, and [positions, 2, dim].",
  },
  {
    name: "a table of another width",
    run: () => rotaryEmbedding(inputNode([4, 4], "f32"), inputNode([4, 2, 8], "f32")),
    error: ShapeError,
    text: "rotaryEmbedding: x is [4, 4] and table [4, 2, 8]; they must be [..., tokens, dim] with an even dim, and [positions, 2, dim].",
  },
  {
    name: "tokens behind the table's end",
    run: () => rotaryEmbedding(inputNode([4, 2], "f32"), inputNode([6, 2, 2], "f32"), { offset: 3 }),
    error: UsageError,
    text: "rotaryEmbedding: 4 tokens from offset 3 on, but the table has 6 positions; all must be in the table.",
  },
  {
    name: "positions of fractions",
    run: () =>
      rotaryEmbedding(inputNode([4, 2], "f32"), inputNode([6, 2, 2], "f32"), {
        positions: inputNode([4], "f32"),
      }),
    error: DtypeError,
    text: "rotaryEmbedding: positions has dtype f32; it must be i32 or u32.",
  },
  {
    name: "positions of another count",
    run: () =>
      rotaryEmbedding(inputNode([3, 4, 2], "f32"), inputNode([6, 2, 2], "f32"), {
        positions: inputNode([3], "i32"),
      }),
    error: ShapeError,
    text: "rotaryEmbedding: positions are [3] for x [3, 4, 2]; they must be [4] or [3, 4].",
  },
]);
