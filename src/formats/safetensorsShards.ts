// A model in several safetensors files and the index that says what stands where.
//
// Decides: every file is held against the index by its header, before its tensors are read, and nothing is returned
// before all files are whole; one file is open at a time.
// Leaves to others: what an index may say (shardIndex.ts), single files (safetensorsStream.ts), where files are.

import { formatError } from "../base/byteReader.ts";
import { UsageError } from "../base/errors.ts";
import { listed, printName } from "../base/listed.ts";
import { requireWhole } from "../base/requireWhole.ts";
import { type ByteSource, openSource } from "./byteSource.ts";
import { requireWritable, type WritableEntry, writeSafetensors } from "./safetensors.ts";
import { lengthFieldBytes, type SafetensorsLayout } from "./safetensorsHeader.ts";
import {
  type LoadSafetensorsOptions,
  readSafetensorsStream,
  type SafetensorsContents,
} from "./safetensorsStream.ts";
import { maximumIndexBytes, readShardIndex, type ShardIndex, shardNameFault } from "./shardIndex.ts";

/** Opens a shard: `(name, signal) => fetch(new URL(name, folder), { signal })`. `fileName` is a plain file name. */
export type OpenShard = (
  fileName: string,
  signal: AbortSignal | undefined,
) => ByteSource | Promise<ByteSource>;

/** How a sharded model is loaded. */
export interface LoadShardsOptions extends Omit<LoadSafetensorsOptions, "sha256" | "onProgress"> {
  /** What messages call the index. Default: "model.safetensors.index.json". */
  readonly name?: string | undefined;
  /** The SHA-256 of each shard by its file name. Where given, it must name every shard. */
  readonly sha256?: ReadonlyMap<string, string> | undefined;
  /** Is told how many bytes of tensors have come, over all shards; the last call has both equal. */
  readonly onProgress?: ((loadedBytes: number, totalBytes: number) => void) | undefined;
}

/** How a model is cut into shards. */
export interface WriteShardsOptions {
  /** The most bytes of tensors in one file; its header comes on top. */
  readonly maxShardBytes: number;
  /** What the files are called: `<name>-00001-of-00002.safetensors`. Default: "model". */
  readonly name?: string;
  /** Goes into each file. */
  readonly metadata?: Iterable<readonly [string, string]>;
}

/** A file to be written. */
export interface ShardFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const indexEnding = ".safetensors.index.json";
const defaultName = "model";

/**
 * The model of an index, `model.safetensors.index.json`, and the shards that it names; `index` is the file or its text.
 * Shards are opened one after the other, in the order of their names. Of metadata in several shards the first counts.
 *
 * Nothing is returned before all shards are whole, hold exactly the tensors that the index places in them, and have its
 * total size. Rejects with FormatError naming the file at fault, UsageError for sources that cannot be read, the signal's
 * reason, and what `open` or a source fails with.
 */
export async function loadShards(
  index: string | ByteSource,
  open: OpenShard,
  options: LoadShardsOptions = {},
): Promise<SafetensorsContents> {
  const indexFile = options.name ?? `${defaultName}${indexEnding}`;
  const { totalSizeBytes, shards } = await takeIndex(index, indexFile, options.signal);
  requireHashes(options.sha256, shards);
  const contents: SafetensorsContents = { tensors: new Map(), metadata: new Map() };
  let openedBytes = 0; // of tensors, in the shards opened so far
  let shardsLeft = shards.size;
  const checkSum = (): void => requireTotal(indexFile, totalSizeBytes, openedBytes, shardsLeft === 0);
  checkSum();
  for (const [fileName, names] of shards) {
    const source = await openShard(open, fileName, options.signal);
    const before = openedBytes;
    let dataStart = 0;
    const onHeader = (layout: SafetensorsLayout): void => {
      requireNames(fileName, layout, names);
      dataStart = layout.dataStart;
      openedBytes += layout.fileSizeBytes - dataStart;
      shardsLeft--;
      checkSum();
      for (const [key, text] of layout.metadata) {
        if (!contents.metadata.has(key)) contents.metadata.set(key, text);
      }
    };
    const onProgress = (loadedBytes: number): void =>
      options.onProgress?.(before + loadedBytes - dataStart, totalSizeBytes);
    const sha256 = options.sha256?.get(fileName);
    const streamOptions = { name: fileName, signal: options.signal, sha256, onHeader, onProgress };
    for await (const tensor of readSafetensorsStream(source, streamOptions)) {
      contents.tensors.set(tensor.name, tensor);
    }
  }
  return contents;
}

/**
 * The files of a model in shards, each made when it is asked for: the shards, then the index, which thus is written only
 * when all that it names is there. Tensors keep their order. Each name goes with its file's bytes.
 * Throws UsageError as `writeSafetensors` does, and for a tensor larger than `maxShardBytes`.
 */
