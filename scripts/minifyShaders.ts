// Shaders as pages get them: the same tokens, with short names and without what only readers of the sources need.
//
// Decides: what may have another name. What a shader declares for itself may: locals, parameters, functions, constants,
// variables, structs. Fields of structs may too, as the engine writes `Params` in the order of its fields. Names by which
// the engine looks for something stay: overrides, the entry point, the functions of the seam, those of a library. What is
// alike in two shaders has to stay alike to be packed well: so a name that several have is given the same short form in
// all. And a shader's name has one short form wherever it stands, so that whatever shadowed another still does.
// Of a seam, which the engine replaces, the heads of its functions are left, which it reads.
// Leaves to others: where the text goes (buildLibrary.ts, minifiedShaders.ts).

const TOKEN =
  /\/\/.*|\s+|[A-Za-z_]\w*|(?:0x[\da-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[fhiu]?|->|\+\+|--|&&|\|\||<<=|>>=|<<|>>|[-+*/%&|^=!<>]=|\S/g;
const NAME = /^[A-Za-z_]/;
const SWIZZLE = /^(?:[xyzw]{1,4}|[rgba]{1,4})$/;
const [BEGIN, END] = ["// seam\n", "// end of seam\n"];

/** Short forms of names, up to the first digit in these. */
export interface ShortNames {
  /** Those of names that several shaders have. */
  readonly shared: ReadonlyMap<string, string>;
  /** Others, for what a shader alone has. */
  readonly spare: readonly string[];
}

/** What a shader says, without spaces and comments. */
export function shaderTokens(source: string): string[] {
  return (source.match(TOKEN) ?? []).filter((token) => !/^(?:\s|\/\/)/.test(token));
}

/** Short names for all that these shaders declare for themselves; the shortest for what stands most often. */
export function shortNames(sources: readonly string[]): ShortNames {
  const counts = new Map<string, number>();
  const shaders = new Map<string, number>();
  const addTo = (map: Map<string, number>, stem: string) => map.set(stem, (map.get(stem) ?? 0) + 1);
  for (const source of sources) {
    const stems = declaredStems(source);
    for (const stem of stems) addTo(counts, stem);
    for (const stem of new Set(stems)) addTo(shaders, stem);
  }
  // What has one or two letters is short already, and nothing else is called so.
  const unused = shortForms().filter((name) => !counts.has(name));
  const shared = [...counts.keys()].filter((stem) => isLong(stem) && (shaders.get(stem) ?? 0) > 1);
  shared.sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0));
  return {
    shared: new Map(shared.map((stem, index) => [stem, unused[index]])),
    spare: unused.slice(shared.length),
  };
}

/** Every place where a shader names what it declares for itself. */
function declaredStems(source: string): string[] {
  const tokens = shaderTokens(partsOf(source).own);
  const declared = declaredNames(tokens, hasSeam(source));
  return tokens.filter((token) => declared.has(token)).map(stemOf);
}

function isLong(stem: string): boolean {
  return stem.length > 2;
}

/** Throws where there are more names than short ones. */
function shortStems(source: string, { shared, spare }: ShortNames): ReadonlyMap<string, string> {
  const stems = [...new Set(declaredStems(source))].filter(isLong);
  const own = stems.filter((stem) => !shared.has(stem));
  if (own.length > spare.length) throw new Error(`there are no short names left for ${own.length}`);
  return new Map([...shared, ...own.map((stem, index) => [stem, spare[index]] as const)]);
}

/** `source`, a statement on a line, with the names that it has: for shaders that are no kernels of the engine. */
export function compactShader(source: string): string {
  return printTokens(shorterTokens(shaderTokens(source)));
}

