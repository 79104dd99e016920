import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { UsageError } from "../../src/base/errors.ts";
import { seededRandom } from "../../src/data/seededRandom.ts";
import { readSafetensors, type WritableEntry } from "../../src/formats/safetensors.ts";
import {
  type LoadShardsOptions,
  loadShards,
  type WriteShardsOptions,
  writeShards,
} from "../../src/formats/safetensorsShards.ts";
import type { SafetensorsContents } from "../../src/formats/safetensorsStream.ts";
import { formatErrorOf, isRejected, mutated, mutationCount } from "./mutations.ts";
import { type ByteStream, streamOf } from "./sources.ts";

const state: [string, WritableEntry][] = [
  ["embed", { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }],
  ["bias", { dtype: "F16", shape: [2], data: Uint16Array.of(0x3c00, 0x4000) }],
  ["empty", { shape: [0], data: new Float32Array(0) }],
  ["head", { shape: [3], data: Float32Array.of(5, 6, 7) }],
  ["__proto__", { shape: [1], data: Int32Array.of(8) }],
];
const values = { embed: [1, 2, 3, 4], bias: [1, 2], empty: [], head: [5, 6, 7], ["__proto__"]: [8] };
const totalBytes = 36;
const indexName = "model.safetensors.index.json";
const shardNames = [1, 2].map((number) => `model-0000${number}-of-00002.safetensors`);

type Files = Map<string, Uint8Array<ArrayBuffer>>;

function written(options: WriteShardsOptions = { maxShardBytes: 20, metadata: [["format", "pt"]] }): Files {
  return new Map(Array.from(writeShards(state, options), ({ name, bytes }) => [name, new Uint8Array(bytes)]));
}

function fileOf(files: Files, name: string): Uint8Array<ArrayBuffer> {
  const bytes = files.get(name);
  if (bytes === undefined) throw new Error(`no file ${name}`);
  return bytes;
}

/** Loads `files` as streams, with other files in the place of some. */
function load(
  files: Files,
  options: LoadShardsOptions = {},
  opened: ByteStream[] = [],
): Promise<SafetensorsContents> {
  const open = (name: string): ReadableStream<Uint8Array> => {
    opened.push(streamOf(fileOf(files, name)));
    return opened[opened.length - 1].stream;
  };
  return loadShards(new Blob([fileOf(files, indexName)]), open, options);
}

function valuesOf({ tensors }: SafetensorsContents): Record<string, number[]> {
  return Object.fromEntries([...tensors].map(([name, { data }]) => [name, [...data]]));
}

function withFile(name: string, bytes: Uint8Array<ArrayBuffer>): Files {
  return written().set(name, bytes);
}

function withIndex(change: (text: string) => string): Files {
  const text = new TextDecoder().decode(fileOf(written(), indexName));
  return withFile(indexName, new TextEncoder().encode(change(text)));
}

describe("writeShards", () => {
  test("fills each file in the order of the tensors, and gives the index last", () => {
    const files = written();
    expect([...files.keys()]).toEqual([...shardNames, indexName]);
    const namesIn = shardNames.map((name) => [...readSafetensors(fileOf(files, name)).tensors.keys()]);
    expect(namesIn).toEqual([
      ["embed", "empty", "bias"],
      ["head", "__proto__"],
    ]);
    expect(new TextDecoder().decode(fileOf(files, indexName))).toBe(`{
  "metadata": {
    "total_size": 36
  },
  "weight_map": {
    "__proto__": "model-00002-of-00002.safetensors",
    "bias": "model-00001-of-00002.safetensors",
    "embed": "model-00001-of-00002.safetensors",
    "empty": "model-00001-of-00002.safetensors",
    "head": "model-00002-of-00002.safetensors"
  }
}
`);
  });

  test.each([16, 19, 20, 21, 35, 36, 1000])("no file has more than %i bytes of tensors", async (max) => {
    const files = written({ maxShardBytes: max, name: "m" });
    let sum = 0;
    for (const [name, bytes] of files) {
      if (name.endsWith(".json")) continue;
      const sizes = [...readSafetensors(bytes).tensors.values()].map(({ data }) => data.length);
      const size = sizes.reduce((total, each) => total + each, 0);
      expect(size).toBeLessThanOrEqual(max);
      sum += size;
    }
    expect(sum).toBe(totalBytes);
    const index = fileOf(files, "m.safetensors.index.json");
    expect(valuesOf(await loadShards(index, (name) => fileOf(files, name)))).toEqual(values);
  });

  test("makes each file when it is asked for, and again when asked again", () => {
    const shards = writeShards(state, { maxShardBytes: 16 });
    const [first] = shards;
    expect([...shards][0]).toEqual(first);
  });

  test("of no tensors there is only the index", async () => {
    const files = [...writeShards([], { maxShardBytes: 1 })];
    expect(files.map(({ name }) => name)).toEqual([indexName]);
    const open = () => {
      throw new Error("nothing to open");
    };
    expect(valuesOf(await loadShards(files[0].bytes, open))).toEqual({});
  });

  test("refuses what cannot be written, before anything is", () => {
    const write = (options: WriteShardsOptions) => () => writeShards(state, options);
    expect(write({ maxShardBytes: 15 })).toThrow(
      new UsageError("writeShards: tensor embed has 16 bytes; maxShardBytes is 15, and no tensor is cut."),
    );
    for (const maxShardBytes of [0, -1, 1.5, Number.NaN, Infinity]) {
      expect(write({ maxShardBytes })).toThrow(
        `writeShards: maxShardBytes is ${maxShardBytes}; it must be a whole number from 1.`,
      );
    }
    expect(write({ maxShardBytes: 16, name: "../m" })).toThrow(
      'writeShards: "../m-00001-of-00003.safetensors" is no plain file name;',
    );
    expect(() => writeShards([state[0], state[0]], { maxShardBytes: 16 })).toThrow('"embed" is given twice');
  });
});

