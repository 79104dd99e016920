// A GPT whose blocks are stored in f16: the shaders of its training step compile, and its plan needs less memory. No
// value is computed: the null backend runs nothing, and the software adapter of the tests lacks f16.

import { expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import { type Engine, init } from "../../src/api/engine.ts";
import { gradients } from "../../src/api/grad.ts";
import { type Tensor, tensor } from "../../src/api/tensor.ts";
import { UsageError } from "../../src/base/errors.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import { Gpt } from "../../src/models/gpt.ts";
import type { GptConfig } from "../../src/models/gptConfig.ts";
import { AdamW, GradScaler } from "../../src/optim/optim.ts";
import { PipelineCache } from "../../src/runtime/pipelines.ts";
import { elementCount } from "../../src/tensor/shape.ts";
import { keepForever, openNodeGpu } from "../setup/nodeGpu.ts";

const config: GptConfig = { vocabularySize: 13, context: 128, layers: 2, heads: 2, width: 32, dropout: 0.1 };

async function nullEngine(profile: "gpu" | "fallback"): Promise<Engine> {
  const gpu = await openNodeGpu("null");
  if (typeof gpu === "string") throw new Error(gpu);
  return keepForever(await init({ gpu, profile }));
}

const batch = (engine: Engine) => tensor(new Int32Array(4 * 128), [4, 128], { engine });

/** The plan of a training step, its pipelines made. */
async function planOf(engine: Engine, change: Partial<GptConfig>) {
  const model = new Gpt({ ...config, ...change });
  const optimizer = new AdamW(model.parameters(), { maxGradNorm: 1 });
  const scaler = new GradScaler();
  const step = compile((tokens: Tensor, targets: Tensor) => {
    const loss = model.loss(tokens, targets);
    scaler.step(optimizer, loss);
    scaler.update();
    return loss;
  });
  await step.prepare(batch(engine), batch(engine));
  const [{ plan }] = step.inspect();
  return { model, plan };
}

const usesF16 = ({ wgsl }: { readonly wgsl: string }) => wgsl.startsWith("enable f16;");

test.each(["gpu", "fallback"] as const)("f16 with %s kernels compiles, in less memory", async (kind) => {
  const engine = await nullEngine(kind);
  const plain = await planOf(engine, {});
  const half = await planOf(engine, { precision: "f16" });
  const both = await planOf(engine, { precision: "f16", checkpoint: true });
  expect(plain.plan.shaders.some(usesF16)).toBe(false);
  expect(half.plan.shaders.filter(usesF16).length).toBeGreaterThan(5);
  const pipelines = await new PipelineCache(engine.device).make(half.plan.shaders);
  expect(pipelines.length).toBe(half.plan.shaders.length);
  expect(half.plan.ownBytes).toBeLessThan(0.85 * plain.plan.ownBytes);
  expect(both.plan.ownBytes).toBeLessThan(0.85 * half.plan.ownBytes);
  expect(new Set(half.model.parameters().map(({ dtype }) => dtype))).toEqual(new Set(["f32"]));
});

test("but for rounding, loss and gradients are those of f32", async () => {
  const engine = await nullEngine("gpu");
  const tiny: GptConfig = { vocabularySize: 5, context: 4, layers: 2, heads: 2, width: 8 };
  const tokens = tensor(new Int32Array(8), [2, 4], { engine });
  const valuesWith = async (precision: "f32" | "f16") => {
    const model = new Gpt({ ...tiny, precision });
    const step = compile((x: Tensor, y: Tensor) => {
      const loss = model.loss(x, y);
      return [loss, ...gradients(loss, model.parameters())];
    });
    await step.prepare(tokens, tokens);
    const [{ graph }] = step.inspect();
    const feeds = graph.inputs.map((node, index) => {
      const value = (_: unknown, i: number) => (node.dtype === "i32" ? i % 5 : Math.sin(7 * i + index));
      const data = Float64Array.from({ length: elementCount(node.shape) }, value);
      return [node, { shape: node.shape, data }] as const;
    });
    // Nothing rounds to f16 here: what is stored in it is computed in float64 like all else.
    const values = evaluate(graph, new Map(feeds));
    const dtypes = new Set(graph.nodes.map(({ dtype }) => dtype));
    return { dtypes, values: graph.outputs.map((node) => [...(values.get(node)?.data ?? [])]) };
  };
  const [plain, half] = [await valuesWith("f32"), await valuesWith("f16")];
  expect([plain.dtypes.has("f16"), half.dtypes.has("f16")]).toEqual([false, true]);
  expect(half.values).toEqual(plain.values);
  expect(half.values.flat().every(Number.isFinite)).toBe(true);
});

test("in evaluation everything is f32", async () => {
  const engine = await nullEngine("gpu");
  const model = new Gpt({ ...config, precision: "f16" }).eval();
  const forward = compile((tokens: Tensor) => model.forward(tokens));
  await forward.prepare(batch(engine));
  expect(forward.inspect()[0].plan.shaders.some(usesF16)).toBe(false);
  expect(forward.inspect()[0].plan.outputs[0].dtype).toBe("f32");
});

test("a precision that there is not is refused", async () => {
  await nullEngine("gpu");
  const precision = "bf16" as never;
  expect(() => new Gpt({ ...config, precision })).toThrow(
    new UsageError('Gpt: precision is "bf16"; it must be "f32" or "f16".'),
  );
});
