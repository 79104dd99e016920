import { less } from "../../src/ops/index.ts";
import { comparisonCases } from "./elementwiseCases.ts";
import { testOp } from "./testOp.ts";

testOp(
  "less",
  comparisonCases(less, (a, b) => a < b),
);
