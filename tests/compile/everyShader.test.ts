// Every shader that the compiler can write, with f32 and with f16 storage, for both device profiles and for every
// candidate of each choice, is compiled by Dawn for a device with all features. Nothing is run: the null backend computes
// no value, and the software adapter of the other tests lacks f16.

import { beforeAll, describe, expect, test } from "vitest";
import { compileGraph } from "../../src/compile/compileGraph.ts";
import type { Plan, PlanShader } from "../../src/compile/plan.ts";
import { trialsOf } from "../../src/compile/trials.ts";
import type { Graph } from "../../src/graph/graph.ts";
import type { DeviceProfile, Kernel } from "../../src/kernels/kernel.ts";
import { openDevice } from "../../src/runtime/openDevice.ts";
import { PipelineCache } from "../../src/runtime/pipelines.ts";
import { type OracleCase, opTableNames, oracleCases } from "../oracle/opTables.ts";
import { takes, trace } from "../oracle/traceCase.ts";
import { keepForever, openNodeGpu } from "../setup/nodeGpu.ts";
import { shaderGraph, shaderGraphNames, withGradients } from "./shaderGraphs.ts";

const modules: Record<string, Record<string, unknown>> = import.meta.glob("../../src/kernels/*.ts", {
  eager: true,
});
const kernels = Object.values(modules).flatMap((module) => Object.values(module).filter(isKernel));

function isKernel(value: unknown): value is Kernel {
  return typeof value === "object" && value !== null && "source" in value && "prologue" in value;
}

/** They read and write only what other kernels make, which is f32 or whole numbers whatever a tensor's dtype. */
const neverF16 = [
  "attention_stats_rows",
  "batch_norm_statistics_merge",
  "ctc_forward_rows",
  "ctc_forward_serial",
  "ctc_gradient_rows",
  "ctc_gradient_serial",
  "embedding_order_count",
  "embedding_order_merge",
  "sort_blocks_count",
  "sort_merge_paths",
];

/** The kernels that have been compiled, by storage. */
const seen = { f32: new Set<string>(), f16: new Set<string>() };
let cases: OracleCase[];
/** One for both profiles, which share many shaders. */
let compiler: { readonly device: GPUDevice; readonly pipelines: PipelineCache };

beforeAll(async () => {
  const gpu = await openNodeGpu("null");
  if (typeof gpu === "string") throw new Error(gpu);
  const { device } = keepForever(await openDevice({ gpu }));
  compiler = { device, pipelines: new PipelineCache(device) };
  cases = (await Promise.all(opTableNames.map(oracleCases))).flat();
});

describe.each(["gpu", "fallback"] as const)("%s kernels", (kind) => {
  describe.each(["f32", "f16"] as const)("%s storage", (dtype) => {
    test("of PyTorch's cases", async () => {
      const able = cases.filter((one) => takes(one, dtype));
      expect(able.length).toBeGreaterThan(cases.length / 2);
      await compileAll(
        kind,
        able.map((one) => {
          const { y, wrt } = trace(one, dtype);
          return withGradients([y], wrt);
        }),
      );
    });

    test.each(shaderGraphNames)("of %s", async (name) => {
      await compileAll(kind, [shaderGraph(name, dtype)]);
    });
  });
});

async function compileAll(kind: DeviceProfile["kind"], graphs: readonly Graph[]): Promise<void> {
  const { device } = compiler;
  const { profile } = await openDevice({ device, profile: kind });
  expect(profile.hasF16).toBe(true);
  const plans = graphs.flatMap((graph) => plansOf(graph, profile));
  const shaders = plans.flatMap((plan) => plan.shaders);
  for (const shader of shaders) seen[storageOf(shader)].add(kernelOf(shader));
  const pipelines = await compiler.pipelines.make(shaders);
  expect(pipelines.length).toBe(shaders.length);
}

/** The plan of `graph`, and those of every candidate of every choice in it. */
function plansOf(graph: Graph, profile: DeviceProfile): Plan[] {
  const trials = [...trialsOf(graph, profile, () => false)];
  return [
    compileGraph(graph, profile),
    ...trials.flatMap(({ candidates }) => candidates.map(({ plan }) => plan)),
  ];
}

function storageOf({ wgsl }: PlanShader): "f32" | "f16" {
  return wgsl.startsWith("enable f16;") ? "f16" : "f32";
}

/** Of "matmul+relu/matmul_registers#2". */
function kernelOf({ label }: PlanShader): string {
  return label.slice(label.indexOf("/") + 1).replace(/[ #].*$/, "");
}

describe("not one kernel was left out", () => {
  const names = kernels.map(({ name }) => name);

  test("with f32 storage", () => {
    expect(names.filter((name) => !seen.f32.has(name))).toEqual([]);
  });

  test("with f16 storage", () => {
    expect(names.filter((name) => !seen.f16.has(name)).sort()).toEqual(neverF16);
  });
});
test("a fault in a shader is shown with its line and a caret", async () => {
  const gpu = await openNodeGpu("null");
  if (typeof gpu === "string") throw new Error(gpu);
  const { device } = keepForever(await openDevice({ gpu }));
  const wgsl = "@compute @workgroup_size(1)\nfn main() {\n  let x: i32 = 1.5;\n}\n";
  const faulty = { label: "faulty", wgsl, constants: {}, bindings: [] };
  await expect(new PipelineCache(device).make([faulty])).rejects.toMatchObject({
    reason: "shader",
    message: expect.stringMatching(/^faulty: line 3: .*\n {2} {2}let x: i32 = 1\.5;\n +\^$/),
  });
});
