// Graph -> Plan: simplify, recompute, place, fuse, schedule, plan memory, emit.

import { assertPresent } from "../base/assert.ts";
import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import type { DeviceProfile } from "../kernels/kernel.ts";
import { dtypeSizeBytes } from "../tensor/dtype.ts";
import { elementCount } from "../tensor/shape.ts";
import { type Emitted, emit } from "./emit.ts";
import { fuse } from "./fuse.ts";
import { type Group, membersOf, readsOf, requireAccess } from "./group.ts";
import { bufferSizeBytes, planMemory } from "./memory.ts";
import { place } from "./place.ts";
import type {
  Plan,
  PlanBinding,
  PlanBuffer,
  PlanChoice,
  PlanDispatch,
  PlanOutput,
  PlanRange,
  PlanShader,
} from "./plan.ts";
import { recompute } from "./recompute.ts";
import { schedule } from "./schedule.ts";
import type { Home } from "./seamWriter.ts";
import { simplify } from "./simplify.ts";
import { UniformBlock } from "./uniforms.ts";

/** The plan that computes `graph` on `device`. Inputs are numbered as `graph.inputs` has them. */
export function compileGraph(graph: Graph, device: DeviceProfile): Plan {
  const placed = place(recompute(simplify(graph, device)));
  const { graph: simple, placeOf } = placed;
  const plan = schedule(simple, fuse(placed, device));
  const memory = planMemory(placed, plan, device);
  const buffers: PlanBuffer[] = memory.slots.map(({ sizeBytes }) => ({ input: undefined, sizeBytes }));
  const ranges = new Map<Node, PlanRange>();
  for (const [node, { slot, offset }] of memory.placeOf) {
    ranges.set(node, { buffer: slot, offset, sizeBytes: bufferSizeBytes(node) });
  }
  graph.inputs.forEach((node, input) => {
    ranges.set(node, { buffer: buffers.length, offset: 0, sizeBytes: bufferSizeBytes(node) });
    buffers.push({ input, sizeBytes: bufferSizeBytes(node) });
  });
  for (const { target, value } of plan.updates) {
    ranges.set(value, assertPresent(ranges.get(target), "the buffer of an update's target"));
  }
  for (const [node, { host }] of placeOf) {
    // What has no element and no reader has no buffer, and neither have its parts.
    if (elementCount(host.shape) === 0 && !ranges.has(host)) continue;
    ranges.set(node, assertPresent(ranges.get(host), "the buffer of a host"));
  }
  const requireRange = (node: Node) => assertPresent(ranges.get(node), `a buffer for ${node.op.name}`);
  const home: Home = { rangeOf: requireRange, layoutOf: (node) => placeOf.get(node)?.layout };
  const writer = new PlanWriter();
  for (const group of plan.groups) writer.add(group, emit(group, home, device));
  return {
    buffers,
    shaders: writer.shaders,
    dispatches: writer.dispatches,
    submits: cutIntoSubmits(writer.dispatches, device),
    uniforms: writer.uniforms.bytes(),
    outputs: simple.outputs.map((node) => outputOf(node, requireRange)),
    ownBytes: memory.totalBytes,
    lowerBoundBytes: memory.lowerBoundBytes,
  };
}

function outputOf(node: Node, rangeOf: (base: Node) => PlanRange): PlanOutput {
  const { base, layout } = requireAccess(node);
  const { buffer, offset } = rangeOf(base);
  const { shape, dtype } = node;
  const start = layout.offset * dtypeSizeBytes(dtype);
  return { buffer, offset: offset + start, sizeBytes: bufferSizeBytes(node), shape, dtype };
}

class PlanWriter {
  readonly shaders: PlanShader[] = [];
  readonly dispatches: PlanDispatch[] = [];
  readonly uniforms = new UniformBlock();
  private readonly known = new Map<string, number>();

  add(group: Group, emitted: Emitted): void {
    const { dispatch, params, seam, storage } = emitted;
    const choice = group.anchor?.choice;
    const label = labelOf(group, `${dispatch.kernel.name}#${this.dispatches.length}${printChoice(choice)}`);
    const uniform = (struct: typeof params): PlanBinding => ({
      uniformOffset: this.uniforms.place(struct),
      sizeBytes: struct.sizeBytes,
    });
    const bindings: PlanBinding[] = [uniform(params), ...storage.map(({ range }) => range)];
    if (!seam.isEmpty) bindings.push(uniform(seam));
    const members = membersOf(group);
    this.dispatches.push({
      label,
      shader: this.shaderOf(labelOf(group, dispatch.kernel.name), emitted),
      bindings,
      workgroups: dispatch.workgroups,
      flops: dispatch.flops,
      bytes: [...readsOf(group), ...group.stores].reduce((total, node) => total + bufferSizeBytes(node), 0),
      shape: members[members.length - 1].shape,
      ...(choice === undefined ? {} : { choice }),
    });
  }

  private shaderOf(label: string, { dispatch, wgsl, storage, seam }: Emitted): number {
    const key = `${wgsl}\n${JSON.stringify(dispatch.constants)}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const declared = storage.map(({ access }) => access);
    const bindings = ["uniform" as const, ...declared, ...(seam.isEmpty ? [] : ["uniform" as const])];
    this.shaders.push({ label, wgsl, constants: dispatch.constants, bindings });
    this.known.set(key, this.shaders.length - 1);
    return this.shaders.length - 1;
  }
}

/**
 * `matmul+add+relu/matmul_tiled32#5 (tiled32, tuned) "layers.0"`: what is computed, by which kernel, in which dispatch,
 * who chose it where that was not by default, and for whom.
 */
function labelOf(group: Group, kernel: string): string {
  const names = membersOf(group).map(({ op }) => op.name);
  const shown = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more`] : names;
  if (group.byproduct !== undefined) shown.push(`(${group.byproduct.op.name})`);
  const prologue = [...group.prologues.values()].flat().map(({ op }) => op.name);
  const origin = membersOf(group).find((node) => node.origin !== undefined)?.origin;
  const text = `${[...prologue, ...shown].join("+")}/${kernel}`;
  return origin === undefined ? text : `${text} "${origin}"`;
}

/** What was chosen other than by default. */
function printChoice(choice: PlanChoice | undefined): string {
  return choice === undefined || choice.from === "default" ? "" : ` (${choice.name}, ${choice.from})`;
}

/**
 * What a device does at the very least, in operations and bytes per millisecond, what a launch takes however little it
 * does, and how long it may be kept busy.
 */
const PACE = {
  gpu: { flopsPerMs: 1e8, bytesPerMs: 1e7, launchMs: 0.005, budgetMs: 100 },
  fallback: { flopsPerMs: 1e6, bytesPerMs: 1e6, launchMs: 0.015, budgetMs: 2000 },
};

/** The first dispatch of each submit, cut so that none is expected to keep the GPU from painting for long. */
export function cutIntoSubmits(dispatches: readonly PlanDispatch[], { kind }: DeviceProfile): number[] {
  const { flopsPerMs, bytesPerMs, launchMs, budgetMs } = PACE[kind];
  const starts = [0];
  let spentMs = 0;
  dispatches.forEach(({ flops, bytes }, index) => {
    const timeMs = Math.max(flops / flopsPerMs, bytes / bytesPerMs, launchMs);
    if (spentMs > 0 && spentMs + timeMs > budgetMs) {
      starts.push(index);
      spentMs = 0;
    }
    spentMs += timeMs;
  });
  return starts;
}
