import { logicalXor } from "../../src/ops/index.ts";
import { testLogical } from "./bitCases.ts";

testLogical("logicalXor", logicalXor, {
  f32: [0, 1, 0, 0, 1, 1],
  bools: [0, 1, 1, 0],
  i32WithF32: [0, 1, 1, 0],
});
