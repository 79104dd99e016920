import { bitwiseXor } from "../../src/ops/index.ts";
import { testBitwise } from "./bitCases.ts";

testBitwise("bitwiseXor", bitwiseXor, {
  i32: [6, -256, -7, -1],
  u32: [6, 4294967040, 7],
  bools: [0, 1, 1, 0],
  boolsWithI32: [7, 6, 5],
  aNumber: [10, -7],
});
