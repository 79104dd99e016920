// jax-js's half of the DCGAN case: both networks, their gradients and Adam in one jitted function. Every use of an array
// but its last takes a `.ref`.
//
// Convolutions by 4 x 4 at stride 2 are written as convolutions by 2 x 2 at stride 1 of squares of four pixels, the same
// sums in the same number. lax.convTranspose, and the gradient of lax.conv by its input, would be shorter, but with the
// 0.1.25 measured here they end the software adapter: the kernel that makes 16 channels of 32 for a batch of 16 is 52 kB
// of WGSL, whose compilation takes minutes and more than 10 GB until the GPU process is gone. (Where such a kernel
// compiles, in smaller sizes, 4 x 4 at stride 2 is right; 2 x 2 at stride 2 is wrong by as much as the values.) To be
// replaced once lax.convTranspose gets through this case.

import { jit, lax, nn, numpy as np, valueAndGrad, vjp } from "@jax-js/jax";
import { batchSize, type DcganProblem, type DcganWeight, dcgan, training } from "../dcganProblem.ts";
import type { Workload } from "../workload.ts";
import { toArray } from "./jaxArrays.ts";
import { halved } from "./jaxHalved.ts";

const { size, latentSize, channels, smallest, negativeSlope, eps, momentum } = dcgan;
const [deep] = channels;
const features = deep * smallest ** 2;

/** By name. */
type Arrays = Record<string, np.Array>;

/** A network, what Adam knows of it, and the running statistics of its batch norms. */
type Learner = {
  parameters: Arrays;
  means: Arrays;
  squares: Arrays;
  statistics: Arrays;
};

type State = {
  generator: Learner;
  discriminator: Learner;
  /** beta ** t of both betas. */
  decays: np.Array[];
};

export function trainDcgan(problem: DcganProblem): Workload {
  const real = toArray({ values: problem.real, shape: [batchSize, 1, size, size] });
  const latents = toArray({ values: problem.latents, shape: [batchSize, latentSize] });
  const step = jit(trainStep);
  let state: State = {
    generator: learnerOf(problem.generator, ["main.2", "main.5"]),
    discriminator: learnerOf(problem.discriminator, ["main.3"]),
    decays: training.betas.map(() => np.array(1)),
  };
  let result: np.Array | undefined;
  return {
    // Nothing is dropped here: each step needs the one before.
    call() {
      result?.dispose();
      const { losses, ...next } = step(state, real.ref, latents.ref);
      state = next;
      result = losses;
    },
    async read() {
      if (result === undefined) throw new Error("nothing was called yet");
      return result.ref.data();
    },
  };
}

function learnerOf(weights: readonly DcganWeight[], norms: readonly string[]): Learner {
  const named = (make: (weight: DcganWeight) => np.Array): Arrays =>
    Object.fromEntries(weights.map((weight) => [weight.name, make(weight)]));
  const statistics: Arrays = {};
  for (const { name, shape } of weights) {
    const norm = name.replace(/\.weight$/, "");
    if (!norms.includes(norm)) continue;
    statistics[`${norm}.mean`] = np.zeros([...shape]);
    statistics[`${norm}.variance`] = np.ones([...shape]);
  }
  const zeros = ({ shape }: DcganWeight) => np.zeros([...shape]);
  return { parameters: named(toArray), means: named(zeros), squares: named(zeros), statistics };
}

function trainStep(state: State, real: np.Array, latents: np.Array): State & { losses: np.Array } {
  const { realLabel } = training;
  const decays = state.decays.map((decay, index) => decay.mul(training.betas[index]));
  const [fake, pullBack, made] = vjp(generate, [refs(state.generator.parameters), latents], { hasAux: true });

  const [[errors, moments], blame] = valueAndGrad(
    (parameters: Arrays, onReal: np.Array, onFake: np.Array) => {
      const first = judge(refs(parameters), onReal);
      const second = judge(parameters, onFake);
      const loss = crossEntropyOf(first[0], realLabel).add(crossEntropyOf(second[0], 0));
      return [loss, [first[1], second[1]]] as [np.Array, [Arrays, Arrays]];
    },
    { hasAux: true },
  )(refs(state.discriminator.parameters), real, fake.ref);
  const discriminator = stepped(state.discriminator, blame, decays);

  const [[failure, last], toPictures] = valueAndGrad(
    (pictures: np.Array, parameters: Arrays) => {
      const [logits, seen] = judge(parameters, pictures);
      return [crossEntropyOf(logits, 1), seen] as [np.Array, Arrays];
    },
    { hasAux: true },
  )(fake, refs(discriminator.parameters));
  const [praise, toLatents] = pullBack(toPictures);
  toLatents.dispose();
  const generator = stepped(state.generator, praise as Arrays, decays);

  for (const seen of [...moments, last]) discriminator.statistics = takenUp(discriminator.statistics, seen);
  generator.statistics = takenUp(generator.statistics, made);
  return { losses: np.stack([errors, failure]), generator, discriminator, decays };
}

