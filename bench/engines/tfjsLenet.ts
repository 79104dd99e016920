// LeNet-5 in TensorFlow.js, for pictures [batch, height, width, channels].

import * as tf from "@tensorflow/tfjs-core";

/** Logits. p: weight and bias of each layer in turn, as `forTensorflow` lays them out. */
export function lenet(p: readonly tf.Tensor[], x: tf.Tensor4D): tf.Tensor {
  const conv1 = tf.conv2d(x, p[0] as tf.Tensor4D, 1, "same");
  const pooled1 = tf.maxPool(tf.relu(tf.add<tf.Tensor4D>(conv1, p[1])), 2, 2, "valid");
  const conv2 = tf.conv2d(pooled1, p[2] as tf.Tensor4D, 1, "valid");
  const pooled2 = tf.maxPool(tf.relu(tf.add<tf.Tensor4D>(conv2, p[3])), 2, 2, "valid");
  const hidden1 = tf.relu(linear(p, 4, tf.reshape(pooled2, [x.shape[0], -1])));
  return linear(p, 8, tf.relu(linear(p, 6, hidden1)));
}

/** Layer whose weight is p[index], [in, out]. */
export function linear(p: readonly tf.Tensor[], index: number, x: tf.Tensor): tf.Tensor {
  return tf.add(tf.matMul(x, p[index]), p[index + 1]);
}

/**
 * Weight `index` of the network. Convolutions as [y, x, in, out], linear layers as [in, out], the first with its inputs in
 * the order y, x, channel. In a tidy.
 */
export function forTensorflow(given: tf.Tensor, index: number): tf.Tensor {
  const { shape } = given;
  if (shape.length === 4) return tf.transpose(given, [2, 3, 1, 0]);
  if (shape.length === 1) return given;
  if (index !== 4) return tf.transpose(given);
  return tf.reshape(tf.transpose(tf.reshape(given, [120, 16, 5, 5]), [2, 3, 1, 0]), [400, 120]);
}
