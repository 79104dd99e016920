// Writes an ONNX model of one graph: as much of the format as the cases need.
//
// Follows onnx.proto of ONNX 1.15 (operator set 20) and protobuf's wire format: a field is a key, number * 8 + wire type,
// and then a varint (type 0), a length and bytes (2), or four bytes (5).

export interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Default f32. */
  readonly dtype?: "f32" | "i32";
}

export interface OnnxConstant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Whole numbers are ints, so a float that is whole cannot be said. */
  readonly attributes?: Readonly<Record<string, number | string | readonly number[]>>;
}

export interface OnnxGraph {
  readonly inputs: readonly OnnxTensor[];
  readonly outputs: readonly OnnxTensor[];
  readonly nodes: readonly OnnxNode[];
  /** Constants of one axis. */
  readonly integers?: Readonly<Record<string, readonly number[]>>;
  readonly constants?: readonly OnnxConstant[];
}

/** Weights of networks are among them: nothing here may take a byte for a number of an array. */
type Bytes = Uint8Array<ArrayBuffer>;

const irVersion = 9;
const operatorSet = 20;
const dtypes = { f32: 1, i32: 6 } as const;
const int64 = 7;
const attributeTypes = { float: 1, int: 2, string: 3, ints: 7 } as const;

export function onnxModel(graph: OnnxGraph): Bytes {
  return joined([
    integer(1, irVersion),
    message(7, graphBytes(graph)),
    message(8, joined([text(1, ""), integer(2, operatorSet)])),
  ]);
}

function graphBytes({ inputs, outputs, nodes, integers = {}, constants = [] }: OnnxGraph): Bytes {
  return joined([
    ...nodes.map((node) => message(1, nodeBytes(node))),
    text(2, "case"),
    ...Object.entries(integers).map(([name, values]) => message(5, integersBytes(name, values))),
    ...constants.map((constant) => message(5, constantBytes(constant))),
    ...inputs.map((tensor) => message(11, tensorBytes(tensor))),
    ...outputs.map((tensor) => message(12, tensorBytes(tensor))),
  ]);
}

function nodeBytes({ op, inputs, outputs, attributes = {} }: OnnxNode): Bytes {
  return joined([
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, op),
    ...Object.entries(attributes).map(([name, value]) =>
      message(5, joined([text(1, name), ...attributeBytes(value)])),
    ),
  ]);
}

function attributeBytes(value: number | string | readonly number[]): Bytes[] {
  if (typeof value === "string") return [text(4, value), integer(20, attributeTypes.string)];
  if (typeof value !== "number") {
    return [...value.map((entry) => integer(8, entry)), integer(20, attributeTypes.ints)];
  }
  if (Number.isInteger(value)) return [integer(3, value), integer(20, attributeTypes.int)];
  const bytes = new Uint8Array(Float32Array.of(value).buffer);
  return [varint(2 * 8 + 5), bytes, integer(20, attributeTypes.float)];
}

function integersBytes(name: string, values: readonly number[]): Bytes {
  const numbers = values.map((value) => integer(7, value));
  return joined([integer(1, values.length), integer(2, int64), ...numbers, text(8, name)]);
}

function constantBytes({ name, shape, values }: OnnxConstant): Bytes {
  const dimensions = shape.map((length) => integer(1, length));
  return joined([
    ...dimensions,
    integer(2, dtypes.f32),
    text(8, name),
    message(9, new Uint8Array(values.slice().buffer)),
  ]);
}

function tensorBytes({ name, shape, dtype = "f32" }: OnnxTensor): Bytes {
  const dimensions = joined(shape.map((length) => message(1, integer(1, length))));
  const type = message(1, joined([integer(1, dtypes[dtype]), message(2, dimensions)]));
  return joined([text(1, name), message(2, type)]);
}

function integer(field: number, value: number): Bytes {
  return joined([varint(field * 8), varint(value)]);
}

function text(field: number, value: string): Bytes {
  return message(field, new TextEncoder().encode(value));
}

function message(field: number, bytes: Bytes): Bytes {
  return joined([varint(field * 8 + 2), varint(bytes.length), bytes]);
}

/** Seven bits a byte, the lowest first; a negative number as the 64 bits that it is. */
function varint(value: number): Bytes {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return Uint8Array.from([...bytes, Number(rest)]);
}

function joined(parts: readonly Bytes[]): Bytes {
  const all = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
  let start = 0;
  for (const part of parts) {
    all.set(part, start);
    start += part.length;
  }
  return all;
}
