// Tensors as users meet them: making, reading, lazy values, disposal, assignment, and every refusal's text.

import { beforeAll, describe, expect, test } from "vitest";
import {
  add,
  assignAll,
  compile,
  DisposedError,
  type Engine,
  exp,
  init,
  memory,
  mul,
  ones,
  reshape,
  ShapeError,
  slice,
  type Tensor,
  tensor,
  transpose,
  UsageError,
  zeros,
} from "../../src/index.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await init();
});

const list = async (x: Tensor) => Array.from(await x.data());

describe("making", () => {
  test("from nested arrays, flat data, typed arrays and fills", async () => {
    expect(
      tensor([
        [1, 2, 3],
        [4, 5, 6],
      ]).shape,
    ).toEqual([2, 3]);
    expect(await list(tensor(new Float32Array([1, 2, 3, 4]), [2, 2]))).toEqual([1, 2, 3, 4]);
    expect(tensor(new Int32Array([1])).dtype).toBe("i32");
    expect(tensor([true, false]).dtype).toBe("bool");
    expect(await list(tensor([true, false]))).toEqual([1, 0]);
    expect(await list(zeros([3]))).toEqual([0, 0, 0]);
    expect(await list(ones([2], { dtype: "i32" }))).toEqual([1, 1]);
    expect(await list(zeros([0, 4]))).toEqual([]);
    expect(await tensor(5).item()).toBe(5);
  });

  test("refusals", () => {
    expect(() => tensor([1, 2, 3], [2, 2])).toThrow(
      "tensor: 3 values for shape [2, 2], which has 4; the counts must be equal.",
    );
    expect(() => tensor([[1, 2], [3]])).toThrow(
      "tensor: the nested arrays are ragged; at depth 1 every array must have 2 entries.",
    );
    expect(() => zeros([-1])).toThrow("full: shape [-1] has size -1; sizes must be whole numbers >= 0.");
    expect(() => zeros([2 ** 20, 2 ** 20])).toThrow(ShapeError);
  });
});

describe("lazy values", () => {
  test("run when read, once", async () => {
    const x = tensor([1, 2, 3]);
    const y = add(mul(x, 2), 1);
    expect(await list(y)).toEqual([3, 5, 7]);
    const submits = engine.runtime.submits;
    expect(await list(y)).toEqual([3, 5, 7]);
    expect(engine.runtime.submits).toBe(submits);
  });

  test("outlive the tensors they were made of", async () => {
    const x = tensor([1, 2]);
    const y = add(x, 1);
    x.dispose();
    expect(await list(y)).toEqual([2, 3]);
  });

  test("a chain that is carried through reads does not grow", async () => {
    let x = tensor([0]);
    for (let i = 0; i < 20; i++) {
      x = add(x, 1);
      expect(await mul(x, 2).item()).toBe(2 * (i + 1));
    }
    const plans = engine.runtime.submits;
    await mul(add(x, 1), 2).item();
    expect(engine.runtime.submits - plans).toBeLessThanOrEqual(2);
  });

  test("keep the values that their inputs had, whatever is written later", async () => {
    const x = tensor([1]);
    const first = add(x, 10);
    x.write([5]);
    const second = add(x, 10);
    x.assign(mul(x, 2));
    expect([await first.item(), await second.item(), await x.item()]).toEqual([11, 15, 10]);
  });

  test("two values that come to the same are still two tensors", async () => {
    const x = tensor([1, 2]);
    const y = exp(x);
    await add(x, 1).data();
    const same = mul(y, 1);
    expect(await list(same)).toEqual(await list(y));
    same.write([7, 8]);
    expect((await list(y))[0]).toBeCloseTo(Math.E, 6);
  });

  test("parts of one value that are computed together are each its own, in any order", async () => {
    for (const length of [2, 5, 9]) {
      const x = tensor(Float32Array.from({ length }, (_, index) => index));
      const y = add(x, 1);
      const parts = [slice(y, { starts: [1] }), slice(y, { ends: [length - 1] })];
      y.dispose();
      x.write(new Float32Array(length)); // makes what depends on the old values, in one plan
      const values = Array.from({ length }, (_, index) => index + 1);
      const expected = [values.slice(1), values.slice(0, -1)];
      for (const [index, part] of parts.entries())
        expect(Array.from(await part.data())).toEqual(expected[index]);
    }
  });

  test("reading with an aborted signal is refused", async () => {
    await expect(tensor([1]).data({ signal: AbortSignal.abort() })).rejects.toThrow("abort");
  });
});

describe("disposal", () => {
  test("gives memory back, and use afterwards is refused", async () => {
    const before = memory();
    const x = tensor(new Float32Array(1024), undefined, { name: "big" });
    expect(memory().liveBytes - before.liveBytes).toBe(4096);
    expect(memory().largest.some(({ label }) => label === "big")).toBe(true);
    x.dispose();
    x.dispose();
    expect(memory().liveBytes).toBe(before.liveBytes);
    expect(memory().liveTensors).toBe(before.liveTensors);
    expect(() => exp(x)).toThrow(DisposedError);
    expect(() => exp(x)).toThrow("exp: big [1024] was disposed; use it before dispose().");
    await expect(x.data()).rejects.toThrow(DisposedError);
  });

  test("`using` disposes at the end of the block", () => {
    let kept: Tensor;
    {
      using x = tensor([1]);
      kept = x;
    }
    expect(kept.isDisposed).toBe(true);
  });
});

