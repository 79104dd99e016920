// MultiheadAttention and the Transformer's layers, forward and backward, against PyTorch's in float64: one state dict
// of PyTorch's for each, with and without masks.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../../src/api/engine.ts";
import { gradients } from "../../src/api/grad.ts";
import { type Tensor, tensor } from "../../src/api/tensor.ts";
import * as nn from "../../src/nn/nn.ts";
import { mul, sum } from "../../src/ops/index.ts";
import type { Shape } from "../../src/tensor/shape.ts";
import { initShared } from "../setup/sharedDevice.ts";
import { backward, expectStored, type Fixture, forward, loadFixture } from "./fixture.ts";
import { hashNumbers } from "./hashNumbers.ts";
import facts from "./modules.json";

/** Tensor numbers of the hash: inputs are 0, 1, …. */
const ADDED_MASK = 3;
const DY = 50;
/** Elements that are stored of a parameter's gradient. */
const PARAMETER_SAMPLES = 64;

let fixture: Fixture;

beforeAll(async () => {
  fixture = await loadFixture("modules");
});

/** What a case says of its module; which of these it has depends on the module. */
interface Facts {
  readonly seed: number;
  readonly state?: string;
  readonly inputs?: readonly Shape[];
  readonly embedDim?: number;
  readonly numHeads?: number;
  readonly kdim?: number;
  readonly vdim?: number;
  readonly bias?: boolean;
  readonly attnMask?: string;
  readonly keyLengths?: readonly number[];
  readonly dModel?: number;
  readonly nhead?: number;
  readonly dimFeedforward?: number;
  readonly activation?: string;
  readonly normFirst?: boolean;
  readonly masked?: boolean;
}

const casesOf = (wanted: string): (Facts & { readonly name: string })[] =>
  facts.cases.filter(({ module }) => module === wanted);

/** True above the diagonal: what PyTorch hides of a causal sequence. */
function causalMask(length: number): Tensor {
  const hidden = Uint8Array.from({ length: length ** 2 }, (_, i) =>
    Number(i % length > Math.floor(i / length)),
  );
  return tensor(hidden, [length, length], { dtype: "bool" });
}

/** True from each sequence's length on. */
function paddingMask(lengths: readonly number[] | undefined, longest: number): Tensor | undefined {
  if (lengths === undefined) return undefined;
  const hidden = lengths.flatMap((length) => Array.from({ length: longest }, (_, i) => Number(i >= length)));
  return tensor(Uint8Array.from(hidden), [lengths.length, longest], { dtype: "bool" });
}

function inputsOf({ seed, inputs = [] }: Facts): Tensor[] {
  return inputs.map((shape, index) => tensor(hashNumbers(seed, index, shape), shape));
}

/** PyTorch's state dict into a module: its names must be ours, one for one. */
function load(module: nn.AnyModule, { state = "" }: Facts): void {
  const names = fixture.names.filter((name) => name.startsWith(`${state}/`));
  module.loadStateDict(new Map(names.map((name) => [name.slice(state.length + 1), fixture.get(name)])));
  module.eval();
}

/** Compares y and the gradients of all inputs and parameters. */
async function expectResults(
  module: nn.AnyModule,
  y: Tensor,
  inputs: readonly Tensor[],
  { seed }: Facts,
): Promise<void> {
  const names = [...module.namedParameters().keys()];
  const loss = sum(mul(y, tensor(hashNumbers(seed, DY, y.shape), y.shape)));
  const found = gradients(loss, [...inputs, ...module.parameters()]);
  expectStored("y", await y.data(), fixture.get(`${seed}.y`), forward);
  for (const index of inputs.keys())
    expectStored(`d${index}`, await found[index].data(), fixture.get(`${seed}.d${index}`), backward);
  for (const [index, name] of names.entries()) {
    const values = await found[inputs.length + index].data();
    expectStored(`d ${name}`, values, fixture.get(`${seed}.d.${name}`), backward, PARAMETER_SAMPLES);
  }
}

