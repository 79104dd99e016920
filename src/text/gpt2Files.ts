// GPT-2's two files: vocab.json, names to numbers, and merges.txt, a pair of names a line.
//
// Decides: how the two are laid out. Leaves to others: what must hold between them (namedVocabulary.ts).
// After the files that OpenAI published with GPT-2 (Radford et al., 2019).

import { formatError, quoted } from "../base/byteReader.ts";
import { UsageError } from "../base/errors.ts";
import { parseJsonObject } from "../base/jsonValues.ts";
import { BytePairTokenizer } from "./bytePairTokenizer.ts";
import { type NamedMerge, readVocabulary, writeMerges, writeVocabulary } from "./namedVocabulary.ts";
import { readPlainText } from "./plainText.ts";
import { savedBytes } from "./savedTokenizer.ts";

const header = "#version: 0.2";
const usualSpecialToken = "<|endoftext|>";

export interface Gpt2Files {
  /** The text of vocab.json. */
  readonly vocab: string;
  /** The text of merges.txt. */
  readonly merges: string;
}

export interface ReadGpt2FilesOptions {
  /** Which tokens of the vocabulary are special: the files do not say. Default: "<|endoftext|>", where it is there. */
  readonly specialTokens?: readonly string[];
  /** What messages call the two files. Default: "vocab.json" and "merges.txt". */
  readonly names?: { readonly vocab: string; readonly merges: string };
}

/** Reads the two files, each as text or bytes. Throws FormatError, or UsageError where a special token is not there. */
export function readGpt2Files(
  vocab: string | Uint8Array,
  merges: string | Uint8Array,
  { specialTokens, names = { vocab: "vocab.json", merges: "merges.txt" } }: ReadGpt2FilesOptions = {},
): BytePairTokenizer {
  const { reader, members } = parseJsonObject(savedBytes(vocab), names.vocab);
  const missing = specialTokens?.find((text) => !members.has(text));
  if (missing !== undefined) {
    throw new UsageError(
      `readGpt2Files: the special token ${quoted(missing)} is not in ${names.vocab}; it must be one of its tokens.`,
    );
  }
  const special = new Set(specialTokens ?? [usualSpecialToken]);
  const lines = mergeLines(savedBytes(merges), names.merges);
  return new BytePairTokenizer(readVocabulary(reader, members, special, lines));
}

/** Both files, as GPT-2's own programs and Hugging Face's read them. Throws UsageError where a token has no name in them. */
export function writeGpt2Files({ parts }: BytePairTokenizer): Gpt2Files {
  const lines = [header, ...writeMerges(parts)];
  return { vocab: writeVocabulary("writeGpt2Files", parts), merges: `${lines.join("\n")}\n` };
}

function* mergeLines(bytes: Uint8Array, file: string): Generator<NamedMerge, void, undefined> {
  const text = readPlainText(bytes, { name: file });
  const encoder = new TextEncoder();
  let offset = bytes.length - encoder.encode(text).length; // of a byte order mark
  for (const [index, whole] of text.split("\n").entries()) {
    const line = whole.replace(/\r$/, "");
    const start = offset;
    offset += encoder.encode(whole).length + 1;
    if (line === "" || (index === 0 && line.startsWith("#version"))) continue;
    const fail = (reason: string): never => {
      throw formatError(file, `line ${index + 1}: ${reason}`, start);
    };
    const [left, right, ...rest] = line.split(" ");
    if (left === "" || right === undefined || right === "" || rest.length > 0)
      fail(`it is ${quoted(line)}; it must be two tokens with one space between them`);
    yield { left, right, fail };
  }
}
