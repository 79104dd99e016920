// tokenizer.json, Hugging Face's one file for a tokenizer, as far as it describes a byte-level BPE like GPT-2's.
//
// Decides: what is written, and that whatever would make other tokens than ours is refused, not ignored.
// Leaves to others: what must hold in a vocabulary (namedVocabulary.ts), and other kinds of tokenizer
// (foreignTokenizer.ts takes them from Hugging Face's own package).

import { type ByteReader, quoted } from "../base/byteReader.ts";
import {
  isNothing,
  parseJsonObject,
  requireArray,
  requireMember,
  requireObject,
  requireString,
  requireWholeNumber,
} from "../base/jsonValues.ts";
import type { JsonNode } from "../base/strictJson.ts";
import { BytePairTokenizer } from "./bytePairTokenizer.ts";
import { type NamedMerge, readVocabulary, writeMerges, writeVocabulary } from "./namedVocabulary.ts";
import { savedBytes } from "./savedTokenizer.ts";

const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
const addedTokenFlags = {
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
};
const modelSettings = {
  type: "BPE",
  dropout: null,
  unk_token: null,
  continuing_subword_prefix: null,
  end_of_word_suffix: null,
  fuse_unk: false,
  byte_fallback: false,
  ignore_merges: false,
};

/** What `members` may say without a change of the tokens: nothing, or a value of these (null, false, "", 0). */
type Harmless = readonly string[];
const harmlessModel: Harmless = [
  "dropout",
  "continuing_subword_prefix",
  "end_of_word_suffix",
  "byte_fallback",
  "ignore_merges",
];
const harmlessFile: Harmless = ["truncation", "padding", "normalizer"];
const harmlessToken: Harmless = ["single_word", "lstrip", "rstrip"];

/** Reads a tokenizer.json with GPT-2's kind of BPE, as text or bytes. Throws FormatError. */
export function readTokenizerJson(
  json: string | Uint8Array,
  options: { name?: string } = {},
): BytePairTokenizer {
  const { reader, members } = parseJsonObject(savedBytes(json), options.name ?? "tokenizer.json");
  requireNothing(reader, members, harmlessFile, "");
  requireByteLevel(reader, members);
  const model = requireObject(reader, requireMember(reader, members, "model", "the file"), "model");
  requireModel(reader, model);
  const vocab = requireMember(reader, model, "vocab", "model");
  const names = new Map(requireObject(reader, vocab, "vocab"));
  const special = addSpecialTokens(reader, members.get("added_tokens"), names);
  const merges = requireArray(reader, requireMember(reader, model, "merges", "model"), "merges");
  return new BytePairTokenizer(readVocabulary(reader, names, special, namedMerges(reader, merges)));
}

/** The text of a tokenizer.json that Hugging Face's programs read. Throws UsageError where a token has no name in it. */
export function writeTokenizerJson({ parts }: BytePairTokenizer): string {
  const vocab = writeVocabulary("writeTokenizerJson", parts);
  const added = [...parts.specialTokens].map(([content, id]) => ({ id, content, ...addedTokenFlags }));
  const model = JSON.stringify({ ...modelSettings, merges: writeMerges(parts) });
  const file = JSON.stringify({
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: added.sort((a, b) => a.id - b.id),
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
  });
  return `${file.slice(0, -1)},"model":${model.slice(0, -1)},"vocab":${vocab}}}`;
}

function requireModel(reader: ByteReader, model: ReadonlyMap<string, JsonNode>): void {
  const node = requireMember(reader, model, "type", "model");
  const type = requireString(reader, node, "model.type");
  if (type !== modelSettings.type)
    reader.fail(`model.type is ${quoted(type)}; only ${quoted(modelSettings.type)} is read`, node.offset);
  requireNothing(reader, model, harmlessModel, "model.");
}

