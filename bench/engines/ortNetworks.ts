// Networks as ONNX models. Weights are constants, which ONNX Runtime lays out as it likes before the first run.

import type { WorkOf } from "../cases/opCase.ts";
import { type GptSizes, gptShapes } from "../gptProblem.ts";
import { resnet, resnetBlocks, resnetState } from "../resnetProblem.ts";
import type { OnnxConstant, OnnxGraph, OnnxNode } from "./onnxModel.ts";

/** What a model does with inputs `i0`, `i1`, …, and the shape of its result, `y`. */
export interface OnnxNetwork extends Pick<OnnxGraph, "integers"> {
  readonly nodes: readonly OnnxNode[];
  readonly shape: readonly number[];
  /** How many of the inputs, from the first, are weights. */
  readonly weights?: number;
  /** Further ones. */
  readonly constants?: readonly OnnxConstant[];
}

/** A graph in the making. */
class Nodes {
  readonly nodes: OnnxNode[] = [];
  readonly integers: Record<string, readonly number[]> = {};

  /** Gives the name of the result. */
  add(op: string, inputs: readonly string[], attributes?: OnnxNode["attributes"]): string {
    return this.addSeveral(op, inputs, 1, attributes)[0];
  }

  addSeveral(
    op: string,
    inputs: readonly string[],
    count: number,
    attributes?: OnnxNode["attributes"],
  ): string[] {
    const outputs = Array.from({ length: count }, (_, index) => `n${this.nodes.length}_${index}`);
    this.nodes.push({ op, inputs, outputs, attributes });
    return outputs;
  }

  reshape(x: string, shape: readonly number[]): string {
    const name = `shape_${shape.join("_")}`;
    this.integers[name] = shape;
    return this.add("Reshape", [x, name]);
  }

  /** The last node gives the model's result. */
  end(shape: readonly number[], weights: number, constants: readonly OnnxConstant[] = []): OnnxNetwork {
    const last = this.nodes[this.nodes.length - 1];
    const nodes = [...this.nodes.slice(0, -1), { ...last, outputs: ["y"] }];
    return { nodes, integers: this.integers, shape, weights, constants };
  }
}

function convolution(stride: number, padding: number): OnnxNode["attributes"] {
  return { strides: [stride, stride], pads: [padding, padding, padding, padding] };
}

export function lenetModel(): OnnxNetwork {
  const graph = new Nodes();
  const pooled = (x: string, first: number, padding: number) => {
    const made = graph.add("Conv", [x, `i${first}`, `i${first + 1}`], convolution(1, padding));
    return graph.add("MaxPool", [graph.add("Relu", [made])], { kernel_shape: [2, 2], strides: [2, 2] });
  };
  const dense = (x: string, first: number) =>
    graph.add("Gemm", [x, `i${first}`, `i${first + 1}`], { transB: 1 });
  const features = graph.add("Flatten", [pooled(pooled("i10", 0, 2), 2, 0)], { axis: 1 });
  const hidden = graph.add("Relu", [dense(graph.add("Relu", [dense(features, 4)]), 6)]);
  dense(hidden, 8);
  return graph.end([1, 10], 10);
}

export function resnetModel({ widths }: WorkOf<"inferResnet">): OnnxNetwork {
  const names = resnetState(widths).map(({ name }) => name);
  const input = (name: string) => `i${names.indexOf(name)}`;
  const graph = new Nodes();
  const convolve = (x: string, name: string, stride: number, padding: number) =>
    graph.add("Conv", [x, input(`${name}.weight`)], convolution(stride, padding));
  const norm = (x: string, name: string) => {
    const parts = ["weight", "bias", "running_mean", "running_var"].map((part) => input(`${name}.${part}`));
    return graph.add("BatchNormalization", [x, ...parts], { epsilon: resnet.eps });
  };
  let x = graph.add("Relu", [norm(convolve(`i${names.length}`, "stem", 1, 1), "norm")]);
  for (const { name, stride, isProjected } of resnetBlocks(widths)) {
    const inner = graph.add("Relu", [norm(convolve(x, `${name}.conv1`, stride, 1), `${name}.norm1`)]);
    const way = norm(convolve(inner, `${name}.conv2`, 1, 1), `${name}.norm2`);
    const around = isProjected ? norm(convolve(x, `${name}.shortcut`, stride, 0), `${name}.shortcutNorm`) : x;
    x = graph.add("Relu", [graph.add("Add", [way, around])]);
  }
  const features = graph.add("Flatten", [graph.add("GlobalAveragePool", [x])], { axis: 1 });
  graph.add("Gemm", [features, input("head.weight"), input("head.bias")], { transB: 1 });
  return graph.end([1, resnet.classes], names.length);
}

/** Queries, keys and values of one layer, each [tokens, width], to what they give, the same. */
type Attend = (parts: readonly string[], layer: number) => string;

