// Where NaN or infinity began: one step again, with everything that layers and gradients come to looked at, in order.
//
// Decides: what is looked at. Leaves to ganTraining.ts which steps are done again.

import {
  cast,
  compile,
  concat,
  type Engine,
  gradients,
  isFinite as isFiniteNumber,
  mean,
  nn,
  type optim,
  reshape,
  sub,
  Tensor,
} from "../../src/index.ts";
import type { Gan } from "./twentyLines.ts";

interface Seen {
  /** "generator.main.3 (ConvTranspose2d)". */
  readonly name: string;
  readonly value: Tensor;
}

interface Layer {
  readonly name: string;
  readonly module: nn.AnyModule;
}

/** A gan whose optimizers make steps of their own. */
export interface SteppingGan extends Gan {
  readonly generatorOptimizer: optim.Optimizer;
  readonly discriminatorOptimizer: optim.Optimizer;
}

/**
 * `step`, compiled so that it gives the name of what came first, of all that it computes, and is not finite; undefined
 * where all is. The step is made: parameters, running statistics and random numbers move on as they do without it.
 */
export function watchedStep(
  engine: Engine,
  gan: SteppingGan,
  step: (gan: Gan, real: Tensor, labels?: Tensor) => Tensor,
) {
  const names: string[] = [];
  const compiled = compile<[real: Tensor, labels: Tensor | undefined], Tensor>(
    (real, labels) => {
      const seen: Seen[] = [];
      names.length = 0;
      const handles = layersOf(gan).map((layer) => hook(layer, seen));
      try {
        step(watchOptimizers(gan, seen), real, labels);
      } finally {
        for (const handle of handles) handle.remove();
      }
      names.push(...seen.map(({ name }) => name));
      return concat(seen.map(({ value }) => reshape(shareNotFinite(value), [1])));
    },
    { engine },
  );
  return {
    async run(real: Tensor, labels?: Tensor): Promise<string | undefined> {
      const shares = await compiled(real, labels).data();
      return names[shares.findIndex((share) => share > 0)];
    },
    dispose: () => compiled.dispose(),
  };
}

function shareNotFinite(value: Tensor): Tensor {
  return sub(1, mean(cast(isFiniteNumber(value), "f32")));
}

/** Layers without layers of their own, by path. */
function layersOf({ generator, discriminator }: Gan): Layer[] {
  return [...leaves("generator", generator), ...leaves("discriminator", discriminator)];
}

function* leaves(path: string, module: nn.AnyModule): Generator<Layer> {
  const parts = [...module.parts()].filter(
    (part): part is [string, nn.AnyModule] => part[1] instanceof nn.Module,
  );
  if (parts.length === 0) yield { name: `${path} (${module.constructor.name})`, module };
  for (const [name, part] of parts) yield* leaves(`${path}.${name}`, part);
}

/** Has `module` put what it gives into `seen`, until the hook is removed. */
function hook({ name, module }: Layer, seen: Seen[]): nn.HookHandle {
  return module.registerForwardHook((_module, _inputs, value) => {
    if (value instanceof Tensor) seen.push({ name, value });
    return undefined;
  });
}

/** The same networks with optimizers that put losses and gradients into `seen`, those of the last layer first. */
function watchOptimizers(gan: SteppingGan, seen: Seen[]): Gan {
  const watched = (network: "generator" | "discriminator") => {
    const optimizer = gan[`${network}Optimizer`];
    const names = [...gan[network].namedParameters().keys()];
    return {
      step(loss: Tensor) {
        seen.push({ name: `the loss of the ${network}`, value: loss });
        const found = gradients(loss, optimizer.parameters);
        const entries = found.map((value, index) => {
          return { name: `the gradient of ${network}.${names[index]}`, value };
        });
        seen.push(...entries.reverse());
        optimizer.applyGradients(found);
      },
    };
  };
  return {
    ...gan,
    generatorOptimizer: watched("generator"),
    discriminatorOptimizer: watched("discriminator"),
  };
}