/** GPT-2's cutting of text, and nothing that adds tokens of its own. */
function requireByteLevel(reader: ByteReader, members: ReadonlyMap<string, JsonNode>): void {
  const cutting = requireType(
    reader,
    requireMember(reader, members, "pre_tokenizer", "the file"),
    "pre_tokenizer",
  );
  const hasPattern = cutting.get("use_regex");
  if (hasPattern !== undefined && !isWord(hasPattern, "true"))
    reader.fail("pre_tokenizer.use_regex is not true; only GPT-2's pattern is read", hasPattern.offset);
  // Where it is left out Hugging Face takes it for true.
  const prefix = cutting.get("add_prefix_space");
  if (prefix === undefined || !isWord(prefix, "false"))
    reader.fail("pre_tokenizer.add_prefix_space is not false; it must be", prefix?.offset ?? 0);
  for (const key of ["post_processor", "decoder"]) {
    const node = members.get(key);
    if (node !== undefined && !isNothing(node)) requireType(reader, node, key);
  }
}

function requireType(reader: ByteReader, node: JsonNode, what: string): Map<string, JsonNode> {
  const members = requireObject(reader, node, what);
  const type = requireString(reader, requireMember(reader, members, "type", what), `${what}.type`);
  if (type !== byteLevel.type)
    reader.fail(`${what}.type is ${quoted(type)}; only ${quoted(byteLevel.type)} is read`, node.offset);
  return members;
}

/** Throws FormatError where a setting of `keys` is on that would change the tokens. */
function requireNothing(
  reader: ByteReader,
  members: ReadonlyMap<string, JsonNode>,
  keys: Harmless,
  prefix: string,
): void {
  for (const key of keys) {
    const node = members.get(key);
    if (node === undefined || isNothing(node) || isOff(node)) continue;
    reader.fail(`${prefix}${key} is set, which changes the tokens; it must be null or off`, node.offset);
  }
}

function isOff(node: JsonNode): boolean {
  if (node.kind === "number") return Number(node.text) === 0;
  return isWord(node, "false") || (node.kind === "string" && node.text === "");
}

function isWord(node: JsonNode, text: "true" | "false"): boolean {
  return node.kind === "word" && node.text === text;
}

/** Adds the file's added tokens to `names`, where they may or may not stand already; returns their texts. */
function addSpecialTokens(
  reader: ByteReader,
  node: JsonNode | undefined,
  names: Map<string, JsonNode>,
): Set<string> {
  const special = new Set<string>();
  if (node === undefined || isNothing(node)) return special;
  requireArray(reader, node, "added_tokens").forEach((item, i) => {
    const what = `added_tokens[${i}]`;
    const members = requireObject(reader, item, what);
    requireNothing(reader, members, harmlessToken, `${what}.`);
    const content = requireString(reader, requireMember(reader, members, "content", what), `${what}.content`);
    const idNode = requireMember(reader, members, "id", what);
    const id = requireWholeNumber(reader, idNode, `${what}.id`, Number.MAX_SAFE_INTEGER);
    if (special.has(content))
      reader.fail(`${what} is ${quoted(content)} again; tokens must differ`, item.offset);
    const known = names.get(content);
    if (known !== undefined && (known.kind !== "number" || Number(known.text) !== id)) {
      const found = known.kind === "number" ? known.text : `a JSON ${known.kind}`;
      reader.fail(
        `${what} is ${quoted(content)} with the id ${id}, in vocab it has ${found}; they must agree`,
        item.offset,
      );
    }
    special.add(content);
    names.set(content, idNode);
  });
  return special;
}

/** A merge is "left right" in older files and ["left", "right"] in newer ones. */
function* namedMerges(
  reader: ByteReader,
  nodes: readonly JsonNode[],
): Generator<NamedMerge, void, undefined> {
  for (const [i, node] of nodes.entries()) {
    const what = `merges[${i}]`;
    const fail = (reason: string): never => reader.fail(`${what}: ${reason}`, node.offset);
    const parts =
      node.kind === "string"
        ? node.text.split(" ")
        : requireArray(reader, node, what).map((item) => requireString(reader, item, what));
    if (parts.length !== 2 || parts.includes(""))
      fail(`it has ${parts.length} tokens; it must be two with one space between them, or a list of two`);
    yield { left: parts[0], right: parts[1], fail };
  }
}
