import { greaterEqual } from "../../src/ops/index.ts";
import { comparisonCases } from "./elementwiseCases.ts";
import { testOp } from "./testOp.ts";

testOp(
  "greaterEqual",
  comparisonCases(greaterEqual, (a, b) => a >= b),
);
