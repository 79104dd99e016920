// DCGAN: a generator of small gray pictures out of noise, and a discriminator that tells them from real ones.
//
// After Radford, Metz and Chintala, "Unsupervised representation learning with deep convolutional generative
// adversarial networks" (2015): strides in place of pooling, batch norm in both networks but not where pictures leave
// or enter, ReLU in the generator and leaky ReLU in the discriminator. Classes enter as in Mirza and Osindero,
// "Conditional generative adversarial nets" (2014), the discriminator's as in Miyato and Koyama, "cGANs with projection
// discriminator" (2018): by weights of the last layer for each class.
// Decides: layers and names. Leaves to others: losses and the training step.

import { hostNormal } from "../api/random.ts";
import type { Tensor } from "../api/tensor.ts";
import { ShapeError, UsageError } from "../base/errors.ts";
import { requireWhole } from "../base/requireWhole.ts";
import {
  BatchNorm2d,
  Conv2d,
  ConvTranspose2d,
  Embedding,
  Flatten,
  LeakyReLU,
  Linear,
  Module,
  ReLU,
  Sequential,
  Tanh,
  Unflatten,
} from "../nn/nn.ts";
import { concat, mul, oneHot, reshape, sum } from "../ops/index.ts";
import { printShape } from "../tensor/shape.ts";

/** What both networks of a DCGAN are made of. */
export interface DcganOptions {
  /** Pixels a side, halved once for each entry of `channels`: a multiple of 2 ** channels.length. Default 28. */
  readonly size?: number;
  /** Numbers that the generator makes a picture of. Default 64. */
  readonly latentSize?: number;
  /** Channels of the hidden pictures, from the smallest picture to the largest. Default [32, 16]. */
  readonly channels?: readonly number[];
  /** With so many classes both networks are told which one a picture is of. Default: they are told none. */
  readonly classes?: number;
  /**
   * First values: "dcgan" draws all weights from N(0, 0.02²), those of batch norms from N(1, 0.02²), with biases of 0;
   * "layers" leaves every layer its own. Default "dcgan".
   */
  readonly init?: "dcgan" | "layers";
}

/** How a discriminator is made. */
export interface DcganDiscriminatorOptions extends DcganOptions {
  /** "none" where a loss looks at each picture's own gradient, which batch norm would mix. Default "batch". */
  readonly norm?: "batch" | "none";
}

interface Sizes {
  readonly size: number;
  readonly latentSize: number;
  readonly channels: readonly number[];
  readonly classes: number | undefined;
  readonly init: "dcgan" | "layers";
  /** Pixels a side of the smallest hidden picture. */
  readonly smallest: number;
}

const INITIAL_STD = 0.02;
const NEGATIVE_SLOPE = 0.2;
/** Of the convolutions: four taps at a stride of two cover each pixel as often as any other. */
const TAPS = 4;
const HALVING = { stride: 2, padding: 1 } as const;

/**
 * latents: f32 [batch, latentSize], drawn from N(0, 1); labels: i32 [batch], where there are classes; y: pictures
 * [batch, 1, size, size] in (-1, 1). State: "main.0.weight", … as in a torch.nn.Sequential of Linear, Unflatten,
 * BatchNorm2d, ReLU, (ConvTranspose2d, BatchNorm2d, ReLU)…, ConvTranspose2d, Tanh; "embedding.weight" [classes,
 * latentSize], whose row is set beside the latents. Throws UsageError for sizes that do not fit, and where labels are
 * missing or not expected; ShapeError for latents of another shape.
 */
export class DcganGenerator extends Module<[latents: Tensor, labels?: Tensor]> {
  readonly latentSize: number;
  readonly size: number;
  readonly classes: number | undefined;
  private readonly main: Sequential;
  private readonly embedding: Embedding | undefined;

  constructor(options: DcganOptions = {}) {
    super();
    const sizes = requireSizes("DcganGenerator", options);
    const { latentSize, size, classes, channels, smallest } = sizes;
    this.latentSize = latentSize;
    this.size = size;
    this.classes = classes;
    const [deepest] = channels;
    const inputs = classes === undefined ? latentSize : 2 * latentSize;
    const layers: Module[] = [
      new Linear(inputs, deepest * smallest ** 2, { bias: false }), // batch norm has a bias of its own
      new Unflatten(1, [deepest, smallest, smallest]),
      new BatchNorm2d(deepest),
      new ReLU(),
    ];
    channels.slice(1).forEach((next, index) => {
      layers.push(new ConvTranspose2d(channels[index], next, TAPS, { ...HALVING, bias: false }));
      layers.push(new BatchNorm2d(next), new ReLU());
    });
    layers.push(new ConvTranspose2d(channels[channels.length - 1], 1, TAPS, HALVING), new Tanh());
    this.main = new Sequential(...layers);
    this.embedding = classes === undefined ? undefined : new Embedding(classes, latentSize);
    if (sizes.init !== "dcgan") return;
    initialize(this.main);
    // Rows as long as latents would drown these: the generator then draws one picture for each class.
    if (this.embedding !== undefined) drawWeights(this.embedding.weight, INITIAL_STD);
  }

