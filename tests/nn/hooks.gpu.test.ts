// Hooks: when they run, what they change, and activations of a model in and out of compiled functions.

import { beforeAll, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import { grad } from "../../src/api/grad.ts";
import { type Tensor, tensor } from "../../src/api/tensor.ts";
import { UsageError } from "../../src/base/errors.ts";
import * as nn from "../../src/nn/nn.ts";
import { add, mul, sum } from "../../src/ops/index.ts";
import { initShared } from "../setup/sharedDevice.ts";

beforeAll(async () => {
  await initShared();
});

const list = async (x: Tensor | undefined) => (x === undefined ? undefined : Array.from(await x.data()));

class Scale extends nn.Module {
  readonly factor: number;

  constructor(factor: number) {
    super();
    this.factor = factor;
  }

  forward(x: Tensor): Tensor {
    return mul(x, this.factor);
  }
}

class Pair extends nn.Module<[a: Tensor, b: Tensor], { total: Tensor }> {
  readonly heads = [new Scale(2), new Scale(3)];

  forward(a: Tensor, b: Tensor): { total: Tensor } {
    return { total: add(this.heads[0].forward(a), this.heads[1].forward(b)) };
  }
}

test("a hook is told module, inputs and result, until it is removed", async () => {
  const model = new nn.Sequential(new Scale(2), new Scale(5));
  const seen: unknown[] = [];
  const first = model.layers[0];
  const handle = first.registerForwardHook((module, [x], output) => {
    seen.push(module, x, output);
    return undefined;
  });
  const x = tensor([1, 2]);
  expect(await list(model.forward(x))).toEqual([10, 20]);
  expect(seen.slice(0, 2)).toEqual([first, x]);
  expect(await list(seen[2] as Tensor)).toEqual([2, 4]);
  handle.remove();
  handle.remove();
  model.forward(x);
  expect(seen.length).toBe(3);
  expect([...model.stateDict().keys(), ...Object.keys(first)]).toEqual(["training", "factor"]);
});

test("what hooks return takes the result's place, one after the other, and those of other modules stay", async () => {
  const [hooked, other] = [new Scale(2), new Scale(2)];
  const plusOne = (_m: Scale, _inputs: [x: Tensor], output: Tensor) => add(output, 1);
  const handle = hooked.registerForwardHook(plusOne);
  hooked.registerForwardHook(plusOne);
  expect(await list(hooked.forward(tensor([1])))).toEqual([4]);
  handle.remove();
  expect(await list(hooked.forward(tensor([1])))).toEqual([3]);
  expect(await list(other.forward(tensor([1])))).toEqual([2]);
});

test("inputs and results of a module of its own signature have their types", async () => {
  const pair = new Pair();
  const totals: Tensor[] = [];
  pair.registerForwardHook((module, [a, b], { total }) => {
    totals.push(a, b, total, tensor([module.heads.length]));
    return undefined;
  });
  pair.forward(tensor([1]), tensor([10]));
  expect(await Promise.all(totals.map(list))).toEqual([[1], [10], [32], [2]]);
});

test("what stands in several places has its first path; the root has none", () => {
  const shared = new Scale(1);
  const model = new nn.Sequential(shared, new nn.Sequential(new nn.ReLU(), shared), new nn.Flatten());
  expect([...model.namedModules()].map(([path, module]) => [path, module.constructor.name])).toEqual([
    ["", "Sequential"],
    ["0", "Scale"],
    ["1", "Sequential"],
    ["1.0", "ReLU"],
    ["2", "Flatten"],
  ]);
  expect([...new Pair().namedModules().keys()]).toEqual(["", "heads.0", "heads.1"]);
});

test("activations go out of a compiled function, and are no longer recorded behind it", async () => {
  const model = new nn.Sequential(new Scale(2), new Scale(-3), new nn.ReLU());
  const run = compile((x: Tensor) => nn.recordActivations(model, () => model.forward(x)));
  const { value, activations } = run(tensor([1, -2]));
  expect(await list(value)).toEqual([0, 12]);
  expect(Object.keys(activations).sort()).toEqual(["", "0", "1", "2"]);
  expect(await list(activations[1])).toEqual([-6, 12]);
  expect(await list(run(tensor([10, 10])).activations["0"])).toEqual([20, 20]);
});

test("an activation is differentiated by the image, as feature visualisation does", async () => {
  const model = new nn.Sequential(new Scale(2), new Scale(-3), new nn.ReLU());
  const dream = grad((image: Tensor) => {
    const { activations } = nn.recordActivations(model, () => model.forward(image), { names: ["1"] });
    expect(Object.keys(activations)).toEqual(["1"]);
    return sum(mul(activations[1], activations[1]));
  });
  expect(await list(compile((image: Tensor) => dream(image))(tensor([1, -1])))).toEqual([72, -72]);
});

test("modules that give no tensor are not recorded, and a fault ends the recording", async () => {
  const pair = new Pair();
  const { activations } = nn.recordActivations(pair, () => pair.forward(tensor([1]), tensor([2])));
  expect(Object.keys(activations).sort()).toEqual(["heads.0", "heads.1"]);
  const record = (body: () => unknown) => () => nn.recordActivations(pair, body);
  expect(
    record(() => {
      throw new Error("a fault");
    }),
  ).toThrow("a fault");
  pair.forward(tensor([5]), tensor([5]));
  expect(await list(activations["heads.0"])).toEqual([2]);
});

test("refusals", () => {
  const model = new nn.Sequential(new Scale(2));
  const hook = (value: unknown) => () => model.registerForwardHook(value as () => undefined);
  expect(hook(undefined)).toThrow(
    new UsageError("registerForwardHook: the hook is undefined; it must be a function."),
  );
  expect(hook({ name: "0" })).toThrow(
    new UsageError("registerForwardHook: the hook is [object Object]; it must be a function."),
  );
  expect(hook(3)).toThrow(new UsageError("registerForwardHook: the hook is 3; it must be a function."));
  expect(() => nn.recordActivations(model, () => 0, { names: ["0", "layers.0", "7"] })).toThrow(
    new UsageError('recordActivations: there is no "layers.0", "7"; the model has "", "0".'),
  );
  expect(() => nn.recordActivations(model, async () => 0)).toThrow(
    new UsageError("recordActivations: body is asynchronous; it must be an ordinary function."),
  );
});
