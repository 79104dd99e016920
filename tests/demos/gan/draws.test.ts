// Pictures that a page asks for: one request of a kind at a time, and of those that wait the latest.

import { expect, test } from "vitest";
import { Draws } from "../../../demos/gan/draws.ts";
import type { DcganCommand } from "../../../demos/gan/pageTypes.ts";

function setUp() {
  const posted: DcganCommand[] = [];
  const taken: string[] = [];
  const draws = new Draws((command) => posted.push(command));
  const ask = (kind: string, name: string) =>
    draws.ask(kind, { latents: new Float32Array(1), labels: [0], take: () => taken.push(name) });
  return { posted, taken, draws, ask };
}

test("kinds do not wait for each other; of the same kind the latest is asked for when the first is there", () => {
  const { posted, taken, draws, ask } = setUp();
  for (const [kind, name] of [
    ["walk", "first"],
    ["walk", "second"],
    ["walk", "third"],
    ["map", "other"],
  ]) {
    ask(kind, name);
  }
  expect(posted.map(({ id }) => id)).toEqual(["0 walk", "0 map"]);
  draws.answer("0 walk", new Uint8Array());
  expect(posted.map(({ id }) => id)).toEqual(["0 walk", "0 map", "0 walk"]);
  draws.answer("0 walk", new Uint8Array());
  draws.answer("0 map", new Uint8Array());
  expect(taken).toEqual(["first", "third", "other"]);
  expect(posted).toHaveLength(3);
});

test("what an earlier run answers is left", () => {
  const { posted, taken, draws, ask } = setUp();
  ask("walk", "before");
  draws.reset();
  ask("walk", "after");
  draws.answer("0 walk", new Uint8Array());
  expect(taken).toEqual([]);
  draws.answer("1 walk", new Uint8Array());
  draws.answer("1 walk", new Uint8Array());
  expect(taken).toEqual(["after"]);
  expect(posted).toHaveLength(2);
});
