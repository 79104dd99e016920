// tilegrad's half of the residual network's cases: a module of the library's layers.

import { add, compile, crossEntropy, mean, nn, optim, relu, type Tensor, tensor } from "../../src/index.ts";
import type { WorkOf } from "../cases/opCase.ts";
import {
  type BasicBlock,
  type ResnetProblem,
  resnet,
  resnetBlocks,
  resnetState,
  training,
} from "../resnetProblem.ts";
import type { Workload } from "../workload.ts";
import { compiledWorkload } from "./oursWorkload.ts";

const { side, channels, classes, eps, momentum } = resnet;

/** 3 x 3. */
function convolution(from: number, to: number, stride = 1): nn.Conv2d {
  return new nn.Conv2d(from, to, 3, { stride, padding: 1, bias: false });
}

function batchNorm(width: number): nn.BatchNorm2d {
  return new nn.BatchNorm2d(width, { eps, momentum });
}

class Block extends nn.Module {
  private readonly conv1: nn.Conv2d;
  private readonly norm1: nn.BatchNorm2d;
  private readonly conv2: nn.Conv2d;
  private readonly norm2: nn.BatchNorm2d;
  private readonly shortcut: nn.Conv2d | undefined;
  private readonly shortcutNorm: nn.BatchNorm2d | undefined;

  constructor({ from, to, stride, isProjected }: BasicBlock) {
    super();
    this.conv1 = convolution(from, to, stride);
    this.norm1 = batchNorm(to);
    this.conv2 = convolution(to, to);
    this.norm2 = batchNorm(to);
    this.shortcut = isProjected ? new nn.Conv2d(from, to, 1, { stride, bias: false }) : undefined;
    this.shortcutNorm = isProjected ? batchNorm(to) : undefined;
  }

  forward(x: Tensor): Tensor {
    const inner = relu(this.norm1.forward(this.conv1.forward(x)));
    const way = this.norm2.forward(this.conv2.forward(inner));
    return relu(add(way, this.shortcutNorm?.forward(this.shortcut?.forward(x) ?? x) ?? x));
  }

  override *parts(): Iterable<readonly [string, unknown]> {
    yield ["conv1", this.conv1];
    yield ["norm1", this.norm1];
    yield ["conv2", this.conv2];
    yield ["norm2", this.norm2];
    yield ["shortcut", this.shortcut];
    yield ["shortcutNorm", this.shortcutNorm];
  }
}

class Resnet extends nn.Module {
  private readonly stem: nn.Conv2d;
  private readonly norm: nn.BatchNorm2d;
  private readonly blocks: readonly Block[];
  private readonly head: nn.Linear;

  constructor(widths: readonly number[]) {
    super();
    this.stem = convolution(channels, widths[0]);
    this.norm = batchNorm(widths[0]);
    this.blocks = resnetBlocks(widths).map((block) => new Block(block));
    this.head = new nn.Linear(widths[widths.length - 1], classes);
  }

  forward(pictures: Tensor): Tensor {
    let x = relu(this.norm.forward(this.stem.forward(pictures)));
    for (const block of this.blocks) x = block.forward(x);
    return this.head.forward(mean(x, { axis: [2, 3] }));
  }

  override *parts(): Iterable<readonly [string, unknown]> {
    yield ["stem", this.stem];
    yield ["norm", this.norm];
    yield ["blocks", this.blocks];
    yield ["head", this.head];
  }
}

export function trainResnet({ widths, batch, weights, images, labels }: ResnetProblem): Workload {
  const model = new Resnet(widths);
  // Running statistics are as they are made.
  const state = new Map(weights.map(({ name, shape, values }) => [name, { shape, data: values }]));
  model.loadStateDict(state, { strict: false });
  const { learningRate: lr, momentum: inertia } = training;
  const optimizer = new optim.SGD(model.parameters(), { lr, momentum: inertia });
  const step = compile((x: Tensor, y: Tensor) => {
    const loss = crossEntropy(model.forward(x), y);
    optimizer.step(loss);
    return loss;
  });
  return compiledWorkload(step, [tensor(images, [batch, channels, side, side]), tensor(labels)]);
}

export function inferResnet({ widths }: WorkOf<"inferResnet">, inputs: readonly Tensor[]): () => Tensor[] {
  const model = new Resnet(widths);
  const state = resnetState(widths).map(({ name }, index) => [name, inputs[index]] as const);
  // How many batches there were makes no difference.
  model.loadStateDict(new Map(state), { strict: false });
  model.eval();
  return () => [model.forward(inputs[inputs.length - 1])];
}
