// TensorFlow.js's half of the cases of one op or one network forward each. Pictures are [batch, height, width, channels] and filters [y, x, in,
// out] here, the only layout its WebGPU backend differentiates, so inputs are permuted before a case begins, and results
// after it was read. Labels become rows of ones and zeros before, too. A convolution's gradients are its kernels for
// them; those of other ops are found by its automatic differentiation, which needs the op forward as well.

import * as tf from "@tensorflow/tfjs-core";
import { convolutionShapes } from "../cases/convolutionCases.ts";
import type { AdamSettings, CaseInput, OpName, OpWork, WorkOf } from "../cases/opCase.ts";
import { gptShapes } from "../gptProblem.ts";
import { noWay } from "../noWay.ts";
import type { Workload } from "../workload.ts";
import { attention, causalMask, decodeGpt, inferGpt } from "./tfjsGpt.ts";
import { forTensorflow, lenet } from "./tfjsLenet.ts";
import { inferResnet } from "./tfjsResnet.ts";
import { requireWebgpu } from "./tfjsWorkload.ts";

interface Prepared {
  /** Within a tidy. */
  run(): tf.Tensor[];
  /** Results in the case's own layout. */
  finish?(results: tf.Tensor[]): tf.Tensor[];
}

type Maker<N extends OpName> = (work: WorkOf<N>, inputs: readonly tf.Tensor[]) => Prepared;

const makers: { readonly [N in Exclude<OpName, "adam">]: Maker<N> } = {
  matmul: ({ transposeA, transposeB }, [a, b]) => ({
    run: () => [tf.matMul(a, b, transposeA, transposeB)],
  }),
  convolution: (work, inputs) => (work.groups === 1 ? convolution(work, inputs) : depthwise(work, inputs)),
  pool({ kind, size, isBackward }, inputs) {
    const [x, dy] = inputs.map(channelsLast);
    const pool = () =>
      kind === "max" ? tf.maxPool(x, size, size, "valid") : tf.avgPool(x, size, size, "valid");
    return { run: () => (isBackward ? backward(pool, [x], dy) : [pool()]), finish: channelsFirst };
  },
  softmax: ({ isBackward }, [x, dy]) => ({
    run: () => (isBackward ? backward(() => tf.softmax(x), [x], dy) : [tf.softmax(x)]),
  }),
  layerNorm({ eps, isBackward }, [x, w, b, dy]) {
    const run = () => {
      const { mean, variance } = tf.moments(x, -1, true);
      return tf.add(tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, eps))), w), b);
    };
    return { run: () => (isBackward ? backward(run, [x, w, b], dy) : [run()]) };
  },
  batchNorm({ eps, isBackward }, inputs) {
    const [x, dy] = [inputs[0], ...inputs.slice(3)].map(channelsLast);
    const [, w, b] = inputs as tf.Tensor1D[];
    const run = () => {
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      return tf.batchNorm(x, mean as tf.Tensor1D, variance as tf.Tensor1D, b, w, eps);
    };
    const finish = ([first, ...rest]: tf.Tensor[]) => [...channelsFirst([first]), ...rest];
    return { run: () => (isBackward ? backward(run, [x, w, b], dy) : [run()]), finish };
  },
  crossEntropy({ isBackward }, [logits, labels]) {
    const wanted = tf.oneHot(labels as tf.Tensor1D, logits.shape[1] ?? 0);
    const loss = () => tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(wanted, logits);
    return { run: () => (isBackward ? backward(loss, [logits], tf.scalar(1)) : [loss()]) };
  },
  chain: (_, [a, b, c]) => ({
    run() {
      const t = tf.add(tf.mul(a, b), c);
      const bend = tf.mul(tf.add(t, tf.mul(tf.pow(t, 3), 0.044715)), Math.sqrt(2 / Math.PI));
      return [tf.mul(tf.mul(t, 0.5), tf.add(tf.tanh(bend), 1))];
    },
  }),
  broadcastAdd: (_, [x, b]) => ({ run: () => [tf.add(x, b)] }),
  transpose: (_, [x]) => ({ run: () => [tf.transpose(x)] }),
  copy: (_, [x]) => ({ run: () => [tf.neg(x)] }),
  sum: ({ axis }, [x]) => ({ run: () => [tf.sum(x, axis)] }),
  embeddingGradient: ({ rows }, [dy, tokens]) => ({
    run: () => [tf.unsortedSegmentSum(dy, tokens as tf.Tensor1D, rows)],
  }),
  attention({ isBackward }, inputs) {
    const [batch, heads, tokens, width] = inputs[0].shape;
    // Axes of batch and heads as one: there is nothing between them.
    const [q, k, v, dO] = inputs.map((input) => tf.reshape(input, [batch * heads, tokens, width]));
    const mask = causalMask(tokens);
    const run = () => attention(q, k, v, mask);
    return { run: () => (isBackward ? backward(run, [q, k, v], dO) : [run()]) };
  },
  inferLenet(_, inputs) {
    const weights = tf.tidy(() =>
      inputs.slice(0, -1).map((input, index) => tf.clone(forTensorflow(input, index))),
    );
    const x = tf.transpose(inputs[inputs.length - 1] as tf.Tensor4D, [0, 2, 3, 1]);
    return { run: () => [lenet(weights, x)] };
  },
  inferResnet: (work, inputs) => listed(inferResnet(work, inputs)),
  inferGpt: (work, inputs) => listed(inferGpt(work, namesOf(work), inputs)),
  decodeGpt: (work, inputs) => listed(decodeGpt(work, namesOf(work), inputs)),
  floor: () => noWay("floors are of WebGPU alone."),
};

