import { logicalOr } from "../../src/ops/index.ts";
import { testLogical } from "./bitCases.ts";

testLogical("logicalOr", logicalOr, {
  f32: [1, 1, 0, 1, 1, 1],
  bools: [0, 1, 1, 1],
  i32WithF32: [1, 1, 1, 0],
});
