// Shaders as pages get them say what their sources say: token by token but for names, and as wgsl_reflect reads them.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { WgslReflect } from "wgsl_reflect";
import { readBareShaders } from "../../scripts/bareShaders.ts";
import { compactShader, minifyShader, shaderTokens, shortNames } from "../../scripts/minifyShaders.ts";
import { keepForever, openNodeGpu } from "../setup/nodeGpu.ts";

const seamOf = /\/\/ seam\n([\s\S]*)\/\/ end of seam\n/;

const shaders = readBareShaders().map(({ path, text }) => {
  const source = readFileSync(fileURLToPath(new URL(`../../shaders/${path}`, import.meta.url)), "utf8");
  return { path, source, text, filled: text.replace(seamOf, seamOf.exec(source)?.[1] ?? "") };
});

/** A shader with the libraries that its header says it needs. */
function withNeeded({ source, filled }: { readonly source: string; readonly filled: string }): string {
  const needed = [...source.matchAll(/^\/\/ .*?\bNeeds (\w+)\.$/gm)].map(([, name]) => name);
  return [filled, ...needed.map((name) => libraryText(name))].join("");
}

function libraryText(name: string): string {
  return shaders.find(({ path }) => path === `lib/${name}.wgsl`)?.filled ?? `there is no library ${name}`;
}

/** What a page may rely on, without the names that the engine does not know. */
function contractOf(source: string) {
  const reflect = new WgslReflect(source);
  const [uniform] = reflect.uniforms;
  return {
    entry: reflect.entry.compute.map(({ name, attributes }) => [
      name,
      attributes?.map((attribute) => [attribute.name, attribute.value]),
    ]),
    uniform: uniform && [uniform.group, uniform.binding],
    params:
      uniform &&
      reflect.structs.find(({ name }) => name === uniform.type.name)?.members.map(({ type }) => type.name),
    storage: reflect.storage.map(({ name, group, binding, access }) => [name, group, binding, access]),
    overrides: reflect.overrides.map(({ name, type }) => [name, type?.name]),
  };
}

/** What both write the same way: the short forms of types, and no comma behind the last of a list. */
function plain(source: string): string[] {
  return shaderTokens(
    source
      .replace(/\/\/.*/g, "")
      .replace(/\b(vec[234]|mat4x4)<([fiu])32>/g, "$1$2")
      .replace(/,(\s*[)}])/g, "$1"),
  );
}

test("an example", () => {
  const source = `// Adds.
struct Params {
  rows: u32, // how many
  x: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> x: array<f32>;

fn load_x(i: u32) -> f32 {
  return x[i];
}
// end of seam

override WORKGROUP_SIZE: u32 = 64;
const LIMIT = 4u;

fn total_of(first: vec4<f32>, rows: u32,) -> f32 {
  var total0 = f32(rows) - -1.0; // no decrement
  for (var row = 0u; row < LIMIT; row++) {
    total0 += load_x(row + params.rows) * first.x;
  }
  return total0;
}
`;
  expect(minifyShader(source, shortNames([source]))).toMatchInlineSnapshot(`
    "struct a{
    c:u32,x:u32}
    @group(0)@binding(0)var<uniform>c:a;
    // seam
    fn load_x(i: u32) -> f32
    // end of seam
    override WORKGROUP_SIZE:u32=64;
    const d=4u;
    fn e(g:vec4f,b:u32)->f32{
    var h0=f32(b)- -1.0;
    for(var j=0u;j<d;j++){
    h0+=load_x(j+c.c)*g.x;
    }
    return h0;
    }
    "
  `);
});

test("a name that several shaders have is short in the same way, even where it stands in another place", () => {
  const [first, second] = ["lane", "group, lane"].map(
    (names) => `// seam\n// end of seam\nfn main(${names.replace(/\w+/g, "$&: u32")}) {}\n`,
  );
  const names = shortNames([first, second]);
  expect(minifyShader(first, names)).toBe("// seam\n// end of seam\nfn main(a:u32){\n}\n");
  expect(minifyShader(second, names)).toBe("// seam\n// end of seam\nfn main(b:u32,a:u32){\n}\n");
});

