// tilegrad's half of the cases of one op or one network forward each. Inputs are captured, not passed: a call copies its arguments.

import {
  add,
  avgPool2d,
  batchNorm,
  compile,
  conv2d,
  convTranspose2d,
  crossEntropy,
  embedding,
  gelu,
  gradients,
  layerNorm,
  lenet5,
  matmul,
  maxPool2d,
  mul,
  neg,
  optim,
  scaledDotProductAttention,
  slice,
  softmax,
  sum,
  type Tensor,
  tensor,
  transpose,
  zeros,
} from "../../src/index.ts";
import { convolutionShapes } from "../cases/convolutionCases.ts";
import type { AdamSettings, CaseInput, OpName, OpWork, WorkOf } from "../cases/opCase.ts";
import { noWay } from "../noWay.ts";
import type { Workload } from "../workload.ts";
import { decodeGpt, inferGpt } from "./oursGpt.ts";
import { inferResnet } from "./oursResnet.ts";
import { plannedBytes, planOf } from "./oursWorkload.ts";

/** Makes what is compiled: it takes nothing and gives the results. */
type Maker<N extends OpName> = (work: WorkOf<N>, inputs: readonly Tensor[]) => () => Tensor[];

const makers: { readonly [N in Exclude<OpName, "adam">]: Maker<N> } = {
  matmul:
    ({ transposeA, transposeB }, [a, b]) =>
    () => [matmul(transposeA ? transpose(a) : a, transposeB ? transpose(b) : b)],
  convolution,
  pool: ({ kind, size, isBackward }, [x, dy]) => {
    const pool = () => (kind === "max" ? maxPool2d(x, size) : avgPool2d(x, size));
    return () => (isBackward ? backward(pool(), dy, [x]) : [pool()]);
  },
  softmax:
    ({ isBackward }, [x, dy]) =>
    () =>
      isBackward ? backward(softmax(x), dy, [x]) : [softmax(x)],
  layerNorm: ({ eps, isBackward }, [x, weight, bias, dy]) => {
    const normalize = () => layerNorm(x, x.shape[1], { weight, bias, eps });
    return () => (isBackward ? backward(normalize(), dy, [x, weight, bias]) : [normalize()]);
  },
  batchNorm: ({ eps, isBackward }, [x, weight, bias, dy]) => {
    const normalize = () => batchNorm(x, { weight, bias, training: true, eps });
    return () => (isBackward ? backward(normalize(), dy, [x, weight, bias]) : [normalize()]);
  },
  crossEntropy:
    ({ isBackward }, [logits, labels]) =>
    () => {
      const loss = crossEntropy(logits, labels);
      return isBackward ? gradients(loss, [logits]) : [loss];
    },
  chain:
    (_, [a, b, c]) =>
    () => [gelu(add(mul(a, b), c), { approximate: "tanh" })],
  broadcastAdd:
    (_, [x, b]) =>
    () => [add(x, b)],
  transpose:
    (_, [x]) =>
    () => [transpose(x)],
  copy:
    (_, [x]) =>
    () => [neg(x)],
  sum:
    ({ axis }, [x]) =>
    () => [sum(x, { axis })],
  embeddingGradient: ({ rows }, [dy, tokens]) => {
    const table = zeros([rows, dy.shape[1]]);
    return () => backward(embedding(tokens, table), dy, [table]);
  },
  attention: ({ isBackward }, [q, k, v, dO]) => {
    const attend = () => scaledDotProductAttention(q, k, v, { causal: true });
    return () => (isBackward ? backward(attend(), dO, [q, k, v]) : [attend()]);
  },
  inferLenet: (_, inputs) => {
    const model = lenet5();
    model.loadStateDict(new Map([...model.stateDict().keys()].map((name, index) => [name, inputs[index]])));
    return () => [model.forward(inputs[inputs.length - 1])];
  },
  inferResnet,
  inferGpt,
  decodeGpt,
  floor: () => noWay("floors are of WebGPU alone."),
};

/** The gradients of whatever has dy as its gradient for y. */
function backward(y: Tensor, dy: Tensor, wrt: readonly Tensor[]): Tensor[] {
  return gradients(sum(mul(y, dy)), wrt);
}

/** What a gradient is taken by has a shape, and no value that counts. */
function convolution(work: WorkOf<"convolution">, [first, second]: readonly Tensor[]): () => Tensor[] {
  const { isTransposed, direction, stride, padding, groups } = work;
  const shapes = convolutionShapes(work);
  const apply = (x: Tensor, w: Tensor) =>
    (isTransposed ? convTranspose2d : conv2d)(x, w, { stride, padding, groups });
  if (direction === "forward") return () => [apply(first, second)];
  const place = zeros(direction === "inputGradient" ? shapes.x : shapes.w);
  return direction === "inputGradient"
    ? () => backward(apply(place, second), first, [place])
    : () => backward(apply(second, place), first, [place]);
}

export function op(work: OpWork, inputs: readonly CaseInput[]): Workload {
  const given = inputs.map(({ values, shape }) => tensor(values, shape));
  if (work.op === "adam") return adamWorkload(work, given);
  const make = makers[work.op] as Maker<OpName>;
  const run = compile(make(work, given));
  let results: Tensor[] = [];
  return {
    call() {
      for (const result of results) result.dispose();
      results = run();
    },
    read: () => readOne(results[0]),
    readAll: () => Promise.all(results.map((result) => result.data())),
    plannedBytes: () => plannedBytes(run),
    plan: () => planOf(run),
  };
}

function adamWorkload({ learningRate, betas, epsilon }: AdamSettings, inputs: readonly Tensor[]): Workload {
  const parameters = inputs.slice(0, inputs.length / 2);
  const given = inputs.slice(inputs.length / 2);
  const optimizer = new optim.Adam(parameters, { lr: learningRate, betas, eps: epsilon });
  const step = compile(() => optimizer.applyGradients(given));
  return {
    call: step,
    read: () => readOne(parameters[0]),
    readAll: () => Promise.all(parameters.map((parameter) => parameter.data())),
    plannedBytes: () => plannedBytes(step),
    plan: () => planOf(step),
  };
}

/** The first element. */
function readOne(result: Tensor): Promise<ArrayLike<number>> {
  if (result.size === 1) return result.data();
  return slice(result, { ends: result.shape.map(() => 1) }).data();
}