function refs(arrays: Arrays): Arrays {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, array.ref]));
}

/** One step of Adam. `decays` are only looked at. */
function stepped(learner: Learner, gradients: Arrays, decays: readonly np.Array[]): Learner {
  const { betas, learningRate, epsilon } = training;
  const [first, second] = decays.map((decay) => np.subtract(1, decay.ref));
  const next: Learner = { parameters: {}, means: {}, squares: {}, statistics: learner.statistics };
  for (const [name, parameter] of Object.entries(learner.parameters)) {
    const gradient = gradients[name];
    const mean = learner.means[name].mul(betas[0]).add(gradient.ref.mul(1 - betas[0]));
    const squared = learner.squares[name].mul(betas[1]).add(np.square(gradient).mul(1 - betas[1]));
    const root = np.sqrt(squared.ref.div(second.ref)).add(epsilon);
    next.parameters[name] = parameter.sub(mean.ref.div(first.ref).div(root).mul(learningRate));
    next.means[name] = mean;
    next.squares[name] = squared;
  }
  first.dispose();
  second.dispose();
  return next;
}

/** Running statistics with a batch's own. */
function takenUp(statistics: Arrays, seen: Arrays): Arrays {
  return Object.fromEntries(
    Object.entries(statistics).map(([name, value]) => {
      return [name, value.mul(1 - momentum).add(seen[name].mul(momentum))];
    }),
  );
}

/** Pictures, and the moments of the batch. */
function generate(p: Arrays, latents: np.Array): [np.Array, Arrays] {
  const seen: Arrays = {};
  const first = np.matmul(latents, np.transpose(p["main.0.weight"]));
  const small = norm(p, "main.2", first.reshape([batchSize, deep, smallest, smallest]), seen);
  const grown = norm(p, "main.5", doubled(nn.relu(small), p["main.4.weight"]), seen);
  const pictures = doubled(nn.relu(grown), p["main.7.weight"]);
  return [np.tanh(pictures.add(p["main.7.bias"])), seen];
}

/** Logits, [batchSize, 1], and the moments of the batch. */
function judge(p: Arrays, pictures: np.Array): [np.Array, Arrays] {
  const seen: Arrays = {};
  const first = halved(pictures, p["main.0.weight"]).add(alongChannels(p["main.0.bias"]));
  const second = halved(nn.leakyRelu(first, negativeSlope), p["main.2.weight"]);
  const hidden = nn.leakyRelu(norm(p, "main.3", second, seen), negativeSlope);
  const logits = np.matmul(hidden.reshape([batchSize, features]), np.transpose(p["main.6.weight"]));
  return [logits.add(p["main.6.bias"]), seen];
}

function alongChannels(array: np.Array): np.Array {
  return array.reshape([1, -1, 1, 1]);
}

/** By the batch's own moments, which join `seen`. */
function norm(p: Arrays, name: string, x: np.Array, seen: Arrays): np.Array {
  const axes = [0, 2, 3];
  const count = x.size / x.shape[1];
  const mean = x.ref.mean(axes, { keepdims: true });
  const centered = x.sub(mean.ref);
  const variance = np.square(centered.ref).mean(axes, { keepdims: true });
  seen[`${name}.mean`] = mean.reshape([-1]);
  seen[`${name}.variance`] = variance.ref.reshape([-1]).mul(count / (count - 1));
  const standard = centered.div(np.sqrt(variance.add(eps)));
  return standard.mul(alongChannels(p[`${name}.weight`])).add(alongChannels(p[`${name}.bias`]));
}

/** Mean cross-entropy of sigmoid(logits) against one label for all. */
function crossEntropyOf(logits: np.Array, label: number): np.Array {
  if (label === 1) return nn.softplus(np.negative(logits)).mean();
  if (label === 0) return nn.softplus(logits).mean();
  const doubt = nn.softplus(np.negative(logits.ref)).mul(label);
  return doubt.add(nn.softplus(logits).mul(1 - label)).mean();
}

/** The transpose of `halved`, by [in, out, 4, 4]. */
function doubled(x: np.Array, weight: np.Array): np.Array {
  const [batch, depth, side] = x.shape;
  const to = weight.shape[1];
  const taps = weight.reshape([depth, to, 2, 2, 2, 2]).transpose([1, 3, 5, 0, 2, 4]);
  const kernel = np.flip(taps.reshape([4 * to, depth, 2, 2]), [2, 3]);
  const squares = lax
    .conv(np.pad(x, { 2: [1, 1], 3: [1, 1] }), kernel, [1, 1], "VALID")
    .reshape([batch, to, 2, 2, side + 1, side + 1]);
  const whole = squares.transpose([0, 1, 4, 2, 5, 3]).reshape([batch, to, 2 * side + 2, 2 * side + 2]);
  return whole.slice([], [], [1, 2 * side + 1], [1, 2 * side + 1]);
}