/** `source` with short names, a statement on a line. Throws where a field's name could be taken for a vector's. */
export function minifyShader(source: string, names: ShortNames): string {
  const { before, seam, own } = partsOf(source);
  const tokens = shaderTokens(own);
  const declared = declaredNames(tokens, hasSeam(source));
  const stems = shortStems(source, names);
  const fields = shortFields(tokens);
  const first = shaderTokens(before).length;
  const renamed = tokens.map((token, index) => {
    if (tokens[index - 1] === "." || isField(tokens, index)) return fields.get(token) ?? token;
    if (!declared.has(token) || tokens[index - 1] === "@") return token;
    const stem = stemOf(token);
    return (stems.get(stem) ?? stem) + token.slice(stem.length);
  });
  if (!hasSeam(source)) return printTokens(shorterTokens(renamed));
  const heads = seam.match(/^fn (?:load|store)_.*(?= \{$)/gm) ?? [];
  const [top, rest] = [renamed.slice(0, first), renamed.slice(first)].map((part) =>
    printTokens(shorterTokens(part)),
  );
  return `${top}${BEGIN}${heads.map((head) => `${head}\n`).join("")}${END}${rest}`;
}

function hasSeam(source: string): boolean {
  return source.includes(BEGIN);
}

/** What stands before the seam, in it, and all that is outside of it. */
function partsOf(source: string): { before: string; seam: string; own: string } {
  if (!hasSeam(source)) return { before: "", seam: "", own: source };
  const [from, to] = [source.indexOf(BEGIN), source.indexOf(END)];
  const before = source.slice(0, from);
  return { before, seam: source.slice(from + BEGIN.length, to), own: before + source.slice(to + END.length) };
}

/** `sum` of `sum12`: numbered names stay numbered, so that what was written out by number still looks like that. */
function stemOf(name: string): string {
  return name.replace(/\d.*$/, "");
}

const small = [..."abcdefghijklmnopqrstuvwxyz"];
const large = small.map((letter) => letter.toUpperCase());

/** Two letters of which one is large: no word of WGSL looks like that. */
function pairs(first: readonly string[], second: readonly string[]): string[] {
  return first.flatMap((a) => second.map((b) => a + b));
}

/** One letter, then two. Those that would be types with a number behind them are left out, as `f` in `f32`. */
function shortForms(): string[] {
  const ones = [...small, ...large].filter((letter) => !"fiu".includes(letter));
  return [...ones, ...pairs(large, small), ...pairs(small, large)];
}

/** The names that may be others: all that is declared, but for what the engine calls by name. */
function declaredNames(tokens: readonly string[], areFunctionsOwn: boolean): ReadonlySet<string> {
  const declared = new Set<string>();
  const kept = new Set(["main"]);
  tokens.forEach((token, index) => {
    const next = tokens[index + 1];
    if (token === "override") kept.add(next);
    else if (token === "fn") (areFunctionsOwn ? declared : kept).add(next);
    else if (["let", "const", "struct"].includes(token)) declared.add(next);
    else if (token === "var") declared.add(next === "<" ? tokens[tokens.indexOf(">", index) + 1] : next);
    else if (isParameter(tokens, index)) declared.add(token);
  });
  for (const name of kept) declared.delete(name);
  return declared;
}

function isParameter(tokens: readonly string[], index: number): boolean {
  const [before, token, after] = tokens.slice(Math.max(0, index - 1), index + 2);
  return (
    NAME.test(token ?? "") && after === ":" && ["(", ",", ")"].includes(before) && !isField(tokens, index)
  );
}

/** Whether the token at `index` names a field where its struct is declared. */
function isField(tokens: readonly string[], index: number): boolean {
  if (tokens[index + 1] !== ":" || !["{", ","].includes(tokens[index - 1])) return false;
  const open = tokens.lastIndexOf("{", index);
  return tokens[open - 2] === "struct" && !tokens.slice(open, index).includes("}");
}

/** Short names for fields of all structs of one shader, in their order. A vector's components are none of them. */
function shortFields(tokens: readonly string[]): ReadonlyMap<string, string> {
  const fields = [...new Set(tokens.filter((_token, index) => isField(tokens, index)))];
  const taken = fields.find((name) => name.length > 1 && SWIZZLE.test(name));
  if (taken !== undefined) throw new Error(`a field is called ${taken}, as a vector's components may be`);
  const stems = [...new Set(fields.map(stemOf))];
  const unused = [...small, ...pairs(small, large)].filter(
    (name) => !stems.includes(name) && !SWIZZLE.test(name),
  );
  const short = new Map(stems.filter((stem) => stem.length > 1).map((stem, index) => [stem, unused[index]]));
  return new Map(
    fields.map((name) => [name, (short.get(stemOf(name)) ?? stemOf(name)) + name.slice(stemOf(name).length)]),
  );
}

/** The predeclared aliases of vectors and matrices, and no commas behind the last of a list. */
function shorterTokens(tokens: readonly string[]): string[] {
  const result: string[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const [type, open, element, close] = tokens.slice(index, index + 4);
    const isType = /^vec[234]$/.test(type)
      ? /^[fiu]32$/.test(element)
      : type === "mat4x4" && element === "f32";
    if (isType && open === "<" && (close === ">" || close === ">>")) {
      result.push(type + element[0], ...(close === ">>" ? [">"] : []));
      index += 3;
    } else if (type !== "," || ![")", "}"].includes(open)) result.push(type);
  }
  return result;
}

/** Text that has these tokens, a line for each statement. */
function printTokens(tokens: readonly string[]): string {
  let text = "";
  let depth = 0;
  tokens.forEach((token, index) => {
    if (index > 0 && !text.endsWith("\n") && wouldJoin(tokens[index - 1], token)) text += " ";
    text += token;
    if (token === "(") depth++;
    if (token === ")") depth--;
    if (depth === 0 && [";", "{", "}"].includes(token)) text += "\n";
  });
  return text;
}

function wouldJoin(left: string, right: string): boolean {
  const [first, second] = `${left}${right}`.match(TOKEN) ?? [];
  return first !== left || second !== right;
}
