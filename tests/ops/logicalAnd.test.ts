import { logicalAnd } from "../../src/ops/index.ts";
import { testLogical } from "./bitCases.ts";

testLogical("logicalAnd", logicalAnd, {
  f32: [1, 0, 0, 1, 0, 0],
  bools: [0, 0, 0, 1],
  i32WithF32: [1, 0, 0, 0],
});
