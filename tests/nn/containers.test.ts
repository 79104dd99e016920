// ModuleList and ModuleDict: what is in them, in which order, and what they refuse.

import { expect, test } from "vitest";
import { UsageError } from "../../src/base/errors.ts";
import * as nn from "../../src/nn/nn.ts";

const [relu, tanh, gelu] = [new nn.ReLU(), new nn.Tanh(), new nn.GELU()];

test("a list is gone through, grows and knows its places", () => {
  const list = new nn.ModuleList([relu, tanh]);
  expect([...list]).toEqual([relu, tanh]);
  expect(list.append(gelu)).toBe(list);
  expect(list.insert(0, gelu).insert(4, relu).insert(-1, tanh).extend([gelu]).length).toBe(7);
  expect([...list]).toEqual([gelu, relu, tanh, gelu, tanh, relu, gelu]);
  expect([list.at(1), list.at(-2)]).toEqual([relu, relu]);
  expect(new nn.ModuleList().length).toBe(0);
});

test("a dict keeps the order in which names came, and takes objects and pairs", () => {
  const dict = new nn.ModuleDict<nn.Module>({ second: relu, first: tanh });
  expect(dict.set("second", gelu).update([["third", relu]])).toBe(dict);
  expect([...dict]).toEqual([
    ["second", gelu],
    ["first", tanh],
    ["third", relu],
  ]);
  expect([dict.size, dict.has("first"), dict.delete("first"), dict.delete("first")]).toEqual([
    3,
    true,
    true,
    false,
  ]);
  expect([...dict.keys()]).toEqual(["second", "third"]);
  expect([...dict.values()]).toEqual([gelu, relu]);
  expect([...dict.entries()].length).toBe(2);
  expect(dict.get("third")).toBe(relu);
});

test("their modules are the model's, at paths without the container's own properties", () => {
  class Model extends nn.Module<[], undefined> {
    readonly blocks = new nn.ModuleList([new nn.Sequential(new nn.Dropout(0.1)), new nn.ReLU()]);
    readonly heads = new nn.ModuleDict({ left: new nn.Dropout(0.2) });

    forward(): undefined {
      return undefined;
    }
  }
  const model = new Model().eval();
  expect([...model.namedModules().keys()]).toEqual([
    "",
    "blocks",
    "blocks.0",
    "blocks.0.0",
    "blocks.1",
    "heads",
    "heads.left",
  ]);
  expect(model.heads.get("left").training).toBe(false);
});

const list = () => new nn.ModuleList([relu, tanh]);
const dict = () => new nn.ModuleDict<nn.Module>({ a: relu, b: tanh });

test.each([
  [
    "a list of functions",
    () => new nn.ModuleList([(() => 0) as unknown as nn.Module]),
    "ModuleList: () => 0 is no module; it must be one.",
  ],
  [
    "appending nothing",
    () => list().append(undefined as unknown as nn.Module),
    "ModuleList: undefined is no module; it must be one.",
  ],
  [
    "a place behind the last",
    () => list().at(2),
    "ModuleList: at(2) of 2 modules; it must be a whole number from -2 to 1.",
  ],
  [
    "a place that is a fraction",
    () => list().at(0.5),
    "ModuleList: at(0.5) of 2 modules; it must be a whole number from -2 to 1.",
  ],
  [
    "inserting too far behind",
    () => list().insert(3, relu),
    "ModuleList: insert(3) of 2 modules; it must be a whole number from -2 to 2.",
  ],
  [
    "calling a list",
    () => list().forward(),
    "ModuleList: it has no forward; go through its modules, or use Sequential.",
  ],
  [
    "a name with a dot",
    () => dict().set("a.b", relu),
    'ModuleDict: the name "a.b" is empty or has a dot; paths need one with neither.',
  ],
  [
    "no name",
    () => new nn.ModuleDict({ "": relu }),
    'ModuleDict: the name "" is empty or has a dot; paths need one with neither.',
  ],
  [
    "a dict of numbers",
    () => dict().update({ c: 3 as unknown as nn.Module }),
    "ModuleDict: 3 is no module; it must be one.",
  ],
  ["an unknown name", () => dict().get("c"), 'ModuleDict: there is no "c"; it has "a", "b".'],
  ["any name of none", () => new nn.ModuleDict().get("c"), 'ModuleDict: there is no "c"; it has nothing.'],
  ["calling a dict", () => dict().forward(), "ModuleDict: it has no forward; get its modules by name."],
])("%s is refused", (_, run, text) => {
  expect(run).toThrow(new UsageError(text));
});
