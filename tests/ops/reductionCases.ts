// The axes, shapes and layouts that every reduction is run at.

import type { Value } from "../../src/graph/node.ts";
import { mul, slice, transpose } from "../../src/ops/index.ts";
import type { AxisOptions } from "../../src/ops/reduction.ts";
import type { Tolerance } from "../setup/tolerances.ts";
import type { OpCase } from "./opCase.ts";

type Reduction = <T extends Value>(x: T, options?: AxisOptions) => T;

/** How a reduction over `length` elements is compared; `gradient` is missing where it has none. */
interface Bars {
  readonly value: (length: number) => Tolerance;
  readonly gradient?: (length: number) => Tolerance;
  /** Draw whole numbers. */
  readonly integers?: true;
}

/** One axis, several, all and none of them; neighbours and not; kept or not; through views; no rows. */
export function reductionShapes(reduction: Reduction, { value, gradient, integers }: Bars): OpCase[] {
  const one = (
    name: string,
    shape: readonly number[],
    length: number,
    options: AxisOptions,
    result: readonly number[],
  ): OpCase => ({
    name,
    inputs: [{ shape, integers }],
    apply: (x) => reduction(x, options),
    shape: result,
    ...bars(length),
  });
  const bars = (length: number) =>
    gradient === undefined
      ? { tolerance: value(length), withoutGradient: true as const }
      : { tolerance: value(length), gradientTolerance: gradient(length) };
  return [
    one("a scalar", [], 1, {}, []),
    one("one element", [1], 1, {}, []),
    one("a row of a prime length", [97], 97, {}, []),
    one("everything", [3, 5, 7], 105, {}, []),
    one("the last axis", [7, 13], 13, { axis: 1 }, [7]),
    one("the first axis", [7, 13], 7, { axis: 0 }, [13]),
    one("the first axis of whole quads", [5, 16], 5, { axis: -2 }, [16]),
    one("a middle axis", [3, 5, 7], 5, { axis: 1 }, [3, 7]),
    one("the last two axes", [3, 5, 7], 35, { axis: [1, -1] }, [3]),
    one("axes that are no neighbours", [3, 5, 7], 21, { axis: [0, 2] }, [5]),
    one(
      "axes that are no neighbours, kept",
      [3, 5, 7, 2],
      15,
      { axis: [2, 0], keepDims: true },
      [1, 5, 1, 2],
    ),
    one("all axes, kept", [3, 5], 15, { keepDims: true }, [1, 1]),
    one("no axis", [3, 5], 1, { axis: [] }, [3, 5]),
    one("no rows", [0, 5], 5, { axis: 1 }, [0]),
    {
      name: "a transposed view",
      inputs: [{ shape: [9, 11], integers }],
      apply: (x) => reduction(transpose(x), { axis: 1 }),
      shape: [11],
      ...bars(9),
    },
    {
      name: "every second column, backwards",
      inputs: [{ shape: [4, 9], integers }],
      apply: (x) => reduction(slice(x, { steps: [1, -2] }), { axis: 1 }),
      shape: [4],
      ...bars(5),
    },
    {
      name: "computed while it is read",
      inputs: [{ shape: [4, 40], integers }],
      apply: (x) => reduction(mul(x, 2), { axis: 1 }),
      shape: [4],
      ...bars(40),
    },
  ];
}
