// The structure, checked: floors, the op list, one test per op, one record per shader, names and sizes of files.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");

function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));
}

/** Folder (or file) -> floor, from the table in ARCHITECTURE.md. */
function readFloors(): Map<string, number> {
  const table = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
  const rows = table.matchAll(/^\| (\d+) \| `(src\/[\w./]*)` \|/gm);
  return new Map([...rows].map(([, floor, folder]) => [folder.replace(/\/$/, ""), Number(floor)]));
}

const floors = readFloors();

function placeOf(file: string): { folder: string; floor: number } | undefined {
  const folder = floors.has(file) ? file : file.split("/").slice(0, 2).join("/");
  const floor = floors.get(folder);
  return floor === undefined ? undefined : { folder, floor };
}

interface Import {
  readonly from: string;
  readonly target: string;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), "utf8");
  const specifiers = text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g);
  return [...specifiers].map(([, specifier]) => ({
    from: file,
    target: relative(root, resolve(root, dirname(file), specifier.replace(/\?.*$/, ""))),
  }));
}

const sources = filesBelow("src", ".ts");
const imports = sources.flatMap(importsOf);

/** Why an import breaks the floors, or undefined. */
function floorFault({ from, target }: Import): string | undefined {
  if (target.startsWith("shaders/")) return undefined;
  const here = placeOf(from);
  const there = placeOf(target);
  if (here === undefined || there === undefined) return `${from} -> ${target}: not in the table of floors`;
  if (here.folder === there.folder || there.floor < here.floor) return undefined;
  return `${from} (floor ${here.floor}) -> ${target} (floor ${there.floor})`;
}

describe("floors", () => {
  test("the table names every folder of src, and nothing that is not there", () => {
    const folders = readdirSync(join(root, "src"), { withFileTypes: true }).map(({ name }) => `src/${name}`);
    expect([...floors.keys()].sort()).toEqual(folders.sort());
  });

  test("imports go down", () => {
    expect(imports.length).toBeGreaterThan(100);
    expect(imports.map(floorFault).filter((fault) => fault !== undefined)).toEqual([]);
  });

  test("an import that goes up or sideways would be seen", () => {
    expect(floorFault({ from: "src/graph/node.ts", target: "src/ops/add.ts" })).toBeDefined();
    expect(
      floorFault({ from: "src/autodiff/differentiate.ts", target: "src/compile/fuse.ts" }),
    ).toBeDefined();
    expect(floorFault({ from: "src/tensor/shape.ts", target: "src/base/errors.ts" })).toBeUndefined();
  });

  test("no import cycles, but for types, and among ops, whose gradients name each other", () => {
    expect(findCycle()).toBeUndefined();
  });

  test("demos and bench import only the public names", () => {
    const outside = [...filesBelow("demos", ".ts"), ...filesBelow("bench", ".ts")].flatMap(importsOf);
    const deep = outside.filter(({ target }) => target.startsWith("src/") && target !== "src/index.ts");
    expect(deep.filter(({ from, target }) => !isShownAsText(from, target))).toEqual([]);
  });
});

/** Whether the import takes a file's text, to show it to a reader. */
function isShownAsText(from: string, target: string): boolean {
  return readFileSync(join(root, from), "utf8").includes(`${target}?raw`);
}

/** A cycle of value imports among the sources, or undefined. */
function findCycle(): string[] | undefined {
  const isOp = (file: string) => file.startsWith("src/ops/");
  const countedImports = (file: string) =>
    valueImportsOf(file).filter((target) => !(isOp(file) && isOp(target)));
  const edges = new Map(sources.map((file) => [file, countedImports(file)]));
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const target of edges.get(file) ?? []) {
      const cycle = visit(target, [...path, file]);
      if (cycle !== undefined) return cycle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of sources) {
    const cycle = visit(file, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

function valueImportsOf(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  const statements = text.matchAll(/^(?:import|export)\s+(?!type\s)([^;]*?)from\s+"(\.[^"?]+)"/gm);
  return [...statements]
    .filter(([, names]) => !isTypesOnly(names))
    .map(([, , specifier]) => relative(root, resolve(root, dirname(file), specifier)));
}

function isTypesOnly(names: string): boolean {
  const list = names.match(/\{([^}]*)\}/)?.[1] ?? "a value";
  return list.split(",").every((name) => name.trim() === "" || name.trim().startsWith("type "));
}

