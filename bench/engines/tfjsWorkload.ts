// A function of TensorFlow.js as a workload.

import * as tf from "@tensorflow/tfjs-core";
import type { Workload } from "../workload.ts";

/** `run` gives a tensor which outlives it, and leaves nothing else behind. */
export function tensorWorkload(run: () => tf.Tensor): Workload {
  let result: tf.Tensor | undefined;
  return {
    call() {
      result?.dispose();
      result = run();
      requireWebgpu();
    },
    async read() {
      if (result === undefined) throw new Error("nothing was called yet");
      return result.data();
    },
  };
}

/** Throws where TensorFlow.js has fallen back. */
export function requireWebgpu(): void {
  if (tf.getBackend() !== "webgpu") throw new Error(`it ran on the backend "${tf.getBackend()}".`);
}
