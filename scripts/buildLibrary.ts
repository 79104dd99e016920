// Makes the library: one ESM file and one .d.ts per module of src/, and one module with the text of each shader.
//
// Decides: what stands in the output folder. No bundler makes it: one would turn namespaces such as `nn` into objects,
// and with them every layer would be part of every page. Shaders stand together, since what is alike in them is packed
// only where it is near; a page gets those of the constants that it uses.
// Leaves to others: compiler settings (tsconfig.build.json), the text of shaders (bareShaders.ts), what of the sources
// pages have no use for (withoutReferences.ts), and whether the package as a whole is sound (build.ts).

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { type BareShader, readBareShaders } from "./bareShaders.ts";
import { besideAlike } from "./besideAlike.ts";
import { digestSources, withBuildId } from "./buildId.ts";
import { foldText } from "./foldText.ts";
import { withoutReferences } from "./withoutReferences.ts";

export const repository = fileURLToPath(new URL("..", import.meta.url));

/** Runs one tool from node_modules, with its output shown. Throws where it fails. */
export function runTool(name: string, args: readonly string[]): void {
  const path = join(repository, "node_modules", name);
  const { status } = spawnSync(process.execPath, [path, ...args], { cwd: repository, stdio: "inherit" });
  if (status !== 0) throw new Error(`${name} ${args.join(" ")} failed`);
}

/** Builds the library into `folder`, which is emptied first. Throws where the compiler or a rule finds a fault. */
export function buildLibrary(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  compileSources(folder);
  for (const path of filesBelow(folder)) {
    const text = readFileSync(path, "utf8");
    if (path.endsWith(".d.ts")) {
      const declarations = pointToJavaScript(text);
      if (declarations.includes("/// <reference"))
        throw new Error(`${path}: published types may not reference other types`);
      writeFileSync(path, declarations);
    } else if (path.endsWith(".js")) writeFileSync(path, pointToShaders(text));
  }
  for (const path of filesBelow(folder).filter((name) => name.endsWith(".js"))) {
    const textOf = (specifier: string) => readFileSync(join(dirname(path), specifier), "utf8");
    writeFileSync(path, orderExports(readFileSync(path, "utf8"), textOf));
  }
  const stamped = join(folder, "base", "buildId.js");
  writeFileSync(stamped, withBuildId(readFileSync(stamped, "utf8"), digestSources()));
  writeFileSync(join(folder, "shaders.js"), shaderModule(readBareShaders()));
}

function compileSources(folder: string): void {
  const fail = (diagnostics: readonly ts.Diagnostic[]): void => {
    if (diagnostics.length === 0) return;
    const host = {
      getCanonicalFileName: (name: string) => name,
      getCurrentDirectory: () => repository,
      getNewLine: () => "\n",
    };
    throw new Error(ts.formatDiagnostics(diagnostics, host));
  };
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (fault: ts.Diagnostic) => fail([fault]) };
  const path = join(repository, "tsconfig.build.json");
  const config = ts.getParsedCommandLineOfConfigFile(path, { outDir: folder }, host);
  if (config === undefined) throw new Error(`${path} cannot be read`);
  const program = ts.createProgram(config.fileNames, config.options);
  fail([...config.errors, ...ts.getPreEmitDiagnostics(program)]);
  const noneOf = undefined; // no file, no writer and no signal of its own
  const { diagnostics } = program.emit(noneOf, noneOf, noneOf, false, { before: [withoutReferences] });
  fail(diagnostics);
}

/**
 * A module of nothing but exports from others, ordered so that those which are alike stand beside each other: bundlers
 * put modules in the order in which they are named. Any other module stays as it is.
 */
export function orderExports(code: string, textOf: (specifier: string) => string): string {
  const [statements, others] = [/^export [^;]* from "[^"]*";$/gm, /^(?:\/\/.*)?$/gm];
  const exports = code.match(statements) ?? [];
  if (exports.length < 2 || code.replace(statements, "").replace(others, "").trim() !== "") return code;
  const texts = exports.map((statement) => textOf(statement.slice(statement.indexOf('"') + 1, -2)));
  return besideAlike(texts)
    .map((place) => `${exports[place]}\n`)
    .join("");
}

/** The module that holds the text of all shaders, each folded by `fold`. */
export function shaderModule(shaders: readonly BareShader[], fold = foldText): string {
  const constants = shaders.map(({ path, text }) => {
    const folded = fold(text);
    const value =
      folded === text ? JSON.stringify(text) : `/* @__PURE__ */ unfold(${JSON.stringify(folded)})`;
    return `export const ${constantOf(path)} = ${value};\n`;
  });
  const ordered = besideAlike(constants).map((place) => constants[place]);
  return `import { unfold } from "./base/unfold.js";\n${ordered.join("")}`;
}

function constantOf(path: string): string {
  return path.replace(/\.wgsl$/, "").replaceAll("/", "_");
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** TypeScript rewrites `./x.ts` to `./x.js` in what runs, but not in declarations. */
export function pointToJavaScript(declarations: string): string {
  return declarations.replace(/(\b(?:from|import)\s*\(?\s*"\.{1,2}\/[^"\n]*)\.ts"/g, '$1.js"');
}

/** Shaders, files beside src/ among the sources, are constants of one module in the library itself. */
export function pointToShaders(code: string): string {
  return code.replace(
    /import (\w+) from "((?:\.\.\/)+)shaders\/([^"\n?]*\.wgsl)\?raw"/g,
    (_, name: string, up: string, path: string) => {
      // The module stands in the library's own folder, which is one up fewer than the sources' shaders/.
      const own = up === "../" ? "./" : up.slice("../".length);
      return `import { ${constantOf(path)} as ${name} } from "${own}shaders.js"`;
    },
  );
}
