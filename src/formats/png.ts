// A PNG encoder for 8-bit gray and RGB pictures, after the PNG specification (W3C, third edition).
//
// Decides: one IDAT chunk, no row filters: pictures here are small and flat.
// Leaves to others: layout, colour, scaling.

import { UsageError } from "../base/errors.ts";
import { requireWhole } from "../base/requireWhole.ts";
import { deflateZlib } from "./compression.ts";

/** `pixels` are row-major, `channels` bytes each: 1 is gray, 3 is red, green, blue. */
export interface Picture {
  width: number;
  height: number;
  channels: 1 | 3;
  pixels: Uint8Array;
}

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const bitDepth = 8;
const colourTypes = { 1: 0, 3: 2 } as const;
const largestSize = 2 ** 31 - 1;
const crcTable = makeCrcTable();

/** The bytes of a PNG file. Throws UsageError unless `pixels` has width * height * channels bytes. */
export async function encodePng(picture: Picture): Promise<Uint8Array> {
  requirePicture(picture);
  const { width, height, channels } = picture;
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([bitDepth, colourTypes[channels], 0, 0, 0], 8); // deflate, adaptive filtering, not interlaced
  const data = await deflateZlib(unfilteredRows(picture));
  const parts = [
    Uint8Array.from(signature),
    chunk("IHDR", header),
    chunk("IDAT", data),
    chunk("IEND", new Uint8Array(0)),
  ];
  return joined(parts);
}

function requirePicture({ width, height, channels, pixels }: Picture): void {
  for (const [name, size] of [
    ["width", width],
    ["height", height],
  ] as const) {
    requireWhole(`encodePng: ${name}`, size, 1, largestSize);
  }
  if (channels !== 1 && channels !== 3) {
    throw new UsageError(`encodePng: channels is ${String(channels)}; it must be 1 (gray) or 3 (RGB).`);
  }
  const needed = width * height * channels;
  if (pixels.length === needed) return;
  throw new UsageError(
    `encodePng: pixels has ${pixels.length} bytes; ${width} x ${height} x ${channels} needs ${needed}.`,
  );
}

/** Each row with the filter type 0 (none) before it. */
function unfilteredRows({ width, height, channels, pixels }: Picture): Uint8Array {
  const rowBytes = width * channels;
  const rows = new Uint8Array(height * (rowBytes + 1));
  for (let y = 0; y < height; y++) {
    rows.set(pixels.subarray(y * rowBytes, (y + 1) * rowBytes), y * (rowBytes + 1) + 1);
  }
  return rows;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = crcTable[(crc ^ bytes[i]) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function makeCrcTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
    return crc;
  });
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
