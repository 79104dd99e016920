// On what terms a case is measured, the same for all engines: what must come out, and what a call costs by its mathematics.

import type { OpProblem, Scale } from "./cases/opCase.ts";
import { type Expectation, expectationOf } from "./expectation.ts";
import { findOpCase } from "./opCases.ts";
import type { OpCost } from "./report.ts";

export interface CaseTerms {
  /** Of the results of one op, in float64; undefined of a training step, whose losses are compared. */
  readonly expectations: readonly Expectation[] | undefined;
  readonly cost: OpCost;
  /** Times that a call does the same. */
  readonly repeats: number;
}

/** Takes a while: float64 has no GPU. */
export function caseTerms(name: string, scale: Scale): CaseTerms {
  const problem = findOpCase(name)?.problem(scale);
  return {
    expectations: problem?.exact().map(expectationOf),
    cost: costOf(problem),
    repeats: problem?.repeats ?? 1,
  };
}

/** Where there is nothing to be counted, there is no rate. */
function costOf(problem: OpProblem | undefined): OpCost {
  return { flops: problem?.flops || undefined, bytes: problem?.bytes || undefined };
}
