// Graph -> Groups: which nodes run in one dispatch.
//
// Greedy, in graph order: an elementwise node joins the groups of the values that it reads at its own index, and so
// pulls them together, but for a node that one other alone reads, which waits for that one; then a group of elementwise nodes
// that only one kernel reads moves into that kernel's loads; last, a kernel that another computes on the way joins it.
// Asks records only for their kind. Follows the usual rule: two groups may become one unless a path between them
// leaves both.

import { assertPresent } from "../base/assert.ts";
import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import type { DeviceProfile, Dispatch } from "../kernels/kernel.ts";
import { elementCount } from "../tensor/shape.ts";
import {
  type Anchor,
  findUses,
  type Group,
  isAligned,
  makersOf,
  needsOf,
  portInputs,
  readsOf,
  requireAccess,
  type Uses,
} from "./group.ts";
import { launchOf } from "./launch.ts";
import type { Placed } from "./place.ts";

/** A group that is still growing. */
interface Draft {
  readonly id: number;
  anchor: Anchor | undefined;
  readonly count: number;
  body: Node[];
  prologues: Map<string, readonly Node[]>;
  byproduct: Node | undefined;
}

/** The dispatches that compute `graph`, in an order in which they could run. */
export function fuse({ graph, placeOf }: Placed, device: DeviceProfile): Group[] {
  const fusion = new Fusion(graph, placeOf, device);
  for (const node of graph.nodes) {
    const isMade = node.op.kind === "kernel" || node.op.kind === "elementwise";
    if (isMade && elementCount(node.shape) > 0) fusion.add(node);
  }
  if (!device.withoutFusion) {
    fusion.fusePrologues();
    fusion.fuseByproducts();
  }
  return fusion.finish();
}

class Fusion {
  private readonly uses: Uses;
  private readonly device: DeviceProfile;
  private readonly placeOf: Placed["placeOf"];
  /** Update targets by the value that replaces them: such a value needs no buffer of its own. */
  private readonly targets: ReadonlyMap<Node, Node>;
  private readonly drafts = new Set<Draft>();
  private readonly draftOf = new Map<Node, Draft>();
  private readonly needed = new Map<Draft, readonly Node[]>();

  constructor(graph: Graph, placeOf: Placed["placeOf"], device: DeviceProfile) {
    this.uses = findUses(graph);
    this.placeOf = placeOf;
    this.device = device;
    this.targets = new Map(graph.updates.map(({ target, value }) => [value, target]));
  }

  add(node: Node): void {
    const { op } = node;
    const isKernel = op.kind === "kernel";
    const launch = launchOf(node, this.device);
    const anchor = launch && { node, ...launch };
    const draft: Draft = {
      id: node.id,
      anchor,
      count: elementCount(node.shape),
      body: isKernel ? [] : [node],
      prologues: new Map(),
      byproduct: undefined,
    };
    this.drafts.add(draft);
    this.draftOf.set(node, draft);
    if (!isKernel && !this.device.withoutFusion && !this.canWait(node)) this.pullTogether(draft);
  }

  /**
   * Whether one elementwise node alone reads this one, at its own index: it then goes where its reader goes, which in a
   * backward pass is later than where its inputs were made.
   */
  private canWait(node: Node): boolean {
    const readers = [...(this.uses.readers.get(node) ?? [])];
    if (this.uses.kept.has(node) || readers.length !== 1 || readers[0].op.kind !== "elementwise")
      return false;
    const count = elementCount(node.shape);
    const inputs = readers[0].inputs.filter((input) => requireAccess(input).base === node);
    return elementCount(readers[0].shape) === count && inputs.every((input) => isAligned(input, count));
  }

  /** Merges `draft` with the groups of the values that it reads at its own index, until none is left that can be. */
  private pullTogether(start: Draft): void {
    let draft = start;
    const refused = new Set<Draft>();
    for (
      let next = this.mergeable(draft, refused);
      next !== undefined;
      next = this.mergeable(draft, refused)
    ) {
      if (this.canMerge(next, draft)) draft = this.merge(next, draft);
      else refused.add(next);
    }
  }

