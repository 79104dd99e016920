// safetensors: named tensors in one file, the format in which PyTorch models travel.
//
// A file is: the header's length (uint64, little-endian), the header (JSON, padded with spaces), then the
// tensors' bytes.
// Decides: nothing inconsistent is accepted (duplicate names, holes, overlaps, sizes that disagree, bytes
// left over), and what is written equals, byte for byte, what the reference writer makes of the same tensors.
// Leaves to others: what the tensors mean. After github.com/huggingface/safetensors, format and writer order.

import { UsageError } from "../base/errors.ts";
import { product, roundUp } from "../base/integers.ts";
import { ByteReader, quoted } from "./byteReader.ts";
import { type JsonNode, parseStrictJson } from "./strictJson.ts";

/** Bytes of one element. The order is the reference writer's: it puts the last of these first in the file. */
const elementSizeBytes = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  F8_E8M0: 1,
  F8_E4M3FNUZ: 1,
  F8_E5M2FNUZ: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  C64: 8,
  F64: 8,
  I64: 8,
  U64: 8,
};

export type SafetensorsDtype = keyof typeof elementSizeBytes;

const dtypes = Object.keys(elementSizeBytes).filter(isSafetensorsDtype);
const lengthFieldBytes = 8;
const alignmentBytes = 8;
const maximumHeaderBytes = 100_000_000; // the reference reader's own cap
const maximumRank = 64; // PyTorch's own
const metadataKey = "__metadata__";

/** One tensor of a file: little-endian elements, row-major. */
export interface SafetensorsEntry {
  dtype: SafetensorsDtype;
  shape: number[];
  data: Uint8Array;
}

/**
 * What `writeSafetensors` takes for a tensor: `data` may be a typed array of any kind; its bytes are written.
 */
export interface WritableEntry {
  dtype: SafetensorsDtype;
  shape: readonly number[];
  data: ArrayBufferView;
}

export interface SafetensorsFile {
  /** In the order in which their bytes stand in the file. */
  tensors: Map<string, SafetensorsEntry>;
  metadata: Map<string, string>;
}

/** `name` is what messages call the file. */
export interface ReadSafetensorsOptions {
  name?: string;
}

/** Whether this package reads and writes tensors of the dtype that the file calls `name`. */
export function isSafetensorsDtype(name: string): name is SafetensorsDtype {
  return Object.hasOwn(elementSizeBytes, name);
}

/** Reads a safetensors file. Each tensor's `data` is a view of `bytes`. Throws FormatError. */
export function readSafetensors(bytes: Uint8Array, options: ReadSafetensorsOptions = {}): SafetensorsFile {
  const reader = new ByteReader(bytes, options.name ?? "safetensors file");
  const header = readHeader(reader);
  const metadata = readMetadata(reader, header.get(metadataKey));
  header.delete(metadataKey);
  const entries = [...header].map(([name, node]) => readEntry(reader, name, node));
  return { tensors: readData(reader, entries), metadata };
}

/**
 * The bytes of a safetensors file. Tensors are ordered by dtype, then name, as the reference writer does.
 * Throws UsageError where a name is given twice or reserved, or `data` does not have the size of `shape`.
 */
export function writeSafetensors(
  tensors: Iterable<readonly [string, WritableEntry]>,
  metadata: Iterable<readonly [string, string]> = [],
): Uint8Array {
  const entries = [...tensors].sort(compareEntries);
  requireWritable(entries);
  const header = headerBytes(entries, [...metadata]);
  const dataSizeBytes = entries.reduce((sum, [, { data }]) => sum + data.byteLength, 0);
  const bytes = new Uint8Array(lengthFieldBytes + header.length + dataSizeBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, lengthFieldBytes);
  let offset = lengthFieldBytes + header.length;
  for (const [, { data }] of entries) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return bytes;
}

// Reading.

interface DeclaredEntry {
  name: string;
  offset: number; // of the declaration, for messages
  dtype: SafetensorsDtype;
  shape: number[];
  begin: number;
  end: number;
}

function readHeader(reader: ByteReader): Map<string, JsonNode> {
  const sizeBytes = reader.uint64("the header's length");
  if (sizeBytes > maximumHeaderBytes) {
    reader.fail(`the header's length is ${sizeBytes} bytes; at most ${maximumHeaderBytes} are allowed`, 0);
  }
  reader.requireRemaining(sizeBytes, "the header");
  const header = parseStrictJson(reader, sizeBytes, "the header");
  if (header.kind !== "object" || header.offset !== lengthFieldBytes) {
    reader.fail('the header does not start with "{"; it must', lengthFieldBytes);
  }
  return header.members;
}

