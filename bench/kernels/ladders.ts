// The ladders there are.

import { attentionLadder } from "./attentionLadder.ts";
import { conv2dLadder } from "./conv2dLadder.ts";
import { matmulLadder } from "./matmulLadder.ts";
import type { KernelName, Ladder } from "./rung.ts";
import { softmaxLadder } from "./softmaxLadder.ts";

export const ladders: Readonly<Record<KernelName, Ladder>> = {
  matmul: matmulLadder,
  conv2d: conv2dLadder,
  softmax: softmaxLadder,
  attention: attentionLadder,
};
