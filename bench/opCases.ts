// All cases that are one op, or one network forward, in the order in which they are measured.

import { attentionCases } from "./cases/attentionCases.ts";
import { convolutionCases } from "./cases/convolutionCases.ts";
import { elementwiseCases } from "./cases/elementwiseCases.ts";
import { floorCases } from "./cases/floorCases.ts";
import { inferCases } from "./cases/inferCases.ts";
import { matmulCases } from "./cases/matmulCases.ts";
import { normCases } from "./cases/normCases.ts";
import type { OpCase } from "./cases/opCase.ts";
import { optimCases } from "./cases/optimCases.ts";
import { poolCases } from "./cases/poolCases.ts";
import { reduceCases } from "./cases/reduceCases.ts";
import { softmaxCases } from "./cases/softmaxCases.ts";

/** Of all engines. */
export const opCases: readonly OpCase[] = [
  ...matmulCases,
  ...convolutionCases,
  ...poolCases,
  ...softmaxCases,
  ...normCases,
  ...elementwiseCases,
  ...reduceCases,
  ...optimCases,
  ...attentionCases,
  ...inferCases,
];

/** The case of this name, floors among them; undefined where it is a training case. */
export function findOpCase(name: string): OpCase | undefined {
  return [...opCases, ...floorCases].find((known) => known.name === name);
}
