// The ladder of the convolution: 3 x 3 windows, stride 1, padding 1.

import { noise } from "../noise.ts";
import { sumTolerance } from "../sumTolerance.ts";
import {
  groupsOf,
  type Ladder,
  type LadderProblem,
  type LadderScale,
  type Launch,
  type Rung,
  type RungWork,
} from "./rung.ts";

interface Sizes {
  readonly batch: number;
  readonly channelsIn: number;
  readonly channelsOut: number;
  readonly height: number;
  readonly width: number;
}

const taps = 9;

const sizesOf: Record<LadderScale, Sizes> = {
  odd: { batch: 3, channelsIn: 19, channelsOut: 37, height: 7, width: 13 },
  software: { batch: 8, channelsIn: 16, channelsOut: 32, height: 32, width: 32 },
  hardware: { batch: 32, channelsIn: 64, channelsOut: 64, height: 56, width: 56 },
};

interface ConvolutionRung extends Rung {
  /** Whether four channels of the weights stand side by side. */
  readonly readsBlocks: boolean;
  workgroups(sizes: Sizes): Launch["workgroups"];
}

const rungs: readonly ConvolutionRung[] = [
  { name: "1_naive", readsBlocks: false, workgroups: (sizes) => places(sizes, 1, 1) },
  { name: "2_bounds", readsBlocks: false, workgroups: (sizes) => places(sizes, 1, 1) },
  { name: "3_columns", readsBlocks: false, workgroups: (sizes) => places(sizes, 4, 1) },
  { name: "4_registers", readsBlocks: false, workgroups: (sizes) => places(sizes, 4, 4) },
  { name: "5_weights", readsBlocks: true, workgroups: (sizes) => places(sizes, 4, 4) },
  {
    name: "6_implicit",
    readsBlocks: true,
    workgroups: ({ batch, channelsOut, height, width }) => [
      groupsOf(batch * height * width, 64),
      groupsOf(channelsOut, 32),
      1,
    ],
  },
];

/** Workgroups of 8 x 8 invocations, of which each has so many columns and channels. */
function places({ batch, channelsOut, height, width }: Sizes, columns: number, channels: number) {
  const groups: Launch["workgroups"] = [
    groupsOf(groupsOf(width, columns), 8),
    groupsOf(height, 8),
    batch * groupsOf(channelsOut, channels),
  ];
  return groups;
}

export const conv2dLadder: Ladder = {
  kernel: "conv2d",
  rungs,
  problem: (scale) => convolutionProblem(sizesOf[scale]),
};

function convolutionProblem(sizes: Sizes): LadderProblem {
  const { batch, channelsIn, channelsOut, height, width } = sizes;
  const pixels = batch * height * width;
  const x = noise(pixels * channelsIn, -1, 1, 11);
  const w = noise(channelsOut * channelsIn * taps, -1, 1, 12);
  return {
    sizes: `[${batch}, ${channelsIn}, ${height}, ${width}] to ${channelsOut} channels, 3 x 3`,
    params: [batch, channelsIn, channelsOut, height, width],
    flops: 2 * pixels * channelsOut * channelsIn * taps,
    bytes: 4 * (x.length + w.length + pixels * channelsOut),
    inputs: [
      { shape: [batch, channelsIn, height, width], values: x },
      { shape: [channelsOut, channelsIn, 3, 3], values: w },
    ],
    outputElements: pixels * channelsOut,
    at: (index) => exactElement(index, sizes, x, w),
    workOf: (rung) => workOf(rung, sizes, x, w),
  };
}

function exactElement(index: number, sizes: Sizes, x: Float32Array, w: Float32Array) {
  const { channelsIn, channelsOut, height, width } = sizes;
  const col = index % width;
  const row = Math.floor(index / width) % height;
  const plane = Math.floor(index / (width * height));
  const item = Math.floor(plane / channelsOut);
  const channel = plane % channelsOut;
  let value = 0;
  let magnitudes = 0;
  for (let i = 0; i < channelsIn; i++) {
    for (let tap = 0; tap < taps; tap++) {
      const inRow = row + Math.floor(tap / 3) - 1;
      const inCol = col + (tap % 3) - 1;
      if (inRow < 0 || inRow >= height || inCol < 0 || inCol >= width) continue;
      const place = ((item * channelsIn + i) * height + inRow) * width + inCol;
      const term = x[place] * w[(channel * channelsIn + i) * taps + tap];
      value += term;
      magnitudes += Math.abs(term);
    }
  }
  return { value, tolerance: sumTolerance(channelsIn * taps, magnitudes) };
}

function workOf({ name }: Rung, sizes: Sizes, x: Float32Array, w: Float32Array): RungWork {
  const rung = rungs.find((known) => known.name === name);
  if (rung === undefined) throw new Error(`conv2d has no rung ${name}.`);
  const { batch, channelsOut, height, width } = sizes;
  return {
    launches: [{ entryPoint: "main", workgroups: rung.workgroups(sizes) }],
    inputs: [x, rung.readsBlocks ? inBlocks(w, sizes) : w],
    outputElements: batch * channelsOut * height * width,
    scratchElements: 0,
    plain: (output) => output,
  };
}

/** The weights as [ceil(channelsOut / 4), channelsIn, 3, 3, 4], with zeros past the last channel. */
function inBlocks(w: Float32Array, { channelsIn, channelsOut }: Sizes): Float32Array {
  const perChannel = channelsIn * taps;
  const blocks = new Float32Array(groupsOf(channelsOut, 4) * 4 * perChannel);
  w.forEach((value, index) => {
    const channel = Math.floor(index / perChannel);
    const place = Math.floor(channel / 4) * perChannel + (index % perChannel);
    blocks[4 * place + (channel % 4)] = value;
  });
  return blocks;
}
