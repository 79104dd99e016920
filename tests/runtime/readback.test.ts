// Reading back from a device that goes away at the worst moment.

import { expect, test } from "vitest";
import { mappedBytes } from "../../src/runtime/readback.ts";

const mapped = (range: () => ArrayBuffer, map = async () => undefined) =>
  ({ mapAsync: map, getMappedRange: range }) as unknown as GPUBuffer;

test("what was mapped is copied", async () => {
  const own = Uint8Array.of(1, 2, 3, 4).buffer;
  const bytes = await mappedBytes(
    mapped(() => own),
    4,
  );
  expect(new Uint8Array(bytes)).toEqual(Uint8Array.of(1, 2, 3, 4));
  expect(bytes).not.toBe(own);
});

test.each(["before", "after"])("a device that is lost %s it was mapped is a lost device", async (when) => {
  const fail = () => {
    throw new Error("the buffer is unmapped");
  };
  const buffer =
    when === "before"
      ? mapped(
          () => new ArrayBuffer(4),
          async () => fail(),
        )
      : mapped(fail);
  await expect(mappedBytes(buffer, 4)).rejects.toMatchObject({
    name: "DeviceError",
    reason: "lost",
    message: expect.stringContaining("the GPU went away before the value was there (the buffer is unmapped)"),
  });
});
