// The benchmark's DCGAN in float64: both networks from ops, evaluated by their references, with Adam in plain
// arithmetic. It shares the ops' definitions with the engine, and neither its models, its step nor its optimizer.

import { batchSize, type DcganProblem, type DcganWeight, dcgan, training } from "../../bench/dcganProblem.ts";
import { differentiate } from "../../src/autodiff/differentiate.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import { makeGraph } from "../../src/graph/graph.ts";
import type { Node } from "../../src/graph/node.ts";
import { inputNode } from "../../src/graph/source.ts";
import {
  add,
  batchNorm,
  conv2d,
  convTranspose2d,
  leakyRelu,
  matmul,
  mean,
  mul,
  neg,
  relu,
  reshape,
  softplus,
  tanh,
  transpose,
} from "../../src/ops/index.ts";
import type { HostArray } from "../../src/tensor/hostArray.ts";

const { size, latentSize, channels, smallest, negativeSlope, eps } = dcgan;
const halving = { stride: 2, padding: 1 } as const;

type Weights = ReadonlyMap<string, Node>;

/** A network's weights in float64, as Adam leaves them. */
class Network {
  readonly weights: Weights;
  private readonly values: ReadonlyMap<Node, Float64Array>;
  private readonly means: ReadonlyMap<Node, Float64Array>;
  private readonly squares: ReadonlyMap<Node, Float64Array>;
  private steps = 0;

  constructor(given: readonly DcganWeight[]) {
    const nodes = given.map((weight) => ({ ...weight, node: inputNode(weight.shape, "f32") }));
    this.weights = new Map(nodes.map(({ name, node }) => [name, node]));
    this.values = new Map(nodes.map(({ node, values }) => [node, Float64Array.from(values)]));
    this.means = new Map(nodes.map(({ node, values }) => [node, new Float64Array(values.length)]));
    this.squares = new Map(nodes.map(({ node, values }) => [node, new Float64Array(values.length)]));
  }

  feeds(): [Node, HostArray][] {
    return [...this.values].map(([node, data]) => [node, { shape: node.shape, data: data.slice() }]);
  }

  step(gradients: ReadonlyMap<Node, Float64Array>): void {
    const { betas, learningRate, epsilon } = training;
    this.steps += 1;
    const [first, second] = betas.map((beta) => 1 - beta ** this.steps);
    for (const [node, gradient] of gradients) {
      const [values, means, squares] = [this.values, this.means, this.squares].map((all) =>
        ofNode(all, node),
      );
      gradient.forEach((slope, i) => {
        means[i] = betas[0] * means[i] + (1 - betas[0]) * slope;
        squares[i] = betas[1] * squares[i] + (1 - betas[1]) * slope ** 2;
        values[i] -= (learningRate * means[i]) / first / (Math.sqrt(squares[i] / second) + epsilon);
      });
    }
  }
}

/** Of the discriminator and of the generator at each of `steps` steps. */
export function lossesInFloat64(problem: DcganProblem, steps: number): number[] {
  const generator = new Network(problem.generator);
  const discriminator = new Network(problem.discriminator);
  const real = inputNode([batchSize, 1, size, size], "f32");
  const latents = inputNode([batchSize, latentSize], "f32");
  const data = [
    [real, { shape: real.shape, data: Float64Array.from(problem.real) }],
    [latents, { shape: latents.shape, data: Float64Array.from(problem.latents) }],
  ] as const;
  const fake = generate(generator.weights, latents);
  const judge = (pictures: Node) => judgement(discriminator.weights, pictures);
  const { realLabel } = training;
  const onReal = crossEntropyOf(judge(real), realLabel);
  const losses = [
    { of: discriminator, loss: add(onReal, crossEntropyOf(judge(fake), 0)) },
    { of: generator, loss: crossEntropyOf(judge(fake), 1) },
  ].map(({ of, loss }) => ({ of, loss, learn: learning(of, loss) }));
  return Array.from({ length: steps }, () =>
    losses.map(({ learn }) => learn(new Map([...data, ...generator.feeds(), ...discriminator.feeds()]))),
  ).flat();
}

/** A step of `network` down `loss`: gives the loss before it. */
function learning(network: Network, loss: Node): (feeds: Map<Node, HostArray>) => number {
  const one = inputNode([], "f32");
  const weights = [...network.weights.values()];
  const gradients = differentiate(loss, one, weights);
  const graph = makeGraph([loss, ...gradients.filter((node) => node !== undefined)]);
  return (feeds) => {
    const values = evaluate(graph, feeds.set(one, { shape: [], data: Float64Array.of(1) }));
    network.step(
      new Map(weights.map((weight, index) => [weight, ofNode(values, ofIndex(gradients, index)).data])),
    );
    return ofNode(values, loss).data[0];
  };
}

function generate(weights: Weights, latents: Node): Node {
  const first = matmul(latents, transpose(named(weights, "main.0.weight")));
  const small = norm(weights, "main.2", reshape(first, [batchSize, channels[0], smallest, smallest]));
  const grown = norm(
    weights,
    "main.5",
    convTranspose2d(relu(small), named(weights, "main.4.weight"), halving),
  );
  const bias = named(weights, "main.7.bias");
  return tanh(convTranspose2d(relu(grown), named(weights, "main.7.weight"), { ...halving, bias }));
}

function judgement(weights: Weights, pictures: Node): Node {
  const bias = named(weights, "main.0.bias");
  const first = conv2d(pictures, named(weights, "main.0.weight"), { ...halving, bias });
  const second = conv2d(leakyRelu(first, { negativeSlope }), named(weights, "main.2.weight"), halving);
  const hidden = leakyRelu(norm(weights, "main.3", second), { negativeSlope });
  const last = transpose(named(weights, "main.6.weight"));
  return add(matmul(reshape(hidden, [batchSize, last.shape[0]]), last), named(weights, "main.6.bias"));
}

/** By the batch's own moments, as in training. */
function norm(weights: Weights, name: string, x: Node): Node {
  const [weight, bias] = [named(weights, `${name}.weight`), named(weights, `${name}.bias`)];
  return batchNorm(x, { weight, bias, training: true, eps });
}

function crossEntropyOf(logits: Node, label: number): Node {
  return mean(add(mul(softplus(neg(logits)), label), mul(softplus(logits), 1 - label)));
}

function named(weights: Weights, name: string): Node {
  const weight = weights.get(name);
  if (weight === undefined) throw new Error(`there is no weight ${name}`);
  return weight;
}

function ofNode<T>(all: ReadonlyMap<Node, T>, node: Node): T {
  const value = all.get(node);
  if (value === undefined) throw new Error("a node has no value");
  return value;
}

function ofIndex(gradients: readonly (Node | undefined)[], index: number): Node {
  const gradient = gradients[index];
  if (gradient === undefined) throw new Error(`weight ${index} has no gradient`);
  return gradient;
}
