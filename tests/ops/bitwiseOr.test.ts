import { bitwiseOr } from "../../src/ops/index.ts";
import { testBitwise } from "./bitCases.ts";

testBitwise("bitwiseOr", bitwiseOr, {
  i32: [14, -1, -7, -1],
  u32: [14, 4294967295, 7],
  bools: [0, 1, 1, 1],
  boolsWithI32: [7, 7, 5],
  aNumber: [14, -1],
});
