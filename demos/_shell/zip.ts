// Several files as one: ZIP archives, small enough to be held in memory.
//
// Decides: what is written is stored as it is, with the date of the format's beginning, so that the same files give the
// same bytes; what is read may be deflated as well. Every field is checked before it is used. Source: PKWARE's
// APPNOTE.TXT, sections 4.3 and 4.4. Leaves to others: what the files are.

import { FormatError } from "../../src/index.ts";

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;
const STORED = 0;
const DEFLATED = 8;
const UTF8_NAMES = 0x0800;
const ENCRYPTED = 1;
/** 1980-01-01, before which the format has no dates. */
const FIRST_DATE = 33;
/** No file of ours is larger; what says it is, is damaged. */
const LARGEST_BYTES = 2 ** 31;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly flags: number;
  readonly checksum: number;
  readonly packedBytes: number;
  readonly sizeBytes: number;
  readonly offset: number;
}

/** The files as one archive, in their order. */
export function writeZip(files: ReadonlyMap<string, Uint8Array>): Uint8Array<ArrayBuffer> {
  const parts = [...files].map(([name, bytes]) => {
    return { name: new TextEncoder().encode(name), bytes, checksum: crc32(bytes) };
  });
  const total = parts.reduce(
    (sum, { name, bytes }) => sum + LOCAL_BYTES + CENTRAL_BYTES + 2 * name.length + bytes.length,
    END_BYTES,
  );
  const archive = new Uint8Array(total);
  const view = new DataView(archive.buffer);
  const offsets: number[] = [];
  let at = 0;
  for (const { name, bytes, checksum } of parts) {
    offsets.push(at);
    view.setUint32(at, LOCAL, true);
    writeCommon(view, at + 4, name.length, bytes.length, checksum);
    archive.set(name, at + LOCAL_BYTES);
    archive.set(bytes, at + LOCAL_BYTES + name.length);
    at += LOCAL_BYTES + name.length + bytes.length;
  }
  const start = at;
  parts.forEach(({ name, bytes, checksum }, index) => {
    view.setUint32(at, CENTRAL, true);
    view.setUint16(at + 4, 20, true);
    writeCommon(view, at + 6, name.length, bytes.length, checksum);
    view.setUint32(at + 42, offsets[index], true);
    archive.set(name, at + CENTRAL_BYTES);
    at += CENTRAL_BYTES + name.length;
  });
  view.setUint32(at, END, true);
  view.setUint16(at + 8, parts.length, true);
  view.setUint16(at + 10, parts.length, true);
  view.setUint32(at + 12, at - start, true);
  view.setUint32(at + 16, start, true);
  return archive;
}

/** Whether bytes begin as an archive does. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes.length >= END_BYTES && [LOCAL, END].includes(viewOf(bytes).getUint32(0, true));
}

/** The files of an archive by the last part of their names. Throws FormatError where it is damaged or not understood. */
export async function readZip(
  archive: Uint8Array<ArrayBuffer>,
  name = "archive",
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const entry of readEntries(archive, name)) {
    if (entry.name.endsWith("/")) continue;
    files.set(entry.name.slice(entry.name.lastIndexOf("/") + 1), await readEntry(archive, entry, name));
  }
  return files;
}

/** What local and central headers have in common, from the version that is needed on. */
function writeCommon(
  view: DataView,
  at: number,
  nameBytes: number,
  sizeBytes: number,
  checksum: number,
): void {
  view.setUint16(at, 20, true);
  view.setUint16(at + 2, UTF8_NAMES, true);
  view.setUint16(at + 4, STORED, true);
  view.setUint16(at + 8, FIRST_DATE, true);
  view.setUint32(at + 10, checksum, true);
  view.setUint32(at + 14, sizeBytes, true);
  view.setUint32(at + 18, sizeBytes, true);
  view.setUint16(at + 22, nameBytes, true);
}

function readEntries(archive: Uint8Array, file: string): Entry[] {
  const view = viewOf(archive);
  const end = findEnd(view);
  if (end < 0) fail(file, "it has no end; it must be a whole ZIP archive", archive.length);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const entries: Entry[] = [];
  for (let index = 0; index < count; index++) {
    if (at + CENTRAL_BYTES > end || view.getUint32(at, true) !== CENTRAL) {
      fail(file, `entry ${index} of ${count} is not there; the archive must be whole`, at);
    }
    const nameBytes = view.getUint16(at + 28, true);
    const next =
      at + CENTRAL_BYTES + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > end) fail(file, `entry ${index} of ${count} is cut short; the archive must be whole`, at);
    const nameStart = at + CENTRAL_BYTES;
    entries.push({
      name: new TextDecoder().decode(archive.subarray(nameStart, nameStart + nameBytes)),
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      checksum: view.getUint32(at + 16, true),
      packedBytes: view.getUint32(at + 20, true),
      sizeBytes: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    });
    at = next;
  }
  return entries;
}

/** Where the last record begins: at the end, but for a comment. -1 where there is none. */
function findEnd(view: DataView): number {
  const last = view.byteLength - END_BYTES;
  for (let at = last; at >= Math.max(0, last - LONGEST_COMMENT); at--) {
    if (view.getUint32(at, true) === END) return at;
  }
  return -1;
}

async function readEntry(
  archive: Uint8Array<ArrayBuffer>,
  entry: Entry,
  file: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const { name, method, flags, checksum, packedBytes, sizeBytes, offset } = entry;
  const shown = JSON.stringify(name);
  const isKnown = (method === STORED || method === DEFLATED) && (flags & ENCRYPTED) === 0;
  if (!isKnown) fail(file, `${shown} is packed by method ${method}; only plain ZIP is read`, offset);
  const view = viewOf(archive);
  const isThere = offset + LOCAL_BYTES <= archive.length && view.getUint32(offset, true) === LOCAL;
  if (!isThere) fail(file, `${shown} is not where it should be; the archive must be whole`, offset);
  const start = offset + LOCAL_BYTES + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  if (start + packedBytes > archive.length || sizeBytes > LARGEST_BYTES) {
    fail(file, `${shown} has more bytes than there are; the archive must be whole`, offset);
  }
  const packed = archive.subarray(start, start + packedBytes);
  const bytes = method === STORED ? packed.slice() : await inflate(packed, sizeBytes);
  if (bytes === undefined || bytes.length !== sizeBytes || crc32(bytes) !== checksum) {
    return fail(file, `${shown} is damaged; its checksum must be right`, offset);
  }
  return bytes;
}

/** What was deflated, of `sizeBytes`; undefined where it is not that. */
async function inflate(
  packed: Uint8Array<ArrayBuffer>,
  sizeBytes: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const bytes = new Uint8Array(sizeBytes);
  let filled = 0;
  try {
    for await (const piece of stream as unknown as AsyncIterable<Uint8Array>) {
      if (filled + piece.length > sizeBytes) return undefined;
      bytes.set(piece, filled);
      filled += piece.length;
    }
  } catch {
    return undefined;
  }
  return filled === sizeBytes ? bytes : undefined;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) value = CRC_TABLE[(value ^ bytes[i]) & 255] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function fail(file: string, fault: string, offsetBytes: number): never {
  throw new FormatError(`${file}: ${fault}.`, offsetBytes);
}
