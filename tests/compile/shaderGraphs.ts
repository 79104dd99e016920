// Graphs whose sizes make the compiler choose kernels that the small cases of the ops do not reach, in f32 or f16.

import { differentiate } from "../../src/autodiff/differentiate.ts";
import { type Graph, makeGraph } from "../../src/graph/graph.ts";
import type { Node } from "../../src/graph/node.ts";
import { inputNode } from "../../src/graph/source.ts";
import { crossEntropyState } from "../../src/ops/crossEntropyState.ts";
import {
  add,
  argmax,
  avgPool2d,
  batchNorm,
  categorical,
  concat,
  conv2d,
  crossEntropy,
  cummax,
  cumsum,
  decodeAttention,
  embedding,
  exp,
  filterLogits,
  gather,
  gelu,
  indexCopy,
  layerNorm,
  linearScan,
  matmul,
  max,
  maxPool2d,
  mean,
  mul,
  relu,
  scaledDotProductAttention,
  searchSorted,
  slice,
  softmax,
  sort,
  sum,
  transpose,
} from "../../src/ops/index.ts";
import { isFloating } from "../../src/tensor/dtype.ts";

/** Results, and what they are differentiated by. */
interface ShaderGraph {
  readonly y: readonly Node[];
  readonly wrt: readonly Node[];
}

type Make = (float: (...shape: number[]) => Node, int: (...shape: number[]) => Node) => ShaderGraph;

const graphs: Readonly<Record<string, Make>> = {
  "a fused chain": (float) => {
    const x = float(5, 8);
    return { y: [exp(add(mul(x, float(8)), 1))], wrt: [x] };
  },
  "large matrices": (float) => matrices(float, 640, 96, 640),
  "middle matrices": (float) => matrices(float, 128, 96, 64),
  "odd matrices": (float) => matrices(float, 33, 7, 65),
  "a long product": (float) => matrices(float, 4, 4096, 4),
  "a row": (float) => matrices(float, 1, 512, 300),
  "a column": (float) => matrices(float, 300, 512, 1),
  "convolutions and pooling": (float) => {
    const x = float(2, 16, 12, 12);
    const w = float(32, 16, 3, 3);
    const y = relu(add(conv2d(x, w, { padding: 1 }), float(1, 32, 1, 1)));
    return { y: [add(mean(maxPool2d(y, 2)), sum(avgPool2d(y, 3, { stride: 2 })))], wrt: [x, w] };
  },
  "wide convolutions": (float) => {
    const x = float(8, 64, 32, 32);
    const w = float(64, 64, 3, 3);
    return { y: [conv2d(x, w, { bias: float(64), stride: 2, padding: 1 })], wrt: [x, w] };
  },
  "a depthwise convolution": (float) => {
    const x = float(1, 6, 9, 9);
    const w = float(6, 1, 3, 3);
    return { y: [conv2d(x, w, { groups: 6, stride: 2 })], wrt: [x, w] };
  },
  "pooling, twice": (float) => {
    const [x, dy] = [float(1, 2, 8, 8), float(1, 2, 3, 3)];
    const [slope] = differentiate(maxPool2d(x, 3, { stride: 2 }), dy, [x]);
    return { y: slope === undefined ? [] : [slope], wrt: [dy] };
  },
  "reductions, softmax and loss": (float, int) => {
    const x = float(16, 40);
    const y = mul(softmax(x), max(x, { axis: 1, keepDims: true }));
    return { y: [add(crossEntropy(y, int(16)), sum(gelu(x)))], wrt: [x] };
  },
  "long rows": (float) => {
    const x = float(3, 5000);
    return {
      y: [softmax(x), argmax(x, { axis: 1 }), sum(x), cummax(x, 1).values, searchSorted(x, x)],
      wrt: [x],
    };
  },
  "tall columns": (float) => {
    const x = float(5000, 3);
    return { y: [sum(x, { axis: 0 }), cumsum(x, 0), max(x, { axis: 0 })], wrt: [x] };
  },
  "scans and sorts": (float) => {
    const [a, b] = [float(2, 3000), float(2, 3000)];
    return {
      y: [linearScan(a, b, 1), cumsum(a, 1), sort(a).values, sort(float(4, 100)).values],
      wrt: [a, b],
    };
  },
  normalisation: (float) => {
    const x = float(256, 96);
    const picture = float(16, 8, 24, 24);
    const [weight, bias] = [float(96), float(96)];
    const [scale, shift] = [float(8), float(8)];
    return {
      y: [
        layerNorm(x, 96, { weight, bias }),
        batchNorm(picture, { weight: scale, bias: shift, training: true }),
      ],
      wrt: [x, weight, bias, picture, scale, shift],
    };
  },
  "rows by index": (float, int) => {
    const [table, large] = [float(50, 16), float(5000, 64)];
    const x = float(64, 2000);
    const y = [
      embedding(int(40), table),
      embedding(int(4, 600), large),
      gather(x, int(64, 2000), { axis: 1 }),
      gather(float(4, 60), int(4, 60), { axis: 1 }),
      indexCopy(float(2, 8, 4), 1, int(3), float(2, 3, 4)),
    ];
    return { y, wrt: [table, large, x] };
  },
  "a head in parts": (float, int) => ({
    y: [
      crossEntropyState(float(9, 40), int(9), inputNode([3, 9], "f32"), options),
      crossEntropyState(float(9, 400), int(9), inputNode([3, 9], "f32"), options),
    ],
    wrt: [],
  }),
  sampling: (float) => ({
    y: [
      categorical(softmax(float(3, 300)), float(3)),
      categorical(softmax(float(3, 20)), float(3)),
      filterLogits(float(3, 300), { topK: 5 }),
      filterLogits(float(3, 300), { topP: 0.9 }),
    ],
    wrt: [],
  }),
  "attention, with a mask": (float) => attention(float, 16, float(2, 1, 9, 11)),
  "attention with wide heads": (float) => attention(float, 40, inputNode([9, 11], "bool")),
  "gradients of keys and weights alone": (float) => {
    const [q, k] = [float(2, 2, 9, 16), float(2, 2, 9, 16)];
    const [x, weight] = [float(256, 96), float(96)];
    const scores = scaledDotProductAttention(q, k, float(2, 2, 9, 16));
    const slopes = [
      ...differentiate(scores, float(...scores.shape), [k]),
      ...differentiate(layerNorm(x, 96, { weight }), float(256, 96), [weight]),
    ];
    return { y: slopes.filter((node) => node !== undefined), wrt: [] };
  },
  "attention over a cache": (float, int) => ({
    y: [256, 1024].map((capacity) => {
      const [keys, values] = [float(2, 2, capacity, 16), float(2, 2, capacity, 16)];
      return decodeAttention(float(2, 4, 1, 16), keys, values, { lengths: int(2) });
    }),
    wrt: [],
  }),
  "joined slices": (float) => {
    const x = float(6, 8);
    return { y: [concat([slice(x, { starts: [1], steps: [2] }), transpose(float(8, 3))])], wrt: [x] };
  },
};

