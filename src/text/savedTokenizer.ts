// How a tokenizer of this package says in JSON what it is.

import type { ByteReader } from "../base/byteReader.ts";
import { quoted } from "../base/byteReader.ts";
import { requireMember, requireString, requireWholeNumber } from "../base/jsonValues.ts";
import type { JsonNode } from "../base/strictJson.ts";
import { encodeWtf8 } from "./wtf8.ts";

const version = 1;

/** JSON text as the bytes that readers take. Half of a surrogate pair becomes what no reader takes for UTF-8. */
export function savedBytes(json: string | Uint8Array): Uint8Array {
  return typeof json === "string" ? encodeWtf8(json) : json;
}

/** Throws FormatError unless `members` has the format `name` and a version that this package writes. */
export function requireFormatName(
  reader: ByteReader,
  members: ReadonlyMap<string, JsonNode>,
  name: string,
): void {
  const formatNode = requireMember(reader, members, "format", "the file");
  const format = requireString(reader, formatNode, "format");
  if (format !== name)
    reader.fail(`format is ${quoted(format)}; it must be ${quoted(name)}`, formatNode.offset);
  const versionNode = requireMember(reader, members, "version", "the file");
  const found = requireWholeNumber(reader, versionNode, "version", Number.MAX_SAFE_INTEGER);
  if (found !== version) reader.fail(`version is ${found}; it must be ${version}`, versionNode.offset);
}