describe("loadShards", () => {
  test("gives all tensors and the metadata, and progress over all shards", async () => {
    const seen: [number, number][] = [];
    const contents = await load(written(), { onProgress: (...progress) => seen.push(progress) });
    expect(valuesOf(contents)).toEqual(values);
    expect([...contents.metadata]).toEqual([["format", "pt"]]);
    const loaded = seen.map(([loadedBytes]) => loadedBytes);
    expect(loaded).toEqual([...loaded].sort((a, b) => a - b));
    expect(seen[0]).toEqual([0, totalBytes]);
    expect(loaded).toContain(20); // the end of the first
    expect(seen.at(-1)).toEqual([totalBytes, totalBytes]);
    expect(new Set(seen.map(([, total]) => total))).toEqual(new Set([totalBytes]));
  });

  test("takes the index as text, and shards from a promise", async () => {
    const files = written();
    const text = new TextDecoder().decode(fileOf(files, indexName));
    const open = async (name: string) => new Response(fileOf(files, name));
    expect(valuesOf(await loadShards(text, open))).toEqual(values);
  });

  test("a shard cut anywhere is refused, named with both sizes; those before are forgotten", async () => {
    const whole = fileOf(written(), shardNames[1]);
    for (let length = 0; length < whole.length; length++) {
      const message = await formatErrorOf(() => load(withFile(shardNames[1], whole.slice(0, length))));
      expect(message).toMatch(/^model-00002-of-00002\.safetensors: the file ends in /);
      if (length > whole.length - 16)
        expect(message).toContain(`has ${length} bytes; its header asks for ${whole.length}`);
    }
  });

  test("tensors that are missing, or that the index does not place there", async () => {
    const moved = withIndex((text) =>
      text.replace(`"bias": "${shardNames[0]}"`, `"bias": "${shardNames[1]}"`),
    );
    expect(await formatErrorOf(() => load(moved))).toBe(
      `${shardNames[0]}: of the tensors that the index places here are 1 unexpected (bias); ` +
        "they must be the same (at byte 8).",
    );
    const renamed = withIndex((text) => text.replace('"head"', '"tail"'));
    const opened: ByteStream[] = [];
    expect(await formatErrorOf(() => load(renamed, {}, opened))).toContain(
      `${shardNames[1]}: of the tensors that the index places here are 1 missing (tail), and 1 unexpected (head);`,
    );
    expect(opened.at(-1)?.cancelled()).toBeDefined();
    const many = withIndex((text) => {
      const names = Array.from({ length: 13 }, (_, i) => `"x${i}": "${shardNames[0]}",`);
      return text.replace('"weight_map": {', `"weight_map": {${names.join("")}`);
    });
    expect(await formatErrorOf(() => load(many))).toContain(
      "13 missing (x0, x1, x2, x3, x4, x5, x6, x7, x8, x9 and 3 more)",
    );
  });

  test("sizes that do not sum up, as soon as that is known", async () => {
    const totalOf = (total: number) => withIndex((text) => text.replace("36", String(total)));
    expect(await formatErrorOf(() => load(totalOf(37)))).toBe(
      `${indexName}: metadata.total_size is 37, the shards hold 36; they must agree (at byte 0).`,
    );
    const opened: ByteStream[] = [];
    expect(await formatErrorOf(() => load(totalOf(19), {}, opened))).toContain(
      "metadata.total_size is 19, the shards so far hold 20; they must agree",
    );
    expect(opened.length).toBe(1);
    const none = '{"metadata":{"total_size":1},"weight_map":{}}';
    expect(await formatErrorOf(() => loadShards(none, () => new Uint8Array(0)))).toContain("shards hold 0");
  });

  test("a damaged index opens nothing", async () => {
    const opened: ByteStream[] = [];
    const files = withIndex((text) => text.replaceAll("model-0", "../model-0"));
    expect(await formatErrorOf(() => load(files, {}, opened))).toContain(`${indexName}: weight_map`);
    expect(opened).toEqual([]);
  });

  test("hashes: all shards or none, and each must be right", async () => {
    const files = written();
    const hashOf = (name: string) => createHash("sha256").update(fileOf(files, name)).digest("hex");
    const sha256 = new Map(shardNames.map((name) => [name, hashOf(name)]));
    expect(valuesOf(await load(files, { sha256 }))).toEqual(values);
    const damaged = fileOf(files, shardNames[1]).slice();
    damaged[damaged.length - 1] ^= 1;
    expect(await formatErrorOf(() => load(withFile(shardNames[1], damaged), { sha256 }))).toContain(
      `${shardNames[1]}: the SHA-256 of the file is `,
    );
    await expect(load(files, { sha256: new Map([...sha256].slice(1)) })).rejects.toThrow(
      new UsageError(
        `loadShards: sha256 has no hash of ${shardNames[0]}; it must name every shard, or be left out.`,
      ),
    );
  });

  test("what open fails with is passed on", async () => {
    const index = fileOf(written(), indexName);
    const fault = new TypeError("offline");
    await expect(loadShards(index, () => Promise.reject(fault))).rejects.toBe(fault);
    await expect(
      loadShards(index, () => {
        throw fault;
      }),
    ).rejects.toBe(fault);
  });
});

