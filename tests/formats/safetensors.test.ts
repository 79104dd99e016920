import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/base/errors.ts";
import { readSafetensors, type WritableEntry, writeSafetensors } from "../../src/formats/safetensors.ts";
import { formatErrorOf, isRejected, mutated, mutationCount } from "./mutations.ts";

// Written by the reference library (safetensors 0.8.0) with PyTorch 2.13, from the tensors below.
const referenceHex =
  "f8010000000000007b225f5f6d657461646174615f5f223a7b22666f726d6174223a227074227d2c227374657073223a7b22" +
  "6474797065223a22493634222c227368617065223a5b5d2c22646174615f6f666673657473223a5b302c385d7d2c22776569" +
  "676874223a7b226474797065223a22463332222c227368617065223a5b322c325d2c22646174615f6f666673657473223a5b" +
  "382c32345d7d2c22612e62223a7b226474797065223a22493332222c227368617065223a5b315d2c22646174615f6f666673" +
  "657473223a5b32342c32385d7d2c22c3a95c6e5c22223a7b226474797065223a2242463136222c227368617065223a5b302c" +
  "335d2c22646174615f6f666673657473223a5b32382c32385d7d2c2262696173223a7b226474797065223a22463136222c22" +
  "7368617065223a5b325d2c22646174615f6f666673657473223a5b32382c33325d7d2c22efbfae223a7b226474797065223a" +
  "225538222c227368617065223a5b315d2c22646174615f6f666673657473223a5b33322c33335d7d2c22f09f9880223a7b22" +
  "6474797065223a225538222c227368617065223a5b315d2c22646174615f6f666673657473223a5b33332c33345d7d2c226d" +
  "61736b223a7b226474797065223a22424f4f4c222c227368617065223a5b335d2c22646174615f6f666673657473223a5b33" +
  "342c33375d7d7d202020202007000000000000000000803f000000c00000003f0000404009000000003c00400201010001";
const reference = Uint8Array.from({ length: referenceHex.length / 2 }, (_, i) =>
  Number.parseInt(referenceHex.slice(2 * i, 2 * i + 2), 16),
);
const referenceTensors: [string, WritableEntry][] = [
  ["weight", { dtype: "F32", shape: [2, 2], data: Float32Array.of(1, -2, 0.5, 3) }],
  ["bias", { dtype: "F16", shape: [2], data: Uint16Array.of(0x3c00, 0x4000) }],
  ["steps", { dtype: "I64", shape: [], data: BigInt64Array.of(7n) }],
  ["mask", { dtype: "BOOL", shape: [3], data: Uint8Array.of(1, 0, 1) }],
  ['é\n"', { dtype: "BF16", shape: [0, 3], data: new Uint16Array(0) }],
  ["a.b", { dtype: "I32", shape: [1], data: Int32Array.of(9) }],
  ["😀", { dtype: "U8", shape: [1], data: Uint8Array.of(1) }],
  ["\uffee", { dtype: "U8", shape: [1], data: Uint8Array.of(2) }],
];

/** A file with `header` as it stands and `dataSizeBytes` bytes of data. */
function fileOf(header: string, dataSizeBytes = 0): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + dataSizeBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

function u8(name: string, begin: number, end: number, size = end - begin): string {
  return `${JSON.stringify(name)}:{"dtype":"U8","shape":[${size}],"data_offsets":[${begin},${end}]}`;
}

function failure(bytes: Uint8Array): Promise<string> {
  return formatErrorOf(() => readSafetensors(bytes, { name: "m.safetensors" }));
}