  /** A group of which `draft` reads a value at its own index; waiting ones first. */
  private mergeable(draft: Draft, refused: ReadonlySet<Draft>): Draft | undefined {
    const inputs = draft.body.flatMap((node) => node.inputs).filter((input) => isAligned(input, draft.count));
    const others = inputs.map((input) => this.draftOf.get(requireAccess(input).base));
    return others
      .filter((other): other is Draft => other !== undefined && other !== draft && !refused.has(other))
      .sort((a, b) => b.id - a.id)[0];
  }

  /** Moves elementwise groups that one kernel port alone reads into that kernel. */
  fusePrologues(): void {
    for (const reader of [...this.drafts]) {
      if (reader.anchor === undefined) continue;
      const { node, dispatch } = reader.anchor;
      dispatch.kernel.inputs.forEach((port, index) => {
        if (!dispatch.kernel.prologue.includes(port)) return;
        const { base } = requireAccess(portInputs(node)[index]);
        const draft = this.draftOf.get(base);
        if (draft !== undefined && this.canMoveInto(draft, base, reader)) this.moveInto(draft, reader, port);
      });
    }
  }

  /** Lets kernels compute what others would, where their records say that they can. */
  fuseByproducts(): void {
    for (const draft of [...this.drafts]) {
      const node = draft.anchor?.node;
      if (node?.op.kind !== "kernel" || !this.drafts.has(draft)) continue;
      const neighbours = node.inputs.flatMap((input) => [
        ...(this.uses.readers.get(requireAccess(input).base) ?? []),
      ]);
      for (const other of neighbours) {
        if (draft.byproduct === undefined) this.joinByproduct(draft, other);
      }
    }
  }

  private joinByproduct(draft: Draft, other: Node): void {
    const anchor = assertPresent(draft.anchor, "the kernel of a by-product");
    const joined = this.draftOf.get(other);
    if (joined === undefined || joined === draft || joined.anchor?.node !== other) return;
    if (joined.body.length + joined.prologues.size > 0 || joined.byproduct !== undefined) return;
    const dispatch = this.dispatchOfBoth(anchor, other);
    if (dispatch === undefined || this.dependsOn(draft, joined) || this.dependsOn(joined, draft)) return;
    const together = { ...draft, byproduct: other };
    if (!this.fitsBindings(together) || this.readsItsHost(readsOf(together), this.storesOf(together))) {
      return;
    }
    // What was chosen for one kernel says nothing of another.
    const choice = dispatch.kernel === anchor.dispatch.kernel ? anchor.choice : undefined;
    draft.anchor = { ...anchor, dispatch, choice };
    draft.byproduct = other;
    this.draftOf.set(other, draft);
    this.drafts.delete(joined);
    this.needed.delete(draft);
  }

  private dispatchOfBoth({ node, dispatch }: Anchor, other: Node): Dispatch | undefined {
    const { op, inputs, attrs } = node;
    return op.kind === "kernel"
      ? op.dispatchWith?.({ node, inputs, attrs, device: this.device, dispatch }, other)
      : undefined;
  }

  private dependsOn(later: Draft, earlier: Draft): boolean {
    const needsIt = this.needs(later).some((base) => this.draftOf.get(base) === earlier);
    return needsIt || this.hasPathOutside(earlier, later);
  }

  finish(): Group[] {
    return [...this.drafts]
      .map((draft) => ({ ...draft, stores: this.storesOf(draft) }))
      .sort((a, b) => a.id - b.id);
  }

  private canMerge(a: Draft, b: Draft): boolean {
    if (a.anchor !== undefined && b.anchor !== undefined) return false;
    if (isPartial(a) || isPartial(b)) return false;
    if (this.readsAcross(a, b) || this.readsAcross(b, a)) return false;
    if (this.hasPathOutside(a, b) || this.hasPathOutside(b, a)) return false;
    const merged = { ...a, anchor: a.anchor ?? b.anchor, body: [...a.body, ...b.body] };
    return this.fitsBindings(merged) && !this.readsItsHost(readsOf(merged), this.storesOf(merged));
  }

  /** Whether one dispatch would read a buffer that it writes, because values of both stand in one host. */
  private readsItsHost(reads: readonly Node[], stores: readonly Node[]): boolean {
    const hostOf = (node: Node) => this.placeOf.get(node)?.host ?? node;
    const hosts = new Set(stores.map(hostOf));
    return reads.some((node) => hosts.has(hostOf(node)));
  }

