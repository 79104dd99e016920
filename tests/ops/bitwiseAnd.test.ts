import { bitwiseAnd } from "../../src/ops/index.ts";
import { testBitwise } from "./bitCases.ts";

testBitwise("bitwiseAnd", bitwiseAnd, {
  i32: [8, 255, 0, 0],
  u32: [8, 255, 0],
  bools: [0, 0, 0, 1],
  boolsWithI32: [0, 1, 0],
  aNumber: [4, 6],
});
