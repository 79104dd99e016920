// README's code, run as it stands there.

import { expect, test, vi } from "vitest";
import readme from "../README.md?raw";
import * as tilegrad from "../src/index.ts";

/** The code block after `<!-- test: name -->`, with its import turned into a parameter. */
function exampleNamed(name: string): (library: typeof tilegrad) => Promise<void> {
  const block = readme.split(`<!-- test: ${name} -->`)[1]?.match(/```ts\n([\s\S]*?)```/)?.[1];
  if (block === undefined) throw new Error(`README has no example ${name}`);
  const body = block.replace(/import (\{[^}]*\}) from "tilegrad";/, "const $1 = library;");
  expect(body).not.toBe(block);
  const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor;
  return new AsyncFunction("library", body);
}

/** What the example prints. */
async function outputOf(name: string): Promise<unknown[]> {
  const printed: unknown[] = [];
  const spy = vi.spyOn(console, "log").mockImplementation((value: unknown) => {
    printed.push(value);
  });
  try {
    await exampleNamed(name)(tilegrad);
  } finally {
    spy.mockRestore();
  }
  return printed;
}

test("the training example trains", async () => {
  const losses = await outputOf("train");
  expect(losses.length).toBe(2);
  expect(losses.every((loss) => typeof loss === "number" && loss > 0)).toBe(true);
  expect(Number(losses[1])).toBeLessThan(Number(losses[0]));
});

test("the lazy example prints what its comments say", async () => {
  const printed = await outputOf("lazy");
  expect(printed.map((data) => (data instanceof Float32Array ? [...data] : data))).toEqual([
    [2, 5, 10, 17],
    [3, 12, 27, 48],
  ]);
});
