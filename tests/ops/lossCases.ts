// What all losses of elements refuse: inputs that are not alike, whole numbers, unknown words.

import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import type { Node } from "../../src/graph/node.ts";
import { inputNode } from "../../src/graph/source.ts";
import type { Reduction } from "../../src/ops/reduceLosses.ts";
import type { ErrorCase } from "./testOp.ts";

/** A loss of two inputs of one shape, the first of which is called `x`. */
type PairLoss = (x: Node, target: Node, options?: { reduction: Reduction }) => Node;

/** What `op` refuses of its pair. `names`: what it calls them, where not x and target. */
export function pairErrors(op: string, loss: PairLoss, names: readonly [string, string] = ["x", "target"]) {
  const [first, second] = names;
  const x = inputNode([2, 3], "f32");
  const cases: ErrorCase[] = [
    {
      name: "another shape, even one that broadcasts",
      run: () => loss(x, inputNode([3], "f32")),
      error: ShapeError,
      text: `${op}: ${first} is [2, 3] and ${second} [3]; they must have the same shape.`,
    },
    {
      name: "whole numbers",
      run: () => loss(inputNode([2, 3], "i32"), x),
      error: DtypeError,
      text: `${op}: ${first} has dtype i32; it must be f32 or f16.`,
    },
    {
      name: "truth in the place of targets",
      run: () => loss(x, inputNode([2, 3], "bool")),
      error: DtypeError,
      text: `${op}: ${second} has dtype bool; it must be f32 or f16.`,
    },
    {
      name: "an unknown reduction",
      run: () => loss(x, x, { reduction: "average" as Reduction }),
      error: UsageError,
      text: `${op}: reduction "average"; it must be "mean", "sum" or "none".`,
    },
  ];
  return cases;
}