describe("writeSafetensors", () => {
  it("writes the very bytes of the reference library", () => {
    expect(writeSafetensors(referenceTensors, [["format", "pt"]])).toEqual(reference);
    expect(writeSafetensors([...referenceTensors].reverse(), [["format", "pt"]])).toEqual(reference);
    expect(writeSafetensors([])).toEqual(fileOf("{}      "));
  });

  it("knows the dtype of a typed array, where it has only one", () => {
    const arrays = {
      I8: Int8Array.of(-1),
      U8: Uint8Array.of(1),
      I16: Int16Array.of(-1),
      U16: Uint16Array.of(1),
      I32: Int32Array.of(-1),
      U32: Uint32Array.of(1),
      I64: BigInt64Array.of(-1n),
      U64: BigUint64Array.of(1n),
      F32: Float32Array.of(0.5),
      F64: Float64Array.of(0.5),
    };
    const entries = Object.entries(arrays).map(([name, data]): [string, WritableEntry] => [
      name,
      { shape: [1], data },
    ]);
    for (const [name, { dtype }] of readSafetensors(writeSafetensors(entries)).tensors) {
      expect(dtype).toBe(name);
    }
    const view: WritableEntry = { shape: [1], data: new DataView(new ArrayBuffer(4)) };
    expect(() => writeSafetensors([["a", view]])).toThrow('tensor "a" has the dtype undefined');
  });

  it("starts the data at a multiple of 8", () => {
    for (let length = 1; length <= 9; length++) {
      const bytes = writeSafetensors([
        ["n".repeat(length), { dtype: "U8", shape: [1], data: Uint8Array.of(1) }],
      ]);
      expect((bytes.length - 1) % 8).toBe(0);
      expect(bytes[8]).toBe("{".charCodeAt(0));
    }
  });

  it("refuses what would not be a valid file", () => {
    const entry: WritableEntry = { dtype: "F32", shape: [2], data: new Float32Array(2) };
    const write =
      (...tensors: [string, WritableEntry][]) =>
      () =>
        writeSafetensors(tensors);
    expect(write(["a", entry], ["b", entry], ["a", entry])).toThrow(
      'writeSafetensors: tensor "a" is given twice; names must differ.',
    );
    expect(write(["__metadata__", entry])).toThrow("a tensor is named __metadata__; that name is reserved.");
    expect(write(["a", { ...entry, shape: [3] }])).toThrow(
      'writeSafetensors: tensor "a" has 8 bytes; F32 of shape [3] needs 12.',
    );
    expect(write(["a", { ...entry, shape: [-1, -2] }])).toThrow("has the shape [-1, -2]");
    expect(write(["a", { ...entry, shape: Array<number>(65).fill(1) }])).toThrow("at most 64 whole numbers");
    expect(write(["\ud800", entry])).toThrow("half of a surrogate pair");
    expect(() => writeSafetensors([], [["k", "\udfff"]])).toThrow(UsageError);
    expect(() =>
      writeSafetensors(
        [],
        [
          ["k", "1"],
          ["k", "2"],
        ],
      ),
    ).toThrow('metadata has the key "k" twice');
    // @ts-expect-error: a caller without types
    expect(write(["a", { ...entry, dtype: "toString" }])).toThrow('tensor "a" has the dtype toString');
  });
});

