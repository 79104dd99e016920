import { describe, expect, it } from "vitest";
import { isZip, readZip, writeZip } from "../../../demos/_shell/zip.ts";
import { FormatError } from "../../../src/base/errors.ts";

const files = new Map([
  ["a.txt", new TextEncoder().encode("hello hello hello")],
  ["größe.bin", Uint8Array.from({ length: 1000 }, (_, i) => (i * i) % 251)],
  ["empty", new Uint8Array()],
]);

/** A file "d.txt" in a folder, deflated, which our own writer never does. */
async function deflated(): Promise<Uint8Array<ArrayBuffer>> {
  const text = new TextEncoder().encode("abc".repeat(50));
  const stored = writeZip(new Map([["d/d.txt", text]]));
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const packed = new Uint8Array(await new Response(stream).arrayBuffer());
  const headerBytes = 30 + "d/d.txt".length;
  const central = stored.subarray(headerBytes + text.length);
  const archive = new Uint8Array(headerBytes + packed.length + central.length);
  archive.set(stored.subarray(0, headerBytes));
  archive.set(packed, headerBytes);
  archive.set(central, headerBytes + packed.length);
  const view = new DataView(archive.buffer);
  const start = headerBytes + packed.length;
  for (const at of [8, start + 10]) view.setUint16(at, 8, true);
  for (const at of [18, start + 20]) view.setUint32(at, packed.length, true);
  view.setUint32(archive.length - 22 + 16, start, true);
  return archive;
}

describe("zip", () => {
  it("gives back what was written, and writes the same bytes again", async () => {
    const archive = writeZip(files);
    expect(isZip(archive)).toBe(true);
    expect(await readZip(archive)).toEqual(files);
    expect(writeZip(files)).toEqual(archive);
  });

  it("reads what other programs deflate, by the last part of the name", async () => {
    const read = await readZip(await deflated());
    expect(new TextDecoder().decode(read.get("d.txt"))).toBe("abc".repeat(50));
  });

  it("reads an archive with a comment behind it", async () => {
    const archive = writeZip(files);
    const longer = new Uint8Array(archive.length + 5);
    longer.set(archive);
    expect(await readZip(longer)).toEqual(files);
  });

  it("refuses every archive that is cut short, and every file with a changed byte", async () => {
    const archive = writeZip(files);
    for (let length = 0; length < archive.length; length += 7) {
      await expect(readZip(archive.slice(0, length), "x.zip"), String(length)).rejects.toThrow(FormatError);
    }
    const damaged = archive.slice();
    damaged[32 + "a.txt".length] ^= 1;
    await expect(readZip(damaged, "x.zip")).rejects.toThrow(
      'x.zip: "a.txt" is damaged; its checksum must be right.',
    );
  });

  it("never hangs or crashes on changed bytes: the files, or a FormatError", async () => {
    const archive = await deflated();
    for (let at = 0; at < archive.length; at++) {
      const changed = archive.slice();
      changed[at] ^= 0x55;
      const result = await readZip(changed).catch((error) => error);
      expect(result instanceof Map || result instanceof FormatError, `byte ${at}`).toBe(true);
    }
  });
});
