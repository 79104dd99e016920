import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { parseIdx, readIdx, writeIdx } from "../../src/formats/idx.ts";
import { formatErrorOf, isRejected, mutated } from "./mutations.ts";

const small = { shape: [2, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
const smallBytes = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6);

function gzipped(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(gzipSync(bytes));
}

function header(...sizes: number[]): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * sizes.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(2, 0x0800 + sizes.length);
  sizes.forEach((size, axis) => {
    view.setUint32(4 + 4 * axis, size);
  });
  return bytes;
}

describe("writeIdx", () => {
  it("writes the bytes that the format asks for", () => {
    expect([...writeIdx(small)]).toEqual([...smallBytes]);
  });

  it("refuses what it could not read back", () => {
    const write = (shape: number[], length: number) => () =>
      writeIdx({ shape, data: new Uint8Array(length) });
    expect(write([2, 2], 5)).toThrow("writeIdx: data has 5 bytes, shape [2, 2] has 4; they must agree.");
    expect(write([], 1)).toThrow("writeIdx: shape is []; it must have 1 to 8 sizes from 0 to 2^32 - 1.");
    expect(write([-1, -1], 1)).toThrow("writeIdx: shape is [-1, -1]");
    expect(write([0.5, 2], 1)).toThrow("writeIdx: shape is [0.5, 2]");
    expect(write(Array<number>(9).fill(1), 1)).toThrow("writeIdx: shape is");
  });
});