function listed(run: () => tf.Tensor): Prepared {
  return { run: () => [run()] };
}

function namesOf({ sizes }: WorkOf<"inferGpt" | "decodeGpt">): string[] {
  return [...gptShapes(sizes).keys()];
}

/** The gradients for `inputs` of whatever has dy as its gradient for f's value. */
function backward(f: () => tf.Tensor, inputs: tf.Tensor[], dy: tf.Tensor): tf.Tensor[] {
  return tf.engine().gradients(f, inputs, dy).grads;
}

function channelsLast(pictures: tf.Tensor): tf.Tensor4D {
  return tf.transpose(pictures, [0, 2, 3, 1]) as tf.Tensor4D;
}

function channelsFirst(results: tf.Tensor[]): tf.Tensor[] {
  return results.map((result) => tf.transpose(result, [0, 3, 1, 2]));
}

/** Sizes in this engine's order. */
function lastOf([batch, channels, height, width]: readonly number[]): [number, number, number, number] {
  return [batch, height, width, channels];
}

/** What a transpose does forward, a convolution does for its input's gradient, and the other way round. */
function convolution(work: WorkOf<"convolution">, inputs: readonly tf.Tensor[]): Prepared {
  const { isTransposed, direction, stride, padding } = work;
  const { x, w, y } = convolutionShapes(work);
  if (direction === "weightGradient") {
    const [dy, input] = inputs.map(channelsLast);
    const given = isTransposed ? { x: dy, dy: input } : { x: input, dy };
    const filterShape = [w[2], w[3], w[1], w[0]];
    const attrs = { strides: stride, pad: padding, dataFormat: "NHWC", filterShape };
    return {
      run: () => [tf.engine().runKernel("Conv2DBackpropFilter", given, attrs) as tf.Tensor],
      finish: ([filter]) => [tf.transpose(filter, [3, 2, 0, 1])],
    };
  }
  const first = channelsLast(inputs[0]);
  const filter = tf.transpose(inputs[1], [2, 3, 1, 0]) as tf.Tensor4D;
  const shape = lastOf(direction === "forward" ? y : x);
  const run =
    (direction === "forward") !== isTransposed
      ? () => [tf.conv2d(first, filter, stride, padding)]
      : () => [tf.conv2dTranspose(first, filter, shape, stride, padding)];
  return { run, finish: channelsFirst };
}

/** Filters are [y, x, channels, 1] here. */
function depthwise(work: WorkOf<"convolution">, inputs: readonly tf.Tensor[]): Prepared {
  const { direction, stride, padding, groups, channelsIn } = work;
  if (groups !== channelsIn) noWay("it has no convolution by groups.");
  const { x, w } = convolutionShapes(work);
  const attrs = { strides: stride, pad: padding, dilations: 1 };
  const kernel = (name: string, given: tf.NamedTensorMap, more: object) => [
    tf.engine().runKernel(name, given, { ...attrs, ...more }) as tf.Tensor,
  ];
  const first = channelsLast(inputs[0]);
  if (direction === "weightGradient") {
    const given = { x: channelsLast(inputs[1]), dy: first };
    const filterShape = [w[2], w[3], w[0], w[1]];
    return {
      run: () => kernel("DepthwiseConv2dNativeBackpropFilter", given, { filterShape }),
      finish: ([filter]) => [tf.transpose(filter, [2, 3, 0, 1])],
    };
  }
  const filter = tf.transpose(inputs[1], [2, 3, 0, 1]) as tf.Tensor4D;
  const run =
    direction === "forward"
      ? () => [tf.depthwiseConv2d(first, filter, stride, padding)]
      : () => kernel("DepthwiseConv2dNativeBackpropInput", { dy: first, filter }, { inputShape: lastOf(x) });
  return { run, finish: channelsFirst };
}

export function op(work: OpWork, inputs: readonly CaseInput[]): Workload {
  const given = inputs.map(({ values, shape }) => tf.tensor(values, [...shape]));
  if (work.op === "adam") return adamWorkload(work, given);
  const make = makers[work.op] as Maker<OpName>;
  const { run, finish = (results) => results } = make(work, given);
  let results: tf.Tensor[] = [];
  return {
    call() {
      tf.dispose(results);
      results = tf.tidy(run);
      requireWebgpu();
    },
    read: () => readOne(results[0]),
    readAll: () => Promise.all(finish(results).map((result) => result.data())),
    note: work.op === "decodeGpt" ? "its cache is a concatenation" : undefined,
  };
}

function adamWorkload(
  { learningRate, betas, epsilon }: AdamSettings,
  inputs: readonly tf.Tensor[],
): Workload {
  const count = inputs.length / 2;
  const variables = inputs.slice(0, count).map((input, index) => tf.variable(input, true, `p${index}`));
  const gradients = inputs.slice(count).map((tensor, index) => ({ name: `p${index}`, tensor }));
  const optimizer = tf.train.adam(learningRate, ...betas, epsilon);
  return {
    call() {
      tf.tidy(() => optimizer.applyGradients(gradients));
      requireWebgpu();
    },
    read: () => readOne(variables[0]),
    readAll: () => Promise.all(variables.map((variable) => variable.data())),
  };
}

/** The first element. */
function readOne(result: tf.Tensor): Promise<ArrayLike<number>> {
  if (result.size === 1) return result.data();
  const ones = result.shape.map(() => 1);
  const one = tf.slice(
    result,
    ones.map(() => 0),
    ones,
  );
  return one.data().finally(() => one.dispose());
}
