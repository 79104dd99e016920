// The header of a safetensors file: which tensors there are, and where each one's bytes stand.
//
// A file is: the header's length (uint64, little-endian), the header (JSON, padded with spaces), then the
// tensors' bytes.
// Decides: nothing inconsistent is accepted (duplicate names, holes, overlaps, sizes that disagree), by the header
// alone, before a byte of any tensor is read.
// Leaves to others: fetching those bytes. After github.com/huggingface/safetensors, the format.

import { type ByteReader, formatError, quoted } from "../base/byteReader.ts";
import { product } from "../base/integers.ts";
import { type JsonNode, parseStrictJson } from "../base/strictJson.ts";

/** Bytes of one element. The order is the reference writer's: it puts the last of these first in the file. */
export const elementSizeBytes = {
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

export const safetensorsDtypes = Object.keys(elementSizeBytes).filter(isSafetensorsDtype);
export const lengthFieldBytes = 8;
export const maximumHeaderBytes = 100_000_000; // the reference reader's own cap
export const maximumRank = 64; // PyTorch's own
export const metadataKey = "__metadata__";

/** Whether this package reads and writes tensors of the dtype that the file calls `name`. */
export function isSafetensorsDtype(name: string): name is SafetensorsDtype {
  return Object.hasOwn(elementSizeBytes, name);
}

/** One tensor as the header declares it. */
export interface DeclaredTensor {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  readonly shape: number[];
  readonly sizeBytes: number;
  /** Where the header declares it, in bytes from the start of the file: for messages. */
  readonly offset: number;
}

/** What a header says. */
export interface SafetensorsLayout {
  /** In the order in which their bytes stand in the file. */
  readonly tensors: readonly DeclaredTensor[];
  readonly metadata: Map<string, string>;
  /** Where the tensors' bytes start. */
  readonly dataStart: number;
  /** What the whole file must have. */
  readonly fileSizeBytes: number;
}

/** The size of the header, of whose file the first 8 bytes are there. Throws FormatError. */
export function readHeaderSize(reader: ByteReader): number {
  const sizeBytes = reader.uint64("the header's length");
  if (sizeBytes > maximumHeaderBytes) {
    reader.fail(`the header's length is ${sizeBytes} bytes; at most ${maximumHeaderBytes} are allowed`, 0);
  }
  return sizeBytes;
}

/** Reads the header from the start of a file; of the tensors' bytes none need be there. Throws FormatError. */
export function readLayout(reader: ByteReader): SafetensorsLayout {
  const header = readHeader(reader);
  const metadata = readMetadata(reader, header.get(metadataKey));
  header.delete(metadataKey);
  const entries = [...header].map(([name, node]) => readEntry(reader, name, node));
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  const dataSizeBytes = requireContiguous(reader, entries);
  const dataStart = reader.offset;
  const tensors = entries.map(({ begin, end, ...tensor }) => ({ ...tensor, sizeBytes: end - begin }));
  return { tensors, metadata, dataStart, fileSizeBytes: dataStart + dataSizeBytes };
}

/** Throws FormatError unless a file of `sizeBytes` bytes has exactly what its header asks for. */
export function requireFileSize(file: string, layout: SafetensorsLayout, sizeBytes: number): void {
  const { fileSizeBytes } = layout;
  if (sizeBytes > fileSizeBytes) failAtRest(file, layout, `${sizeBytes - fileSizeBytes} bytes`);
  if (sizeBytes === fileSizeBytes) return;
  let end = layout.dataStart;
  const cut = layout.tensors.find((tensor) => {
    end += tensor.sizeBytes;
    return end > sizeBytes;
  });
  const place = cut === undefined ? "the header" : `tensor ${quoted(cut.name)}`;
  const reason = `the file ends in ${place}, it has ${sizeBytes} bytes; its header asks for ${fileSizeBytes}`;
  throw formatError(file, reason, sizeBytes);
}

/** The FormatError of a file that goes on after its tensors; `rest` says by how much. */
export function failAtRest(file: string, { fileSizeBytes }: SafetensorsLayout, rest: string): never {
  throw formatError(file, `${rest} follow the data; the file must end there`, fileSizeBytes);
}

interface DeclaredEntry {
  name: string;
  offset: number; // of the declaration, for messages
  dtype: SafetensorsDtype;
  shape: number[];
  begin: number;
  end: number;
}

function readHeader(reader: ByteReader): Map<string, JsonNode> {
  const sizeBytes = readHeaderSize(reader);
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
      `${what}: dtype is ${quoted(dtype)}; it must be one of ${safetensorsDtypes.join(", ")}`,
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

/** The size of all tensors, in the order of their offsets: these must leave neither hole nor overlap. */
function requireContiguous(reader: ByteReader, entries: readonly DeclaredEntry[]): number {
  let expected = 0;
  for (const { name, offset, begin, end } of entries) {
    if (begin !== expected) {
      const fault = begin > expected ? "leaves a hole" : "overlaps another";
      reader.fail(
        `tensor ${quoted(name)} ${fault}: it begins at ${begin} of the data; it must begin at ${expected}`,
        offset,
      );
    }
    expected = end;
  }
  return expected;
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
