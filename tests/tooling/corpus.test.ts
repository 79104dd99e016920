import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assembleCorpus, corpusPlugin } from "../../scripts/corpus.ts";
import { FormatError } from "../../src/base/errors.ts";

let root: string;

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "tilegrad-corpus-"));
  for (const name of ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"]) write(name, `# ${name}\r\n`);
  write("src/b.ts", "b\n\n\n");
  write("src/a/z.ts", "\ufeffz");
  write("src/a/notes.txt", "not taken");
  write("shaders/lib/c.wgsl", "c");
});

afterAll(() => rmSync(root, { recursive: true }));

describe("assembleCorpus", () => {
  it("puts prose, sources and shaders in a fixed order, each under its name", () => {
    expect(assembleCorpus({ root })).toBe(
      [
        "=== README.md ===\n# README.md\n\n",
        "=== ARCHITECTURE.md ===\n# ARCHITECTURE.md\n\n",
        "=== CONTRIBUTING.md ===\n# CONTRIBUTING.md\n\n",
        "=== src/a/z.ts ===\nz\n\n",
        "=== src/b.ts ===\nb\n\n",
        "=== shaders/lib/c.wgsl ===\nc\n\n",
      ].join(""),
    );
  });

  it("leaves out whole files where there are too many, but no prose", () => {
    const whole = assembleCorpus({ root });
    for (let limitBytes = 117; limitBytes < whole.length; limitBytes++) {
      const text = assembleCorpus({ root, limitBytes });
      expect(text.length).toBeLessThanOrEqual(limitBytes);
      expect(text.startsWith(whole.slice(0, whole.indexOf("=== src")))).toBe(true);
      const sections = text.split(/^(?==== )/m);
      expect(sections.filter((section) => !whole.includes(section))).toEqual([]);
    }
    expect(() => assembleCorpus({ root, limitBytes: 10 })).toThrow("corpus: the prose has ");
  });

  it("refuses a file that is not UTF-8", () => {
    write("src/c.ts", Uint8Array.of(0x61, 0xff));
    try {
      expect(() => assembleCorpus({ root })).toThrow(FormatError);
      expect(() => assembleCorpus({ root })).toThrow(
        "src/c.ts: the byte 0xff is not UTF-8; the text must be (at byte 1).",
      );
    } finally {
      rmSync(join(root, "src/c.ts"));
    }
  });

  it("makes of this repository a text of up to 600 kB with something of everything", () => {
    const text = assembleCorpus();
    const sizeBytes = Buffer.byteLength(text);
    expect(sizeBytes).toBeGreaterThan(500_000);
    expect(sizeBytes).toBeLessThanOrEqual(600_000);
    const paths = [...text.matchAll(/^=== (\S+) ===$/gm)].map(([, path]) => path);
    expect(paths.slice(0, 3)).toEqual(["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"]);
    for (const folder of ["src/ops/", "src/nn/", "src/compile/", "shaders/"])
      expect(
        paths.some((path) => path.startsWith(folder)),
        folder,
      ).toBe(true);
    expect(assembleCorpus()).toBe(text);
  });
});

describe("corpusPlugin", () => {
  it("serves the text as a module", async () => {
    const { resolveId, load } = corpusPlugin({ root });
    if (typeof resolveId !== "function" || typeof load !== "function")
      throw new Error("the hooks are functions");
    const id = await Reflect.apply(resolveId, undefined, ["virtual:corpus"]);
    expect(id).toBe("\0virtual:corpus");
    const code = String(await Reflect.apply(load, undefined, [id]));
    const module = await import(`data:text/javascript,${encodeURIComponent(code)}`);
    expect(module.corpus).toBe(assembleCorpus({ root }));
    expect(await Reflect.apply(resolveId, undefined, ["vite"])).toBeUndefined();
    expect(await Reflect.apply(load, undefined, ["vite"])).toBeUndefined();
  });
});
