import { createHash } from "node:crypto";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { UsageError } from "../../src/base/errors.ts";
import { seededRandom } from "../../src/data/seededRandom.ts";
import { allocateBytes, type ByteSource } from "../../src/formats/byteSource.ts";
import { readSafetensors, type WritableEntry, writeSafetensors } from "../../src/formats/safetensors.ts";
import type { SafetensorsLayout } from "../../src/formats/safetensorsHeader.ts";
import {
  loadSafetensors,
  readSafetensorsStream,
  type StreamSafetensorsOptions,
} from "../../src/formats/safetensorsStream.ts";
import type { SafetensorsTensor } from "../../src/formats/safetensorsValues.ts";
import { formatErrorOf, isRejected, mutated, mutationCount } from "./mutations.ts";
import { streamOf } from "./sources.ts";

const tensors: [string, WritableEntry][] = [
  ["weight", { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
  ["bias", { dtype: "BF16", shape: [2], data: Uint16Array.of(0x3f80, 0x4000) }],
  ["steps", { shape: [], data: BigInt64Array.of(7n) }],
  ["none", { shape: [0, 4], data: new Float32Array(0) }],
  ["mask", { dtype: "BOOL", shape: [3], data: Uint8Array.of(1, 0, 1) }],
];
const file = new Uint8Array(writeSafetensors(tensors, [["format", "pt"]]));
const headerEnd = 8 + Number(new DataView(file.buffer).getBigUint64(0, true));
const values = { steps: [7], none: [], weight: [1, 2, 3, 4, 5, 6], bias: [1, 2], mask: [1, 0, 1] };
const digest = createHash("sha256").update(file).digest("hex");
const otherDigest = digest.replace(/^./, (digit) => (digit === "0" ? "1" : "0"));

const sources: [string, (bytes: Uint8Array<ArrayBuffer>) => ByteSource][] = [
  ["ArrayBuffer", (bytes) => bytes.slice().buffer],
  ["Uint8Array", (bytes) => bytes],
  ["Blob", (bytes) => new Blob([bytes])],
  ["ReadableStream", (bytes) => streamOf(bytes).stream],
  ["Response", (bytes) => new Response(bytes)],
];

async function collected(
  source: ByteSource,
  options: StreamSafetensorsOptions = {},
): Promise<SafetensorsTensor[]> {
  const all: SafetensorsTensor[] = [];
  for await (const tensor of readSafetensorsStream(source, { name: "m.safetensors", ...options })) {
    all.push(tensor);
  }
  return all;
}

function failure(source: ByteSource, options: StreamSafetensorsOptions = {}): Promise<string> {
  return formatErrorOf(() => collected(source, options));
}

describe("every source", () => {
  test.each(sources)("%s: tensors in the order of the file", async (_, sourceOf) => {
    const all = await collected(sourceOf(file));
    expect(all.map(({ name }) => name)).toEqual(["steps", "none", "weight", "bias", "mask"]);
    expect(Object.fromEntries(all.map(({ name, data }) => [name, [...data]]))).toEqual(values);
    expect(all.map(({ dtype }) => dtype)).toEqual(["I64", "F32", "F32", "BF16", "BOOL"]);
    expect(all.map(({ shape }) => shape)).toEqual([[], [0, 4], [2, 3], [2], [3]]);
  });

  test.each(sources)("%s: loaded whole, with metadata, verified", async (_, sourceOf) => {
    const loaded = await loadSafetensors(sourceOf(file), { sha256: digest.toUpperCase() });
    expect([...loaded.metadata]).toEqual([["format", "pt"]]);
    expect([...loaded.tensors].map(([name, { data }]) => [name, [...data]])).toEqual(Object.entries(values));
  });

  test.each(sources)("%s: progress grows from the header to the end", async (_, sourceOf) => {
    const seen: number[] = [];
    const onProgress = (loadedBytes: number, totalBytes: number): void => {
      expect(totalBytes).toBe(file.length);
      seen.push(loadedBytes);
    };
    await loadSafetensors(sourceOf(file), { onProgress });
    expect(seen[0]).toBe(headerEnd);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(file.length);
  });

  test.each(sources)("%s: a file cut anywhere is refused, naming it and both sizes", async (_, sourceOf) => {
    for (let length = 0; length < file.length; length++) {
      const message = await failure(sourceOf(file.slice(0, length)));
      expect(message).toMatch(/^m\.safetensors: the file ends in /);
      if (length < headerEnd) continue;
      expect(message).toContain(`, it has ${length} bytes; its header asks for ${file.length} (at byte`);
    }
  });

  test.each(sources)("%s: a file cut between two tensors ends in the second", async (_, sourceOf) => {
    expect(await failure(sourceOf(file.slice(0, headerEnd + 8)))).toContain(
      'ends in tensor "weight", it has',
    );
    expect(await failure(sourceOf(file.slice(0, headerEnd + 7)))).toContain('ends in tensor "steps", it has');
  });

  test.each(sources.slice(0, 3))("%s: a cut file gives no tensor: its size is known", async (_, sourceOf) => {
    const given: SafetensorsTensor[] = [];
    await formatErrorOf(async () => {
      for await (const tensor of readSafetensorsStream(sourceOf(file.slice(0, -1)))) given.push(tensor);
    });
    expect(given).toEqual([]);
  });

  test.each(sources)("%s: bytes after the end are refused", async (_, sourceOf) => {
    const longer = new Uint8Array(file.length + 3);
    longer.set(file);
    expect(await failure(sourceOf(longer))).toMatch(
      /: (3|more) bytes follow the data; the file must end there/,
    );
  });

  test.each(sources)("%s: a wrong hash is refused before a tensor is given", async (_, sourceOf) => {
    const given: SafetensorsTensor[] = [];
    const message = await formatErrorOf(async () => {
      const options = { name: "m.safetensors", sha256: otherDigest };
      for await (const tensor of readSafetensorsStream(sourceOf(file), options)) given.push(tensor);
    });
    expect(message).toBe(
      `m.safetensors: the SHA-256 of the file is ${digest}; it must be ${otherDigest} (at byte 0).`,
    );
    expect(given).toEqual([]);
  });
});

describe("a stream", () => {
  test("its header is checked before a byte of the tensors is asked for", async () => {
    const overlapping = file.slice();
    const text = new TextDecoder().decode(file).indexOf("[8,8]");
    overlapping.set(new TextEncoder().encode("[7,7]"), text);
    const { stream, givenBytes, cancelled } = streamOf(overlapping, 1, 1);
    expect(await failure(stream)).toContain('tensor "none" overlaps another');
    expect(givenBytes()).toBe(headerEnd);
    expect(cancelled()).toBeDefined();
  });

  test("onHeader sees the header first, and may end the reading", async () => {
    const { stream, givenBytes, cancelled } = streamOf(file, 1, 1);
    const headers: SafetensorsLayout[] = [];
    const onHeader = (header: SafetensorsLayout): void => {
      headers.push(header);
      throw new UsageError("another model");
    };
    await expect(collected(stream, { onHeader })).rejects.toThrow(new UsageError("another model"));
    expect(headers.map(({ fileSizeBytes }) => fileSizeBytes)).toEqual([file.length]);
    expect(headers[0].tensors.map(({ name }) => name)).toEqual(Object.keys(values));
    expect(givenBytes()).toBe(headerEnd);
    expect(cancelled()).toBeDefined();
  });

  test("tensors come as soon as they are there; with a hash, all at the end", async () => {
    const open = streamOf(file, 1, 1);
    const first = await readSafetensorsStream(open.stream).next();
    expect(first.value?.name).toBe("steps");
    expect(open.givenBytes()).toBe(headerEnd + 8);
    const hashed = streamOf(file, 1, 1);
    await readSafetensorsStream(hashed.stream, { sha256: digest }).next();
    expect(hashed.givenBytes()).toBe(file.length);
  });

  test("leaving the loop cancels it", async () => {
    const { stream, cancelled } = streamOf(file, 1, 1);
    for await (const { name } of readSafetensorsStream(stream)) if (name === "weight") break;
    expect(cancelled()).toBeDefined();
  });

  test("what it fails with is passed on", async () => {
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.error(new TypeError("network"));
      },
    });
    await expect(loadSafetensors(stream)).rejects.toThrow(new TypeError("network"));
  });

  test("a header that promises much takes no more memory than has come", async () => {
    const sizeBytes = 2 ** 50;
    const header = `{"a":{"dtype":"U8","shape":[${sizeBytes}],"data_offsets":[0,${sizeBytes}]}}`;
    const bytes = new Uint8Array(8 + header.length + 5);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
    bytes.set(new TextEncoder().encode(header), 8);
    for (const [, sourceOf] of sources) {
      expect(await failure(sourceOf(bytes))).toContain(
        `the file ends in tensor "a", it has ${bytes.length} bytes; its header asks for ${sizeBytes + bytes.length - 5}`,
      );
    }
  });

  test("a tensor larger than the first piece of memory arrives whole", async () => {
    const data = Uint32Array.from({ length: 5 * 2 ** 20 }, (_, i) => Math.imul(i, 0x9e3779b1));
    const large = writeSafetensors([["a", { shape: [data.length], data }]]);
    const { tensors: loaded } = await loadSafetensors(streamOf(large, 1, 2 ** 23).stream);
    const found = loaded.get("a")?.data ?? new Uint32Array(0);
    expect(found.length).toBe(data.length);
    expect(found.findIndex((value, i) => value !== data[i])).toBe(-1);
  });
});

