import { crc32, inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { encodePng, type Picture } from "../../src/formats/png.ts";

interface Chunk {
  type: string;
  data: Uint8Array;
}

function chunksOf(png: Uint8Array): Chunk[] {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const chunks: Chunk[] = [];
  for (let at = 8; at < png.length; ) {
    const length = view.getUint32(at);
    const body = png.subarray(at + 4, at + 8 + length);
    expect(view.getUint32(at + 8 + length)).toBe(crc32(body));
    chunks.push({ type: String.fromCharCode(...body.subarray(0, 4)), data: body.subarray(4) });
    at += 12 + length;
  }
  return chunks;
}

/** The pixels, by a decoder that knows only what this encoder uses. */
function decode(png: Uint8Array): Picture {
  const [header, data] = chunksOf(png);
  const view = new DataView(header.data.buffer, header.data.byteOffset);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const channels = view.getUint8(9) === 2 ? 3 : 1;
  const rows = inflateSync(data.data);
  const rowBytes = width * channels;
  const pixels = new Uint8Array(height * rowBytes);
  expect(rows.length).toBe(height * (rowBytes + 1));
  for (let y = 0; y < height; y++) {
    expect(rows[y * (rowBytes + 1)]).toBe(0);
    pixels.set(rows.subarray(y * (rowBytes + 1) + 1, (y + 1) * (rowBytes + 1)), y * rowBytes);
  }
  return { width, height, channels, pixels };
}

function picture(width: number, height: number, channels: 1 | 3): Picture {
  return { width, height, channels, pixels: new Uint8Array(width * height * channels).map((_, i) => i * 37) };
}

describe("encodePng", () => {
  it("has the signature, the header and the three chunks", async () => {
    const png = await encodePng(picture(3, 2, 3));
    expect([...png.subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
    const chunks = chunksOf(png);
    expect(chunks.map(({ type }) => type)).toEqual(["IHDR", "IDAT", "IEND"]);
    expect([...chunks[0].data]).toEqual([0, 0, 0, 3, 0, 0, 0, 2, 8, 2, 0, 0, 0]);
    expect(chunksOf(await encodePng(picture(3, 2, 1)))[0].data[9]).toBe(0);
    expect(chunks[2].data.length).toBe(0);
  });

  it.each([
    [1, 1, 1],
    [5, 3, 1],
    [1, 1, 3],
    [7, 4, 3],
    [280, 300, 3],
  ] as const)("keeps the pixels of %i x %i x %i", async (width, height, channels) => {
    const original = picture(width, height, channels);
    expect(decode(await encodePng(original))).toEqual(original);
  });

  it("refuses pictures that do not fit", async () => {
    await expect(encodePng({ ...picture(2, 2, 1), width: 3 })).rejects.toThrow(
      "encodePng: pixels has 4 bytes; 3 x 2 x 1 needs 6.",
    );
    await expect(encodePng({ ...picture(2, 2, 1), height: 0 })).rejects.toThrow(
      "encodePng: height is 0; it must be a whole number from 1 to 2147483647.",
    );
    await expect(encodePng({ ...picture(2, 2, 1), width: 1.5 })).rejects.toThrow("encodePng: width is 1.5");
    // @ts-expect-error: a caller without types
    await expect(encodePng({ ...picture(2, 2, 1), channels: 4 })).rejects.toThrow(
      "encodePng: channels is 4;",
    );
  });
});