describe("readSafetensors", () => {
  it("reads the file of the reference library", () => {
    const { tensors, metadata } = readSafetensors(reference);
    expect([...metadata]).toEqual([["format", "pt"]]);
    expect([...tensors.keys()]).toEqual(["steps", "weight", "a.b", 'é\n"', "bias", "\uffee", "😀", "mask"]);
    for (const [name, { dtype, shape, data }] of referenceTensors) {
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      expect(tensors.get(name)).toEqual({ dtype, shape, data: bytes });
    }
  });

  it("gives views of the file", () => {
    const bytes = writeSafetensors([["a", { dtype: "U8", shape: [3], data: Uint8Array.of(1, 2, 3) }]]);
    const data = readSafetensors(bytes).tensors.get("a")?.data;
    expect(data?.buffer).toBe(bytes.buffer);
    expect([...(data ?? [])]).toEqual([1, 2, 3]);
  });

  it("returns what was written, from the middle of a buffer too", () => {
    const bytes = writeSafetensors(referenceTensors, [
      ["__proto__", "x"],
      ['quote "', "\\ \n"],
    ]);
    const shifted = new Uint8Array(bytes.length + 20);
    shifted.set(bytes, 3);
    const { tensors, metadata } = readSafetensors(shifted.subarray(3, 3 + bytes.length));
    expect(writeSafetensors(tensors, metadata)).toEqual(bytes);
  });

  it("takes any order in the header, empty tensors and unknown members", () => {
    const b = '"b":{"shape":[2],"dtype":"U8","data_offsets":[1,3],"note":[1,{"x":null}]}';
    const { tensors } = readSafetensors(fileOf(`{${b},${u8("empty", 1, 1)},${u8("a", 0, 1)}} `, 3));
    expect([...tensors.keys()]).toEqual(["a", "empty", "b"]);
    expect(tensors.get("b")?.data.length).toBe(2);
  });

  it("keeps __proto__ and its like harmless", () => {
    const names = ["__proto__", "constructor", "toString", ""];
    const header = `{"__metadata__":{"__proto__":"m"},${names.map((name, i) => u8(name, i, i + 1)).join(",")}}`;
    const { tensors, metadata } = readSafetensors(fileOf(header, names.length));
    expect([...tensors.keys()]).toEqual(names);
    expect(metadata.get("__proto__")).toBe("m");
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it("rejects duplicate keys wherever they stand", async () => {
    expect(await failure(fileOf(`{${u8("a", 0, 1)},${u8("a", 0, 1)}}`, 1))).toBe(
      'm.safetensors: JSON has the key "a" twice; keys must differ (at byte 61).',
    );
    expect(await failure(fileOf(`{${u8("a", 0, 1)},"\\u0061":${u8("", 1, 2).slice(3)}}`, 2))).toContain(
      '"a" twice',
    );
    expect(await failure(fileOf('{"__metadata__":{},"__metadata__":{}}'))).toContain("twice");
    expect(await failure(fileOf('{"__metadata__":{"k":"1","k":"2"}}'))).toContain("twice");
    expect(await failure(fileOf('{"a":{"dtype":"U8","dtype":"U8"}}'))).toContain("twice");
  });

  it("rejects holes, overlaps and rests", async () => {
    expect(await failure(fileOf(`{${u8("a", 0, 2)},${u8("b", 3, 4)}}`, 4))).toBe(
      'm.safetensors: tensor "b" leaves a hole: it begins at 3 of the data; it must begin at 2 (at byte 65).',
    );
    expect(await failure(fileOf(`{${u8("a", 0, 2)},${u8("b", 1, 3)}}`, 3))).toContain(
      'tensor "b" overlaps another: it begins at 1 of the data; it must begin at 2',
    );
    expect(await failure(fileOf(`{${u8("a", 0, 2)},${u8("b", 0, 2)}}`, 4))).toContain('"b" overlaps another');
    expect(await failure(fileOf(`{${u8("a", 0, 3)},${u8("b", 1, 1)}}`, 3))).toContain('"b" overlaps another');
    expect(await failure(fileOf(`{${u8("a", 1, 2)}}`, 2))).toContain('"a" leaves a hole');
    expect(await failure(fileOf(`{${u8("a", 0, 2)}}`, 3))).toContain(
      "1 bytes follow the data; the file must end there",
    );
    expect(await failure(fileOf(`{${u8("a", 0, 2)}}`, 1))).toContain(
      'the file ends in tensor "a", it has 62 bytes; its header asks for 63 (at byte 62).',
    );
    expect(await failure(fileOf("{}", 1))).toContain("1 bytes follow the data");
  });

  it("rejects sizes that disagree, reverse offsets and numbers that are not whole", async () => {
    expect(await failure(fileOf(`{${u8("a", 0, 2, 3)}}`, 2))).toContain(
      'tensor "a": data_offsets hold 2 bytes, U8 of shape [3] needs 3; they must agree',
    );
    const entry = (shape: string, offsets: string) =>
      fileOf(`{"a":{"dtype":"F32","shape":${shape},"data_offsets":${offsets}}}`, 4);
    expect(await isRejected(() => readSafetensors(entry("[1]", "[0,4]")))).toBe(false);
    expect(await failure(entry("[1]", "[4,0]"))).toContain(
      "data_offsets are [4, 0]; they must be a begin and an end",
    );
    expect(await failure(entry("[1]", "[0,4,4]"))).toContain("data_offsets are [0, 4, 4]");
    for (const number of ["-1", "1.0", "1e0", "-0", '"1"', "null", "9007199254740992", "[1]"]) {
      expect(await failure(entry(`[${number}]`, "[0,4]")), number).toContain(
        "shape holds something else than whole",
      );
      expect(await failure(entry("[1]", `[0,${number}]`)), number).toContain(
        "data_offsets holds something else",
      );
    }
    // Products beyond 2^53, with and without a zero that would hide them.
    expect(await failure(entry("[9007199254740991,9007199254740991]", "[0,4]"))).toContain("they must agree");
    expect(await failure(entry("[9007199254740991,9007199254740991,0]", "[0,0]"))).toContain(
      "they must agree",
    );
    expect(await failure(entry(`[${Array(65).fill(1)}]`, "[0,4]"))).toContain(
      "shape has 65 numbers; at most 64",
    );
  });

  it("rejects members of the wrong kind", async () => {
    expect(await failure(fileOf("[]"))).toContain('the header does not start with "{"');
    expect(await failure(fileOf(" {}"))).toBe(
      'm.safetensors: the header does not start with "{"; it must (at byte 8).',
    );
    expect(await failure(fileOf('{"a":1}'))).toContain(
      'tensor "a" is a JSON number; it must be an object (at byte 13).',
    );
    expect(await failure(fileOf('{"a":{}}'))).toContain('tensor "a" has no dtype');
    expect(await failure(fileOf('{"a":{"dtype":"U8","shape":[]}}'))).toContain(
      'tensor "a" has no data_offsets',
    );
    expect(await failure(fileOf('{"a":{"dtype":8}}'))).toContain('tensor "a": dtype is a JSON number');
    expect(await failure(fileOf('{"a":{"dtype":"toString"}}'))).toContain(
      'dtype is "toString"; it must be one of BOOL',
    );
    expect(await failure(fileOf('{"a":{"dtype":"U8","shape":1,"data_offsets":[0,0]}}'))).toContain(
      "must be an array",
    );
    expect(await failure(fileOf('{"__metadata__":[]}'))).toContain(
      "__metadata__ is a JSON array; it must be an object",
    );
    expect(await failure(fileOf('{"__metadata__":{"k":1}}'))).toContain('__metadata__ "k" is a JSON number');
  });

  it("caps the header before it looks at it", async () => {
    const withLength = (length: bigint) => {
      const bytes = fileOf("{}");
      new DataView(bytes.buffer).setBigUint64(0, length, true);
      return bytes;
    };
    expect(await failure(withLength(100_000_001n))).toBe(
      "m.safetensors: the header's length is 100000001 bytes; at most 100000000 are allowed (at byte 0).",
    );
    expect(await failure(withLength(2n ** 64n - 1n))).toContain(
      "the header's length is 18446744073709552000",
    );
    expect(await failure(withLength(3n))).toContain(
      "the file ends in the header, 2 bytes are left; 3 are needed",
    );
    expect(await failure(withLength(0n))).toContain("a value must stand there");
  });

  it("rejects every truncation", async () => {
    for (let length = 0; length < reference.length; length++) {
      expect(await isRejected(() => readSafetensors(reference.subarray(0, length))), `${length} bytes`).toBe(
        true,
      );
    }
  });

  it("survives damaged files and accepts none that is inconsistent", async () => {
    let rejectedCount = 0;
    for (let seed = 0; seed < mutationCount; seed++) {
      const file = mutated(reference, seed);
      const rejected = await isRejected(() => {
        // What is accepted must be consistent: it can be written, and reads back as the same.
        const { tensors, metadata } = readSafetensors(file);
        const again = readSafetensors(writeSafetensors(tensors, metadata));
        expect(again.tensors.size).toBe(tensors.size);
        const dataSizeBytes = [...tensors.values()].reduce((sum, { data }) => sum + data.length, 0);
        const headerSizeBytes = Number(new DataView(file.buffer).getBigUint64(0, true));
        if (8 + headerSizeBytes + dataSizeBytes !== file.length)
          throw new Error(`seed ${seed}: bytes left over`);
      });
      if (rejected) rejectedCount++;
    }
    expect(rejectedCount).toBeGreaterThan(mutationCount / 2);
    expect(rejectedCount).toBeLessThan(mutationCount); // a changed weight is no fault
  });
});
