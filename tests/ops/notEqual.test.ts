import { notEqual } from "../../src/ops/index.ts";
import { comparisonCases } from "./elementwiseCases.ts";
import { testOp } from "./testOp.ts";

testOp(
  "notEqual",
  comparisonCases(notEqual, (a, b) => a !== b),
);
