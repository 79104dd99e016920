// Modules with tensors in them: names, state dicts, and what loading refuses.

import { beforeAll, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import { type Tensor, tensor, zeros } from "../../src/api/tensor.ts";
import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import * as nn from "../../src/nn/nn.ts";
import { mul, sum } from "../../src/ops/index.ts";
import { initShared } from "../setup/sharedDevice.ts";

beforeAll(async () => {
  await initShared();
});

class Scale extends nn.Module {
  readonly inner = new nn.Linear(2, 2, { bias: false });
  readonly factors = [nn.parameter(tensor([2])), nn.parameter(tensor([3]))];
  readonly steps = nn.buffer(tensor(Int32Array.of(5)));
  readonly gain = nn.parameter(tensor([7, 8]));
  readonly scratch = tensor([1]);
  readonly tied = this.gain;
  readonly heads = [new nn.Linear(2, 1), this.inner];

  forward(x: Tensor): Tensor {
    return mul(this.inner.forward(x), this.gain);
  }
}

test("parameters stand under PyTorch's paths: a module's own first, then its parts, each once", () => {
  const model = new Scale();
  expect([...model.namedParameters().keys()]).toEqual([
    "gain",
    "inner.weight",
    "factors.0",
    "factors.1",
    "heads.0.weight",
    "heads.0.bias",
  ]);
  expect([...model.namedBuffers().keys()]).toEqual(["steps"]);
  expect(model.parameters()).toEqual([...model.namedParameters().values()]);
  expect(model.parameters()[0]).toBe(model.gain);
});

test("a state dict lists tied tensors under each of their names", () => {
  const model = new Scale();
  const state = model.stateDict();
  expect([...state.keys()]).toEqual([
    "steps",
    "gain",
    "tied",
    "inner.weight",
    "factors.0",
    "factors.1",
    "heads.0.weight",
    "heads.0.bias",
    "heads.1.weight",
  ]);
  expect(state.get("tied")).toBe(model.gain);
  expect(state.get("heads.1.weight")).toBe(model.inner.weight);
});

test("paths become names, which grow towards the root and leave a user's own alone", () => {
  const linear = new nn.Linear(2, 2);
  const own = new nn.Linear(1, 1);
  own.weight.name = "embedding";
  linear.parameters();
  expect(linear.weight.name).toBe("weight");
  const model = new nn.Sequential(new nn.ReLU(), new nn.Sequential(linear, own));
  model.parameters();
  expect(linear.weight.name).toBe("1.0.weight");
  linear.parameters();
  expect(linear.weight.name).toBe("1.0.weight");
  expect(own.weight.name).toBe("embedding");
});

test("keys and layouts of a small network are PyTorch's", () => {
  const model = new nn.Sequential(
    new nn.Conv2d(4, 6, [3, 5], { groups: 2 }),
    new nn.ReLU(),
    new nn.Flatten(),
    new nn.Linear(24, 10),
    new nn.Linear(10, 2, { bias: false }),
  );
  const shapes = [...model.stateDict()].map(([name, { shape }]) => [name, shape]);
  expect(shapes).toEqual([
    ["0.weight", [6, 2, 3, 5]],
    ["0.bias", [6]],
    ["3.weight", [10, 24]],
    ["3.bias", [10]],
    ["4.weight", [2, 10]],
  ]);
});

test("containers name their parameters as PyTorch does", () => {
  class Model extends nn.Module {
    readonly heads = new nn.ModuleDict({
      left: new nn.Linear(2, 1),
      right: new nn.Linear(2, 1, { bias: false }),
    });
    readonly blocks = new nn.ModuleList([new nn.Linear(2, 2), new nn.Sequential(new nn.Linear(2, 2))]);

    forward(x: Tensor): Tensor {
      let y = x;
      for (const block of this.blocks) y = block.forward(y);
      return this.heads.get("left").forward(y);
    }
  }
  const model = new Model();
  expect([...model.stateDict().keys()]).toEqual([
    "heads.left.weight",
    "heads.left.bias",
    "heads.right.weight",
    "blocks.0.weight",
    "blocks.0.bias",
    "blocks.1.0.weight",
    "blocks.1.0.bias",
  ]);
  model.blocks.append(new nn.Linear(2, 2, { bias: false }));
  expect([...model.namedParameters().keys()].at(-1)).toBe("blocks.2.weight");
  expect(model.forward(zeros([3, 2])).shape).toEqual([3, 1]);
});

test("only floats can be parameters, and none is made in a compiled function", () => {
  expect(() => nn.parameter(tensor(Int32Array.of(1, 2)))).toThrow(
    new DtypeError("parameter: the tensor [2] has dtype i32; it must be f32 or f16."),
  );
  const make = compile((x: Tensor) => nn.parameter(x));
  expect(() => make(zeros([1]))).toThrow(UsageError);
});

async function valuesOf(module: nn.AnyModule): Promise<Map<string, readonly number[]>> {
  const entries = [...module.stateDict()].map(
    async ([name, value]) => [name, [...(await value.data())]] as const,
  );
  return new Map(await Promise.all(entries));
}

async function savedState(module: nn.AnyModule): Promise<Map<string, nn.StateEntry>> {
  const values = await valuesOf(module);
  return new Map(
    [...module.stateDict()].map(([name, { shape }]) => [name, { shape, data: values.get(name) ?? [] }]),
  );
}

test("a state dict goes to the CPU and back, into the same tensors", async () => {
  const first = new Scale();
  const second = new Scale();
  const { weight } = second.inner;
  expect(await valuesOf(second)).not.toEqual(await valuesOf(first));
  second.loadStateDict(await savedState(first));
  expect(await valuesOf(second)).toEqual(await valuesOf(first));
  expect(second.inner.weight).toBe(weight);
});

test("a state dict of tensors is copied; a compiled function sees the new values", async () => {
  const first = new nn.Linear(3, 2);
  const second = new nn.Linear(3, 2);
  const total = compile(() => sum(second.weight));
  await total().item();
  second.loadStateDict(first.stateDict());
  expect(await total().item()).toBe(await sum(first.weight).item());
  const before = await valuesOf(second);
  first.weight.write([1, 2, 3, 4, 5, 6]);
  expect(await valuesOf(second)).toEqual(before);
});

test("names and shapes that do not fit are all named, and nothing is written", async () => {
  const model = new nn.Linear(2, 3);
  const before = await valuesOf(model);
  const weight = { shape: [3, 2], data: [1, 2, 3, 4, 5, 6] };
  const bias = { shape: [3], data: [1, 2, 3] };
  const load = (...entries: [string, nn.StateEntry | Tensor][]) => {
    return () => model.loadStateDict(new Map(entries));
  };
  expect(load(["weight", weight], ["scale", bias], ["0.bias", bias])).toThrow(
    new UsageError(
      "loadStateDict: 1 of 2 names missing (bias), 2 unexpected (scale, 0.bias); " +
        "names and shapes must be those of stateDict().",
    ),
  );
  expect(load(["weight", weight])).toThrow(
    new UsageError(
      "loadStateDict: 1 of 2 names missing (bias); names and shapes must be those of stateDict().",
    ),
  );
  expect(load(["weight", { shape: [2, 3], data: weight.data }], ["bias", zeros([4])])).toThrow(
    new ShapeError(
      "loadStateDict: 2 of the wrong shape (weight is [2, 3] and should be [3, 2], " +
        "bias is [4] and should be [3]); names and shapes must be those of stateDict().",
    ),
  );
  expect(load(["weight", weight], ["bias", { shape: [3], data: new Uint8Array(12) }])).toThrow(
    new ShapeError(
      "loadStateDict: 1 of the wrong shape (bias has 12 values for [3]); " +
        "names and shapes must be those of stateDict().",
    ),
  );
  expect(await valuesOf(model)).toEqual(before);
});

test("strict: false loads what there is, and still refuses other shapes", async () => {
  const model = new nn.Linear(2, 1);
  const { weight } = Object.fromEntries(await valuesOf(model));
  const bias = { shape: [1], data: [9] };
  model.loadStateDict(
    new Map([
      ["bias", bias],
      ["other", bias],
    ]),
    { strict: false },
  );
  expect(Object.fromEntries(await valuesOf(model))).toEqual({ weight, bias: [9] });
  expect(() => model.loadStateDict(new Map([["weight", bias]]), { strict: false })).toThrow(ShapeError);
});

test("dispose gives parameters and buffers back", () => {
  const model = new Scale();
  model.dispose();
  expect([...model.stateDict().values()].every((value) => value.isDisposed)).toBe(true);
  expect(model.scratch.isDisposed).toBe(false);
});