describe("ops", () => {
  const lists = ["src/ops/index.ts", "src/ops/innerOps.ts"].map((file) =>
    readFileSync(join(root, file), "utf8"),
  );
  const isOp = (file: string) =>
    /\bexport (const|function) (\w+)/.test(readFileSync(join(root, file), "utf8"));
  const names = lists.flatMap((listed) =>
    [...listed.matchAll(/from "\.\/(\w+)\.ts"/g)].map(([, name]) => name),
  );

  test("every file with a record is in a list", () => {
    const withRecord = filesBelow("src/ops", ".ts").filter((file) => {
      const text = readFileSync(join(root, file), "utf8");
      return /\bdefine(Unary|Binary|Kernel|View)(<[^>]*>)?\(\{\n {2}name: "/.test(text) && isOp(file);
    });
    expect(withRecord.length).toBeGreaterThan(40);
    const missing = withRecord.filter(
      (file) => !names.includes(file.replace("src/ops/", "").replace(".ts", "")),
    );
    expect(missing).toEqual([]);
  });

  test("every op in a list has a test", () => {
    expect(names.filter((name) => !existsSync(join(root, `tests/ops/${name}.test.ts`)))).toEqual([]);
  });

  test("no pass names an op", () => {
    const passes = ["src/autodiff", "src/compile", "src/runtime"].flatMap((folder) =>
      filesBelow(folder, ".ts"),
    );
    const faults = passes.filter((file) => {
      const text = readFileSync(join(root, file), "utf8").replaceAll("ops.add(", "");
      return /\bops\.\w+\(|op\.name === |name === "/.test(text);
    });
    expect(faults).toEqual([]);
  });
});

describe("kernels", () => {
  test("every shader is imported by one TypeScript half, and every half's shader is there", () => {
    const shaders = readdirSync(join(root, "shaders")).filter((name) => name.endsWith(".wgsl"));
    const halves = filesBelow("src/kernels", ".ts")
      .flatMap(importsOf)
      .map(({ target }) => target);
    expect(halves.filter((target) => target.endsWith(".wgsl")).sort()).toEqual(
      shaders.map((name) => `shaders/${name}`).sort(),
    );
  });

  test("every shader is named <what>_<how> and opens with its formula, layout, work and limits", () => {
    for (const file of filesBelow("shaders", ".wgsl").filter((name) => !name.includes("/lib/"))) {
      const text = readFileSync(join(root, file), "utf8");
      const name = file.replace("shaders/", "").replace(".wgsl", "");
      expect(name).toMatch(/^[a-z0-9]+(_[a-z0-9]+)+$/);
      expect(text.startsWith(`// ${name}: `), file).toBe(true);
      for (const part of ["Layout", "Work", "Memory", "Numerics", "Limits"])
        expect(text, file).toContain(`// ${part}`);
    }
  });
});

describe("files", () => {
  const written = [
    ...sources,
    ...filesBelow("demos", ".ts"),
    ...filesBelow("scripts", ".ts"),
    ...filesBelow("shaders", ".wgsl"),
  ];

  test("none is longer than 420 lines", () => {
    const long = written.filter((file) => readFileSync(join(root, file), "utf8").split("\n").length > 420);
    expect(long).toEqual([]);
  });

  test("every source opens with what it decides", () => {
    expect(sources.filter((file) => !readFileSync(join(root, file), "utf8").startsWith("// "))).toEqual([]);
  });

  test("no barrels but the listing files", () => {
    const barrels = [
      "src/index.ts",
      "src/ops/index.ts",
      "src/ops/innerOps.ts",
      "src/nn/nn.ts",
      "src/optim/optim.ts",
      "src/models/models.ts",
    ];
    const others = sources.filter((file) => {
      const text = readFileSync(join(root, file), "utf8");
      return /^export (\*|\{[^}]*\}) from/m.test(text) && !barrels.includes(file);
    });
    expect(others).toEqual([]);
  });
});
