// What every pooling to a given size refuses, in the same words.

import { ShapeError, UsageError } from "../../src/base/errors.ts";
import type { Node } from "../../src/graph/node.ts";
import { inputNode } from "../../src/graph/source.ts";
import type { OutputSize } from "../../src/ops/index.ts";
import { fours, inputErrors } from "./poolErrors.ts";
import type { ErrorCase } from "./testOp.ts";

export function adaptiveErrors(
  op: string,
  rank: number,
  run: (x: Node, outputSize: OutputSize) => unknown,
): ErrorCase[] {
  const sized = (size: number) => [1, 1, ...new Array<number>(rank - 1).fill(1), size];
  const refused = (name: string, outputSize: OutputSize, text: string): ErrorCase => ({
    name,
    run: () => run(fours(rank), outputSize),
    error: UsageError,
    text: `${op}: outputSize is ${text}`,
  });
  return [
    ...inputErrors(op, rank, (x) => run(x, 2)),
    {
      name: "x without elements",
      run: () => run(inputNode(sized(0), "f32"), 1),
      error: ShapeError,
      text: `${op}: x is [${sized(0).join(", ")}]; it must have elements in each channel.`,
    },
    refused("no result", 0, "0; it must be a whole number of at least 1."),
    refused(
      "half a result",
      [...new Array<null>(rank - 1).fill(null), 1.5],
      "1.5; it must be a whole number of at least 1.",
    ),
    refused("what is no number", Number.NaN, "NaN; it must be a whole number of at least 1."),
    refused(
      "sizes for more axes than there are",
      [null, ...new Array<number>(rank).fill(2)],
      `[null, ${new Array<number>(rank).fill(2).join(", ")}]; it must be a number, or as many as there are axes, ${rank}.`,
    ),
    {
      name: "more windows of two sizes than their ends can be computed for",
      run: () => run(inputNode(sized(60000), "f32"), [...new Array<null>(rank - 1).fill(null), 46341]),
      error: UsageError,
      text: `${op}: outputSize is 46341 for an axis of 60000; it must be at most 46340, or divide it.`,
    },
  ];
}
