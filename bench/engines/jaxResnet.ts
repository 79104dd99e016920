// jax-js's half of the residual network's cases: the network, and for training its gradient and SGD in one jitted function.
// Every use of an array but its last takes a `.ref`. Where there are gradients, convolutions at stride 2 are written at
// stride 1: jaxHalved.ts. Forward alone they need not be.

import { jit, lax, nn, numpy as np, valueAndGrad } from "@jax-js/jax";
import type { WorkOf } from "../cases/opCase.ts";
import {
  normNames,
  type ResnetProblem,
  resnet,
  resnetBlocks,
  resnetState,
  training,
} from "../resnetProblem.ts";
import type { Workload } from "../workload.ts";
import { toArray } from "./jaxArrays.ts";
import { halvedByOne, halvedByThree } from "./jaxHalved.ts";
import { stateWorkload } from "./jaxWorkload.ts";

const { side, channels, classes, eps, momentum } = resnet;

/** By name. */
type Arrays = Record<string, np.Array>;

type State = {
  parameters: Arrays;
  velocities: Arrays;
  /** Running means and variances. */
  statistics: Arrays;
};

/** Batch norm `name` of x. */
type Norm = (name: string, x: np.Array) => np.Array;

/** Convolutions 3 x 3 and 1 x 1 at stride 2. */
interface Strided {
  byThree(x: np.Array, weight: np.Array): np.Array;
  byOne(x: np.Array, weight: np.Array): np.Array;
}

const withGradients: Strided = { byThree: halvedByThree, byOne: halvedByOne };
const forwardAlone: Strided = {
  byThree: (x, weight) => convolve(x, weight, 2, 1),
  byOne: (x, weight) => convolve(x, weight, 2, 0),
};

function convolve(x: np.Array, weight: np.Array, stride: number, padding: number): np.Array {
  const margins: [number, number] = [padding, padding];
  return lax.conv(x, weight, [stride, stride], [margins, margins]);
}

export function trainResnet({ widths, batch, weights, images, labels }: ResnetProblem): Workload {
  const x = toArray({ values: images, shape: [batch, channels, side, side] });
  const y = nn.oneHot(np.array(labels as Int32Array<ArrayBuffer>, { dtype: np.int32 }), classes);
  const step = jit((state: State, pictures: np.Array, wanted: np.Array) =>
    trainStep(widths, state, pictures, wanted),
  );
  const norms = normNames(weights.map(({ name }) => name));
  const ofNorms = (value: number) =>
    norms.map((norm) =>
      np.full([...(weights.find(({ name }) => name === `${norm}.weight`)?.shape ?? [])], value),
    );
  const [means, variances] = [ofNorms(0), ofNorms(1)];
  const state: State = {
    parameters: Object.fromEntries(weights.map((weight) => [weight.name, toArray(weight)])),
    velocities: Object.fromEntries(weights.map(({ name, shape }) => [name, np.zeros([...shape])])),
    statistics: Object.fromEntries(
      norms.flatMap((norm, index) => [
        [`${norm}.mean`, means[index]],
        [`${norm}.variance`, variances[index]],
      ]),
    ),
  };
  return stateWorkload(state, (given) => step(given, x.ref, y.ref));
}

function trainStep(widths: readonly number[], state: State, x: np.Array, y: np.Array) {
  const referenced = Object.entries(state.parameters).map(([name, array]) => [name, array.ref]);
  const [[result, seen], gradients] = valueAndGrad(
    (p: Arrays, pictures: np.Array, wanted: np.Array) => {
      const moments: Arrays = {};
      const norm: Norm = (name, input) => batchNorm(p, name, input, moments);
      const logits = logitsOf(widths, p, pictures, { norm, strided: withGradients });
      const scale = -1 / pictures.shape[0];
      const loss = nn.logSoftmax(logits, -1).mul(wanted).sum().mul(scale);
      return [loss, moments] as [np.Array, Arrays];
    },
    { hasAux: true },
  )(Object.fromEntries(referenced) as Arrays, x, y);
  const next: State = { parameters: {}, velocities: {}, statistics: {} };
  for (const [name, parameter] of Object.entries(state.parameters)) {
    const velocity = state.velocities[name].mul(training.momentum).add((gradients as Arrays)[name]);
    next.parameters[name] = parameter.sub(velocity.ref.mul(training.learningRate));
    next.velocities[name] = velocity;
  }
  for (const [name, value] of Object.entries(state.statistics)) {
    next.statistics[name] = value.mul(1 - momentum).add(seen[name].mul(momentum));
  }
  return { state: next, result };
}

/** What differs between training and evaluation. */
interface Manner {
  readonly norm: Norm;
  readonly strided: Strided;
}

function logitsOf(
  widths: readonly number[],
  p: Arrays,
  pictures: np.Array,
  { norm, strided }: Manner,
): np.Array {
  const same = (x: np.Array, name: string) => convolve(x, p[`${name}.weight`], 1, 1);
  let x = nn.relu(norm("norm", same(pictures, "stem")));
  for (const { name, stride, isProjected } of resnetBlocks(widths)) {
    const from = x.ref;
    const first = stride === 1 ? same(x, `${name}.conv1`) : strided.byThree(x, p[`${name}.conv1.weight`]);
    const inner = nn.relu(norm(`${name}.norm1`, first));
    const way = norm(`${name}.norm2`, same(inner, `${name}.conv2`));
    const around = isProjected
      ? norm(`${name}.shortcutNorm`, strided.byOne(from, p[`${name}.shortcut.weight`]))
      : from;
    x = nn.relu(way.add(around));
  }
  return np.matmul(x.mean([2, 3]), np.transpose(p["head.weight"])).add(p["head.bias"]);
}

function alongChannels(array: np.Array): np.Array {
  return array.reshape([1, -1, 1, 1]);
}

/** By the batch's own moments, which join `seen`. */
function batchNorm(p: Arrays, name: string, x: np.Array, seen: Arrays): np.Array {
  const axes = [0, 2, 3];
  const count = x.size / x.shape[1];
  const mean = x.ref.mean(axes, { keepdims: true });
  const centered = x.sub(mean.ref);
  const variance = np.square(centered.ref).mean(axes, { keepdims: true });
  seen[`${name}.mean`] = mean.reshape([-1]);
  seen[`${name}.variance`] = variance.ref.reshape([-1]).mul(count / (count - 1));
  const standard = centered.div(np.sqrt(variance.add(eps)));
  return standard.mul(alongChannels(p[`${name}.weight`])).add(alongChannels(p[`${name}.bias`]));
}

/** `inputs`: the entries of resnetState, pictures. */
export function inferResnet({ widths }: WorkOf<"inferResnet">, inputs: np.Array[]): np.Array {
  const p: Arrays = Object.fromEntries(resnetState(widths).map(({ name }, index) => [name, inputs[index]]));
  const norm: Norm = (name, x) => {
    const centered = x.sub(alongChannels(p[`${name}.running_mean`]));
    const scale = p[`${name}.weight`].div(np.sqrt(p[`${name}.running_var`].add(eps)));
    return centered.mul(alongChannels(scale)).add(alongChannels(p[`${name}.bias`]));
  };
  return logitsOf(widths, p, inputs[inputs.length - 1], { norm, strided: forwardAlone });
}
