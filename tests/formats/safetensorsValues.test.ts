import { describe, expect, test } from "vitest";
import type { WritableEntry } from "../../src/formats/safetensors.ts";
import { writeSafetensors } from "../../src/formats/safetensors.ts";
import type { SafetensorsDtype } from "../../src/formats/safetensorsHeader.ts";
import { loadSafetensors } from "../../src/formats/safetensorsStream.ts";
import type { SafetensorsTensor } from "../../src/formats/safetensorsValues.ts";
import type { TypedArray } from "../../src/tensor/hostArray.ts";
import { formatErrorOf } from "./mutations.ts";

function fileOf(dtype: SafetensorsDtype, data: ArrayBufferView, count: number): Uint8Array {
  const entry: WritableEntry = { dtype, shape: [count], data };
  return writeSafetensors([["a", entry]]);
}

async function loaded(dtype: SafetensorsDtype, data: TypedElements): Promise<SafetensorsTensor> {
  const { tensors } = await loadSafetensors(fileOf(dtype, data, data.length), { name: "m" });
  const tensor = tensors.get("a");
  if (tensor === undefined) throw new Error("no tensor");
  return tensor;
}

type TypedElements = TypedArray | Int8Array | Int16Array | Uint16Array | BigInt64Array | BigUint64Array;

async function valuesOf(dtype: SafetensorsDtype, data: TypedElements): Promise<TypedArray> {
  return (await loaded(dtype, data)).data;
}