  forward(latents: Tensor, labels?: Tensor): Tensor {
    const { latentSize, embedding } = this;
    if (latents.shape.length !== 2 || latents.shape[1] !== latentSize) {
      throw new ShapeError(
        `DcganGenerator: latents are ${printShape(latents.shape)}; they must be [batch, ${latentSize}].`,
      );
    }
    requireLabels("DcganGenerator", this.classes, labels);
    const isTold = embedding !== undefined && labels !== undefined;
    return this.main.forward(isTold ? concat([latents, embedding.forward(labels)], { axis: 1 }) : latents);
  }
}

/**
 * x: pictures [batch, 1, size, size]; labels: i32 [batch], where there are classes; y: logits [batch], above 0 for what
 * is taken to be real. State: "main.0.weight", … as in a torch.nn.Sequential of Conv2d, LeakyReLU, (Conv2d,
 * BatchNorm2d, LeakyReLU)…, Flatten, Linear; where there are classes, the last layer has a row for each, and a picture's
 * logit is that of its own. Throws UsageError for sizes that do not fit, and where labels are missing or not expected;
 * ShapeError for pictures of another shape.
 */
export class DcganDiscriminator extends Module<[x: Tensor, labels?: Tensor]> {
  readonly size: number;
  readonly classes: number | undefined;
  private readonly main: Sequential;

  constructor(options: DcganDiscriminatorOptions = {}) {
    super();
    const sizes = requireSizes("DcganDiscriminator", options);
    const { size, classes, smallest } = sizes;
    const { norm = "batch" } = options;
    this.size = size;
    this.classes = classes;
    const channels = [...sizes.channels].reverse();
    const features = channels[channels.length - 1] * smallest ** 2;
    const activation = () => new LeakyReLU({ negativeSlope: NEGATIVE_SLOPE });
    const layers: Module[] = [new Conv2d(1, channels[0], TAPS, HALVING), activation()];
    channels.slice(1).forEach((next, index) => {
      layers.push(new Conv2d(channels[index], next, TAPS, { ...HALVING, bias: norm === "none" }));
      if (norm === "batch") layers.push(new BatchNorm2d(next));
      layers.push(activation());
    });
    layers.push(new Flatten(), new Linear(features, classes ?? 1));
    this.main = new Sequential(...layers);
    if (sizes.init === "dcgan") initialize(this.main);
  }

  forward(x: Tensor, labels?: Tensor): Tensor {
    const { size, main, classes } = this;
    const [batch] = x.shape;
    if (x.shape.length !== 4 || x.shape[1] !== 1 || x.shape[2] !== size || x.shape[3] !== size) {
      throw new ShapeError(
        `DcganDiscriminator: pictures are ${printShape(x.shape)}; they must be [batch, 1, ${size}, ${size}].`,
      );
    }
    requireLabels("DcganDiscriminator", classes, labels);
    const logits = main.forward(x); // [batch, classes], or [batch, 1]
    if (classes === undefined || labels === undefined) return reshape(logits, [batch]);
    return sum(mul(logits, oneHot(labels, classes)), { axis: 1 });
  }
}

function requireSizes(owner: string, options: DcganOptions): Sizes {
  const { size = 28, latentSize = 64, channels = [32, 16], classes, init = "dcgan" } = options;
  const counts = [["latentSize", latentSize], ...channels.map((count) => ["channels", count])] as const;
  for (const [name, value] of counts) {
    if (Number.isSafeInteger(value) && Number(value) >= 1) continue;
    throw new UsageError(`${owner}: ${name} has ${value}; it must be a whole number from 1.`);
  }
  if (channels.length === 0) {
    throw new UsageError(`${owner}: channels is empty; it must have at least one whole number from 1.`);
  }
  if (classes !== undefined) requireWhole(`${owner}: classes`, classes, 2);
  const step = 2 ** channels.length;
  if (!Number.isSafeInteger(size) || size < step || size % step !== 0) {
    throw new UsageError(
      `${owner}: size is ${size} with ${channels.length} hidden pictures; it must be a multiple of ${step}.`,
    );
  }
  return { size, latentSize, channels, classes, init, smallest: size / step };
}

function requireLabels(owner: string, classes: number | undefined, labels: Tensor | undefined): void {
  if ((classes === undefined) === (labels === undefined)) return;
  throw new UsageError(
    classes === undefined
      ? `${owner}: labels are given, but it was made without classes; leave them out.`
      : `${owner}: labels are missing; it was made for ${classes} classes, so each picture needs one.`,
  );
}

/** Draws the first values of all layers as the paper does. */
function initialize(main: Sequential): void {
  for (const layer of main.layers) {
    if (layer instanceof BatchNorm2d) {
      if (layer.weight !== undefined) drawWeights(layer.weight, INITIAL_STD, 1);
      continue;
    }
    if (!(layer instanceof Linear || layer instanceof Conv2d || layer instanceof ConvTranspose2d)) continue;
    drawWeights(layer.weight, INITIAL_STD);
    if (layer.bias !== undefined) drawWeights(layer.bias, 0);
  }
}

function drawWeights(weight: Tensor, std: number, mean = 0): void {
  weight.write(hostNormal(weight.size, mean, std, { engine: weight.engine }));
}
