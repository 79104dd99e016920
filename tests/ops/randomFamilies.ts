// Every public op and its cases at random shapes, and those that have none.

import * as ops from "../../src/ops/index.ts";
import { elementwise } from "./randomElementwise.ts";
import { exactOps, otherConvolutions } from "./randomExact.ts";
import { indexing } from "./randomIndexing.ts";
import { movement } from "./randomMovement.ts";
import { pools } from "./randomPools.ts";
import { recurrent } from "./randomRecurrent.ts";
import { rows } from "./randomRows.ts";
import type { Cases } from "./randomShapes.ts";
import { ofSizes } from "./randomSized.ts";

/** The cases of each op. */
export const families: Readonly<Record<string, Cases>> = {
  ...elementwise,
  ...rows,
  ...movement,
  ...indexing,
  ...ofSizes,
  ...exactOps,
  ...otherConvolutions,
  ...pools,
  ...recurrent,
};

/** Ops whose cases are of whole numbers and must be exact at many shapes. */
export const exactFamilies: readonly string[] = ["sum", ...Object.keys(exactOps), "avgPool2d", "maxPool2d"];

/** Ops that stand for others, which differ from them by an expression or are made of them. */
const thorough = ["abs", "add", "argmax", "cumsum", "max", "softmax", "sort"];
/** Pipelines take longer than all else on a GPU: of all other ops one shape in so many must do. */
const SHARE = 10;

/** At how many shapes an op is run on the GPU, where those that differ most by shape are at `count`. */
export function gpuCount(op: string, count: number): number {
  return op in movement || op in indexing || thorough.includes(op) ? count : Math.ceil(count / SHARE);
}

/** Ops that have no cases at random shapes, each with the reason: a line for each. */
export const withoutFamily: Readonly<Record<string, string>> = {};

/** Public ops that are in no family and not listed above, and names that are no public op. */
export function strayNames(): string[] {
  const known = [...Object.keys(families), ...Object.keys(withoutFamily)];
  const isPublic = (name: string) => name in ops;
  return [
    ...Object.keys(ops).filter((name) => !known.includes(name)),
    ...known.filter((name, index) => !isPublic(name) || known.indexOf(name) !== index),
  ];
}
