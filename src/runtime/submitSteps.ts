// Encoding runs of a plan that has its buffers: one submit for all of them, or several where that would keep the GPU
// from painting.

import { assert } from "../base/assert.ts";
import { roundUp } from "../base/integers.ts";
import type { Plan, PlanOutput, PlanRange } from "../compile/plan.ts";
import { dtypeSizeBytes } from "../tensor/dtype.ts";
import { elementCount } from "../tensor/shape.ts";
import { encodePass, type Instance } from "./instance.ts";
import type { Profiler } from "./profiler.ts";
import type { Storage } from "./storage.ts";

/** `sizeBytes` bytes of one buffer, copied into another. */
interface Copy {
  readonly from: GPUBuffer;
  readonly offset: number;
  readonly to: GPUBuffer;
  readonly toOffset: number;
  readonly sizeBytes: number;
}

/** One run: what is copied into the plan's buffers before it, and out of them after it. */
export interface Step {
  readonly copiesIn: readonly Copy[];
  readonly copiesOut: readonly Copy[];
}

/** Bytes from one step's value to the next, where those of several stand in one buffer. Copies go by 4 bytes. */
export function strideBytes({ shape, dtype }: PlanOutput): number {
  return roundUp(elementCount(shape) * dtypeSizeBytes(dtype), 4);
}

/** A step for each of `batches`, which hold a storage for each argument by the number of its input. */
export function stepsOf(
  { plan, buffers }: Instance,
  batches: readonly (readonly (Storage | undefined)[])[],
  outputs: readonly Storage[],
): Step[] {
  return batches.map((args, step) => ({
    copiesIn: plan.buffers.flatMap(({ input, sizeBytes }, index) => {
      const from = input === undefined ? undefined : args[input]?.materialize();
      return from === undefined ? [] : [{ from, offset: 0, to: buffers[index], toOffset: 0, sizeBytes }];
    }),
    copiesOut: plan.outputs.map((output, index) => {
      const stride = strideBytes(output);
      const sizeBytes = batches.length === 1 ? output.sizeBytes : stride;
      return { ...copyOut(plan, { ...output, sizeBytes }, buffers, outputs[index]), toOffset: step * stride };
    }),
  }));
}

/** The copy of a result out of the plan's buffers, into which its last vec4 need not fit. */
export function copyOut(
  plan: Plan,
  { buffer, offset, sizeBytes }: PlanRange,
  buffers: readonly GPUBuffer[],
  to: Storage,
): Copy {
  const left = plan.buffers[buffer].sizeBytes - offset;
  const size = Math.min(sizeBytes, left);
  return { from: buffers[buffer], offset, to: to.materialize(), toOffset: 0, sizeBytes: size };
}

/**
 * Runs `instance` once for each of `steps`, in order. `submits` has the first launch of each submit, counted on from
 * step to step. Returns how many submits were made.
 */
export function submitSteps(
  device: GPUDevice,
  profiler: Profiler,
  instance: Instance,
  steps: readonly Step[],
  submits: readonly number[],
): number {
  const { plan, launches } = instance;
  const begin = () => device.createCommandEncoder({ label: "tilegrad step" });
  let encoder = begin();
  let made = 0;
  const encode = (from: number, to: number) => {
    if (profiler.isRunning) profiler.encode(encoder, plan, launches, from, to);
    else encodePass(encoder, launches, from, to);
  };
  const submit = () => {
    device.queue.submit([encoder.finish()]);
    made += 1;
  };
  let next = 1; // of `submits`, whose first begins with the first encoder
  steps.forEach(({ copiesIn, copiesOut }, index) => {
    const first = index * launches.length;
    let from = 0;
    const cut = (at: number) => {
      encode(from, at);
      submit();
      encoder = begin();
      from = at;
      next += 1;
    };
    if (submits[next] === first && index > 0) cut(0);
    encodeCopies(encoder, copiesIn);
    while (next < submits.length && submits[next] < first + launches.length) cut(submits[next] - first);
    encode(from, launches.length);
    encodeCopies(encoder, copiesOut);
  });
  submit();
  return made;
}

function encodeCopies(encoder: GPUCommandEncoder, copies: readonly Copy[]): void {
  for (const { from, offset, to, toOffset, sizeBytes } of copies) {
    assert(from !== to, "a copy onto itself");
    encoder.copyBufferToBuffer(from, offset, to, toOffset, sizeBytes);
  }
}