test("a library's functions keep their names", () => {
  const source = "fn twice4(value: vec4<f32>) -> vec4<f32> {\n  return 2.0 * value;\n}\n";
  expect(minifyShader(source, shortNames([source]))).toBe("fn twice4(a:vec4f)->vec4f{\nreturn 2.0*a;\n}\n");
});

test("a shader that is no kernel of the engine keeps all names", () => {
  const source =
    "struct Sizes {\n  rows: u32, // of x\n}\n\nfn main(lane: u32) {\n  let row = lane / 2u;\n}\n";
  expect(compactShader(source)).toBe("struct Sizes{\nrows:u32}\nfn main(lane:u32){\nlet row=lane/2u;\n}\n");
});

test("a field that could be a vector's components is refused", () => {
  const source = "struct Params {\n  xy: u32,\n}\n";
  expect(() => minifyShader(source, shortNames([source]))).toThrow("a field is called xy");
});

describe("every shader", () => {
  test("there are shaders to check", () => {
    expect(shaders.length).toBeGreaterThan(70);
    const lengths = (texts: readonly string[]) => texts.join("").length;
    expect(lengths(shaders.map(({ text }) => text))).toBeLessThan(
      lengths(shaders.map(({ source }) => source)) / 2,
    );
  });

  // A name has one short form in a shader, and no two have the same: what is declared, and what is meant by a use, are
  // then as they were. Fields, which stand behind a dot, are names apart.
  test.each(shaders.map((shader) => [shader.path, shader] as const))(
    "%s differs in names alone",
    (_path, shader) => {
      const [before, after] = [plain(shader.source), plain(shader.filled)];
      expect(after.length).toBe(before.length);
      const seam = plain(seamOf.exec(shader.source)?.[1] ?? "");
      const start =
        seam.length === 0 ? before.length : before.join(" ").split(seam.join(" "))[0].split(" ").length - 1;
      const kinds = { name: new Map<string, string>(), field: new Map<string, string>() };
      const isField = (tokens: readonly string[], index: number) =>
        tokens[index - 1] === "." || (tokens[index + 1] === ":" && isInStruct(tokens, index));
      before.forEach((token, index) => {
        if (index >= start && index < start + seam.length) {
          expect(after[index]).toBe(token);
          return;
        }
        if (!/^[A-Za-z_]/.test(token) || before[index - 1] === "@") {
          expect(after[index]).toBe(token);
          return;
        }
        const known = kinds[isField(before, index) ? "field" : "name"];
        expect(known.get(token) ?? after[index], `${token} at ${index}`).toBe(after[index]);
        known.set(token, after[index]);
      });
      for (const known of Object.values(kinds)) expect(new Set(known.values()).size).toBe(known.size);
    },
  );

  test.each(shaders.map((shader) => [shader.path, shader] as const))(
    "%s keeps the contract",
    (_path, shader) => {
      expect(contractOf(shader.filled)).toEqual(contractOf(shader.source));
      // Of the seam's functions, which the engine writes anew, it reads the heads.
      const heads = (text: string) => (seamOf.exec(text)?.[1] ?? "").match(/^fn .*?(?= \{|$)/gm);
      expect(heads(shader.text)).toEqual(heads(shader.source));
    },
  );

  test("compiles", { timeout: 60_000 }, async () => {
    const gpu = await openNodeGpu("null");
    if (typeof gpu === "string") throw new Error(gpu);
    const adapter = await gpu.requestAdapter();
    if (adapter === null) throw new Error("no adapter");
    const device = keepForever(await adapter.requestDevice());
    const faults = async (code: string) => {
      device.pushErrorScope("validation");
      const module = keepForever(device.createShaderModule({ code }));
      const { messages } = await module.getCompilationInfo();
      await device.popErrorScope();
      return messages.filter(({ type }) => type === "error").map(({ message }) => message);
    };
    for (const shader of shaders)
      expect([shader.path, await faults(withNeeded(shader))]).toEqual([shader.path, []]);
    expect(await faults("fn f() { let a = b; }")).not.toEqual([]);
  });
});

function isInStruct(tokens: readonly string[], index: number): boolean {
  const open = tokens.lastIndexOf("{", index);
  return tokens[open - 2] === "struct" && !tokens.slice(open, index).includes("}");
}