describe("abort", () => {
  const reason = new Error("the page was left");

  test.each(sources)("%s: an aborted signal reads nothing", async (_, sourceOf) => {
    await expect(loadSafetensors(sourceOf(file), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test.each([3, headerEnd - 1, headerEnd + 9])("ends a stream that hangs after %i bytes", async (hangsAt) => {
    const { stream, cancelled } = streamOf(file, 1, 4, hangsAt);
    const controller = new AbortController();
    const loading = loadSafetensors(stream, { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 5);
    await expect(loading).rejects.toBe(reason);
    expect(cancelled()).toEqual({ reason });
  });

  test("between two tensors, the second never comes, hash or not", async () => {
    for (const sha256 of [undefined, digest]) {
      const controller = new AbortController();
      const seen: string[] = [];
      const read = async (): Promise<void> => {
        const options = { signal: controller.signal, sha256 };
        for await (const { name } of readSafetensorsStream(file, options)) {
          seen.push(name);
          controller.abort(reason);
        }
      };
      await expect(read()).rejects.toBe(reason);
      expect(seen).toEqual(["steps"]);
    }
  });

  test("reaches a large buffer while it is hashed", async () => {
    const data = new Uint8Array(2 ** 24 + 1);
    const large = writeSafetensors([["a", { shape: [data.length], data }]]);
    const controller = new AbortController();
    const seen: number[] = [];
    const onProgress = (loadedBytes: number): void => {
      seen.push(loadedBytes);
      setTimeout(() => controller.abort(reason));
    };
    const options = { signal: controller.signal, onProgress, sha256: digest };
    await expect(loadSafetensors(large, options)).rejects.toBe(reason);
    expect(seen.at(-1)).toBeLessThan(large.length);
  });

  test("leaves no listener behind", async () => {
    const { signal } = new AbortController();
    const add = vi.spyOn(signal, "addEventListener");
    const remove = vi.spyOn(signal, "removeEventListener");
    await loadSafetensors(streamOf(file).stream, { signal });
    await isRejected(() => loadSafetensors(streamOf(file.slice(0, 40)).stream, { signal }));
    expect(add).toHaveBeenCalledTimes(2);
    expect(remove.mock.calls).toEqual(add.mock.calls);
  });
});

describe("what is no source", () => {
  const usageOf = async (source: unknown, name?: string): Promise<string> => {
    try {
      // @ts-expect-error: a caller without types
      await loadSafetensors(source, { name });
    } catch (error) {
      if (error instanceof UsageError) return error.message;
      throw error;
    }
    throw new Error("nothing was thrown");
  };

  test("other values", async () => {
    const allowed = "it must be a Blob, ArrayBuffer, Uint8Array, ReadableStream or Response.";
    expect(await usageOf("model.safetensors")).toBe(
      `safetensors file: the source is of type string; ${allowed}`,
    );
    expect(await usageOf(null, "m")).toBe(`m: the source is null; ${allowed}`);
  });

  test("a Response that failed, one without a body, one read before", async () => {
    expect(await usageOf(new Response("x", { status: 404, statusText: "Not Found" }), "m")).toBe(
      "m: the response has the status 404 Not Found; it must be a success.",
    );
    expect(await failure(new Response(null))).toContain("the file ends in the header's length");
    const used = new Response(file);
    await used.arrayBuffer();
    const again = "the source was read before; each needs a source of its own.";
    expect(await usageOf(used)).toContain(again);
    const { stream } = streamOf(file);
    stream.getReader();
    expect(await usageOf(stream)).toContain(again);
  });

  test("a stream of text", async () => {
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue("text");
      },
    });
    expect(await usageOf(stream, "m")).toBe(
      "m: the stream gave a piece of type string; it must give Uint8Array.",
    );
  });

  test("a hash that is none", async () => {
    await expect(loadSafetensors(file, { sha256: "abc" })).rejects.toThrow(
      new UsageError('sha256 is "abc"; it must be 64 hexadecimal digits.'),
    );
  });
});

test("messages name a File, and of a Response's address only the end", async () => {
  const cut = file.slice(0, 50);
  const response = new Response(cut);
  Object.defineProperty(response, "url", { value: "https://a.b/models/m.safetensors?token=secret#x" });
  expect(await formatErrorOf(() => loadSafetensors(response))).toMatch(/^m\.safetensors: /);
  const blob = Object.assign(new Blob([cut]), { name: "n.safetensors" });
  expect(await formatErrorOf(() => loadSafetensors(blob))).toMatch(/^n\.safetensors: /);
  expect(await formatErrorOf(() => loadSafetensors(cut))).toMatch(/^safetensors file: /);
});

test("memory that cannot be had is a FormatError", async () => {
  expect(await formatErrorOf(() => allocateBytes("m", 2 ** 52, 'tensor "a"'))).toBe(
    'm: tensor "a" needs 4503599627370496 bytes of memory; so much cannot be had here (at byte 0).',
  );
});

describe("damaged files", () => {
  let rejectedCount = 0;
  beforeEach(() => {
    rejectedCount = 0;
  });

  test("a stream accepts no file that reading at once rejects, and gives the same bytes", async () => {
    const random = seededRandom(1);
    for (let seed = 0; seed < mutationCount; seed++) {
      const bytes = new Uint8Array(mutated(file, seed));
      const sourceOf = sources[seed % sources.length][1];
      const rejectedAtOnce = await isRejected(() => readSafetensors(bytes));
      const sha256 = random() < 0.2 ? createHash("sha256").update(bytes).digest("hex") : undefined;
      let message = "";
      const rejected = await isRejected(async () => {
        try {
          const loaded = await loadSafetensors(sourceOf(bytes), { sha256 });
          const names = [...readSafetensors(bytes).tensors.keys()];
          if (String([...loaded.tensors.keys()]) !== String(names)) throw new Error(`seed ${seed}: names`);
        } catch (error) {
          message = String(error);
          throw error;
        }
      });
      if (rejected) rejectedCount++;
      // Only values can be a stream's own fault: dtypes without any, whole numbers too large, BOOLs that are none.
      const isOwnFault = /whose values are not read|whole numbers from|a BOOL is 0 or 1/.test(message);
      expect(rejected, `seed ${seed}: ${message}`).toBe(rejectedAtOnce || isOwnFault);
    }
    expect(rejectedCount).toBeGreaterThan(mutationCount / 2);
    expect(rejectedCount).toBeLessThan(mutationCount);
  });
});