function readMetadata(reader: ByteReader, node: JsonNode | undefined): Map<string, string> {
  if (node === undefined) return new Map();
  const members = objectMembers(reader, node, metadataKey);
  return new Map(
    [...members].map(([key, value]) => [key, stringText(reader, value, `${metadataKey} ${quoted(key)}`)]),
  );
}

function readEntry(reader: ByteReader, name: string, node: JsonNode): DeclaredEntry {
  const what = `tensor ${quoted(name)}`;
  const members = objectMembers(reader, node, what);
  const member = (key: string): JsonNode =>
    members.get(key) ??
    reader.fail(`${what} has no ${key}; it must have dtype, shape and data_offsets`, node.offset);
  const dtypeNode = member("dtype");
  const dtype = stringText(reader, dtypeNode, `${what}: dtype`);
  if (!isSafetensorsDtype(dtype)) {
    reader.fail(
      `${what}: dtype is ${quoted(dtype)}; it must be one of ${dtypes.join(", ")}`,
      dtypeNode.offset,
    );
  }
  const shape = integers(reader, member("shape"), `${what}: shape`);
  const offsets = integers(reader, member("data_offsets"), `${what}: data_offsets`);
  if (offsets.length !== 2 || offsets[0] > offsets[1]) {
    reader.fail(
      `${what}: data_offsets are [${offsets.join(", ")}]; they must be a begin and an end not below it`,
      member("data_offsets").offset,
    );
  }
  const [begin, end] = offsets;
  requireSize(reader, what, node.offset, dtype, shape, end - begin);
  return { name, offset: node.offset, dtype, shape, begin, end };
}

function requireSize(
  reader: ByteReader,
  what: string,
  offset: number,
  dtype: SafetensorsDtype,
  shape: readonly number[],
  sizeBytes: number,
): void {
  // A size of 0 would hide an overflow of the others, so those are multiplied first.
  const nonZeroBytes = product(shape.filter((size) => size > 0)) * elementSizeBytes[dtype];
  const neededBytes = shape.includes(0) ? 0 : nonZeroBytes;
  if (nonZeroBytes <= Number.MAX_SAFE_INTEGER && neededBytes === sizeBytes) return;
  const needed = `${dtype} of shape [${shape.join(", ")}] needs ${neededBytes}`;
  reader.fail(`${what}: data_offsets hold ${sizeBytes} bytes, ${needed}; they must agree`, offset);
}

/**
 * Takes the tensors' bytes in the order of their offsets, which must leave neither hole nor overlap nor rest.
 */
function readData(reader: ByteReader, entries: DeclaredEntry[]): Map<string, SafetensorsEntry> {
  const dataStart = reader.offset;
  const tensors = new Map<string, SafetensorsEntry>();
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  for (const { name, offset, dtype, shape, begin, end } of entries) {
    const expected = reader.offset - dataStart;
    if (begin !== expected) {
      const fault = begin > expected ? "leaves a hole" : "overlaps another";
      reader.fail(
        `tensor ${quoted(name)} ${fault}: it begins at ${begin} of the data; it must begin at ${expected}`,
        offset,
      );
    }
    tensors.set(name, { dtype, shape, data: reader.bytes(end - begin, `tensor ${quoted(name)}`) });
  }
  reader.requireEnd();
  return tensors;
}

function objectMembers(reader: ByteReader, node: JsonNode, what: string): Map<string, JsonNode> {
  if (node.kind !== "object")
    reader.fail(`${what} is a JSON ${node.kind}; it must be an object`, node.offset);
  return node.members;
}

function stringText(reader: ByteReader, node: JsonNode, what: string): string {
  if (node.kind !== "string") reader.fail(`${what} is a JSON ${node.kind}; it must be a string`, node.offset);
  return node.text;
}

