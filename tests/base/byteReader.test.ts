import { describe, expect, it } from "vitest";
import { ByteReader, quoted } from "../../src/base/byteReader.ts";
import { FormatError } from "../../src/base/errors.ts";

function readerOf(...bytes: number[]): ByteReader {
  // A view into a larger buffer: offsets must count from the view, not from the buffer.
  const buffer = new Uint8Array(bytes.length + 16).fill(0xee);
  buffer.set(bytes, 8);
  return new ByteReader(buffer.subarray(8, 8 + bytes.length), "some file");
}

describe("ByteReader", () => {
  it("reads integers and advances", () => {
    const reader = readerOf(0xff, 1, 2, 1, 2, 3, 0x84, 1, 2, 3, 0x84, 1, 0, 0, 0, 2, 0, 0, 0);
    expect(reader.uint8("a")).toBe(255);
    expect(reader.uint16("b")).toBe(0x0201);
    expect(reader.uint32("c")).toBe(0x84030201);
    expect(reader.uint32BigEndian("d")).toBe(0x01020384);
    expect(reader.uint64("e")).toBe(2 ** 33 + 1);
    expect(reader.remaining).toBe(0);
    reader.requireEnd();
  });

  it("gives views, not copies", () => {
    const bytes = Uint8Array.of(1, 2, 3, 4);
    const reader = new ByteReader(bytes, "f");
    reader.uint8("first");
    const view = reader.bytes(2, "middle");
    expect([...view]).toEqual([2, 3]);
    expect(view.buffer).toBe(bytes.buffer);
    expect(reader.offset).toBe(3);
  });

  it("says where and in what the file ends, and stays where it was", () => {
    const reader = readerOf(1, 2, 3);
    reader.uint8("first");
    expect(() => reader.uint32("the count")).toThrow(
      "some file: the file ends in the count, 2 bytes are left; 4 are needed (at byte 1).",
    );
    expect(reader.offset).toBe(1);
    expect(() => reader.bytes(3, "the name")).toThrow(FormatError);
    expect(() => reader.bytes(-1, "the name")).toThrow("the name has the size -1; it must be a whole number");
    expect(() => reader.bytes(Number.NaN, "the name")).toThrow(FormatError);
    expect(() => reader.uint64("the size")).toThrow(FormatError);
    expect(() => reader.requireEnd()).toThrow(
      "some file: 2 bytes follow the data; the file must end there (at byte 1).",
    );
  });

  it("refuses 64-bit integers that a number cannot hold", () => {
    const largest = readerOf(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f, 0);
    expect(largest.uint64("n")).toBe(Number.MAX_SAFE_INTEGER);
    expect(() => readerOf(0, 0, 0, 0, 0, 0, 0x20, 0).uint64("n")).toThrow(FormatError);
    expect(() => readerOf(1, 0, 0, 0, 0, 0, 0x20, 0).uint64("n")).toThrow(FormatError);
    expect(() => readerOf(...Array<number>(8).fill(255)).uint64("n")).toThrow("n is ");
  });

  it("carries the offset in the error", () => {
    const reader = readerOf(1, 2);
    reader.uint8("first");
    try {
      reader.fail("wrong");
    } catch (error) {
      expect(error).toMatchObject({
        name: "FormatError",
        offsetBytes: 1,
        message: "some file: wrong (at byte 1).",
      });
      return;
    }
    throw new Error("nothing was thrown");
  });

  it("quotes names from files short and escaped", () => {
    expect(quoted('a"\n')).toBe('"a\\"\\n"');
    expect(quoted("x".repeat(1000)).length).toBe(83);
  });
});
