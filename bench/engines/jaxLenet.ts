// LeNet-5 in jax-js. Every use of an array but its last takes a `.ref`.

import { lax, nn, numpy as np } from "@jax-js/jax";

/** Layer whose weight is p[index]. */
export function linear(p: readonly np.Array[], index: number, x: np.Array): np.Array {
  return np.matmul(x, np.transpose(p[index])).add(p[index + 1]);
}

/** Logits. p: weight and bias of each layer in turn. */
export function lenet(p: readonly np.Array[], x: np.Array): np.Array {
  const bias = (array: np.Array) => array.reshape([1, -1, 1, 1]);
  const conv1 = lax.conv(
    x,
    p[0],
    [1, 1],
    [
      [2, 2],
      [2, 2],
    ],
  );
  const pooled1 = maxPool(nn.relu(conv1.add(bias(p[1]))));
  const conv2 = lax.conv(pooled1, p[2], [1, 1], "VALID");
  const pooled2 = maxPool(nn.relu(conv2.add(bias(p[3]))));
  const hidden1 = nn.relu(linear(p, 4, pooled2.reshape([pooled2.shape[0], 400])));
  return linear(p, 8, nn.relu(linear(p, 6, hidden1)));
}

function maxPool(x: np.Array): np.Array {
  return lax.reduceWindow(x, np.max, [2, 2], [2, 2]);
}