describe("abort", () => {
  const reason = new Error("the page was left");

  test("before, in a shard, and while one is being opened", async () => {
    const files = written();
    await expect(load(files, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);

    const inShard = new AbortController();
    const opened: ByteStream[] = [];
    const onProgress = (loadedBytes: number): void => {
      if (loadedBytes > 20) inShard.abort(reason);
    };
    await expect(load(files, { signal: inShard.signal, onProgress }, opened)).rejects.toBe(reason);
    expect(opened.map((stream) => stream.cancelled()?.reason)).toEqual([undefined, reason]);

    const opening = new AbortController();
    const late = streamOf(fileOf(files, shardNames[0]));
    let arrive = (_: ReadableStream<Uint8Array>): void => {};
    const signals: (AbortSignal | undefined)[] = [];
    const loading = loadShards(
      fileOf(files, indexName),
      (_, signal) => {
        signals.push(signal);
        return new Promise((resolve) => {
          arrive = resolve;
        });
      },
      { signal: opening.signal },
    );
    setTimeout(() => opening.abort(reason), 5);
    await expect(loading).rejects.toBe(reason);
    expect(signals).toEqual([opening.signal]);
    arrive(late.stream);
    await new Promise((resolve) => setTimeout(resolve));
    expect(late.cancelled()).toBeDefined(); // and not left open for nobody
  });
});

test("damaged sets of files are rejected with typed errors, or are complete", async () => {
  const files = written();
  const names = [...files.keys()];
  const random = seededRandom(7);
  let rejectedCount = 0;
  for (let seed = 0; seed < mutationCount; seed++) {
    const name = names[Math.floor(random() * names.length)];
    const damaged = new Map(files).set(name, new Uint8Array(mutated(fileOf(files, name), seed)));
    const open = (shard: string): Uint8Array => {
      // An index may come to name another plain file, which is not there then.
      return damaged.get(shard) ?? new Uint8Array(0);
    };
    const rejected = await isRejected(async () => {
      const { tensors } = await loadShards(fileOf(damaged, indexName), open);
      if (tensors.size !== state.length) throw new Error(`seed ${seed}: ${tensors.size} tensors`);
    });
    if (rejected) rejectedCount++;
  }
  expect(rejectedCount).toBeGreaterThan(mutationCount / 2);
  expect(rejectedCount).toBeLessThan(mutationCount);
});
