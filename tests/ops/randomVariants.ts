// What the tables of PyTorch's cases know of an op beside shapes: how it is called, from where its inputs are drawn, and
// the bars of its results. Cases at random shapes take it from there, so that nothing of it is written down twice.

import { elementCount, type Shape } from "../../src/tensor/shape.ts";
import {
  applyOf,
  givenNumbers,
  opTableNames,
  readOpTable,
  type TableCase,
  type TableInput,
} from "../oracle/opTables.ts";
import type { Tolerance } from "../setup/tolerances.ts";
import type { Apply, InputSpec } from "./opCase.ts";

/** One way to call an op. */
export interface Variant {
  /** The options, for names. */
  readonly call: string;
  readonly apply: Apply;
  /** For each input its numbers, at a shape. */
  readonly inputs: readonly ((shape: Shape) => InputSpec)[];
  readonly tolerance: Tolerance;
  /** Missing where it depends on how much is added up. */
  readonly gradientTolerance?: Tolerance;
  readonly withoutGradient?: true;
}

const tables = (await Promise.all(opTableNames.map(readOpTable))).flatMap(({ cases }) => cases);

/**
 * The ways in which the tables call `op` with inputs of one kind, such as "f32,i32": that of its first case with drawn ones
 * where none is asked for.
 */
export function variantsOf(op: string, kind?: string): readonly Variant[] {
  const own = tables.filter(
    (one) =>
      one.op === op &&
      one.inputs.every(({ permute }) => permute === undefined) &&
      (kind === undefined || kindOf(one) === kind),
  );
  const isDrawn = ({ inputs }: TableCase) => inputs.every((input) => input.values === undefined);
  const first =
    own.find((one) => isDrawn(one) && one.withoutGradient === undefined) ?? own.find(isDrawn) ?? own[0];
  if (first === undefined) throw new Error(`the tables have no case of ${op} without views.`);
  const alike = own.filter((one) => kindOf(one) === kindOf(first));
  const calls = new Map(alike.map((one) => [JSON.stringify(one.call), one]));
  calls.set(JSON.stringify(first.call), first);
  return [...calls.values()].map(asVariant);
}

/** What a case's inputs are, beside their shapes and ranges. */
function kindOf({ inputs }: TableCase): string {
  return inputs.map(({ dtype = "f32", values }) => `${dtype}${values === undefined ? "" : "!"}`).join();
}

function asVariant(one: TableCase): Variant {
  const { call = [], inputs, tolerance, gradientTolerance, withoutGradient } = one;
  const options = call.filter((part) => typeof part !== "string" || !part.startsWith("$"));
  return {
    call: options.length === 0 ? "" : ` with ${JSON.stringify(options)}`,
    apply: applyOf(one),
    inputs: inputs.map((input) => (shape: Shape) => ({ ...specOf(input, shape), shape })),
    tolerance,
    gradientTolerance: gradientTolerance?.family === "reduction" ? undefined : gradientTolerance,
    withoutGradient,
  };
}

function specOf(
  { dtype = "f32", constant, values, bound, low = 0, scale = 2, offset = 0 }: TableInput,
  shape: Shape,
): Omit<InputSpec, "shape"> {
  if (values !== undefined) {
    const given = givenNumbers(values);
    return {
      dtype,
      constant,
      values: Array.from({ length: elementCount(shape) }, (_, at) => given[at % given.length]),
    };
  }
  if (bound !== undefined) return { dtype, constant, integers: true, low, high: low + bound };
  return { dtype, constant, low: offset - scale, high: offset + scale };
}
