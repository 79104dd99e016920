import { describe, expect, test } from "vitest";
import { readShardIndex, type ShardIndex } from "../../src/formats/shardIndex.ts";
import { formatErrorOf, isRejected, mutated, mutationCount } from "./mutations.ts";

function read(text: string): ShardIndex {
  return readShardIndex(new TextEncoder().encode(text), "index.json");
}

function indexText(weightMap: string, totalSize = "12"): string {
  return `{"metadata":{"total_size":${totalSize}},"weight_map":${weightMap}}`;
}

function failure(text: string): Promise<string> {
  return formatErrorOf(() => read(text));
}

test("groups names by file, in the order of file names", () => {
  const { totalSizeBytes, shards } = read(
    '{"note":[1],"weight_map":{"b":"m-2.safetensors","a":"m-1.safetensors","__proto__":"m-2.safetensors"},' +
      '"metadata":{"total_size":12.0,"total_parameters":3}}',
  );
  expect(totalSizeBytes).toBe(12);
  expect([...shards].map(([file, names]) => [file, [...names]])).toEqual([
    ["m-1.safetensors", ["a"]],
    ["m-2.safetensors", ["b", "__proto__"]],
  ]);
  expect(read(indexText("{}", "0"))).toEqual({ totalSizeBytes: 0, shards: new Map() });
});

describe("file names", () => {
  const tricks = [
    ...["../m.safetensors", "a/m.safetensors", "/m.safetensors", "a\\\\m.safetensors", "..", ".", ""],
    ...["C:m.safetensors", "//host/m.safetensors", "https://a.b/m.safetensors", "%2e%2e%2fm.safetensors"],
    ...[".hidden.safetensors", "-m.safetensors", "m.safetensors?x", "m.safetensors#x", "m\\n.safetensors"],
    ...["m\\u0000.safetensors", " m.safetensors", "m.safetensors ", "ｍ.safetensors", "data:m.safetensors"],
    ...["m:x.safetensors", "m\\u2215x.safetensors", "~m.safetensors", "$HOME.safetensors"],
  ];
  test.each(tricks)("%s is no plain one", async (name) => {
    expect(await failure(indexText(`{"a":"${name}"}`))).toContain(
      "is no plain file name; letters, digits, _, - and (not first) . are allowed",
    );
  });

  test("only shards, and none too long", async () => {
    expect(await failure(indexText('{"a":"m.bin"}'))).toBe(
      'index.json: weight_map "a": "m.bin" has another ending; only .safetensors is allowed (at byte 48).',
    );
    const longest = `${"m".repeat(255 - ".safetensors".length)}.safetensors`;
    expect(read(indexText(`{"a":"${longest}"}`)).shards.has(longest)).toBe(true);
    expect(await failure(indexText(`{"a":"m${longest}"}`))).toContain("has 256 characters; at most 255 are");
  });
});

test("members that are missing, twice, or of another kind", async () => {
  expect(await failure("[]")).toBe(
    "index.json: the index is a JSON array; it must be an object (at byte 0).",
  );
  expect(await failure("{}")).toContain("the index has no metadata; it must have one");
  expect(await failure('{"metadata":{}}')).toContain("metadata has no total_size");
  expect(await failure('{"metadata":{"total_size":1}}')).toContain("the index has no weight_map");
  expect(await failure('{"metadata":1}')).toContain("metadata is a JSON number; it must be an object");
  expect(await failure(indexText("[]"))).toContain("weight_map is a JSON array");
  expect(await failure(indexText('{"a":1}'))).toContain(
    'weight_map "a" is a JSON number; it must be a string',
  );
  expect(await failure(indexText('{"a":"m.safetensors","a":"n.safetensors"}'))).toContain('"a" twice');
  for (const size of ["-1", "1.5", "1e3", '"1"', "null", "9007199254740992"]) {
    expect(await failure(indexText("{}", size)), size).toContain("total_size must be a whole number from 0");
  }
  expect(await failure("")).toContain("a value must stand there");
});

test("damaged ones are rejected, or name plain files only", async () => {
  const names = Array.from({ length: 12 }, (_, i) => `"layer.${i}":"m-0000${i % 3}-of-00003.safetensors"`);
  const bytes = new TextEncoder().encode(indexText(`{${names.join(",")}}`));
  let rejectedCount = 0;
  for (let seed = 0; seed < mutationCount; seed++) {
    const damaged = mutated(bytes, seed);
    const rejected = await isRejected(() => {
      for (const file of readShardIndex(damaged, "index.json").shards.keys()) {
        if (!/^\w[\w.-]*\.safetensors$/.test(file)) throw new Error(`seed ${seed}: ${file}`);
      }
    });
    if (rejected) rejectedCount++;
  }
  expect(rejectedCount).toBeGreaterThan(mutationCount / 2);
  expect(rejectedCount).toBeLessThan(mutationCount);
});
