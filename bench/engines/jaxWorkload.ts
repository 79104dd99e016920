// Training steps of jax-js as a workload, and its Adam by hand.

import { jit, numpy as np, valueAndGrad } from "@jax-js/jax";
import { betas, epsilon, learningRate } from "../lenetProblem.ts";
import type { Weight } from "../lenetWeights.ts";
import type { Workload } from "../workload.ts";
import { toArray } from "./jaxArrays.ts";

/** `step` consumes the state. Nothing is dropped here: each step needs the one before. */
export function stateWorkload<S>(
  first: S,
  step: (state: S) => { readonly state: S; readonly result: np.Array },
): Workload {
  let state = first;
  let result: np.Array | undefined;
  return {
    call() {
      result?.dispose();
      ({ state, result } = step(state));
    },
    async read() {
      if (result === undefined) throw new Error("nothing was called yet");
      return result.ref.data();
    },
  };
}

type AdamState = {
  parameters: np.Array[];
  means: np.Array[];
  squares: np.Array[];
  /** beta ** t of both betas. */
  decays: np.Array[];
};

/** `lossOf` consumes what it is given: parameters, pictures, labels. */
export function adamWorkload(
  weights: readonly Weight[],
  [x, y]: readonly [np.Array, np.Array],
  lossOf: (parameters: np.Array[], x: np.Array, y: np.Array) => np.Array,
): Workload {
  const step = jit((state: AdamState, images: np.Array, labels: np.Array) => {
    const referenced = state.parameters.map((parameter) => parameter.ref);
    const [result, gradients] = valueAndGrad(lossOf)(referenced, images, labels);
    return { state: stepped(state, gradients as np.Array[]), result };
  });
  const zeros = () => weights.map(({ shape }) => np.zeros([...shape]));
  const first: AdamState = {
    parameters: weights.map(toArray),
    means: zeros(),
    squares: zeros(),
    decays: betas.map(() => np.array(1)),
  };
  return stateWorkload(first, (state) => step(state, x.ref, y.ref));
}

function stepped(state: AdamState, gradients: np.Array[]): AdamState {
  const decays = state.decays.map((decay, index) => decay.mul(betas[index]));
  const [first, second] = decays.map((decay) => np.subtract(1, decay.ref));
  const means = state.means.map((mean, index) =>
    mean.mul(betas[0]).add(gradients[index].ref.mul(1 - betas[0])),
  );
  const squares = state.squares.map((squared, index) =>
    squared.mul(betas[1]).add(np.square(gradients[index]).mul(1 - betas[1])),
  );
  const parameters = state.parameters.map((parameter, index) => {
    const root = np.sqrt(squares[index].ref.div(second.ref)).add(epsilon);
    return parameter.sub(means[index].ref.div(first.ref).div(root).mul(learningRate));
  });
  first.dispose();
  second.dispose();
  return { parameters, means, squares, decays };
}
