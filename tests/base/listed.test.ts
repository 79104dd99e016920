import { expect, test } from "vitest";
import { listed, printName } from "../../src/base/listed.ts";

test("ten are shown, the rest is counted", () => {
  const names = Array.from({ length: 12 }, (_, index) => String(index));
  expect(listed([])).toBe("");
  expect(listed(names.slice(0, 10))).toBe("0, 1, 2, 3, 4, 5, 6, 7, 8, 9");
  expect(listed(names)).toBe("0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more");
});

test("names are short and on one line", () => {
  expect(printName("layers.0.weight")).toBe("layers.0.weight");
  expect(printName('a\n"\u0000')).toBe('a\\n\\"\\u0000');
  expect(printName("n".repeat(81))).toBe(`${"n".repeat(80)}…`);
});