export function writeShards(
  state: Iterable<readonly [string, WritableEntry]>,
  { maxShardBytes, name = defaultName, metadata = [] }: WriteShardsOptions,
): Iterable<ShardFile> {
  requireWhole("writeShards: maxShardBytes", maxShardBytes, 1);
  const shards = partition(requireWritable(state), maxShardBytes);
  const number = (value: number): string => String(value).padStart(5, "0");
  const named = shards.map((tensors, index): NamedShard => {
    return [`${name}-${number(index + 1)}-of-${number(shards.length)}.safetensors`, tensors];
  });
  for (const [fileName] of named) {
    const fault = shardNameFault(fileName);
    if (fault !== undefined) throw new UsageError(`writeShards: "${fileName}" ${fault} allowed.`);
  }
  const texts = [...metadata];
  return {
    *[Symbol.iterator]() {
      for (const [fileName, tensors] of named) {
        yield { name: fileName, bytes: writeSafetensors(tensors, texts) };
      }
      yield { name: `${name}${indexEnding}`, bytes: new TextEncoder().encode(indexText(named)) };
    },
  };
}

// Reading.

async function takeIndex(
  index: string | ByteSource,
  name: string,
  signal: AbortSignal | undefined,
): Promise<ShardIndex> {
  signal?.throwIfAborted();
  const source = typeof index === "string" ? new TextEncoder().encode(index) : index;
  const reader = openSource(source, { name, signal });
  try {
    return readShardIndex(await reader.take(maximumIndexBytes + 1), name);
  } finally {
    reader.close();
  }
}

/** Waits for `open` until the signal is aborted. A source that comes later is closed unread. */
async function openShard(
  open: OpenShard,
  fileName: string,
  signal: AbortSignal | undefined,
): Promise<ByteSource> {
  signal?.throwIfAborted();
  const opened = (async () => open(fileName, signal))();
  if (signal === undefined) return opened;
  let abort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
  });
  signal.addEventListener("abort", abort);
  try {
    return await Promise.race([opened, aborted]);
  } catch (error) {
    opened.then((source) => openSource(source).close()).catch(() => {});
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function requireHashes(
  sha256: ReadonlyMap<string, string> | undefined,
  shards: ReadonlyMap<string, unknown>,
): void {
  if (sha256 === undefined) return;
  const unverified = [...shards.keys()].filter((name) => !sha256.has(name));
  if (unverified.length === 0) return;
  throw new UsageError(
    `loadShards: sha256 has no hash of ${listed(unverified)}; it must name every shard, or be left out.`,
  );
}

function requireNames(fileName: string, layout: SafetensorsLayout, names: ReadonlySet<string>): void {
  const found = new Set(layout.tensors.map(({ name }) => name));
  const missing = [...names].filter((name) => !found.has(name)).map(printName);
  const unexpected = [...found].filter((name) => !names.has(name)).map(printName);
  const faults = [
    ...(missing.length > 0 ? [`${missing.length} missing (${listed(missing)})`] : []),
    ...(unexpected.length > 0 ? [`${unexpected.length} unexpected (${listed(unexpected)})`] : []),
  ];
  if (faults.length === 0) return;
  throw formatError(
    fileName,
    `of the tensors that the index places here are ${faults.join(", and ")}; they must be the same`,
    lengthFieldBytes,
  );
}

function requireTotal(file: string, totalBytes: number, openedBytes: number, isAll: boolean): void {
  if (isAll ? openedBytes === totalBytes : openedBytes <= totalBytes) return;
  const held = `the shards${isAll ? "" : " so far"} hold ${openedBytes}`;
  throw formatError(file, `metadata.total_size is ${totalBytes}, ${held}; they must agree`, 0);
}

// Writing.

type NamedTensors = ReturnType<typeof requireWritable>;
type NamedShard = readonly [fileName: string, tensors: NamedTensors];

function partition(tensors: NamedTensors, maxShardBytes: number): NamedTensors[] {
  const shards: NamedTensors[] = [];
  let roomBytes = 0;
  for (const tensor of tensors) {
    const [name, { data }] = tensor;
    if (data.byteLength > maxShardBytes) {
      throw new UsageError(
        `writeShards: tensor ${printName(name)} has ${data.byteLength} bytes; ` +
          `maxShardBytes is ${maxShardBytes}, and no tensor is cut.`,
      );
    }
    if (shards.length === 0 || data.byteLength > roomBytes) {
      shards.push([]);
      roomBytes = maxShardBytes;
    }
    shards[shards.length - 1].push(tensor);
    roomBytes -= data.byteLength;
  }
  return shards;
}

function indexText(shards: readonly NamedShard[]): string {
  const places = shards.flatMap(([fileName, tensors]) => tensors.map(([name]) => [name, fileName] as const));
  const sizes = shards.flatMap(([, tensors]) => tensors.map(([, { data }]) => data.byteLength));
  const index = {
    metadata: { total_size: sizes.reduce((sum, size) => sum + size, 0) },
    // Not by assignment: a tensor may be called __proto__.
    weight_map: Object.fromEntries(places.sort(([a], [b]) => (a < b ? -1 : 1))),
  };
  return `${JSON.stringify(index, null, 2)}\n`;
}