describe("readIdx", () => {
  it("reads plain and gzip alike", async () => {
    expect(await readIdx(smallBytes)).toEqual(small);
    expect(await readIdx(gzipped(smallBytes))).toEqual(small);
    expect(parseIdx(smallBytes)).toEqual(small);
  });

  it.each([[[0]], [[7]], [[3, 0, 2]], [[1, 2, 3, 4]], [[1, 1, 1, 1, 1, 1, 1, 2]], [[300, 28, 28]]])(
    "returns what was written, shape %j",
    async (shape) => {
      const data = new Uint8Array(shape.reduce((a, b) => a * b, 1)).map((_, i) => i * 7);
      const bytes = writeIdx({ shape, data });
      for (const file of [bytes, gzipped(bytes)]) {
        const read = await readIdx(file);
        expect(read.shape).toEqual(shape);
        expect(Buffer.compare(read.data, data)).toBe(0);
      }
    },
  );

  it("reads from the middle of a buffer", async () => {
    const shifted = new Uint8Array(smallBytes.length + 7);
    shifted.set(smallBytes, 5);
    expect(await readIdx(shifted.subarray(5, 5 + smallBytes.length))).toEqual(small);
  });

  it("names the file, the reason and the offset", async () => {
    const failure = (bytes: Uint8Array) => formatErrorOf(() => readIdx(bytes, { name: "digits.idx" }));
    const withByte = (at: number, value: number) => smallBytes.map((byte, i) => (i === at ? value : byte));
    expect(await failure(withByte(0, 1))).toBe(
      "digits.idx: not an IDX file; its first two bytes must be 0 (at byte 0).",
    );
    expect(await failure(withByte(2, 0x0d))).toBe(
      "digits.idx: the type code is 0x0d (float32); only 0x08 (uint8) is read (at byte 2).",
    );
    expect(await failure(withByte(2, 0x0a))).toContain("0x0a (unknown)");
    expect(await failure(withByte(3, 0))).toBe(
      "digits.idx: the rank is 0; it must be from 1 to 8 (at byte 3).",
    );
    expect(await failure(withByte(3, 9))).toContain("the rank is 9");
    expect(await failure(withByte(7, 3))).toBe(
      "digits.idx: the file ends in the data of shape [3, 3], 6 bytes are left; 9 are needed (at byte 12).",
    );
    expect(await failure(withByte(7, 1))).toBe(
      "digits.idx: 3 bytes follow the data; the file must end there (at byte 15).",
    );
    expect(await failure(withByte(4, 255))).toContain(
      "over 1073741824 bytes; that is the most allowed (at byte 4).",
    );
    expect(await failure(new Uint8Array(0))).toContain("the file ends in the magic number");
  });

  it("allocates nothing for sizes that the file does not have", async () => {
    const largest = 2 ** 32 - 1;
    expect(await formatErrorOf(() => readIdx(header(largest, largest, largest)))).toContain(
      "over 1073741824 bytes",
    );
    // A zero hides the others in a product.
    expect(await formatErrorOf(() => readIdx(header(0, largest, largest)))).toContain(
      "over 1073741824 bytes",
    );
    expect(await formatErrorOf(() => readIdx(header(2 ** 30)))).toContain(
      "0 bytes are left; 1073741824 are needed",
    );
    expect(await formatErrorOf(() => readIdx(smallBytes, { maximumSizeBytes: 5 }))).toContain("over 5 bytes");
  });

  it("rejects every truncation, plain and gzip", async () => {
    for (const bytes of [smallBytes, gzipped(smallBytes)]) {
      for (let length = 0; length < bytes.length; length++) {
        expect(await isRejected(() => readIdx(bytes.subarray(0, length))), `${length} bytes`).toBe(true);
      }
    }
  });

  it("rejects bytes after the end, plain and gzip", async () => {
    const longer = (bytes: Uint8Array) => Uint8Array.from([...bytes, 1]);
    expect(await isRejected(() => readIdx(longer(smallBytes)))).toBe(true);
    expect(await isRejected(() => readIdx(longer(gzipped(smallBytes))))).toBe(true);
    expect(await isRejected(() => readIdx(gzipped(longer(smallBytes))))).toBe(true);
  });

  it("stops inflating where the header says that the contents end", async () => {
    const bomb = new Uint8Array(64 << 20);
    bomb.set(smallBytes);
    const packed = gzipped(bomb);
    expect(packed.length).toBeLessThan(100_000);
    expect(await formatErrorOf(() => readIdx(packed, { name: "bomb.gz" }))).toBe(
      "bomb.gz: gzip inflates to more than the 18 bytes that the header allows (at byte 18).",
    );
    expect(await isRejected(() => readIdx(packed))).toBe(true);
  });

  it("stops inflating where the header itself is wrong, or allows too much", async () => {
    expect(await formatErrorOf(() => readIdx(gzipped(new Uint8Array(64 << 20))))).toContain(
      "the type code is 0x00",
    );
    const greedy = new Uint8Array(64 << 20);
    greedy.set(header(2 ** 31));
    expect(await formatErrorOf(() => readIdx(gzipped(greedy)))).toContain("over 1073741824 bytes");
  });

  it("says when gzip data is damaged", async () => {
    const packed = gzipped(smallBytes);
    const damaged = packed.map((byte, i) => (i === packed.length - 6 ? byte ^ 1 : byte)); // the checksum
    expect(await formatErrorOf(() => readIdx(damaged, { name: "x.gz" }))).toContain(
      "x.gz: gzip data is damaged",
    );
    expect(await formatErrorOf(() => readIdx(Uint8Array.of(0x1f, 0x8b, 8)))).toContain(
      "a gzip file of 3 bytes",
    );
    expect(await formatErrorOf(() => parseIdx(packed))).toContain("not an IDX file");
  });

  it("survives 10,000 damaged files", async () => {
    const bytes = writeIdx({ shape: [4, 5, 6], data: new Uint8Array(120).map((_, i) => i * 3) });
    const packed = gzipped(bytes);
    let rejectedCount = 0;
    for (let seed = 0; seed < 10_000; seed++) {
      const file = mutated(seed % 5 === 0 ? packed : bytes, seed);
      const rejected = await isRejected(async () => {
        const { shape, data } = await readIdx(file);
        if (data.length !== shape.reduce((a, b) => a * b, 1))
          throw new Error(`accepted [${shape}]: ${data.length}`);
      });
      if (rejected) rejectedCount++;
    }
    expect(rejectedCount).toBeGreaterThan(4_000);
    expect(rejectedCount).toBeLessThan(10_000); // a changed pixel is no fault
  });
});
