// The values of a safetensors tensor, as typed arrays that tensors can be loaded from.
//
// Decides: which dtypes have values, and that each conversion is exact or says that it is not: only float64 loses
// digits, and a whole number that no tensor of this package could hold is refused.
// Leaves to others: into which dtype a model puts them.

import { formatError, quoted } from "../base/byteReader.ts";
import { halfFromBits } from "../tensor/dtype.ts";
import type { TypedArray } from "../tensor/hostArray.ts";
import { allocateBytes } from "./byteSource.ts";
import type { DeclaredTensor, SafetensorsDtype } from "./safetensorsHeader.ts";

/** One tensor of a file, with values. Stands for a `StateEntry` in `loadStateDict`. */
export interface SafetensorsTensor {
  readonly name: string;
  /** What the file holds. */
  readonly dtype: SafetensorsDtype;
  readonly shape: number[];
  /**
   * The elements, row-major: Float32Array for F16, BF16, F32, F64; Int32Array for I8 to I64; Uint32Array for U16 to U64;
   * Uint8Array for U8 and BOOL.
   */
  readonly data: TypedArray;
  /** Says what was lost, where anything was: float64 is rounded to float32. */
  readonly note?: string;
}

/** Where values stand, for messages. */
interface Place {
  readonly file: string;
  readonly what: string;
  readonly offset: number;
}

interface Values {
  readonly data: TypedArray;
  readonly note?: string;
}

type Decode = (bytes: Uint8Array, place: Place) => Values;

/** By dtype. What is not here (8-bit floats, complex) has no values in this package. */
const decoders: ReadonlyMap<SafetensorsDtype, Decode> = new Map<SafetensorsDtype, Decode>([
  ["BOOL", decodeBooleans],
  ["U8", (bytes) => ({ data: bytes })],
  ["I8", (bytes) => ({ data: Int32Array.from(viewOf(Int8Array, bytes)) })],
  ["I16", (bytes) => ({ data: Int32Array.from(viewOf(Int16Array, bytes)) })],
  ["U16", (bytes) => ({ data: Uint32Array.from(viewOf(Uint16Array, bytes)) })],
  ["I32", (bytes) => ({ data: viewOf(Int32Array, bytes) })],
  ["U32", (bytes) => ({ data: viewOf(Uint32Array, bytes) })],
  ["I64", decodeSigned64],
  ["U64", decodeUnsigned64],
  ["F16", decodeHalves],
  ["BF16", decodeBrainFloats],
  ["F32", (bytes) => ({ data: viewOf(Float32Array, bytes) })],
  ["F64", decodeDoubles],
]);

/** Throws FormatError unless values of the tensor's dtype can be had. */
export function requireDecodable(file: string, { name, dtype, offset }: DeclaredTensor): Decode {
  const decode = decoders.get(dtype);
  if (decode !== undefined) return decode;
  const reason = `tensor ${quoted(name)} is ${dtype}, whose values are not read`;
  throw formatError(file, `${reason}; it must be one of ${[...decoders.keys()].join(", ")}`, offset);
}

/**
 * The values that stand in `bytes`, which may become their memory. Throws FormatError for a whole number beyond 32 bits
 * and a BOOL that is neither 0 nor 1.
 */
export function decodeTensor(file: string, declared: DeclaredTensor, bytes: Uint8Array): SafetensorsTensor {
  const { name, dtype, shape, offset } = declared;
  const decode = requireDecodable(file, declared);
  return { name, dtype, shape, ...decode(bytes, { file, what: `tensor ${quoted(name)}`, offset }) };
}

function decodeBooleans(bytes: Uint8Array, place: Place): Values {
  const at = bytes.findIndex((byte) => byte > 1);
  if (at >= 0) fail(place, `holds ${bytes[at]} at element ${at}; a BOOL is 0 or 1`);
  return { data: bytes };
}

function decodeSigned64(bytes: Uint8Array, place: Place): Values {
  const words = viewOf(Int32Array, bytes); // low, high, low, high, …
  const data = new Int32Array(float32Memory(words.length / 2, place));
  for (let i = 0; i < data.length; i++) {
    data[i] = words[2 * i];
    if (words[2 * i + 1] !== data[i] >> 31) failAtInteger(bytes, i, place, "-2^31 to 2^31 - 1");
  }
  return { data };
}

function decodeUnsigned64(bytes: Uint8Array, place: Place): Values {
  const words = viewOf(Uint32Array, bytes);
  const data = new Uint32Array(float32Memory(words.length / 2, place));
  for (let i = 0; i < data.length; i++) {
    data[i] = words[2 * i];
    if (words[2 * i + 1] !== 0) failAtInteger(bytes, i, place, "0 to 2^32 - 1");
  }
  return { data };
}

let valuesOfHalves: Float32Array | undefined;

function decodeHalves(bytes: Uint8Array, place: Place): Values {
  valuesOfHalves ??= Float32Array.from({ length: 2 ** 16 }, (_, bits) => halfFromBits(bits));
  const table = valuesOfHalves;
  const halves = viewOf(Uint16Array, bytes);
  const data = new Float32Array(float32Memory(halves.length, place));
  for (let i = 0; i < data.length; i++) data[i] = table[halves[i]];
  return { data };
}

/** A bfloat16 is the upper half of a float32. */
function decodeBrainFloats(bytes: Uint8Array, place: Place): Values {
  const halves = viewOf(Uint16Array, bytes);
  const memory = float32Memory(halves.length, place);
  const words = new Uint32Array(memory);
  for (let i = 0; i < words.length; i++) words[i] = halves[i] << 16;
  return { data: new Float32Array(memory) };
}

function decodeDoubles(bytes: Uint8Array, place: Place): Values {
  const doubles = viewOf(Float64Array, bytes);
  const data = new Float32Array(float32Memory(doubles.length, place));
  let changed = 0;
  let overflowed = 0;
  for (let i = 0; i < data.length; i++) {
    data[i] = doubles[i];
    if (data[i] === doubles[i] || Number.isNaN(doubles[i])) continue;
    changed++;
    if (!Number.isFinite(data[i])) overflowed++;
  }
  if (changed === 0) return { data };
  const beyond = overflowed === 0 ? "" : `, ${overflowed} of them to an infinity`;
  return { data, note: `F64 is read as f32: ${changed} of ${data.length} values are rounded${beyond}` };
}

function float32Memory(count: number, { file, what }: Place): ArrayBuffer {
  return allocateBytes(file, 4 * count, what).buffer;
}

interface ViewConstructor<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T;
}

/** `bytes` as numbers, without a copy where they are aligned. Every machine with WebGPU is little-endian. */
function viewOf<T>(View: ViewConstructor<T>, bytes: Uint8Array): T {
  const size = View.BYTES_PER_ELEMENT;
  const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  return new View(aligned.buffer, aligned.byteOffset, aligned.length / size);
}

function failAtInteger(bytes: Uint8Array, index: number, place: Place, allowed: string): never {
  const view = new DataView(bytes.buffer, bytes.byteOffset + 8 * index);
  const value = allowed.startsWith("0") ? view.getBigUint64(0, true) : view.getBigInt64(0, true);
  return fail(place, `holds ${value} at element ${index}; whole numbers from ${allowed} are read`);
}

function fail({ file, what, offset }: Place, reason: string): never {
  throw formatError(file, `${what} ${reason}`, offset);
}