function integers(reader: ByteReader, node: JsonNode, what: string): number[] {
  if (node.kind !== "array") reader.fail(`${what} is a JSON ${node.kind}; it must be an array`, node.offset);
  if (node.items.length > maximumRank) {
    reader.fail(`${what} has ${node.items.length} numbers; at most ${maximumRank} are allowed`, node.offset);
  }
  return node.items.map((item) => {
    const value = item.kind === "number" && /^\d+$/.test(item.text) ? Number(item.text) : Number.NaN;
    if (!Number.isSafeInteger(value)) {
      reader.fail(
        `${what} holds something else than whole numbers from 0 to 2^53 - 1; only these are allowed`,
        item.offset,
      );
    }
    return value;
  });
}

// Writing.

type NamedEntry = readonly [string, WritableEntry];

function compareEntries([nameA, a]: NamedEntry, [nameB, b]: NamedEntry): number {
  return dtypes.indexOf(b.dtype) - dtypes.indexOf(a.dtype) || compareCodePoints(nameA, nameB);
}

/** The order of UTF-8 bytes, which `<` on strings (UTF-16 units) is not. */
function compareCodePoints(a: string, b: string): number {
  const pointsA = Array.from(a, (character) => character.codePointAt(0) ?? 0);
  const pointsB = Array.from(b, (character) => character.codePointAt(0) ?? 0);
  const shared = Math.min(pointsA.length, pointsB.length);
  for (let i = 0; i < shared; i++) if (pointsA[i] !== pointsB[i]) return pointsA[i] - pointsB[i];
  return pointsA.length - pointsB.length;
}

function requireWritable(entries: readonly NamedEntry[]): void {
  const names = new Set<string>();
  for (const [name, entry] of entries) {
    if (names.has(name)) writeFail(`tensor ${quoted(name)} is given twice; names must differ`);
    if (name === metadataKey) writeFail(`a tensor is named ${metadataKey}; that name is reserved`);
    requireWellFormed(name);
    requireWritableEntry(name, entry);
    names.add(name);
  }
}

function requireWritableEntry(name: string, { dtype, shape, data }: WritableEntry): void {
  if (!isSafetensorsDtype(dtype)) {
    writeFail(
      `tensor ${quoted(name)} has the dtype ${String(dtype)}; it must be one of ${dtypes.join(", ")}`,
    );
  }
  if (shape.length > maximumRank || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    writeFail(
      `tensor ${quoted(name)} has the shape [${shape.join(", ")}]; ` +
        `at most ${maximumRank} whole numbers from 0 are allowed`,
    );
  }
  const neededBytes = product(shape) * elementSizeBytes[dtype];
  if (neededBytes === data.byteLength) return;
  writeFail(
    `tensor ${quoted(name)} has ${data.byteLength} bytes; ` +
      `${dtype} of shape [${shape.join(", ")}] needs ${neededBytes}`,
  );
}

function requireWellFormed(text: string): void {
  // A lone surrogate has no UTF-8 form: the file would hold another text than was given.
  if (/\p{Surrogate}/u.test(text))
    writeFail(`${quoted(text)} has half of a surrogate pair; text must be well-formed`);
}

function writeFail(reason: string): never {
  throw new UsageError(`writeSafetensors: ${reason}.`);
}

function headerBytes(
  entries: readonly NamedEntry[],
  metadata: readonly (readonly [string, string])[],
): Uint8Array {
  const members: string[] = [];
  if (metadata.length > 0) members.push(`"${metadataKey}":{${metadataText(metadata)}}`);
  let offset = 0;
  for (const [name, { dtype, shape, data }] of entries) {
    const end = offset + data.byteLength;
    const placement = `"shape":[${shape.join(",")}],"data_offsets":[${offset},${end}]`;
    members.push(`${JSON.stringify(name)}:{"dtype":"${dtype}",${placement}}`);
    offset = end;
  }
  const text = new TextEncoder().encode(`{${members.join(",")}}`);
  const padded = new Uint8Array(roundUp(text.length, alignmentBytes)).fill(0x20);
  padded.set(text);
  if (padded.length > maximumHeaderBytes) {
    writeFail(`the header has ${padded.length} bytes; at most ${maximumHeaderBytes} are allowed`);
  }
  return padded;
}

function metadataText(metadata: readonly (readonly [string, string])[]): string {
  const keys = new Set<string>();
  const members = metadata.map(([key, value]) => {
    if (keys.has(key)) writeFail(`metadata has the key ${quoted(key)} twice; keys must differ`);
    keys.add(key);
    requireWellFormed(key);
    requireWellFormed(value);
    return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
  });
  return members.join(",");
}
