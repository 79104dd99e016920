// IDX, the file format of MNIST and its relatives, plain or gzip.
//
// A file is: 0, 0, an element type code, the rank, one big-endian uint32 per axis, then the elements,
// row-major.
// Decides: the header is checked against the length before anything is allocated; only unsigned bytes are
// read.
// Leaves to src/data: what images and labels are. After the description on Yann LeCun's MNIST page.

import { ByteReader } from "../base/byteReader.ts";
import { UsageError } from "../base/errors.ts";
import { product } from "../base/integers.ts";
import { gunzip, isGzip } from "./compression.ts";

/** The contents of an IDX file of unsigned bytes; `data` is row-major. */
export interface IdxArray {
  shape: number[];
  data: Uint8Array;
}

/** `name` is what messages call the file. */
export interface ReadIdxOptions {
  name?: string;
  /** The most bytes of elements that are accepted. Default: 2^30. */
  maximumSizeBytes?: number;
}

const unsignedByteCode = 0x08;
const typeNames = new Map([
  [0x08, "uint8"],
  [0x09, "int8"],
  [0x0b, "int16"],
  [0x0c, "int32"],
  [0x0d, "float32"],
  [0x0e, "float64"],
]);
const maximumRank = 8;
const defaultMaximumSizeBytes = 2 ** 30;

/**
 * Reads an IDX file, plain or gzip. `data` of a plain file is a view of `bytes`.
 * Throws FormatError where the bytes are not what the header says, or hold anything but unsigned bytes.
 */
export async function readIdx(bytes: Uint8Array, options: ReadIdxOptions = {}): Promise<IdxArray> {
  if (!isGzip(bytes)) return parseIdx(bytes, options);
  const contents = await gunzip(bytes, fileName(options), (start) => declaredSizeBytes(start, options));
  return parseIdx(contents, options);
}

/** Reads a plain IDX file at once: `readIdx` for those who cannot wait. gzip is a FormatError here. */
export function parseIdx(bytes: Uint8Array, options: ReadIdxOptions = {}): IdxArray {
  const reader = new ByteReader(bytes, fileName(options));
  const shape = readHeader(reader, options);
  const data = reader.bytes(product(shape), `the data of shape [${shape.join(", ")}]`);
  reader.requireEnd();
  return { shape, data };
}

/**
 * The bytes of a plain IDX file.
 * Throws UsageError unless `shape` has 1 to 8 sizes, each a uint32, and their product is the length of
 * `data`.
 */
export function writeIdx({ shape, data }: IdxArray): Uint8Array {
  requireWritable(shape, data.length);
  const headerBytes = 4 + 4 * shape.length;
  const bytes = new Uint8Array(headerBytes + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(2, unsignedByteCode);
  view.setUint8(3, shape.length);
  shape.forEach((size, axis) => {
    view.setUint32(4 + 4 * axis, size);
  });
  bytes.set(data, headerBytes);
  return bytes;
}

function fileName(options: ReadIdxOptions): string {
  return options.name ?? "IDX file";
}

function readHeader(reader: ByteReader, options: ReadIdxOptions): number[] {
  const zeros = reader.bytes(2, "the magic number");
  if (zeros[0] !== 0 || zeros[1] !== 0) reader.fail("not an IDX file; its first two bytes must be 0", 0);
  requireUnsignedBytes(reader, reader.uint8("the type code"));
  const rank = reader.uint8("the rank");
  if (rank < 1 || rank > maximumRank)
    reader.fail(`the rank is ${rank}; it must be from 1 to ${maximumRank}`, 3);
  return readShape(reader, rank, options.maximumSizeBytes ?? defaultMaximumSizeBytes);
}

function requireUnsignedBytes(reader: ByteReader, code: number): void {
  if (code === unsignedByteCode) return;
  const name = typeNames.get(code) ?? "unknown";
  reader.fail(
    `the type code is 0x${code.toString(16).padStart(2, "0")} (${name}); only 0x08 (uint8) is read`,
    2,
  );
}

function readShape(reader: ByteReader, rank: number, maximumSizeBytes: number): number[] {
  reader.requireRemaining(4 * rank, `the ${rank} sizes`);
  const shape = Array.from({ length: rank }, (_, axis) => reader.uint32BigEndian(`size ${axis}`));
  // A size of 0 would hide any other size in the product, so each is bounded without the zeros.
  const sizeBytes = product(shape.filter((size) => size > 0));
  if (sizeBytes > maximumSizeBytes) {
    reader.fail(
      `the shape is [${shape.join(", ")}], over ${maximumSizeBytes} bytes; that is the most allowed`,
      4,
    );
  }
  return shape;
}

/** The size of the whole file by its own header, once that is there. */
function declaredSizeBytes(start: Uint8Array, options: ReadIdxOptions): number | undefined {
  const wholeHeaderBytes = 4 + 4 * maximumRank;
  const ownHeaderBytes = start.length >= 4 ? 4 + 4 * start[3] : wholeHeaderBytes;
  if (start.length < Math.min(ownHeaderBytes, wholeHeaderBytes)) return undefined;
  const reader = new ByteReader(start, fileName(options));
  const shape = readHeader(reader, options);
  return reader.offset + product(shape);
}

function requireWritable(shape: readonly number[], length: number): void {
  const isUint32 = (size: number): boolean => Number.isInteger(size) && size >= 0 && size < 2 ** 32;
  if (shape.length < 1 || shape.length > maximumRank || !shape.every(isUint32)) {
    throw new UsageError(
      `writeIdx: shape is [${shape.join(", ")}]; it must have 1 to ${maximumRank} sizes from 0 to 2^32 - 1.`,
    );
  }
  if (product(shape) === length) return;
  throw new UsageError(
    `writeIdx: data has ${length} bytes, shape [${shape.join(", ")}] has ${product(shape)}; they must agree.`,
  );
}
