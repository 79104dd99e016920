// What every cell and every recurrent network must refuse.

import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import type { Node } from "../../src/graph/node.ts";
import { inputNode } from "../../src/graph/source.ts";
import type { RecurrentOptions, RecurrentWeights } from "../../src/ops/index.ts";
import type { Dtype } from "../../src/tensor/dtype.ts";
import type { ErrorCase } from "./testOp.ts";

export const f32 = (...shape: number[]): Node => inputNode(shape, "f32");

/** Weights for inputs of 3 and a width of 2. */
export function weights(
  gates: number,
  changes: Partial<RecurrentWeights<Node>> = {},
): RecurrentWeights<Node> {
  return { weightIh: f32(2 * gates, 3), weightHh: f32(2 * gates, 2), ...changes };
}

type Run = (x: Node, weights: readonly RecurrentWeights<Node>[], options?: RecurrentOptions<Node>) => unknown;

/** Of an op over sequences. */
export function networkErrors(op: string, gates: number, run: Run): ErrorCase[] {
  const x = f32(5, 4, 3);
  const own = weights(gates);
  const of = (changes: Partial<RecurrentWeights<Node>>) => () => run(x, [weights(gates, changes)]);
  const withOptions = (options: RecurrentOptions<Node>) => () => run(x, [own], options);
  const lengths = (shape: number[], dtype: Dtype) => withOptions({ lengths: inputNode(shape, dtype) });
  const error = (name: string, run: () => unknown, error: ErrorCase["error"], text: string): ErrorCase => ({
    name,
    run,
    error,
    text: `${op}: ${text}`,
  });
  return [
    error(
      "a single sequence",
      () => run(f32(4, 3), [own]),
      ShapeError,
      "x is [4, 3], which has 2 axes; it must have 3 [steps, batch, features].",
    ),
    error(
      "integers",
      () => run(inputNode([5, 4, 3], "i32"), [own]),
      DtypeError,
      "x has dtype i32; it must be f32 or f16.",
    ),
    error(
      "no step",
      () => run(f32(4, 0, 3), [own], { batchFirst: true }),
      ShapeError,
      "x is [4, 0, 3], [batch, steps, features]; there must be at least one step.",
    ),
    error(
      "no layer",
      () => run(x, []),
      UsageError,
      "weights of 0 layers and directions; there must be one for each layer, and at least one layer.",
    ),
    error(
      "one direction of two",
      withOptions({ bidirectional: true }),
      UsageError,
      "weights of 1 layers and directions; there must be two for each layer, and at least one layer.",
    ),
    error(
      "a weight of the state that is not square",
      of({ weightHh: f32(2 * gates, 5) }),
      ShapeError,
      `weightHh of weights 0 is [${2 * gates}, 5]; it must be [${5 * gates}, 5].`,
    ),
    error(
      "a weight for other inputs",
      of({ weightIh: f32(2 * gates, 4) }),
      ShapeError,
      `weightIh of weights 0 is [${2 * gates}, 4]; it must be [${2 * gates}, 3].`,
    ),
    error(
      "a second layer that does not fit the first",
      () => run(x, [own, own]),
      ShapeError,
      `weightIh of weights 1 is [${2 * gates}, 3]; it must be [${2 * gates}, 2].`,
    ),
    error(
      "a bias of another size",
      of({ biasHh: f32(7) }),
      ShapeError,
      `biasHh of weights 0 is [7]; it must be [${2 * gates}].`,
    ),
    error(
      "a first state without layers",
      withOptions({ hidden: f32(4, 2) }),
      ShapeError,
      "hidden is [4, 2]; it must be [1, 4, 2].",
    ),
    error(
      "lengths that are no whole numbers",
      lengths([4], "f32"),
      DtypeError,
      "lengths has dtype f32; it must be i32.",
    ),
    error("lengths for others", lengths([5], "i32"), ShapeError, "lengths is [5]; it must be [4]."),
    error(
      "dropout that is no number",
      withOptions({ dropout: Number.NaN }),
      UsageError,
      "dropout is NaN; it must be at least 0 and below 1.",
    ),
    error(
      "dropout of everything",
      withOptions({ dropout: 1 }),
      UsageError,
      "dropout is 1; it must be at least 0 and below 1.",
    ),
    error(
      "dropout without random numbers",
      withOptions({ dropout: 0.5 }),
      UsageError,
      "dropout is 0.5 without random; it must say what to draw by.",
    ),
  ];
}

/** Of a cell. */
export function cellErrors(
  op: string,
  gates: number,
  run: (x: Node, hidden: Node, weights: RecurrentWeights<Node>) => unknown,
): ErrorCase[] {
  const [x, hidden] = [f32(4, 3), f32(4, 2)];
  const of = (changes: Partial<RecurrentWeights<Node>>) => () => run(x, hidden, weights(gates, changes));
  return [
    {
      name: "a sequence",
      run: () => run(f32(5, 4, 3), hidden, weights(gates)),
      error: ShapeError,
      text: `${op}: x is [5, 4, 3], which has 3 axes; it must have 2 [batch, features].`,
    },
    {
      name: "integers",
      run: () => run(inputNode([4, 3], "u32"), hidden, weights(gates)),
      error: DtypeError,
      text: `${op}: x has dtype u32; it must be f32 or f16.`,
    },
    {
      name: "a state of another batch",
      run: () => run(x, f32(5, 2), weights(gates)),
      error: ShapeError,
      text: `${op}: hidden is [5, 2]; it must be [4, 2].`,
    },
    {
      name: "a state of whole numbers",
      run: () => run(x, inputNode([4, 2], "i32"), weights(gates)),
      error: DtypeError,
      text: `${op}: hidden has dtype i32; it must be f32 or f16.`,
    },
    {
      name: "a weight with other gates",
      run: of({ weightHh: f32(10, 2) }),
      error: ShapeError,
      text: `${op}: weightHh is [10, 2]; it must be [${2 * gates}, 2].`,
    },
    {
      name: "a weight for other inputs",
      run: of({ weightIh: f32(2 * gates, 5) }),
      error: ShapeError,
      text: `${op}: weightIh is [${2 * gates}, 5]; it must be [${2 * gates}, 3].`,
    },
    {
      name: "a bias of two axes",
      run: of({ biasIh: f32(1, 2 * gates) }),
      error: ShapeError,
      text: `${op}: biasIh is [1, ${2 * gates}]; it must be [${2 * gates}].`,
    },
  ];
}