describe("assignment", () => {
  test("write and assign replace the value in order", async () => {
    const x = tensor([1, 2]);
    const before = add(x, 0.5).evaluate();
    x.write([10, 20]);
    expect(await list(x)).toEqual([10, 20]);
    x.assign(mul(x, 2));
    expect(await list(x)).toEqual([20, 40]);
    expect(await list(before)).toEqual([1.5, 2.5]);
  });

  test("several at once are computed from the old values", async () => {
    const a = tensor([1]);
    const b = tensor([2]);
    assignAll([
      [a, b],
      [b, a],
    ]);
    expect([await a.item(), await b.item()]).toEqual([2, 1]);
  });

  test("refusals", () => {
    const x = tensor([1, 2]);
    expect(() => x.write([1])).toThrow("write: 1 values for a tensor of 2; the counts must be equal.");
    expect(() => x.assign(tensor([1, 2], undefined, { dtype: "i32" }))).toThrow(
      "assign: a i32 value for a f32 tensor; cast it first.",
    );
  });
});

describe("compiled functions", () => {
  test("give back parts of one value", async () => {
    const parts = compile((x: Tensor) => {
      const y = mul(x, 2);
      return [slice(y, { starts: [1] }), slice(y, { ends: [2] }), reshape(y, [3, 1])];
    });
    const results = parts(tensor([1, 2, 3]));
    expect(parts.inspect()[0].plan.dispatches.length).toBe(1);
    expect(await Promise.all(results.map(async (one) => Array.from(await one.data())))).toEqual([
      [4, 6],
      [2, 4],
      [2, 4, 6],
    ]);
  });

  test("take and give nested structures, one plan for each signature", async () => {
    const f = compile((input: { list: Tensor[]; scale: number }) => ({
      total: input.list.reduce((a, b) => add(a, b)),
      twice: [mul(input.list[0], input.scale)],
    }));
    const { total, twice } = f({ list: [tensor([1, 2]), tensor([3, 4])], scale: 2 });
    expect(await list(total)).toEqual([4, 6]);
    expect(await list(twice[0])).toEqual([2, 4]);
    f({ list: [tensor([1, 2]), tensor([3, 4])], scale: 2 });
    expect(f.inspect().length).toBe(1);
    f({ list: [tensor([1]), tensor([3])], scale: 2 });
    f({ list: [tensor([1]), tensor([3])], scale: 3 });
    expect(f.inspect().length).toBe(3);
    f.dispose();
  });

  test("read captured tensors anew at every call", async () => {
    const w = tensor([2]);
    const f = compile((x: Tensor) => mul(x, w));
    expect(await f(tensor([3])).item()).toBe(6);
    w.write([5]);
    expect(await f(tensor([3])).item()).toBe(15);
    w.dispose();
    expect(() => f(tensor([3]))).toThrow("which the function uses, was disposed");
  });

  test("assignments inside take effect in order", async () => {
    const w = tensor([1]);
    const f = compile(() => {
      w.assign(mul(w, 3));
      const between = add(w, 0);
      w.assign(add(w, 1));
      return between;
    });
    expect(await f().item()).toBe(3);
    expect(await w.item()).toBe(4);
    expect(await f().item()).toBe(12);
    expect(await w.item()).toBe(13);
  });

  test("a function that is compiled inside another becomes part of it", async () => {
    const inner = compile((x: Tensor) => add(x, 1));
    const outer = compile((x: Tensor) => mul(inner(x), 2));
    expect(await outer(tensor([1])).item()).toBe(4);
    expect(inner.inspect().length).toBe(0);
  });

  test("results are separate from what comes after", async () => {
    const f = compile((x: Tensor) => transpose(mul(x, 2)));
    const first = f(tensor([[1, 2]]));
    f(tensor([[3, 4]]));
    expect(await list(first)).toEqual([2, 4]);
  });

  test("refusals", async () => {
    let leaked: Tensor | undefined;
    const f = compile((x: Tensor) => {
      leaked = add(x, 1);
      return leaked;
    });
    f(tensor([1]));
    expect(() => add(leaked ?? tensor([0]), 1)).toThrow(
      "add: the tensor belongs to a compiled function that has returned; return it from the function to use it outside.",
    );
    const reading = compile((x: Tensor) => {
      x.evaluate();
      return x;
    });
    expect(() => reading(tensor([1]))).toThrow(
      "evaluate: values do not exist while a compiled function is traced; return the tensor and read it outside.",
    );
    expect(engine.trace).toBeUndefined();
    expect(() => compile(async (x: Tensor) => x)(tensor([1]))).toThrow(
      "compile: the function is asynchronous",
    );
    expect(() => compile((_: Map<string, number>) => 0)(new Map())).toThrow(UsageError);
    expect(() => compile((_: Map<string, number>) => 0)(new Map())).toThrow(
      "compile: a Map cannot be an argument or result",
    );
    const local = compile((x: Tensor) => x.assign(x));
    expect(() => local(tensor([1]))).toThrow("assign: the target is a value of the traced function");
  });
});
