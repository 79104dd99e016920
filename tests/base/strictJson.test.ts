import { describe, expect, it } from "vitest";
import { ByteReader } from "../../src/base/byteReader.ts";
import { FormatError } from "../../src/base/errors.ts";
import { type JsonNode, parseStrictJson } from "../../src/base/strictJson.ts";

function parseBytes(bytes: Uint8Array): JsonNode {
  return parseStrictJson(new ByteReader(bytes, "f"), bytes.length, "the JSON");
}

function parse(text: string): JsonNode {
  return parseBytes(new TextEncoder().encode(text));
}

/** What JSON.parse would return. */
function plain(node: JsonNode): unknown {
  if (node.kind === "object")
    return Object.fromEntries([...node.members].map(([key, value]) => [key, plain(value)]));
  if (node.kind === "array") return node.items.map(plain);
  if (node.kind === "string") return node.text;
  return JSON.parse(node.text);
}

describe("parseStrictJson", () => {
  it.each([
    "{}",
    "[]",
    " [ ] ",
    '{"a":1}',
    '\t{ "a" : [ 1 , -2.5e+3, 0, -0, 1E-2 ] ,\r\n"b":{"c":true,"d":false,"e":null} }  ',
    '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00"',
    '"é😀\u007f\u2028"',
    "0.5",
    '{"":[[[]]]}',
  ])("agrees with JSON.parse on %s", (text) => {
    expect(plain(parse(text))).toEqual(JSON.parse(text));
  });

  it.each([
    "",
    " ",
    "{",
    "[1,]",
    '{"a":1,}',
    "{a:1}",
    "{'a':1}",
    '{"a" 1}',
    "[1 2]",
    "01",
    "1.",
    ".5",
    "+1",
    "1e",
    "- 1",
    "NaN",
    "tru",
    "truex",
    '"\\x"',
    '"\\u12g4"',
    '"\\u12',
    '"a',
    '"\n"',
    "{}{}",
    "[]//",
    "\ufeff{}",
    "\u00a0{}",
  ])("refuses %j, as JSON.parse does", (text) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(() => parse(text)).toThrow(FormatError);
  });

  it("refuses what JSON.parse lets through", () => {
    expect(() => parse('{"a":1,"b":2,"\\u0061":3}')).toThrow(
      'f: JSON has the key "a" twice; keys must differ (at byte 13).',
    );
    expect(() => parse('"\\ud800"')).toThrow("half of a surrogate pair");
    expect(() => parse('"\\ud800\\u0041"')).toThrow("half of a surrogate pair");
    expect(() => parse('"\\udc00\\ud800"')).toThrow("half of a surrogate pair");
    expect(() => parseBytes(Uint8Array.of(0x22, 0xc3, 0x22))).toThrow(
      "f: a JSON string is not UTF-8; it must be (at byte 1).",
    );
    expect(() => parse("[".repeat(100_000))).toThrow("at most 16 levels are allowed (at byte 17).");
  });

  it("keeps dangerous names as plain keys", () => {
    const node = parse('{"__proto__":{"polluted":1},"constructor":2}');
    if (node.kind !== "object") throw new Error(node.kind);
    expect([...node.members.keys()]).toEqual(["__proto__", "constructor"]);
    expect("polluted" in {}).toBe(false);
  });

  it("keeps numbers as they were written", () => {
    expect(parse("18014398509481985")).toEqual({ kind: "number", offset: 0, text: "18014398509481985" });
  });

  it("says where and what", () => {
    expect(() => parse('{"a":?}')).toThrow('f: JSON has "?"; a value must stand there (at byte 5).');
    expect(() => parse('{"a":')).toThrow("f: JSON has its end; a value must stand there (at byte 5).");
    expect(() => parse('{"a":1\u0001}')).toThrow(
      'JSON has the byte 0x01; "," or "}" must stand there (at byte 6).',
    );
  });
});
