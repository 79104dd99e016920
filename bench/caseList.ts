// All cases by name, the groups they belong to, and which are measured without being asked for.

import { floorCases } from "./cases/floorCases.ts";
import type { OpGroup, Scale } from "./cases/opCase.ts";
import { opCases } from "./opCases.ts";
import { type EngineName, engineNames } from "./report.ts";

export const groupNames = [
  ...(["matmul", "conv", "pool", "norm", "elementwise", "reduce", "optim", "attention"] satisfies OpGroup[]),
  "train",
  "first-step",
  ...(["infer", "floor"] satisfies OpGroup[]),
] as const;
export type GroupName = (typeof groupNames)[number];

export interface ListedCase {
  readonly name: string;
  readonly group: GroupName;
  /** Whether software adapters measure it unless it is named: of the others a call takes seconds there. */
  readonly fitsSoftware: boolean;
}

/** Training steps, which are in trainCases.ts, and whether they fit software. */
const trainings = {
  "train-mlp": true,
  "train-lenet": true,
  "train-resnet18-cifar": true,
  "train-gpt": true,
  "train-gpt-2x96": true,
  "train-gpt-4x192": false,
  "train-gpt-6x256": false,
  "train-dcgan": true,
} as const;
export type TrainName = keyof typeof trainings;

/** Of these a step is larger on a GPU than on a software adapter; the others are the same everywhere. */
export const sizedTrainings: readonly TrainName[] = ["train-resnet18-cifar"];

/** Cases of which the first step of a page is the measurement, and the training case whose step it is. */
export const firstStepCases: Readonly<Record<string, TrainName>> = {
  "first-step-warm-lenet": "train-lenet",
  "first-step-warm-gpt": "train-gpt",
};

export const listedCases: readonly ListedCase[] = [
  ...floorCases,
  ...Object.entries(trainings).map(([name, fitsSoftware]): ListedCase => {
    return { name, group: "train", fitsSoftware };
  }),
  ...Object.keys(firstStepCases).map((name): ListedCase => {
    return { name, group: "first-step", fitsSoftware: true };
  }),
  ...opCases,
];

/**
 * Names of cases, in the order of the list. `asked` has names of cases and of groups, which stand for those of their cases
 * that fit the adapter, and names of a case without its direction, "attention-1024", which stand for both; undefined is all
 * that fit.
 */
export function casesFor(asked: readonly string[] | undefined, scale: Scale): string[] {
  return listedCases
    .filter(({ name, group, fitsSoftware }) => {
      if (asked?.includes(name) || asked?.includes(undirected(name))) return true;
      return (asked === undefined || asked.includes(group)) && (fitsSoftware || scale === "hardware");
    })
    .map(({ name }) => name);
}

/** To which group a case belongs, or both directions of one; undefined where there is no such case. */
export function groupOf(name: string): GroupName | undefined {
  return listedCases.find((known) => known.name === name || undirected(known.name) === name)?.group;
}

function undirected(name: string): string {
  return name.replace(/-(forward|backward)$/, "");
}

/** The engines of a case, of those that are asked for: floors are of none but "raw". */
export function enginesFor(name: string, asked: readonly EngineName[]): readonly EngineName[] {
  if (groupOf(name) === "floor") return ["raw"];
  return engineNames.filter((engine) => asked.includes(engine));
}
