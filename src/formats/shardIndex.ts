// model.safetensors.index.json: which tensor of a model stands in which of its files.
//
// Decides: an index names plain files only, so that it leads nowhere but to the folder in which it stands, and no two
// meanings can be read out of it.
// Leaves to others: whether the files hold what it says (safetensorsShards.ts). After the layout that
// github.com/huggingface/transformers writes.

import { ByteReader, quoted } from "../base/byteReader.ts";
import { type JsonNode, parseStrictJson } from "../base/strictJson.ts";

/** Where the tensors are. */
export interface ShardIndex {
  /** Bytes of all tensors together, headers not counted. */
  readonly totalSizeBytes: number;
  /** File name -> the names of the tensors in it, in the order of file names. */
  readonly shards: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The most bytes that an index may have: what a header may have. */
export const maximumIndexBytes = 100_000_000;

const ending = ".safetensors";
const longestFileName = 255;

/** Reads an index. `file` is what messages call it. Throws FormatError. */
export function readShardIndex(bytes: Uint8Array, file: string): ShardIndex {
  const reader = new ByteReader(bytes, file);
  if (bytes.length > maximumIndexBytes) {
    reader.fail(`the index has more than ${maximumIndexBytes} bytes; that is the most allowed`, 0);
  }
  const root = members(reader, parseStrictJson(reader, bytes.length, "the index"), "the index");
  const metadata = members(reader, member(reader, root, "metadata", "the index"), "metadata");
  const totalSizeBytes = wholeNumber(reader, member(reader, metadata, "total_size", "metadata"));
  const shards = new Map<string, Set<string>>();
  for (const [name, node] of members(reader, member(reader, root, "weight_map", "the index"), "weight_map")) {
    const fileName = plainFileName(reader, node, name);
    const names = shards.get(fileName) ?? new Set();
    shards.set(fileName, names.add(name));
  }
  const sorted = [...shards].sort(([a], [b]) => (a < b ? -1 : 1));
  return { totalSizeBytes, shards: new Map(sorted) };
}

/** Why `name` is not the name of a shard, or undefined. No folder, no drive, no escape, nothing hidden. */
export function shardNameFault(name: string): string | undefined {
  if (name.length > longestFileName) return `has ${name.length} characters; at most ${longestFileName} are`;
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name)) {
    return "is no plain file name; letters, digits, _, - and (not first) . are";
  }
  return name.endsWith(ending) ? undefined : `has another ending; only ${ending} is`;
}

function plainFileName(reader: ByteReader, node: JsonNode, name: string): string {
  const what = `weight_map ${quoted(name)}`;
  if (node.kind !== "string") reader.fail(`${what} is a JSON ${node.kind}; it must be a string`, node.offset);
  const fault = shardNameFault(node.text);
  if (fault !== undefined) reader.fail(`${what}: ${quoted(node.text)} ${fault} allowed`, node.offset);
  return node.text;
}

function wholeNumber(reader: ByteReader, node: JsonNode): number {
  // Some writers divide bits by 8 on the way and print a whole number as 12.0.
  const isWhole = node.kind === "number" && /^\d+(\.0+)?$/.test(node.text);
  const value = isWhole ? Number(node.text) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  return reader.fail("metadata.total_size must be a whole number from 0 to 2^53 - 1; it is not", node.offset);
}

function member(reader: ByteReader, of: ReadonlyMap<string, JsonNode>, key: string, what: string): JsonNode {
  return of.get(key) ?? reader.fail(`${what} has no ${key}; it must have one`, 0);
}

function members(reader: ByteReader, node: JsonNode, what: string): Map<string, JsonNode> {
  if (node.kind === "object") return node.members;
  return reader.fail(`${what} is a JSON ${node.kind}; it must be an object`, node.offset);
}
