// Browsers by the names that results have for them.

import { expect, test } from "vitest";
import { browserNameOf } from "../../../demos/bench/browserName.ts";

const mozilla = "Mozilla/5.0 (X11; Linux x86_64)";
const made = { brand: "Not)A;Brand", version: "8.0.0.0" };
const chromium = { brand: "Chromium", version: "156.0.8078.79" };

test.each([
  [[made, chromium], "Chrome/156.0.8078.79"],
  [[chromium, { brand: "Google Chrome", version: "156.0.8078.80" }, made], "Chrome/156.0.8078.79"],
  [[{ brand: "Microsoft Edge", version: "156.0.1" }, made, chromium], "Edge/156.0.1"],
])("brands: %j", (brands, name) => {
  expect(browserNameOf({ brands, userAgent: "" })).toBe(name);
});

test.each([
  [`${mozilla} Gecko/20100101 Firefox/145.0`, "Firefox/145.0"],
  [
    "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15",
    "Safari/26.1",
  ],
  [`${mozilla} AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36`, "Chrome/120.0.0.0"],
  [`${mozilla} AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36 Edg/120.0.1`, "Edge/120.0.1"],
  ["something else", "something else"],
  ["", "a browser without a name"],
])("user agent: %s", (userAgent, name) => {
  expect(browserNameOf({ brands: [], userAgent })).toBe(name);
});
