// What every pooling refuses, in the same words: inputs, windows, and how these move.

import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import type { Node } from "../../src/graph/node.ts";
import { inputNode } from "../../src/graph/source.ts";
import type { ErrorCase } from "./testOp.ts";

/** How a test calls a pooling. */
export interface PoolCall {
  readonly kernel?: number | readonly number[];
  readonly stride?: number;
  readonly padding?: number;
  readonly dilation?: number;
  readonly ceilMode?: boolean;
}

const AXES = [
  "[batch, channels, length]",
  "[batch, channels, height, width]",
  "[batch, channels, depth, height, width]",
];

/** x of 4 elements along each of `rank` axes. */
export function fours(rank: number): Node {
  return inputNode([1, 2, ...new Array<number>(rank).fill(4)], "f32");
}

/** What an op of windows over `rank` axes refuses, whatever it makes of them. */
export function inputErrors(op: string, rank: number, run: (x: Node) => unknown): ErrorCase[] {
  const [, ...shape] = fours(rank).shape;
  return [
    {
      name: "x without a batch",
      run: () => run(inputNode(shape, "f32")),
      error: ShapeError,
      text: `${op}: x is [${shape.join(", ")}], which has ${rank + 1} axes; it must have ${rank + 2} ${AXES[rank - 1]}.`,
    },
    {
      name: "integers",
      run: () => run(inputNode(fours(rank).shape, "i32")),
      error: DtypeError,
      text: `${op}: x has dtype i32; it must be f32 or f16.`,
    },
  ];
}

/** What a pooling with windows of given sizes refuses. */
export function windowErrors(
  op: string,
  rank: number,
  run: (x: Node, kernel: number, options: Omit<PoolCall, "kernel">) => unknown,
): ErrorCase[] {
  const refused = (name: string, { kernel = 2, ...options }: PoolCall, text: string) => ({
    name,
    // What a list of a wrong length is no type for.
    run: () => run(fours(rank), kernel as number, options),
    error: UsageError,
    text: `${op}: ${text}`,
  });
  return [
    ...inputErrors(op, rank, (x) => run(x, 2, {})),
    refused(
      "an empty window",
      { kernel: 0 },
      "the kernel size is 0; it must be a whole number of at least 1.",
    ),
    refused(
      "half a window",
      { kernel: 1.5 },
      "the kernel size is 1.5; it must be a whole number of at least 1.",
    ),
    refused(
      "a window for more axes than there are",
      { kernel: new Array<number>(rank + 1).fill(2) },
      `the kernel size is [${new Array<number>(rank + 1).fill(2).join(", ")}]; it must be a number, or as many as there ` +
        `are axes, ${rank}.`,
    ),
    refused("a stride of 0", { stride: 0 }, "stride is 0; it must be a whole number of at least 1."),
    refused(
      "a stride that is no number",
      { stride: Number.NaN },
      "stride is NaN; it must be a whole number of at least 1.",
    ),
  ];
}

/** What a pooling with padding refuses beside that. */
export function paddingErrors(
  op: string,
  rank: number,
  run: (x: Node, kernel: number, options: Omit<PoolCall, "kernel">) => unknown,
): ErrorCase[] {
  return [
    {
      name: "too much padding",
      run: () => run(fours(rank), 3, { padding: 2 }),
      error: UsageError,
      text: `${op}: padding 2 for a window of 3; it must be at most half of it.`,
    },
    {
      name: "negative padding",
      run: () => run(fours(rank), 3, { padding: -1 }),
      error: UsageError,
      text: `${op}: padding is -1; it must be a whole number of at least 0.`,
    },
  ];
}

/** What a pooling of windows that must lie in x refuses beside that. */
export function fitErrors(
  op: string,
  rank: number,
  run: (x: Node, kernel: number, options: Omit<PoolCall, "kernel">) => unknown,
): ErrorCase[] {
  return [
    {
      name: "a window that does not fit in",
      run: () => run(fours(rank), 5, {}),
      error: ShapeError,
      text: `${op}: the window covers 5 of axis -${rank}, which has 4 (4 with padding); it must fit in.`,
    },
    {
      name: "a window that reaches too far beyond",
      run: () => run(fours(rank), 7, { stride: 3, ceilMode: true }),
      error: ShapeError,
      text:
        `${op}: the window covers 7 of axis -${rank}, which has 4 (4 with padding); it must fit in, or reach beyond it by ` +
        "at most 2.",
    },
  ];
}
