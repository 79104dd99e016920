// The library as it is built: its declarations, that each op can be loaded first, and what a page pays for.

import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readBareShaders } from "../../scripts/bareShaders.ts";
import { bundleChanges, complaint, storedCounts } from "../../scripts/bench/counts.ts";
import { digestSources, withBuildId } from "../../scripts/buildId.ts";
import {
  buildLibrary,
  orderExports,
  pointToJavaScript,
  pointToShaders,
  repository,
  shaderModule,
} from "../../scripts/buildLibrary.ts";
import { weighPage, writeManifest } from "../../scripts/bundleSizes.ts";
import { runScript } from "../e2e/command.ts";
import { vulkanEnvironment } from "../setup/vulkanEnvironment.ts";

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

test("shaders are constants of one module in the library's own folder", () => {
  expect(pointToShaders('import a from "../../shaders/lib/a.wgsl?raw";')).toBe(
    'import { lib_a as a } from "../shaders.js";',
  );
  expect(pointToShaders('import tiled from "../shaders/a_tiled.wgsl?raw";')).toBe(
    'import { a_tiled as tiled } from "./shaders.js";',
  );
  const module = shaderModule([
    { path: "a.wgsl", text: "fn f(){}\n" },
    { path: "lib/b.wgsl", text: `${[1, 2, 3, 4].map((i) => `total${i}=2.0*total${i};\n`).join("")}` },
  ]);
  expect(module.split("\n")).toEqual([
    'import { unfold } from "./base/unfold.js";',
    `export const lib_b = /* @__PURE__ */ unfold("#4?total'1'1=2.0*total'1'1;\\n?");`,
    'export const a = "fn f(){}\\n";',
    "",
  ]);
});

test("a list of exports stands in the order of what is alike, and other modules stay as they are", () => {
  const texts: Record<string, string> = {
    "./a.js": "export const a = 1;",
    "./b.js": "while (rest > 0) { rest -= take(); } // the longest of them",
    "./c.js": "export class C {}",
    "./d.js": "while (rest > 0) { rest -= take(); }",
  };
  const lines = Object.keys(texts).map((path) => `export { ${path[2]} } from "${path}";`);
  const list = `// A list.\n${lines.join("\n")}\n//# sourceMappingURL=list.js.map\n`;
  const [a, b, c, d] = lines;
  expect(orderExports(list, (path) => texts[path])).toBe(`${[b, d, a, c].join("\n")}\n`);
  for (const other of ["export const e = 1;", 'import "./e.js";'])
    expect(orderExports(`${list}${other}\n`, (path) => texts[path])).toBe(`${list}${other}\n`);
});

describe("the built library", () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tilegrad-build-"));
    buildLibrary(folder);
    await writeManifest(folder);
  }, 60_000);

  afterAll(() => rm(folder, { recursive: true }));

  // Ops name each other in their gradients, so their files import each other in circles; what one reads of another
  // while it is loaded would be missing, depending on which came first.
  test("begins with any op", async () => {
    const [count, ...faults] = (await loadEach(join(folder, "ops"))).reverse();
    expect(faults).toEqual([]);
    expect(Number.parseInt(count, 10)).toBeGreaterThan(250);
  }, 60_000);

  test("a module that reads of one that is not there yet is told", async () => {
    const circle = `${folder}-circle`;
    mkdirSync(circle);
    writeFileSync(join(circle, "a.js"), 'import { b } from "./b.js"; export const a = () => 1;');
    writeFileSync(join(circle, "b.js"), 'import { a } from "./a.js"; export const b = a();');
    expect(await loadEach(circle)).toEqual([
      "a.js: ReferenceError: Cannot access 'a' before initialization",
      "2 modules",
    ]);
    await rm(circle, { recursive: true });
  });

  test("it carries the digest of its sources, by which plans are kept", async () => {
    const built = await import(pathToFileURL(join(folder, "base", "buildId.js")).href);
    expect(built.buildId).toMatch(/^[0-9a-f]{16}$/);
    expect(built.buildId).toBe(digestSources());
    expect(() => withBuildId("export const other = 1;", "id")).toThrow(
      "the declaration that the build fills in",
    );
  });

  test.each([
    { page: "page-mlp", mostKilobytes: 55 },
    { page: "page-everything", mostKilobytes: 206 },
  ] as const)(
    "$page has at most $mostKilobytes kB gz, and what is stored",
    async ({ page, mostKilobytes }) => {
      const { bytes, modules } = await weighPage(folder, page);
      expect(bytes / 1000).toBeLessThan(mostKilobytes);
      // Nothing is missing from it.
      expect(bytes / 1000).toBeGreaterThan(mostKilobytes / 2);
      const { bundles } = await storedCounts();
      expect(bundleChanges(bundles, { ...bundles, [page]: bytes }).map(complaint)).toEqual([]);
      // Nothing that only references of kernels use.
      expect(modules).toContain("/ops/matmul.js");
      expect(modules).not.toContain("/ops/attentionReference.js");
    },
  );

  // The same numbers, bit for bit, whatever the names in the shaders: of a network for images and one for text, trained,
  // and of drawn tokens. Kernels for fallback devices are what every built page runs on a software adapter.
  test("trains as the sources' own shaders do, with kernels for GPUs", async () => {
    const original = `${folder}-original`;
    cpSync(folder, original, { recursive: true });
    const sources = readBareShaders().map(({ path }) => ({
      path,
      text: readFileSync(join(repository, "shaders", path), "utf8"),
    }));
    writeFileSync(
      join(original, "shaders.js"),
      shaderModule(sources, (text) => text),
    );
    const [built, wanted] = await Promise.all([folder, original].map((library) => runBuilt(library, "gpu")));
    await rm(original, { recursive: true });
    expect(wanted.split("\n").length).toBeGreaterThan(35);
    expect(built).toBe(wanted);
  }, 300_000);
});

/** What tests/tooling/trainBuilt.ts prints of the library in `folder`. */
async function runBuilt(folder: string, profile: string): Promise<string> {
  const { code, output, errors } = await runScript(
    "tests/tooling/trainBuilt.ts",
    [folder, profile],
    vulkanEnvironment(),
  );
  expect({ code, errors }).toEqual({ code: 0, errors: "" });
  return output;
}

/** What goes wrong where each module of a folder is loaded first, and last how many there are. */
async function loadEach(folder: string): Promise<string[]> {
  const { code, output } = await runScript("tests/tooling/loadEach.ts", [folder], {
    NODE_OPTIONS: "--experimental-vm-modules",
  });
  expect(code).toBe(0);
  return output.trimEnd().split("\n");
}
