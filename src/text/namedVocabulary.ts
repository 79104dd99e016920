// A vocabulary whose tokens are named by text, as GPT-2 and Hugging Face store it: names to numbers, and merges of names.
//
// Decides: what makes such a vocabulary whole. Nothing is read that has a hole, a number twice, a byte that no token
// stands for, a merge of unknown tokens, or a token that nothing makes.
// Leaves to others: where names and merges stand in a file (gpt2Files.ts, tokenizerJson.ts).

import { type ByteReader, quoted } from "../base/byteReader.ts";
import { UsageError } from "../base/errors.ts";
import type { JsonNode } from "../base/strictJson.ts";
import { byteCharacters, readBytes, writeBytes } from "./byteCharacters.ts";
import { type BytePairMerge, type BytePairs, longestTokenBytes } from "./bytePairs.ts";
import { specialTokenFault } from "./specialTokens.ts";
import { encodeWtf8 } from "./wtf8.ts";

/** A merge as it stands in a file, and how to say that it is wrong. */
export interface NamedMerge {
  readonly left: string;
  readonly right: string;
  readonly fail: (reason: string) => never;
}

/** Throws FormatError where the parts do not fit. */
export function readVocabulary(
  reader: ByteReader,
  names: ReadonlyMap<string, JsonNode>,
  specialTokens: ReadonlySet<string>,
  namedMerges: Iterable<NamedMerge>,
): BytePairs {
  const ids = readIds(reader, names);
  const tokens = new Array<Uint8Array>(ids.size);
  const ordinary = new Map<string, number>();
  const special = new Map<string, number>();
  for (const [name, id] of ids) {
    const isSpecial = specialTokens.has(name);
    (isSpecial ? special : ordinary).set(name, id);
    const offset = names.get(name)?.offset ?? 0;
    tokens[id] = isSpecial ? specialBytes(reader, name, offset) : ordinaryBytes(reader, name, offset);
  }
  const byteTokens = byteCharacters.map(
    (name, byte) =>
      ordinary.get(name) ??
      reader.fail(`there is no token ${quoted(name)} for the byte ${byte}; all 256 bytes must have one`, 0),
  );
  const merges = readMerges(ordinary, namedMerges);
  requireMade(reader, names, ordinary, [...byteTokens, ...merges.map(({ result }) => result)]);
  return { tokens, byteTokens, merges, specialTokens: special };
}

/** The tokens' names and numbers as JSON, in the order of numbers. Throws UsageError where two have one name. */
export function writeVocabulary(caller: string, { tokens, specialTokens }: BytePairs): string {
  const names = tokens.map(writeBytes);
  for (const [text, token] of specialTokens) names[token] = text;
  const ids = new Map(names.map((name, token) => [name, token]));
  const twice = names.find((name, token) => ids.get(name) !== token);
  if (twice !== undefined) {
    throw new UsageError(
      `${caller}: the special token ${quoted(twice)} is written as another token is; such a vocabulary has no such file.`,
    );
  }
  // Not through an object: "__proto__" may be a token.
  return `{${names.map((name, token) => `${JSON.stringify(name)}:${token}`).join(",")}}`;
}

/** Each merge as "left right". */
export function writeMerges({ tokens, merges }: BytePairs): string[] {
  return merges.map(({ left, right }) => `${writeBytes(tokens[left])} ${writeBytes(tokens[right])}`);
}

function readIds(reader: ByteReader, names: ReadonlyMap<string, JsonNode>): Map<string, number> {
  const ids = new Map<string, number>();
  const nameOfId = new Map<number, string>();
  for (const [name, node] of names) {
    const id = node.kind === "number" && /^\d+$/.test(node.text) ? Number(node.text) : Number.NaN;
    if (!(id < names.size)) {
      const found = node.kind === "number" ? node.text : `a JSON ${node.kind}`;
      reader.fail(
        `the token ${quoted(name)} has the id ${found}; ids must be 0 to ${names.size - 1} without a hole`,
        node.offset,
      );
    }
    const other = nameOfId.get(id);
    if (other !== undefined) {
      reader.fail(
        `the tokens ${quoted(other)} and ${quoted(name)} both have the id ${id}; ids must differ`,
        node.offset,
      );
    }
    nameOfId.set(id, name);
    ids.set(name, id);
  }
  return ids;
}

function specialBytes(reader: ByteReader, name: string, offset: number): Uint8Array {
  const fault = specialTokenFault(name);
  if (fault !== undefined) reader.fail(fault, offset);
  return encodeWtf8(name);
}

function ordinaryBytes(reader: ByteReader, name: string, offset: number): Uint8Array {
  const bytes = readBytes(name);
  if (bytes !== undefined && bytes.length > 0 && bytes.length <= longestTokenBytes) return bytes;
  return reader.fail(
    `the token ${quoted(name)} is not 1 to ${longestTokenBytes} bytes, each written as its character; ` +
      "only such tokens and named special tokens are allowed",
    offset,
  );
}

function readMerges(
  ordinary: ReadonlyMap<string, number>,
  namedMerges: Iterable<NamedMerge>,
): BytePairMerge[] {
  const merges: BytePairMerge[] = [];
  const seen = new Set<string>();
  for (const { left, right, fail } of namedMerges) {
    const idOf = (name: string): number =>
      ordinary.get(name) ??
      fail(
        `the merge of ${quoted(left)} and ${quoted(right)} needs the token ${quoted(name)}; the vocabulary must have it`,
      );
    const merge = { left: idOf(left), right: idOf(right), result: idOf(left + right) };
    const pair = `${merge.left} ${merge.right}`;
    if (seen.has(pair)) fail(`${quoted(left)} and ${quoted(right)} are merged twice; once is allowed`);
    seen.add(pair);
    merges.push(merge);
  }
  return merges;
}

/** Throws FormatError unless each ordinary token is among `made`. */
function requireMade(
  reader: ByteReader,
  names: ReadonlyMap<string, JsonNode>,
  ordinary: ReadonlyMap<string, number>,
  made: readonly number[],
): void {
  const known = new Set(made);
  for (const [name, id] of ordinary) {
    if (known.has(id)) continue;
    reader.fail(
      `the token ${quoted(name)} is no byte, no merge makes it, and it is no special token; it must be one of these`,
      names.get(name)?.offset ?? 0,
    );
  }
}