describe("floats", () => {
  test("F16: zeros, subnormals, the ends of the normal range, infinities and NaN", async () => {
    const bits = Uint16Array.of(
      ...[0x0000, 0x8000, 0x0001, 0x8001, 0x03ff, 0x0400, 0x3555, 0x3c00, 0xc000, 0x7bff, 0xfbff],
      ...[0x7c00, 0xfc00, 0x7e00, 0x7c01, 0xffff],
    );
    const values = await valuesOf("F16", bits);
    expect(values).toBeInstanceOf(Float32Array);
    expect([...values]).toEqual([
      0,
      -0,
      2 ** -24,
      -(2 ** -24),
      1023 * 2 ** -24,
      0.00006103515625, // 2^-14
      0.333251953125, // 1365 / 2^12
      1,
      -2,
      65504,
      -65504,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
  });

  test("BF16: the upper half of a float32, bit for bit", async () => {
    const bits = Uint16Array.of(
      ...[0x0000, 0x8000, 0x0001, 0x007f, 0x0080, 0x3f80, 0xc049, 0x7f7f, 0x7f80, 0xff80, 0x7fc1],
    );
    const values = await valuesOf("BF16", bits);
    expect([...values]).toEqual([
      0,
      -0,
      2 ** -133, // a subnormal
      127 * 2 ** -133,
      2 ** -126,
      1,
      -3.140625,
      255 * 2 ** 120,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
    ]);
    expect(new Uint32Array(values.buffer).at(-1)).toBe(0x7fc10000);
  });

  test("every F16 and BF16 number is what its bits say", async () => {
    const bits = Uint16Array.from({ length: 2 ** 16 }, (_, index) => index);
    const [halves, brains] = await Promise.all([valuesOf("F16", bits), valuesOf("BF16", bits)]);
    const value = (index: number, exponentBits: number): number => {
      const fractionBits = 15 - exponentBits;
      const sign = index >> 15 === 1 ? -1 : 1;
      const exponent = (index >> fractionBits) & (2 ** exponentBits - 1);
      const fraction = (index & (2 ** fractionBits - 1)) / 2 ** fractionBits;
      const bias = 2 ** (exponentBits - 1) - 1;
      if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign / 0 : Number.NaN;
      return exponent === 0
        ? sign * fraction * 2 ** (1 - bias)
        : sign * (1 + fraction) * 2 ** (exponent - bias);
    };
    const wrong = Array.from(bits).filter(
      (index) => !Object.is(halves[index], value(index, 5)) || !Object.is(brains[index], value(index, 8)),
    );
    expect(wrong).toEqual([]);
  });

  test("F32 keeps its bits, NaN's too", async () => {
    const bits = Uint32Array.of(0, 0x80000000, 1, 0x3dcccccd, 0x7f7fffff, 0x7f800000, 0x7fc12345);
    const values = await valuesOf("F32", new Float32Array(bits.buffer));
    expect(values).toBeInstanceOf(Float32Array);
    expect(new Uint32Array(values.buffer, values.byteOffset, values.length)).toEqual(bits);
  });

  test("F64 is rounded to the nearest f32, and a note says where that changed something", async () => {
    const exact = await loaded("F64", Float64Array.of(1, -0, 2 ** -149, Number.NaN, -Infinity));
    expect([...exact.data]).toEqual([1, -0, 2 ** -149, Number.NaN, -Infinity]);
    expect(exact.note).toBeUndefined();
    const rounded = await loaded(
      "F64",
      // A tie goes to the even neighbour: down for 1 + 2^-24, up for 1 + 3 * 2^-24; 1e300 is beyond f32.
      Float64Array.of(0.5, 1 + 2 ** -24, 1 + 3 * 2 ** -24, 1e300, 2 ** -150, 3 * 2 ** -151),
    );
    expect([...rounded.data]).toEqual([0.5, 1, 1 + 2 ** -22, Infinity, 0, 2 ** -149]);
    expect(rounded.data).toBeInstanceOf(Float32Array);
    expect(rounded.note).toBe("F64 is read as f32: 5 of 6 values are rounded, 1 of them to an infinity");
  });
});

describe("whole numbers", () => {
  test("all that fit 32 bits, by sign", async () => {
    expect(await valuesOf("I8", Int8Array.of(-128, 127))).toEqual(Int32Array.of(-128, 127));
    expect(await valuesOf("U8", Uint8Array.of(0, 255))).toEqual(Uint8Array.of(0, 255));
    expect(await valuesOf("I16", Int16Array.of(-32768, 32767))).toEqual(Int32Array.of(-32768, 32767));
    expect(await valuesOf("U16", Uint16Array.of(0, 65535))).toEqual(Uint32Array.of(0, 65535));
    expect(await valuesOf("I32", Int32Array.of(-(2 ** 31), 2 ** 31 - 1))).toEqual(
      Int32Array.of(-(2 ** 31), 2 ** 31 - 1),
    );
    expect(await valuesOf("U32", Uint32Array.of(0, 2 ** 32 - 1))).toEqual(Uint32Array.of(0, 2 ** 32 - 1));
    expect(await valuesOf("I64", BigInt64Array.of(0n, 7n, -1n, -(2n ** 31n), 2n ** 31n - 1n))).toEqual(
      Int32Array.of(0, 7, -1, -(2 ** 31), 2 ** 31 - 1),
    );
    expect(await valuesOf("U64", BigUint64Array.of(0n, 2n ** 32n - 1n))).toEqual(
      Uint32Array.of(0, 2 ** 32 - 1),
    );
    expect(await valuesOf("BOOL", Uint8Array.of(0, 1))).toEqual(Uint8Array.of(0, 1));
  });

  test("what does not fit is refused, with the value and its place", async () => {
    const failure = (dtype: SafetensorsDtype, data: TypedElements) =>
      formatErrorOf(() => valuesOf(dtype, data));
    expect(await failure("I64", BigInt64Array.of(1n, 2n ** 31n))).toBe(
      'm: tensor "a" holds 2147483648 at element 1; whole numbers from -2^31 to 2^31 - 1 are read (at byte 13).',
    );
    expect(await failure("I64", BigInt64Array.of(-(2n ** 31n) - 1n))).toContain("holds -2147483649 at");
    expect(await failure("I64", BigInt64Array.of(2n ** 32n))).toContain("holds 4294967296 at element 0");
    expect(await failure("U64", BigUint64Array.of(0n, 2n ** 63n))).toContain(
      "holds 9223372036854775808 at element 1; whole numbers from 0 to 2^32 - 1 are read",
    );
    expect(await failure("BOOL", Uint8Array.of(1, 0, 2))).toContain("holds 2 at element 2; a BOOL is 0 or 1");
  });
});

test("dtypes without values are refused by the header, before any tensor", async () => {
  for (const dtype of ["F8_E4M3", "F8_E5M2", "F8_E8M0", "C64"] as const) {
    const file = fileOf(dtype, new Uint8Array(dtype === "C64" ? 8 : 1), 1);
    const message = await formatErrorOf(() => loadSafetensors(file));
    expect(message).toContain(`tensor "a" is ${dtype}, whose values are not read; it must be one of BOOL,`);
  }
});

test("values are right at any place of a buffer", async () => {
  const file = writeSafetensors([
    ["a", { shape: [3], data: Float64Array.of(0.5, 1, 2) }],
    ["b", { shape: [2], data: Float32Array.of(-3, 4) }],
    ["c", { dtype: "BF16", shape: [1], data: Uint16Array.of(0x3f80) }],
    ["d", { shape: [1], data: BigInt64Array.of(-5n) }],
  ]);
  for (let shift = 0; shift < 8; shift++) {
    const room = new Uint8Array(file.length + 8);
    room.set(file, shift);
    const { tensors } = await loadSafetensors(room.subarray(shift, shift + file.length));
    const values = new Map([...tensors].map(([name, { data }]) => [name, [...data]]));
    expect(Object.fromEntries(values)).toEqual({ a: [0.5, 1, 2], b: [-3, 4], c: [1], d: [-5] });
  }
});

test("an aligned F32 tensor of a buffer is a view of it, a Blob's has just its own memory", async () => {
  const file = fileOf("F32", Float32Array.of(1, 2), 2);
  expect((await loadSafetensors(file)).tensors.get("a")?.data.buffer).toBe(file.buffer);
  const fromBlob = (await loadSafetensors(new Blob([new Uint8Array(file)]))).tensors.get("a")?.data;
  expect(fromBlob?.buffer.byteLength).toBe(8);
});