const options = { start: 0, allClasses: 400, ignoreIndex: -100 };

function attention(float: (...shape: number[]) => Node, width: number, mask: Node): ShaderGraph {
  const q = float(2, 4, 9, width);
  const k = float(2, 2, 11, width);
  const v = float(2, 2, 11, width);
  return { y: [scaledDotProductAttention(q, k, v, { mask })], wrt: [q, k, v] };
}

function matrices(float: (...shape: number[]) => Node, m: number, k: number, n: number): ShaderGraph {
  const a = float(m, k);
  const b = float(k, n);
  return { y: [relu(add(matmul(a, b), float(n)))], wrt: [a, b] };
}

/** The names of the graphs. */
export const shaderGraphNames: readonly string[] = Object.keys(graphs);

/** All results of the graph `name`, and all gradients, with floats stored as `dtype`. */
export function shaderGraph(name: string, dtype: "f32" | "f16"): Graph {
  const { y, wrt } = graphs[name](
    (...shape) => inputNode(shape, dtype),
    (...shape) => inputNode(shape, "i32"),
  );
  return withGradients(y, wrt);
}

/** `y` and the gradients of each by `wrt`, as far as there are any. */
export function withGradients(y: readonly Node[], wrt: readonly Node[]): Graph {
  const gradients = y
    .filter(({ dtype }) => isFloating(dtype))
    .flatMap((one) => differentiate(one, inputNode(one.shape, one.dtype), wrt));
  return makeGraph([...y, ...gradients.filter((node) => node !== undefined)]);
}
