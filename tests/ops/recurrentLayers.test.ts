// What all networks of recurrent layers share, by the example of a GRU's.

import { expect, test } from "vitest";
import type { Node } from "../../src/graph/node.ts";
import { constantNode, inputNode } from "../../src/graph/source.ts";
import { gru, type RecurrentOptions } from "../../src/ops/index.ts";
import type { RandomKey } from "../../src/ops/randomUniform.ts";
import type { HostArray } from "../../src/tensor/hostArray.ts";
import type { Shape } from "../../src/tensor/shape.ts";
import { hashNumbers } from "../oracle/hashNumbers.ts";
import { normalised } from "./families.ts";
import { checkOnGpu } from "./gpuCase.ts";
import { type OpCase, valuesOf } from "./opCase.ts";
import { f32 } from "./recurrentErrors.ts";

const twoLayers: OpCase = {
  name: "two layers",
  inputs: [{ shape: [2, 2, 2] }, { shape: [6, 2] }, { shape: [6, 2] }, { shape: [6] }],
  apply: (x, weightIh, weightHh, biasHh) => {
    const layer = { weightIh, weightHh, biasHh };
    return gru(x, [layer, layer]).output;
  },
  tolerance: normalised,
};

if (__GPU__) {
  test("two layers: GPU", () => checkOnGpu([twoLayers]));
} else {
  const feeds = new Map<Node, HostArray>();
  const drawn = (tensor: number, ...shape: number[]) => {
    const node = inputNode(shape, "f32");
    feeds.set(node, { shape, data: Float64Array.from(hashNumbers(1, tensor, shape)) });
    return node;
  };
  const own = {
    weightIh: drawn(0, 6, 3),
    weightHh: drawn(1, 6, 2),
    biasIh: drawn(2, 6),
    biasHh: drawn(3, 6),
  };
  const x = drawn(4, 5, 2, 3);
  const numbersOf = (node: Node) => [...valuesOf([node], feeds)(node).data];
  const lengths = (...values: number[]) => {
    const node = inputNode([values.length], "i32");
    feeds.set(node, { shape: [values.length], data: Float64Array.from(values) });
    return node;
  };
  const key = (stream: number): RandomKey<Node> => ({
    seed: constantNode(1, "u32"),
    stream: constantNode(stream, "u32"),
    step: constantNode(0, "u32"),
  });
  const shapes = (options: RecurrentOptions<Node>, ...weights: (typeof own)[]): Shape[] => {
    const { output, hidden } = gru(x, weights, options);
    return [output.shape, hidden.shape];
  };
  const above = { ...own, weightIh: drawn(5, 6, 2) };
  const aboveBoth = { ...own, weightIh: drawn(6, 6, 4) };

  test("shapes of outputs and of what layers end with", () => {
    expect(shapes({}, own)).toEqual([
      [5, 2, 2],
      [1, 2, 2],
    ]);
    expect(shapes({}, own, above)).toEqual([
      [5, 2, 2],
      [2, 2, 2],
    ]);
    expect(shapes({ bidirectional: true }, own, own, aboveBoth, aboveBoth)).toEqual([
      [5, 2, 4],
      [4, 2, 2],
    ]);
  });

  test("steps beyond a sequence's length count nothing: whatever stands there, and where the batch ends", () => {
    const whole = gru(x, [own, own], { bidirectional: true, lengths: lengths(3, 5) });
    const [output, hidden] = [numbersOf(whole.output), numbersOf(whole.hidden)];
    const { data, shape } = feeds.get(x) ?? { data: new Float64Array(), shape: [] };
    // Of the first sequence alone, and of its 3 steps alone.
    const part = inputNode([3, 1, 3], "f32");
    feeds.set(part, { shape: part.shape, data: data.filter((_, index) => index < 18 && index % 6 < 3) });
    const alone = gru(part, [own, own], { bidirectional: true });
    const expected = numbersOf(alone.output);
    expect(shape).toEqual([5, 2, 3]);
    expect(output.filter((_, index) => index % 8 < 4)).toEqual([...expected, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect([...hidden.slice(0, 2), ...hidden.slice(4, 6)]).toEqual(numbersOf(alone.hidden));
  });

  test("a sequence of no step keeps its first state, and lengths beyond the last step mean all", () => {
    const first = drawn(7, 1, 2, 2);
    const { output, hidden } = gru(x, [own], { hidden: first, lengths: lengths(0, 9) });
    const all = gru(x, [own], { hidden: first });
    const states = numbersOf(hidden);
    expect(states.slice(0, 2)).toEqual(numbersOf(first).slice(0, 2));
    expect(states.slice(2)).toEqual(numbersOf(all.hidden).slice(2));
    expect(numbersOf(output).slice(0, 2)).toEqual([0, 0]);
  });

  test("dropout stands between layers, drawn anew for each, and not behind the last", () => {
    const streams: number[] = [];
    const random = () => key(streams.push(streams.length));
    const options = { dropout: 0.5, random };
    const layers = [own, above, above];
    const dropped = gru(x, layers, options);
    expect(streams).toEqual([0, 1]);
    const plain = gru(x, layers);
    expect(numbersOf(dropped.hidden).slice(0, 4)).toEqual(numbersOf(plain.hidden).slice(0, 4));
    expect(numbersOf(dropped.hidden)).not.toEqual(numbersOf(plain.hidden));
    const single = gru(x, [own], options);
    expect(numbersOf(single.output)).toEqual(numbersOf(gru(x, [own]).output));
  });

  test("half precision is widened by whatever is f32", () => {
    const half = inputNode([5, 2, 3], "f16");
    const weights = { weightIh: inputNode([6, 3], "f16"), weightHh: inputNode([6, 2], "f16") };
    expect(gru(half, [weights]).output.dtype).toBe("f16");
    expect(gru(half, [{ ...weights, biasHh: f32(6) }]).hidden.dtype).toBe("f32");
  });
}
