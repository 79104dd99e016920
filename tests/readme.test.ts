// README's commands are scripts of the package, and its example is type-checked as it stands.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");
const readme = readFileSync(join(root, "README.md"), "utf8");

test("every npm command that README names is there", () => {
  const scripts: Record<string, string> = JSON.parse(
    readFileSync(join(root, "package.json"), "utf8"),
  ).scripts;
  const named = [...readme.matchAll(/npm (?:run )?([a-z]+)/g)]
    .map(([, name]) => name)
    .filter((name) => name !== "ci");
  expect(named.length).toBeGreaterThan(5);
  expect([...new Set(named)].filter((name) => !(name in scripts) && name !== "and")).toEqual([]);
});

test("README's code has the types that it claims", { timeout: 60_000 }, () => {
  const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);
  expect(blocks.length).toBe(2);
  const folder = mkdtempSync(join(root, "tests", ".readme-"));
  try {
    blocks.forEach((code, index) => {
      const file = code.replace('"tilegrad"', '"../../src/index.ts"');
      writeFileSync(join(folder, `example${index}.ts`), `${file}\nexport {};\n`);
    });
    const config = {
      extends: "../../tsconfig.json",
      include: ["*.ts"],
      compilerOptions: { noImplicitAny: true },
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder], {
      encoding: "utf8",
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
