import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { seededRandom } from "../../src/data/seededRandom.ts";
import { Sha256 } from "../../src/formats/sha256.ts";

function hexOf(text: string): string {
  return new Sha256().update(new TextEncoder().encode(text)).hex();
}

test("gives the digests that the standard's authors publish", () => {
  expect(hexOf("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  expect(hexOf("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  expect(hexOf("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")).toBe(
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  );
  expect(hexOf("a".repeat(1_000_000))).toBe(
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
  );
});

test("is the same however the bytes are cut, at every length around a block", () => {
  const random = seededRandom(1);
  const bytes = Uint8Array.from({ length: 300 }, () => Math.floor(random() * 256));
  for (let length = 0; length <= bytes.length; length++) {
    const hash = new Sha256();
    for (let start = 0; start < length; ) {
      const end = Math.min(length, start + Math.floor(random() * 100));
      hash.update(bytes.subarray(start, end));
      start = end;
    }
    const expected = createHash("sha256").update(bytes.subarray(0, length)).digest("hex");
    expect(hash.hex(), `${length} bytes`).toBe(expected);
  }
});

test("can be asked in between", () => {
  const hash = new Sha256().update(Uint8Array.of(97));
  expect(hash.hex()).toBe(hexOf("a"));
  expect(hash.update(Uint8Array.of(98, 99)).hex()).toBe(hexOf("abc"));
});