describe.each(["gpu", "fallback"] as const)("kernels for %s", (profile) => {
  // Kernels of attention have cases of their own, with both profiles; here it is layers that are checked, once.
  const cases = (module: string) => (profile === "gpu" ? casesOf(module) : casesOf(module).slice(0, 2));
  let engine: Engine;

  beforeAll(async () => {
    engine = await initShared({ profile });
  });

  afterAll(() => engine.destroy());

  const attention = (given: Facts) => {
    const { seed, embedDim = 0, numHeads = 0, attnMask, keyLengths, kdim, vdim, bias } = given;
    const module = new nn.MultiheadAttention(embedDim, numHeads, { kdim, vdim, bias });
    load(module, given);
    const [query, key, value] = inputsOf(given);
    const sizes = [query.shape[1], key.shape[1]];
    const added = () => tensor(hashNumbers(seed, ADDED_MASK, sizes, { scale: 2 }), sizes);
    const keyPaddingMask = paddingMask(keyLengths, sizes[1]);
    const hidden = attnMask === "causal" ? causalMask(sizes[0]) : undefined;
    const attentionMask = attnMask === "added" ? added() : hidden;
    return { module, inputs: [query, key, value] as const, masks: { keyPaddingMask, attentionMask } };
  };

  test.each(cases("MultiheadAttention"))("MultiheadAttention, $name", async (given) => {
    const { module, inputs, masks } = attention(given);
    await expectResults(module, module.forward(...inputs, masks), inputs, given);
  });

  test.each(cases("MultiheadAttention"))("MultiheadAttention, $name, with its weights", async (given) => {
    const { module, inputs, masks } = attention(given);
    const { output, weights } = module.forward(...inputs, {
      ...masks,
      needWeights: true,
      averageWeights: false,
    });
    const averaged = module.forward(...inputs, { ...masks, needWeights: true }).weights;
    expectStored("weights", await weights.data(), fixture.get(`${given.seed}.weights`), forward);
    expectStored("averaged", await averaged.data(), fixture.get(`${given.seed}.averaged`), forward);
    await expectResults(module, output, inputs, given);
  });

  test.each(cases("MultiheadAttention").filter(({ attnMask }) => attnMask === "causal"))(
    "MultiheadAttention, $name, told to be causal without a mask",
    async (given) => {
      const { module, inputs, masks } = attention(given);
      const { keyPaddingMask } = masks;
      await expectResults(module, module.forward(...inputs, { keyPaddingMask, causal: true }), inputs, given);
    },
  );

  const optionsOf = ({ dimFeedforward, activation, normFirst }: Facts): nn.TransformerLayerOptions => ({
    dimFeedforward,
    activation: activation === "gelu" ? "gelu" : "relu",
    normFirst,
  });

  test.each(cases("TransformerEncoderLayer"))("TransformerEncoderLayer, $name", async (given) => {
    const { dModel = 0, nhead = 0, keyLengths, masked } = given;
    const module = new nn.TransformerEncoderLayer(dModel, nhead, optionsOf(given));
    load(module, given);
    const [src] = inputsOf(given);
    const mask = masked ? causalMask(src.shape[1]) : undefined;
    const y = module.forward(src, { mask, keyPaddingMask: paddingMask(keyLengths, src.shape[1]) });
    await expectResults(module, y, [src], given);
  });

  test.each(cases("TransformerDecoderLayer"))("TransformerDecoderLayer, $name", async (given) => {
    const { dModel = 0, nhead = 0, keyLengths, masked } = given;
    const module = new nn.TransformerDecoderLayer(dModel, nhead, optionsOf(given));
    load(module, given);
    const [target, memory] = inputsOf(given);
    const targetMask = masked ? causalMask(target.shape[1]) : undefined;
    const memoryKeyPaddingMask = paddingMask(keyLengths, memory.shape[1]);
    const y = module.forward(target, memory, { targetMask, memoryKeyPaddingMask });
    await expectResults(module, y, [target, memory], given);
  });
});

test("the fixture has every module with and without masks", () => {
  const count = (wanted: string) => casesOf(wanted).length;
  const modules = ["MultiheadAttention", "TransformerEncoderLayer", "TransformerDecoderLayer"];
  expect(modules.map(count)).toEqual([8, 8, 8]);
  expect(casesOf("MultiheadAttention").map(({ attnMask }) => attnMask)).toContain("added");
  for (const layer of modules.slice(1)) {
    const isMasked = casesOf(layer).map(({ masked }) => masked);
    expect(isMasked.filter(Boolean).length).toBe(4);
  }
});
