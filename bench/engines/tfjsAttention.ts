// TensorFlow.js's half of the attention case, from ops: it holds the matrices of scores, several of them.

import * as tf from "@tensorflow/tfjs-core";
import type { AttentionProblem } from "../attentionProblem.ts";
import type { Workload } from "../workload.ts";
import { requireWebgpu } from "./tfjsWorkload.ts";

const masked = -1e9;

export function attention(problem: AttentionProblem): Workload {
  const { batch, heads, tokens, width } = problem;
  // Axes of batch and heads as one: there is nothing between them.
  const [q, k, v, dO] = [problem.q, problem.k, problem.v, problem.outputGradient].map((values) =>
    tf.tensor3d(values, [batch * heads, tokens, width]),
  );
  const positions = tf.range(0, tokens);
  const mask = tf.mul(tf.cast(tf.less(tf.reshape(positions, [tokens, 1]), positions), "float32"), masked);
  const attend = (x: tf.Tensor, y: tf.Tensor, z: tf.Tensor) => {
    const scores = tf.mul(tf.matMul(x, y, false, true), 1 / Math.sqrt(width));
    return tf.matMul(tf.softmax(tf.add(scores, mask)), z);
  };
  let results: tf.Tensor[] = [];
  return {
    call() {
      tf.dispose(results);
      results = tf.tidy(() => {
        const { value, grads } = valueAndGradients(attend, [q, k, v], dO);
        return [value, ...grads];
      });
      requireWebgpu();
    },
    read: () => tf.tidy(() => tf.slice(results[0], [0, 0, 0], [1, 1, 1])).data(),
    readAll: () => Promise.all(results.map((result) => result.data())),
  };
}

/** tf.valueAndGrads, for a function whose value is no single number. */
function valueAndGradients(
  f: (...given: tf.Tensor[]) => tf.Tensor,
  given: tf.Tensor[],
  dy: tf.Tensor,
): { value: tf.Tensor; grads: tf.Tensor[] } {
  return tf.engine().gradients(() => f(...given), given, dy);
}