/** From embedded tokens, [tokens, width]. */
function gptNodes(
  graph: Nodes,
  { layers, eps }: GptSizes,
  input: (name: string) => string,
  embedded: string,
  attend: Attend,
): void {
  const norm = (x: string, name: string) =>
    graph.add("LayerNormalization", [x, input(`${name}.weight`), input(`${name}.bias`)], {
      axis: -1,
      epsilon: eps,
    });
  const dense = (x: string, name: string) =>
    graph.add("Gemm", [x, input(`${name}.weight`), input(`${name}.bias`)]);
  let stream = embedded;
  for (let layer = 0; layer < layers; layer++) {
    const block = `transformer.h.${layer}`;
    const all = dense(norm(stream, `${block}.ln_1`), `${block}.attn.c_attn`);
    const parts = graph.addSeveral("Split", [all], 3, { axis: 1, num_outputs: 3 });
    stream = graph.add("Add", [stream, dense(attend(parts, layer), `${block}.attn.c_proj`)]);
    const inner = dense(norm(stream, `${block}.ln_2`), `${block}.mlp.c_fc`);
    const bent = graph.add("Gelu", [inner], { approximate: "tanh" });
    stream = graph.add("Add", [stream, dense(bent, `${block}.mlp.c_proj`)]);
  }
  graph.add("Gemm", [norm(stream, "transformer.ln_f"), input("transformer.wte.weight")], { transB: 1 });
}

/** q: [1, heads, queries, width / heads]; k, v: with keys for queries. */
function attention(graph: Nodes, q: string, k: string, v: string, mask?: string): string {
  const turned = graph.add("Transpose", [k], { perm: [0, 1, 3, 2] });
  const scores = graph.add("Mul", [graph.add("MatMul", [q, turned]), "scale"]);
  const masked = mask === undefined ? scores : graph.add("Add", [scores, mask]);
  return graph.add("MatMul", [graph.add("Softmax", [masked], { axis: -1 }), v]);
}

function scaleConstant(width: number): OnnxConstant {
  return { name: "scale", shape: [1], values: Float32Array.of(1 / Math.sqrt(width)) };
}

function causalMask(tokens: number): OnnxConstant {
  const values = Float32Array.from({ length: tokens ** 2 }, (_, index) =>
    index % tokens > Math.floor(index / tokens) ? -1e9 : 0,
  );
  return { name: "mask", shape: [tokens, tokens], values };
}

/** From ops: its fused attention does not take queries, keys and values that have their heads apart. */
export function attentionModel(shape: readonly number[]): OnnxNetwork {
  const [, , tokens, width] = shape;
  const graph = new Nodes();
  attention(graph, "i0", "i1", "i2", "mask");
  return graph.end(shape, 0, [scaleConstant(width), causalMask(tokens)]);
}

export function gptModel({ sizes }: WorkOf<"inferGpt">): OnnxNetwork {
  const { context, heads, width, vocabularySize } = sizes;
  const names = [...gptShapes(sizes).keys()];
  const input = (name: string) => `i${names.indexOf(name)}`;
  const graph = new Nodes();
  const rows = graph.add("Gather", [input("transformer.wte.weight"), `i${names.length}`], { axis: 0 });
  const placed = graph.add("Add", [graph.reshape(rows, [context, width]), input("transformer.wpe.weight")]);
  gptNodes(graph, sizes, input, placed, (parts) => {
    const [q, k, v] = parts.map((part) =>
      graph.add("Transpose", [graph.reshape(part, [1, context, heads, width / heads])], {
        perm: [0, 2, 1, 3],
      }),
    );
    const mixed = graph.add("Transpose", [attention(graph, q, k, v, "mask")], { perm: [0, 2, 1, 3] });
    return graph.reshape(mixed, [context, width]);
  });
  const constants = [scaleConstant(width / heads), causalMask(context)];
  return graph.end([context, vocabularySize], names.length, constants);
}

/** Keys and values of earlier tokens come in, and are not given back: there is no next token. */
export function decodeModel({ sizes, prefix }: WorkOf<"decodeGpt">): OnnxNetwork {
  const { layers, heads, width, vocabularySize } = sizes;
  const names = [...gptShapes(sizes).keys()];
  const input = (name: string) => `i${names.indexOf(name)}`;
  const graph = new Nodes();
  const token = `i${names.length + 2 * layers}`;
  graph.integers.place = [prefix];
  const row = graph.add("Gather", [input("transformer.wte.weight"), token], { axis: 0 });
  const place = graph.add("Gather", [input("transformer.wpe.weight"), "place"], { axis: 0 });
  gptNodes(graph, sizes, input, graph.add("Add", [row, place]), (parts, layer) => {
    const [q, ...made] = parts.map((part) => graph.reshape(part, [1, heads, 1, width / heads]));
    const [k, v] = made.map((part, index) =>
      graph.add("Concat", [`i${names.length + 2 * layer + index}`, part], { axis: 2 }),
    );
    return graph.reshape(attention(graph, q, k, v), [1, width]);
  });
  return graph.end([1, vocabularySize], names.length, [scaleConstant(width / heads)]);
}
