// jax-js's half of the cases of one op or one network forward each: everything jitted. Every use of an array but its last takes a `.ref`.

import { blockUntilReady, jit, lax, nn, numpy as np, vjp } from "@jax-js/jax";
import { convolutionShapes } from "../cases/convolutionCases.ts";
import type { AdamSettings, CaseInput, ConvolutionWork, OpName, OpWork, WorkOf } from "../cases/opCase.ts";
import { gptShapes } from "../gptProblem.ts";
import { noWay } from "../noWay.ts";
import type { Workload } from "../workload.ts";
import { toArray } from "./jaxArrays.ts";
import { decodeGpt, inferGpt } from "./jaxGpt.ts";
import { lenet } from "./jaxLenet.ts";
import { inferResnet } from "./jaxResnet.ts";

/** Consumes the inputs. */
type Run<N extends OpName> = (work: WorkOf<N>, inputs: np.Array[]) => np.Array[];

const runs: { readonly [N in Exclude<OpName, "adam">]: Run<N> } = {
  matmul: ({ transposeA, transposeB }, [a, b]) => [
    np.matmul(transposeA ? np.transpose(a) : a, transposeB ? np.transpose(b) : b),
  ],
  convolution(work, [first, second]) {
    const { direction } = work;
    const shapes = convolutionShapes(work);
    if (direction === "forward") return [convolve(work, first, second)];
    if (direction === "inputGradient") {
      return backward((x) => convolve(work, x, second), [np.zeros([...shapes.x])], first);
    }
    return backward((w) => convolve(work, second, w), [np.zeros([...shapes.w])], first);
  },
  pool({ kind, size, isBackward }, [x, dy]) {
    const reduce = kind === "max" ? np.max : np.mean;
    const pool = (input: np.Array) => lax.reduceWindow(input, reduce, [size, size], [size, size]);
    return isBackward ? backward(pool, [x], dy) : [pool(x)];
  },
  softmax({ isBackward }, [x, dy]) {
    const run = (input: np.Array) => nn.softmax(input, -1);
    return isBackward ? backward(run, [x], dy) : [run(x)];
  },
  layerNorm({ eps, isBackward }, [x, w, b, dy]) {
    const run = (input: np.Array, weight: np.Array, bias: np.Array) =>
      nn.standardize(input, -1, { epsilon: eps }).mul(weight).add(bias);
    return isBackward ? backward(run, [x, w, b], dy) : [run(x, w, b)];
  },
  batchNorm({ eps, isBackward }, [x, w, b, dy]) {
    const channels = (array: np.Array) => array.reshape([1, -1, 1, 1]);
    const run = (input: np.Array, weight: np.Array, bias: np.Array) =>
      nn.standardize(input, [0, 2, 3], { epsilon: eps }).mul(channels(weight)).add(channels(bias));
    return isBackward ? backward(run, [x, w, b], dy) : [run(x, w, b)];
  },
  crossEntropy({ isBackward }, [logits, labels]) {
    const [rows, classes] = logits.shape;
    const wanted = nn.oneHot(labels, classes);
    const loss = (input: np.Array) =>
      nn
        .logSoftmax(input, -1)
        .mul(wanted)
        .sum()
        .mul(-1 / rows);
    return isBackward ? backward(loss, [logits], np.array(1)) : [loss(logits)];
  },
  chain: (_, [a, b, c]) => [nn.gelu(a.mul(b).add(c))],
  broadcastAdd: (_, [x, b]) => [x.add(b)],
  transpose: (_, [x]) => [np.transpose(x)],
  copy: (_, [x]) => [np.negative(x)],
  sum: ({ axis }, [x]) => [np.sum(x, axis)],
  // Taking rows of a table has no gradient in jax-js; multiplying them by ones and zeros has.
  embeddingGradient: ({ rows }, [dy, tokens]) => [np.matmul(np.transpose(nn.oneHot(tokens, rows)), dy)],
  attention: ({ isBackward }, [q, k, v, dO]) =>
    isBackward ? backward(causalAttention, [q, k, v], dO) : [causalAttention(q, k, v)],
  inferLenet: (_, inputs) => [lenet(inputs, inputs[inputs.length - 1])],
  inferResnet: (work, inputs) => [inferResnet(work, inputs)],
  inferGpt: (work, inputs) => [inferGpt(work, namesOf(work), inputs)],
  decodeGpt: (work, inputs) => [decodeGpt(work, namesOf(work), inputs)],
  floor: () => noWay("floors are of WebGPU alone."),
};

function namesOf({ sizes }: WorkOf<"inferGpt" | "decodeGpt">): string[] {
  return [...gptShapes(sizes).keys()];
}

