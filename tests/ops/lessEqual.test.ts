import { lessEqual } from "../../src/ops/index.ts";
import { comparisonCases } from "./elementwiseCases.ts";
import { testOp } from "./testOp.ts";

testOp(
  "lessEqual",
  comparisonCases(lessEqual, (a, b) => a <= b),
);
