// What is measured where nobody chose anything: one or two cases of each kind, in a minute or so on a GPU.

import { type GroupName, groupNames, listedCases } from "../../bench/caseList.ts";

export const quickSet: readonly string[] = [
  ...["floor-dispatch", "floor-submit", "floor-readback", "floor-copy", "floor-fma"],
  ...["train-mlp", "train-lenet", "train-gpt"],
  ...["matmul-512", "matmul-1024", "matmul-row"],
  ...["conv-3x3-forward", "conv-3x3-input-gradient", "conv-3x3-weight-gradient"],
  ...["softmax-4096-forward", "layernorm-forward", "adam-1m"],
  ...["attention-256-forward", "attention-256-backward"],
];

/** What a page can measure, steps of training first: a first step needs a browser that was never used. */
export const pageGroups: readonly GroupName[] = [
  "train",
  ...groupNames.filter((name) => name !== "train" && name !== "first-step"),
];

export interface GroupText {
  readonly title: string;
  /** What its cases are. */
  readonly text: string;
}

export const groupTexts: Readonly<Record<GroupName, GroupText>> = {
  floor: {
    title: "Floors",
    text: "Raw WebGPU without any library: what a dispatch, a submit and a read-back cost, and what the GPU reaches at the most.",
  },
  train: {
    title: "Training steps",
    text: "Forward, backward and Adam on one batch, without reading the loss.",
  },
  matmul: {
    title: "Matrix products",
    text: "By size, m x k x n where they differ; nt and tn have one side transposed.",
  },
  conv: { title: "Convolutions", text: "Forward, and the gradients of the input and of the weight." },
  pool: { title: "Pooling", text: "Windows of 2 x 2." },
  norm: {
    title: "Softmax, losses and norms",
    text: "Rows of the named length; backward gives all gradients.",
  },
  elementwise: { title: "Elementwise", text: "The chain is gelu(a b + c), which fuses into one dispatch." },
  reduce: { title: "Sums", text: "Over rows, columns, or all." },
  optim: { title: "Optimizer", text: "A step of Adam, and the gradient of an embedding's table." },
  attention: {
    title: "Causal attention",
    text: "By the number of tokens; backward begins with nothing but q, k, v and dO.",
  },
  infer: {
    title: "Inference",
    text: "Whole networks forward; decode is one token behind others that are cached.",
  },
  "first-step": { title: "First steps", text: "A page's first step, when its shaders are cached." },
};

/** The cases of a group that a page can measure. */
export function casesOfGroup(group: GroupName): readonly string[] {
  return listedCases.filter((known) => known.group === group).map(({ name }) => name);
}
