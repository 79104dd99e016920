// How the library's declarations are rewritten. What the build makes of the sources is checked by `npm run build`.

import { expect, test } from "vitest";
import { pointToJavaScript } from "../../scripts/buildLibrary.ts";

test.each([
  ['export { a } from "./base/a.ts";', 'export { a } from "./base/a.js";'],
  ['import type { A } from "../a.ts";', 'import type { A } from "../a.js";'],
  ['type B = import("./b.ts").B;', 'type B = import("./b.js").B;'],
  ['import "./c.ts";', 'import "./c.js";'],
  ['import type { D } from "package/d.ts";', 'import type { D } from "package/d.ts";'],
  ['type Name = "./e.ts";', 'type Name = "./e.ts";'],
])("%s", (before, after) => {
  expect(pointToJavaScript(before)).toBe(after);
});