/** All [batch, heads, tokens, width]; jax-js wants heads behind tokens, which costs it nothing but strides. */
function causalAttention(q: np.Array, k: np.Array, v: np.Array): np.Array {
  const [x, y, z] = [q, k, v].map((array) => array.transpose([0, 2, 1, 3]));
  return nn.dotProductAttention(x, y, z, { isCausal: true }).transpose([0, 2, 1, 3]);
}

/** The gradients for `inputs` of whatever has dy as its gradient for f's value. */
function backward(f: (...inputs: np.Array[]) => np.Array, inputs: np.Array[], dy: np.Array): np.Array[] {
  const [y, pull] = vjp(f, inputs);
  y.dispose();
  const gradients = pull(dy);
  pull.dispose();
  return gradients as np.Array[];
}

function convolve(
  { isTransposed, stride, padding, groups }: ConvolutionWork,
  x: np.Array,
  w: np.Array,
): np.Array {
  const margins: [number, number] = [padding, padding];
  return isTransposed
    ? lax.convTranspose(x, w, [stride, stride], [margins, margins], { transposeKernel: true })
    : lax.convGeneralDilated(x, w, [stride, stride], [margins, margins], { featureGroupCount: groups });
}

export function op(work: OpWork, inputs: readonly CaseInput[]): Workload {
  const arrays = inputs.map(toArray);
  if (work.op === "adam") return adamWorkload(work, arrays);
  const run = runs[work.op] as Run<OpName>;
  const compiled = jit((...given: np.Array[]) => run(work, given));
  let results: np.Array[][] = [];
  let started: Promise<unknown>[] = [];
  const last = () => {
    if (results.length === 0) throw new Error("nothing was called yet");
    return results[results.length - 1];
  };
  return {
    // Work is put off until somebody waits for it, and dropped where nobody does. To wait, jax-js reads zero bytes
    // back: one submit and one buffer more for each result.
    call() {
      const given = compiled(...arrays.map((array) => array.ref));
      results.push(given);
      started.push(...given.map((result) => result.blockUntilReady()));
    },
    async read() {
      await Promise.all(started);
      started = [];
      for (const result of results.slice(0, -1).flat()) result.dispose();
      results = [last()];
      return readOne(last()[0]);
    },
    readAll: () => Promise.all(last().map((result) => result.ref.data())),
    note: work.op === "decodeGpt" ? "its cache is a concatenation" : undefined,
  };
}

type AdamState = {
  parameters: np.Array[];
  means: np.Array[];
  squares: np.Array[];
  /** beta ** t of both betas. */
  decays: np.Array[];
};

function adamWorkload(settings: AdamSettings, arrays: np.Array[]): Workload {
  const count = arrays.length / 2;
  const gradients = arrays.slice(count);
  const zeros = () => gradients.map(({ shape }) => np.zeros([...shape]));
  const step = jit((state: AdamState, given: np.Array[]) => adamStep(settings, state, given));
  let state: AdamState = {
    parameters: arrays.slice(0, count),
    means: zeros(),
    squares: zeros(),
    decays: settings.betas.map(() => np.array(1)),
  };
  return {
    // Each step needs the one before; that nothing of the last is dropped, is seen to when it is read.
    call() {
      state = step(
        state,
        gradients.map((gradient) => gradient.ref),
      );
    },
    async read() {
      await blockUntilReady(state);
      return readOne(state.parameters[0]);
    },
    readAll: () => Promise.all(state.parameters.map((parameter) => parameter.ref.data())),
  };
}

function adamStep({ learningRate, betas, epsilon }: AdamSettings, state: AdamState, gradients: np.Array[]) {
  const decays = state.decays.map((decay, index) => decay.mul(betas[index]));
  const [first, second] = decays.map((decay) => np.subtract(1, decay.ref));
  const next: AdamState = { parameters: [], means: [], squares: [], decays };
  state.parameters.forEach((parameter, index) => {
    const gradient = gradients[index];
    const mean = state.means[index].mul(betas[0]).add(gradient.ref.mul(1 - betas[0]));
    const squared = state.squares[index].mul(betas[1]).add(np.square(gradient).mul(1 - betas[1]));
    const root = np.sqrt(squared.ref.div(second.ref)).add(epsilon);
    next.parameters.push(parameter.sub(mean.ref.div(first.ref).div(root).mul(learningRate)));
    next.means.push(mean);
    next.squares.push(squared);
  });
  first.dispose();
  second.dispose();
  return next;
}

/** The first element. */
function readOne(result: np.Array): Promise<ArrayLike<number>> {
  return result.ref.slice(...result.shape.map(() => 0)).data();
}
