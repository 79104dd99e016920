// Training steps: on which network each is, and what its losses have to look like. Leaves which there are to caseList.ts.

import type { TrainName } from "./caseList.ts";
import type { Scale } from "./cases/opCase.ts";
import { dcganProblem, exactLosses } from "./dcganProblem.ts";
import { batchSize, type GptSizes, gptProblem, gptSizes } from "./gptProblem.ts";
import { classes as digits, lenetProblem } from "./lenetProblem.ts";
import { mlpProblem } from "./mlpProblem.ts";
import { requireLosses, requireSameLosses } from "./requireLosses.ts";
import { resnet, resnetProblem, resnetSizes } from "./resnetProblem.ts";
import type { BenchEngine, Workload } from "./workload.ts";

export interface TrainCase {
  readonly tokensPerStep?: number;
  open(engine: BenchEngine, scale: Scale): Workload;
  /** Throws unless the losses of the first steps are right. `expected`: those of the engine that came first. */
  requireRight(losses: readonly number[], expected: readonly number[] | undefined): void;
}

/** Losses begin where a model of so many classes knows nothing. */
function ofClasses(classes: number): TrainCase["requireRight"] {
  return (losses, expected) => requireLosses(losses, { classes, expected });
}

function gptCase(sizes: GptSizes): TrainCase {
  return {
    tokensPerStep: batchSize * sizes.context,
    open: ({ train }) => train.gpt(gptProblem(sizes)),
    requireRight: ofClasses(sizes.vocabularySize),
  };
}

const trainCases: Readonly<Record<TrainName, TrainCase>> = {
  "train-mlp": { open: ({ train }) => train.mlp(mlpProblem()), requireRight: ofClasses(digits) },
  "train-lenet": { open: ({ train }) => train.lenet(lenetProblem()), requireRight: ofClasses(digits) },
  "train-resnet18-cifar": {
    open: ({ train }, scale) => train.resnet(resnetProblem(resnetSizes[scale])),
    requireRight: ofClasses(resnet.classes),
  },
  "train-gpt": gptCase(gptSizes["2x64"]),
  "train-gpt-2x96": gptCase(gptSizes["2x96"]),
  "train-gpt-4x192": gptCase(gptSizes["4x192"]),
  "train-gpt-6x256": gptCase(gptSizes["6x256"]),
  "train-dcgan": {
    open: ({ train }) => train.dcgan(dcganProblem()),
    // Both networks' losses are known in float64.
    requireRight: (losses) => requireSameLosses(losses, exactLosses),
  },
};

/** Undefined where it is no training case. */
export function findTrainCase(name: string): TrainCase | undefined {
  return Object.entries(trainCases).find(([known]) => known === name)?.[1];
}
