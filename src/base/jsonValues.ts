// What a format may expect at a place in a JSON file: an object, an array, a string, a whole number.
//
// Decides: how a value of another kind is refused. Leaves to strictJson.ts the parsing, to the formats what is needed.

import { ByteReader, quoted } from "./byteReader.ts";
import { type JsonNode, parseStrictJson } from "./strictJson.ts";

/** Parses all of `bytes` as JSON whose outermost value is an object. `file` is what messages call it. Throws FormatError. */
export function parseJsonObject(
  bytes: Uint8Array,
  file: string,
): { reader: ByteReader; members: Map<string, JsonNode> } {
  const reader = new ByteReader(bytes, file);
  const node = parseStrictJson(reader, bytes.length, "the JSON");
  return { reader, members: requireObject(reader, node, "the file") };
}

/** The member `key`, which must be there. Throws FormatError. */
export function requireMember(
  reader: ByteReader,
  members: ReadonlyMap<string, JsonNode>,
  key: string,
  what: string,
): JsonNode {
  return members.get(key) ?? reader.fail(`${what} has no ${quoted(key)}; it must have one`, 0);
}

export function requireObject(reader: ByteReader, node: JsonNode, what: string): Map<string, JsonNode> {
  if (node.kind === "object") return node.members;
  return reader.fail(`${what} is a JSON ${node.kind}; it must be an object`, node.offset);
}

export function requireArray(reader: ByteReader, node: JsonNode, what: string): JsonNode[] {
  if (node.kind === "array") return node.items;
  return reader.fail(`${what} is a JSON ${node.kind}; it must be an array`, node.offset);
}

export function requireString(reader: ByteReader, node: JsonNode, what: string): string {
  if (node.kind === "string") return node.text;
  return reader.fail(`${what} is a JSON ${node.kind}; it must be a string`, node.offset);
}

/** A whole number from 0 to `highest`, written without fraction, exponent or sign. */
export function requireWholeNumber(
  reader: ByteReader,
  node: JsonNode,
  what: string,
  highest: number,
): number {
  const value = node.kind === "number" && /^\d+$/.test(node.text) ? Number(node.text) : Number.NaN;
  if (value <= highest) return value;
  const found = node.kind === "number" || node.kind === "word" ? node.text : `a JSON ${node.kind}`;
  return reader.fail(`${what} is ${found}; it must be a whole number from 0 to ${highest}`, node.offset);
}

/** Whether `node` is absent or null. */
export function isNothing(node: JsonNode | undefined): boolean {
  return node === undefined || (node.kind === "word" && node.text === "null");
}
