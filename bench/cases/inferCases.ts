// Networks forward on one picture, one text, or one more token of a text.
//
// Decides how far logits may be off: a network rounds in each of its layers, so they are held against the largest of them.

import type { ExactResult } from "../expectation.ts";
import { type GptSizes, gptSizes, gptWeights, type NamedWeight } from "../gptProblem.ts";
import { lenetWeights } from "../lenetWeights.ts";
import { gptInFloat64, lenetInFloat64, resnetInFloat64 } from "../networksInFloat64.ts";
import { noise } from "../noise.ts";
import { pictures, resnet, resnetFlops, resnetSizes, resnetState } from "../resnetProblem.ts";
import { type ByScale, bytesOf, type CaseInput, type OpCase, type OpProblem, type Scale } from "./opCase.ts";

/** Of the largest logit. A few hundred roundings; what is computed wrongly is off by far more. */
const logitTolerance = 1e-4;

const tiny: GptSizes = { vocabularySize: 11, context: 7, layers: 2, heads: 2, width: 8, eps: 1e-5 };
const decodeSizes: ByScale<{ readonly sizes: GptSizes; readonly prefix: number }> = {
  small: { sizes: tiny, prefix: 5 },
  software: { sizes: { ...gptSizes["4x192"], context: 256 }, prefix: 192 },
  hardware: { sizes: { ...gptSizes["6x256"], context: 1024 }, prefix: 768 },
};

const cases: Readonly<Record<string, (scale: Scale) => OpProblem>> = {
  "infer-lenet": lenetProblem,
  "infer-resnet18-cifar": (scale) => resnetProblem(resnetSizes[scale].widths),
  "infer-gpt-2x64": (scale) => gptProblem(scale === "small" ? tiny : gptSizes["2x64"]),
  "decode-gpt": (scale) => decodeProblem(decodeSizes[scale]),
};

export const inferCases: readonly OpCase[] = Object.entries(cases).map(([name, problem]) => {
  return { name, group: "infer", fitsSoftware: true, problem };
});

function exactLogits(shape: readonly number[], logits: Float64Array): ExactResult {
  const tolerance = logitTolerance * logits.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return { name: "logits", shape, at: (index) => ({ value: logits[index], tolerance }) };
}

function lenetProblem(): OpProblem {
  const weights = lenetWeights();
  const x = { shape: [1, 1, 28, 28], values: noise(28 * 28, -1, 1, 502) };
  const exact = () => [
    exactLogits(
      [1, 10],
      lenetInFloat64(
        weights.map(({ values }) => values),
        x.values,
      ),
    ),
  ];
  const convolutions = 28 * 28 * 6 * 25 + 10 * 10 * 16 * 6 * 25;
  const flops = 2 * (convolutions + 400 * 120 + 120 * 84 + 84 * 10);
  return { work: { op: "inferLenet" }, ...inputsOf(weights, [x], [1, 10]), flops, exact };
}

function resnetProblem(widths: readonly number[]): OpProblem {
  const state = resnetState(widths);
  const { side, channels, classes } = resnet;
  const x = { shape: [1, channels, side, side], values: pictures(1) };
  return {
    work: { op: "inferResnet", widths },
    ...inputsOf(state, [x], [1, classes]),
    flops: resnetFlops(widths),
    exact: () => [exactLogits([1, classes], resnetInFloat64(byName(state), widths, x.values))],
  };
}

function gptProblem(sizes: GptSizes): OpProblem {
  const { context, vocabularySize } = sizes;
  const weights = livelyWeights(sizes);
  const tokens = tokensOf(context, sizes);
  const shape = [context, vocabularySize];
  return {
    work: { op: "inferGpt", sizes },
    ...inputsOf(weights, [{ shape: [1, context], values: tokens }], shape),
    flops: gptFlops(sizes, context, (context * (context + 1)) / 2),
    exact: () => [exactLogits(shape, gptInFloat64(byName(weights), sizes, tokens))],
  };
}

/** Keys and values may be any: that they come from no text makes no difference to the step. */
function decodeProblem({ sizes, prefix }: (typeof decodeSizes)["small"]): OpProblem {
  const { layers, heads, width, vocabularySize } = sizes;
  const weights = livelyWeights(sizes);
  const held = Array.from({ length: 2 * layers }, (_, index) => {
    return { shape: [1, heads, prefix, width / heads], values: noise(prefix * width, -1, 1, 600 + index) };
  });
  const token = { shape: [1], values: tokensOf(1, sizes) };
  const past = Array.from({ length: layers }, (_, layer) => {
    return { keys: held[2 * layer].values, values: held[2 * layer + 1].values };
  });
  const shape = [1, vocabularySize];
  return {
    work: { op: "decodeGpt", sizes, prefix },
    ...inputsOf(weights, [...held, token], shape),
    flops: gptFlops(sizes, 1, prefix + 1),
    exact: () => [exactLogits(shape, gptInFloat64(byName(weights), sizes, token.values, { prefix, past }))],
  };
}

function inputsOf(weights: readonly CaseInput[], more: readonly CaseInput[], result: readonly number[]) {
  const inputs = [...weights, ...more];
  return { inputs, bytes: bytesOf(...inputs.map(({ shape }) => shape), result) };
}

function byName(weights: readonly NamedWeight[]): Map<string, Float32Array> {
  return new Map(weights.map(({ name, values }) => [name, values]));
}

function tokensOf(count: number, { vocabularySize }: GptSizes): Int32Array {
  return Int32Array.from(noise(count, 0, 1, 501), (share) => Math.floor(share * vocabularySize));
}

/** Those of the training case begin so small that attention and biases hardly count. */
function livelyWeights(sizes: GptSizes): NamedWeight[] {
  return gptWeights(sizes).map(({ name, shape, values }, index) => {
    if (shape.length > 1) return { name, shape, values: values.map((value) => 5 * value) };
    const drawn = noise(values.length, -0.2, 0.2, 900 + index);
    return { name, shape, values: values.map((value, place) => value + drawn[place]) };
  });
}

/** Of `tokens` new tokens that attend to `pairs` together. */
function gptFlops({ layers, width, vocabularySize }: GptSizes, tokens: number, pairs: number): number {
  return 2 * tokens * (12 * layers * width ** 2 + vocabularySize * width) + 4 * layers * pairs * width;
}
