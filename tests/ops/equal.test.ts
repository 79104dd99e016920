import { equal } from "../../src/ops/index.ts";
import { comparisonCases } from "./elementwiseCases.ts";
import { testOp } from "./testOp.ts";

testOp(
  "equal",
  comparisonCases(equal, (a, b) => a === b),
);