  /** Whether `reader` reads a value of `source` at another index than its own. */
  private readsAcross(source: Draft, reader: Draft): boolean {
    const isOther = (input: Node) =>
      makersOf(requireAccess(input).base).some((maker) => this.draftOf.get(maker) === source);
    const anchorReads = reader.anchor?.node.inputs.some(isOther) ?? false;
    return (
      anchorReads ||
      reader.body.some((node) =>
        node.inputs.some((input) => isOther(input) && !isAligned(input, source.count)),
      )
    );
  }

  /** Whether a path from `source` to `target` goes through a third group. */
  private hasPathOutside(source: Draft, target: Draft): boolean {
    const seen = new Set([source, target]);
    const stack: Draft[] = [];
    const follow = (draft: Draft): boolean => {
      for (const base of this.needs(draft)) {
        const other = this.draftOf.get(base);
        if (other === source && draft !== target) return true;
        if (other === undefined || seen.has(other)) continue;
        seen.add(other);
        stack.push(other);
      }
      return false;
    };
    for (let draft: Draft | undefined = target; draft !== undefined; draft = stack.pop()) {
      if (follow(draft)) return true;
    }
    return false;
  }

  /** What must have been made before `draft` runs; found once, as long as it does not grow. */
  private needs(draft: Draft): readonly Node[] {
    const known = this.needed.get(draft) ?? needsOf(draft);
    this.needed.set(draft, known);
    return known;
  }

  /** Whether all buffers that the group would bind fit what a shader stage may bind. */
  private fitsBindings(draft: Draft): boolean {
    const reads = readsOf(draft);
    const stores = this.storesOf(draft).filter((node) => {
      const target = this.targets.get(node);
      return target === undefined || !reads.includes(target);
    });
    return reads.length + stores.length <= this.device.maxStorageBuffers;
  }

  /** The nodes of `draft` which someone outside of it reads, or which are kept. */
  private storesOf(draft: Draft): Node[] {
    const members = draft.anchor === undefined ? draft.body : [draft.anchor.node, ...draft.body];
    const inside = new Set(members);
    const stored = members.filter((node) => {
      if (this.uses.kept.has(node)) return true;
      return [...(this.uses.readers.get(node) ?? [])].some((reader) => !inside.has(reader));
    });
    return draft.byproduct === undefined ? stored : [...stored, draft.byproduct];
  }

  private merge(a: Draft, b: Draft): Draft {
    a.anchor ??= b.anchor;
    a.body = [...a.body, ...b.body].sort((x, y) => x.id - y.id);
    for (const node of b.anchor === undefined ? b.body : [b.anchor.node, ...b.body])
      this.draftOf.set(node, a);
    this.drafts.delete(b);
    this.needed.delete(a);
    return a;
  }

  private canMoveInto(draft: Draft, base: Node, reader: Draft): boolean {
    if (draft.anchor !== undefined || draft === reader) return false;
    const stores = this.storesOf(draft);
    if (stores.length !== 1 || stores[0] !== base || this.uses.kept.has(base)) return false;
    const node = assertPresent(reader.anchor, "the kernel of a prologue").node;
    const readers = this.uses.readers.get(base) ?? new Set();
    const ports = node.inputs.filter((input) => requireAccess(input).base === base);
    if (readers.size !== 1 || !readers.has(node) || ports.length !== 1) return false;
    const reads = new Set([...readsOf(reader).filter((read) => read !== base), ...readsOf(draft)]);
    const stored = this.storesOf(reader);
    return (
      reads.size + stored.length <= this.device.maxStorageBuffers && !this.readsItsHost([...reads], stored)
    );
  }

  private moveInto(draft: Draft, reader: Draft, port: string): void {
    reader.prologues.set(port, draft.body);
    for (const node of draft.body) this.draftOf.set(node, reader);
    this.drafts.delete(draft);
    this.needed.delete(reader);
  }
}

/** Whether the kernel writes some elements only, so that nothing can be computed as it stores. */
function isPartial({ anchor }: Draft): boolean {
  return anchor?.node.op.kind === "kernel" && anchor.node.op.overwrites !== undefined;
}
