// safetensors: named tensors in one file, the format in which PyTorch models travel; here with the whole file in memory.
//
// Decides: what is read is a view of the file, and what is written equals, byte for byte, what the reference writer
// makes of the same tensors.
// Leaves to others: what a header may say (safetensorsHeader.ts), files in pieces (safetensorsStream.ts,
// safetensorsShards.ts), what the tensors mean. After github.com/huggingface/safetensors, format and writer order.

import { ByteReader, quoted } from "../base/byteReader.ts";
import { UsageError } from "../base/errors.ts";
import { product, roundUp } from "../base/integers.ts";
import {
  elementSizeBytes,
  isSafetensorsDtype,
  lengthFieldBytes,
  maximumHeaderBytes,
  maximumRank,
  metadataKey,
  readLayout,
  requireFileSize,
  type SafetensorsDtype,
  safetensorsDtypes,
} from "./safetensorsHeader.ts";

const alignmentBytes = 8;

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
  /** Default: what `data` is, so F32 for a Float32Array, U8 for a Uint8Array. F16, BF16 and BOOL must be said. */
  dtype?: SafetensorsDtype | undefined;
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

/** Reads a safetensors file. Each tensor's `data` is a view of `bytes`. Throws FormatError. */
export function readSafetensors(bytes: Uint8Array, options: ReadSafetensorsOptions = {}): SafetensorsFile {
  const file = options.name ?? "safetensors file";
  const reader = new ByteReader(bytes, file);
  const layout = readLayout(reader);
  requireFileSize(file, layout, bytes.length);
  const tensors = new Map<string, SafetensorsEntry>();
  for (const { name, dtype, shape, sizeBytes } of layout.tensors) {
    tensors.set(name, { dtype, shape, data: reader.bytes(sizeBytes, `tensor ${quoted(name)}`) });
  }
  return { tensors, metadata: layout.metadata };
}

/**
 * The bytes of a safetensors file: `writeSafetensors(await saveState(model))`. Tensors are ordered by dtype, then name,
 * as the reference writer does.
 * Throws UsageError where a name is given twice or reserved, or `data` does not have the size of `shape`.
 */
export function writeSafetensors(
  tensors: Iterable<readonly [string, WritableEntry]>,
  metadata: Iterable<readonly [string, string]> = [],
): Uint8Array {
  const entries = requireWritable(tensors).sort(compareEntries);
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

// Writing.

interface CompleteEntry extends WritableEntry {
  dtype: SafetensorsDtype;
}

type NamedEntry = readonly [string, CompleteEntry];

const dtypesOfArrays: ReadonlyMap<unknown, SafetensorsDtype> = new Map<unknown, SafetensorsDtype>([
  [Int8Array, "I8"],
  [Uint8Array, "U8"],
  [Uint8ClampedArray, "U8"],
  [Int16Array, "I16"],
  [Uint16Array, "U16"],
  [Int32Array, "I32"],
  [Uint32Array, "U32"],
  [BigInt64Array, "I64"],
  [BigUint64Array, "U64"],
  [Float32Array, "F32"],
  [Float64Array, "F64"],
]);

function compareEntries([nameA, a]: NamedEntry, [nameB, b]: NamedEntry): number {
  return (
    safetensorsDtypes.indexOf(b.dtype) - safetensorsDtypes.indexOf(a.dtype) || compareCodePoints(nameA, nameB)
  );
}

/** The order of UTF-8 bytes, which `<` on strings (UTF-16 units) is not. */
function compareCodePoints(a: string, b: string): number {
  const pointsA = Array.from(a, (character) => character.codePointAt(0) ?? 0);
  const pointsB = Array.from(b, (character) => character.codePointAt(0) ?? 0);
  const shared = Math.min(pointsA.length, pointsB.length);
  for (let i = 0; i < shared; i++) if (pointsA[i] !== pointsB[i]) return pointsA[i] - pointsB[i];
  return pointsA.length - pointsB.length;
}

/** `tensors` with their dtypes. Throws the UsageErrors of `writeSafetensors`. */
export function requireWritable(tensors: Iterable<readonly [string, WritableEntry]>): NamedEntry[] {
  const names = new Set<string>();
  return Array.from(tensors, ([name, entry]) => {
    if (names.has(name)) writeFail(`tensor ${quoted(name)} is given twice; names must differ`);
    if (name === metadataKey) writeFail(`a tensor is named ${metadataKey}; that name is reserved`);
    requireWellFormed(name);
    names.add(name);
    return [name, requireWritableEntry(name, entry)];
  });
}

function requireWritableEntry(name: string, { dtype: given, shape, data }: WritableEntry): CompleteEntry {
  const dtype = given ?? dtypesOfArrays.get(data.constructor);
  if (dtype === undefined || !isSafetensorsDtype(dtype)) {
    const known = `it must be one of ${safetensorsDtypes.join(", ")}`;
    return writeFail(`tensor ${quoted(name)} has the dtype ${String(dtype)}; ${known}`);
  }
  if (shape.length > maximumRank || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    writeFail(
      `tensor ${quoted(name)} has the shape [${shape.join(", ")}]; ` +
        `at most ${maximumRank} whole numbers from 0 are allowed`,
    );
  }
  const neededBytes = product(shape) * elementSizeBytes[dtype];
  if (neededBytes === data.byteLength) return { dtype, shape, data };
  return writeFail(
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
