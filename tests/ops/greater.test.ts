import { greater } from "../../src/ops/index.ts";
import { comparisonCases } from "./elementwiseCases.ts";
import { testOp } from "./testOp.ts";

testOp(
  "greater",
  comparisonCases(greater, (a, b) => a > b),
);
