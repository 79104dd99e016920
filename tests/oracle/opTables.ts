// The fixtures of ops: what PyTorch gives for each case of op_cases/, as cases of the tests of ops.
//
// Decides: how a case of a table becomes a call of the op that has its name.

import * as ops from "../../src/ops/index.ts";
import type { Dtype } from "../../src/tensor/dtype.ts";
import type { Apply, InputSpec, OpCase } from "../ops/opCase.ts";
import type { Tolerance } from "../setup/tolerances.ts";
import { type Fixture, fixtureBytes, loadFixture } from "./fixture.ts";
import { hashIntegers, hashNumbers } from "./hashNumbers.ts";

/** An input: drawn numbers, drawn whole numbers, or these. With `permute`, the op sees a view of it. */
export interface TableInput {
  readonly shape: readonly number[];
  readonly dtype?: Dtype;
  readonly scale?: number;
  readonly offset?: number;
  readonly bound?: number;
  readonly low?: number;
  /** JSON has no infinities and no NaN: they are "inf", "-inf" and "nan". */
  readonly values?: readonly (number | string)[];
  /** What stands at some places instead. */
  readonly planted?: readonly (readonly [place: number, value: string])[];
  readonly permute?: readonly number[];
  readonly constant?: boolean;
}

export interface TableCase {
  readonly op: string;
  readonly name: string;
  readonly seed: number;
  readonly inputs: readonly TableInput[];
  readonly tolerance: Tolerance;
  readonly gradientTolerance?: Tolerance;
  /** What the op is called with, where that is not just the inputs: "$0", "$1", … stand for them. */
  readonly call?: readonly unknown[];
  readonly result?: string | number;
  readonly withoutGradient?: true;
  /** The op holds numbers that f32 rounds. */
  readonly roundsConstants?: true;
}

/** A table as its fixture has it. */
export interface OpTable {
  readonly torch: string;
  readonly table: string;
  readonly sha256: string;
  readonly cases: readonly TableCase[];
}

/** A case of a table, made ready for the tests of ops: what PyTorch gives is `expected`. */
export interface OracleCase extends OpCase {
  readonly op: string;
}

/** Where the results of `dy` come from: the same number as in op_cases/case.py. */
const DY = 50;
const words: Readonly<Record<string, number>> = {
  inf: Number.POSITIVE_INFINITY,
  "-inf": Number.NEGATIVE_INFINITY,
  nan: Number.NaN,
};

const files = Object.keys(import.meta.glob("./ops*.json"));
/** The fixtures of all tables. */
export const opTableNames: readonly string[] = files.map((path) => path.slice("./".length, -".json".length));

/** The cases of `name`.json, with the results of `name`.safetensors. */
export async function oracleCases(name: string): Promise<OracleCase[]> {
  const [{ cases }, fixture] = await Promise.all([readOpTable(name), loadFixture(name)]);
  return cases.map((one) => oracleCase(one, fixture));
}

/** `name`.json. */
export async function readOpTable(name: string): Promise<OpTable> {
  return JSON.parse(new TextDecoder().decode(await fixtureBytes(`${name}.json`)));
}

function oracleCase(one: TableCase, fixture: Fixture): OracleCase {
  const key = `${one.op}/${one.name}`;
  const y = fixture.get(`${key}/y`);
  const inputs = one.inputs.map((input, index) => inputSpec(input, one.seed, index));
  const isDifferentiated = ({ dtype = "f32", constant }: InputSpec) => dtype === "f32" && !constant;
  const count = one.withoutGradient ? 0 : inputs.filter(isDifferentiated).length;
  return {
    op: one.op,
    name: `${key} of PyTorch`,
    inputs,
    apply: applyOf(one),
    tolerance: one.tolerance,
    gradientTolerance: one.gradientTolerance,
    shape: y.shape,
    expected: one.inputs.some(({ planted }) => planted) ? withoutSignOfZero(y.data) : [...y.data],
    dy: [...hashNumbers(one.seed, DY, y.shape)],
    expectedGradients: Array.from({ length: count }, (_, i) =>
      withoutSignOfZero(fixture.get(`${key}/d${i}`).data),
    ),
    withoutGradient: one.withoutGradient,
    roundsConstants: one.roundsConstants,
  };
}

/** Of a slope that is 0, or of something divided by infinity, the sign means nothing. */
function withoutSignOfZero(values: Float64Array): number[] {
  return Array.from(values, (value) => (value === 0 ? 0 : value));
}

function inputSpec(input: TableInput, seed: number, index: number): InputSpec {
  const { shape, dtype = "f32", constant, planted = [] } = input;
  const values = [...numbersOf(input, seed, index)];
  for (const [place, value] of planted) values[place] = words[value];
  return { shape, dtype, constant, values };
}

function numbersOf(input: TableInput, seed: number, index: number): ArrayLike<number> & Iterable<number> {
  const { shape, values, bound, low = 0, scale, offset } = input;
  if (values !== undefined) return givenNumbers(values);
  if (bound !== undefined) return hashIntegers(seed, index, shape, bound).map((value) => value + low);
  return hashNumbers(seed, index, shape, { scale, offset });
}

/** Numbers as a table writes them down. */
export function givenNumbers(values: readonly (number | string)[]): number[] {
  return values.map((value) => Math.fround(typeof value === "number" ? value : words[value]));
}

type AnyOp = (...args: unknown[]) => unknown;

/** The op as a case calls it. */
export function applyOf({ op, inputs, call, result }: TableCase): Apply {
  const found: unknown = Reflect.get(ops, op);
  if (typeof found !== "function") throw new Error(`there is no op ${op}, which a table of op_cases/ has.`);
  return ((...given: Parameters<Apply>) => {
    const seen = given.map((x, index) => {
      const axes = inputs[index].permute;
      return axes === undefined ? x : ops.permute(x, axes);
    });
    const y = (found as AnyOp)(...(call === undefined ? seen : call.map((part) => filled(part, seen))));
    return result === undefined ? y : Reflect.get(y as object, result);
  }) as Apply;
}

/** `part` with inputs in the place of their names. */
function filled(part: unknown, inputs: readonly unknown[]): unknown {
  if (typeof part === "string" && /^\$\d+$/.test(part)) return inputs[Number(part.slice(1))];
  if (Array.isArray(part)) return part.map((inner) => filled(inner, inputs));
  if (part === null) return undefined; // which JSON lacks
  if (typeof part !== "object") return part;
  return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, filled(inner, inputs)]));
}
