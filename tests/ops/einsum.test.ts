import { ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { einsum } from "../../src/ops/index.ts";
import { normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

const x = inputNode([2, 3], "f32");

testOp("einsum", [
  {
    name: "known values",
    inputs: [
      { shape: [2, 2], values: [1, 2, 3, 4] },
      { shape: [2, 2], values: [5, 6, 7, 8] },
    ],
    apply: (x, target) => einsum("ij,jk", x, target),
    tolerance: normalised,
    shape: [2, 2],
    expected: [19, 22, 43, 50],
    secondGradient: true,
  },
  {
    name: "a diagonal of two",
    inputs: [{ shape: [2, 2, 2], values: [1, 2, 3, 4, 5, 6, 7, 8] }],
    apply: (x) => einsum("bii->b", x),
    tolerance: normalised,
    shape: [2],
    expected: [5, 13],
    dy: [1, 2],
    expectedGradients: [[1, 0, 0, 1, 2, 0, 0, 2]],
  },
  {
    name: "an ellipsis that the result lacks is summed",
    inputs: [{ shape: [2, 2], values: [1, 2, 3, 4] }],
    apply: (x) => einsum("i...->i", x),
    tolerance: normalised,
    shape: [2],
    expected: [3, 7],
    withoutGradient: true,
  },
  {
    name: "the letter that stands once, sorted",
    inputs: [
      { shape: [1, 2], values: [1, 2] },
      { shape: [2, 1], values: [3, 4] },
    ],
    apply: (x, target) => einsum("b A, A a", x, target),
    tolerance: normalised,
    shape: [1, 1],
    expected: [11],
    withoutGradient: true,
  },
  {
    name: "truth counts",
    inputs: [
      { shape: [3], dtype: "bool", values: [1, 0, 1] },
      { shape: [3], dtype: "bool", values: [1, 1, 1] },
    ],
    apply: (x, target) => einsum("i,i", x, target),
    tolerance: normalised,
    shape: [],
    expected: [2],
    withoutGradient: true,
  },
]);

testErrors("einsum", [
  {
    name: "no operand",
    run: () => einsum(""),
    error: UsageError,
    text: "einsum: no operand is given; there must be at least one.",
  },
  {
    name: "fewer operands than terms",
    run: () => einsum("ij,jk", x),
    error: UsageError,
    text: 'einsum: "ij,jk" has 2 operands and 1 are given; there must be as many.',
  },
  {
    name: "two arrows",
    run: () => einsum("ij->i->j", x),
    error: UsageError,
    text: 'einsum: "ij->i->j" has more than one "->"; it may have one.',
  },
  {
    name: "a sign that is no letter",
    run: () => einsum("i1", x),
    error: UsageError,
    text: 'einsum: "i1"; it must be letters, with at most one "...".',
  },
  {
    name: "two ellipses",
    run: () => einsum("...i...", x),
    error: UsageError,
    text: 'einsum: "...i..."; it must be letters, with at most one "...".',
  },
  {
    name: "a letter too few",
    run: () => einsum("i", x),
    error: ShapeError,
    text: 'einsum: operand 0 is [2, 3] and "i"; there must be a letter for each axis, or "...".',
  },
  {
    name: "a letter too many",
    run: () => einsum("ijk...", x),
    error: ShapeError,
    text: 'einsum: operand 0 is [2, 3] and "ijk..."; there must be a letter for each axis, or "...".',
  },
  {
    name: "sizes that differ",
    run: () => einsum("ij,jk", x, x),
    error: ShapeError,
    text: 'einsum: "j" of "ij,jk" is 3 and 2; an axis must have one size, or 1.',
  },
  {
    name: "a diagonal of what is not square",
    run: () => einsum("ii", x),
    error: ShapeError,
    text: 'einsum: "i" of "ii" is 2 and 3; an axis must have one size, or 1.',
  },
  {
    name: "a diagonal of one row",
    run: () => einsum("ii", inputNode([1, 3], "f32")),
    error: ShapeError,
    text: 'einsum: "i" of "ii" is 1 and 3; an axis must have one size, or 1.',
  },
  {
    name: "a result of unknown letters",
    run: () => einsum("ij->k", x),
    error: UsageError,
    text: 'einsum: "k" of the result is in no operand of "ij->k"; it must be.',
  },
  {
    name: "a result with a letter twice",
    run: () => einsum("ij->ii", x),
    error: UsageError,
    text: 'einsum: the result of "ij->ii" has a letter twice; each may stand once.',
  },
]);
