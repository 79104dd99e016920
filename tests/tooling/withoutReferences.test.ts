// What the library is built without: references of kernel ops, and nothing else.

import ts from "typescript";
import { expect, test } from "vitest";
import { withoutReferences } from "../../scripts/withoutReferences.ts";

function build(source: string): string {
  const compilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    verbatimModuleSyntax: true,
  };
  const { outputText } = ts.transpileModule(source, {
    compilerOptions,
    transformers: { before: [withoutReferences] },
  });
  return outputText.replace('"use strict";', "").replace(/\s+/g, " ").trim();
}

test.each([
  ["a property", "const a = defineKernel<A>({ name, reference: ([x]) => f(x), dispatch });"],
  ["a method", "const a = defineKernel({ name, reference([x], attrs) { return f(x); }, dispatch });"],
  ["a shorthand", "const a = defineKernel({ name, reference, dispatch });"],
])("%s of a kernel's record goes", (_what, source) => {
  expect(build(source)).toBe("const a = defineKernel({ name, dispatch });");
});

test("a record in a function, and what it names itself in", () => {
  const source =
    "export function record(name) { return defineKernel({ ...shared, reference: () => other.reference(1) }); }";
  expect(build(source)).toBe("export function record(name) { return defineKernel({ ...shared }); }");
});

test.each([
  "const a = defineUnary({ name, reference: ([x]) => -x });",
  "const a = { kind: `elementwise`, reference: ([x]) => x };",
  "const a = defineKernel({ name, gradient: () => ({ reference: 1 }) });",
])("%s stays", (source) => {
  expect(build(source)).toBe(source);
});

test("a record that is no literal is refused, since its reference would stay", () => {
  expect(() => build("const a = defineKernel(record);")).toThrow("defineKernel takes a literal");
});
