import { expect, it } from "vitest";
import { amount, grouped, wholeNumber } from "../../../demos/_shell/numbers.ts";

it("groups digits by three", () => {
  expect([0, 999, 61706, 1234567].map(grouped)).toEqual(["0", "999", "61\u202f706", "1\u202f234\u202f567"]);
  expect([0.04, 12.34, 1234.5].map(amount)).toEqual(["0.0", "12.3", "1\u202f235"]);
});

it("reads whole numbers in a range, and nothing else", () => {
  expect(wholeNumber("12", 1, 20)).toBe(12);
  for (const text of [null, "", " ", "0", "21", "1.5", "x", "1e3", "Infinity"]) {
    expect(wholeNumber(text, 1, 20), String(text)).toBeUndefined();
  }
});
