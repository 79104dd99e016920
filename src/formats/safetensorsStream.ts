// safetensors from a file that arrives in pieces: a download, a file from disk, a stream.
//
// Decides: the header is checked before a byte of any tensor is read; tensors come one by one, so that only one need be in
// memory; with a hash, none comes before the whole file is verified.
// Leaves to others: what a header may say (safetensorsHeader.ts), the values (safetensorsValues.ts), files in several
// parts (safetensorsShards.ts).

import { ByteReader, formatError } from "../base/byteReader.ts";
import { UsageError } from "../base/errors.ts";
import { type ByteSource, openSource, type SourceOptions, type SourceReader } from "./byteSource.ts";
import {
  type DeclaredTensor,
  failAtRest,
  lengthFieldBytes,
  readHeaderSize,
  readLayout,
  requireFileSize,
  type SafetensorsLayout,
} from "./safetensorsHeader.ts";
import { decodeTensor, requireDecodable, type SafetensorsTensor } from "./safetensorsValues.ts";
import { Sha256 } from "./sha256.ts";

/** How a file is loaded. */
export interface LoadSafetensorsOptions extends SourceOptions {
  /** The SHA-256 that the whole file must have, as 64 hexadecimal digits. */
  readonly sha256?: string | undefined;
  /** Is told how much has come, from the header on; the last call has both equal. */
  readonly onProgress?: ((loadedBytes: number, totalBytes: number) => void) | undefined;
}

/** How a file is streamed. */
export interface StreamSafetensorsOptions extends LoadSafetensorsOptions {
  /** Is shown the header before any tensor is read. What it throws ends the reading. */
  readonly onHeader?: ((header: SafetensorsLayout) => void) | undefined;
}

/** A loaded file: `model.loadStateDict(tensors)`. */
export interface SafetensorsContents {
  /** In the order in which they stand in the file. */
  readonly tensors: Map<string, SafetensorsTensor>;
  readonly metadata: Map<string, string>;
}

/**
 * The tensors of a safetensors file, one by one, in the order of the file. Leaving the loop cancels the source.
 *
 * Without `sha256` each is handed over as soon as it is there: memory holds one, but a file that turns out to be cut short
 * has been handed over in part. With `sha256` all are held until the file is verified, and handed over then.
 *
 * Throws FormatError for a file that is damaged, has the wrong length or the wrong hash; UsageError for a source that cannot
 * be read; the signal's reason; and what the source itself fails with.
 */
export async function* readSafetensorsStream(
  source: ByteSource,
  options: StreamSafetensorsOptions = {},
): AsyncGenerator<SafetensorsTensor, void, void> {
  const { sha256, signal } = options;
  const hash = sha256 === undefined ? undefined : new Sha256();
  if (sha256 !== undefined) requireHash(sha256);
  const progress = new Progress(options.onProgress);
  const reader = openSource(source, options, (piece) => {
    hash?.update(piece);
    progress.add(piece.length);
  });
  try {
    const layout = await takeLayout(reader);
    options.onHeader?.(layout);
    progress.start(layout.fileSizeBytes);
    if (hash === undefined || sha256 === undefined) {
      yield* takeTensors(reader, layout);
      return;
    }
    // What is held are the file's own bytes, which may be half of their values.
    const held: [DeclaredTensor, Uint8Array][] = [];
    for await (const entry of takeData(reader, layout)) held.push(entry);
    requireSameHash(reader.file, hash.hex(), sha256.toLowerCase());
    for (let entry = held.shift(); entry !== undefined; entry = held.shift()) {
      signal?.throwIfAborted();
      yield decodeTensor(reader.file, ...entry);
    }
  } finally {
    reader.close();
  }
}

/**
 * A whole safetensors file, checked to its end (and against `sha256`, where given) before anything is returned. In memory it
 * is once: as its tensors. Those of an ArrayBuffer or Uint8Array are views of it, where no conversion is needed.
 *
 * Rejects as `readSafetensorsStream` throws.
 */
export async function loadSafetensors(
  source: ByteSource,
  options: LoadSafetensorsOptions = {},
): Promise<SafetensorsContents> {
  const tensors = new Map<string, SafetensorsTensor>();
  let metadata = new Map<string, string>();
  const onHeader = (header: SafetensorsLayout): void => {
    metadata = header.metadata;
  };
  for await (const tensor of readSafetensorsStream(source, { ...options, onHeader })) {
    tensors.set(tensor.name, tensor);
  }
  return { tensors, metadata };
}

/** Counts what comes, and tells it once the total is known. */
class Progress {
  readonly #tell: LoadSafetensorsOptions["onProgress"];
  #loadedBytes = 0;
  #totalBytes: number | undefined;

  constructor(tell: LoadSafetensorsOptions["onProgress"]) {
    this.#tell = tell;
  }

  start(totalBytes: number): void {
    this.#totalBytes = totalBytes;
    this.#tell?.(this.#loadedBytes, totalBytes);
  }

  add(sizeBytes: number): void {
    this.#loadedBytes += sizeBytes;
    if (this.#totalBytes !== undefined) this.#tell?.(this.#loadedBytes, this.#totalBytes);
  }
}

async function takeLayout(reader: SourceReader): Promise<SafetensorsLayout> {
  const { file } = reader;
  const lengthField = await reader.take(lengthFieldBytes);
  const headerBytes = await reader.take(readHeaderSize(new ByteReader(lengthField, file)));
  const start = new Uint8Array(lengthField.length + headerBytes.length);
  start.set(lengthField);
  start.set(headerBytes, lengthField.length);
  const layout = readLayout(new ByteReader(start, file));
  for (const tensor of layout.tensors) requireDecodable(file, tensor);
  if (reader.sizeBytes !== undefined) requireFileSize(file, layout, reader.sizeBytes);
  return layout;
}

async function* takeTensors(
  reader: SourceReader,
  layout: SafetensorsLayout,
): AsyncGenerator<SafetensorsTensor, void, void> {
  for await (const [declared, bytes] of takeData(reader, layout)) {
    yield decodeTensor(reader.file, declared, bytes);
  }
}

async function* takeData(
  reader: SourceReader,
  layout: SafetensorsLayout,
): AsyncGenerator<[DeclaredTensor, Uint8Array], void, void> {
  let offset = layout.dataStart;
  for (const declared of layout.tensors) {
    const bytes = await reader.take(declared.sizeBytes);
    if (bytes.length < declared.sizeBytes) requireFileSize(reader.file, layout, offset + bytes.length);
    offset += bytes.length;
    yield [declared, bytes];
  }
  if (await reader.hasMore()) failAtRest(reader.file, layout, "more bytes");
}

function requireHash(sha256: string): void {
  if (/^[0-9a-f]{64}$/i.test(sha256)) return;
  throw new UsageError(`sha256 is "${sha256}"; it must be 64 hexadecimal digits.`);
}

function requireSameHash(file: string, actual: string, expected: string): void {
  if (actual === expected) return;
  throw formatError(file, `the SHA-256 of the file is ${actual}; it must be ${expected}`, 0);
}
