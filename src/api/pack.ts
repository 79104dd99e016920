// Packs: tensors that stand one behind the other in one flat tensor, so that one dispatch can work on all of them.
//
// A packed tensor stays the tensor it was: it can be read, written, assigned to, and used in ops, where it is a view of
// the pack. Optimizers pack parameters and their own state. Decides: which tensors are worth it, and their order.

import { assertPresent } from "../base/assert.ts";
import { concat, reshape } from "../ops/index.ts";
import type { Dtype } from "../tensor/dtype.ts";
import { type Home, Tensor, viewOf, zeros } from "./tensor.ts";

/** Larger tensors keep a GPU busy by themselves, and are better freed one by one. */
const MAX_PACKED_ELEMENTS = 2 ** 18;
const MAX_PACK_ELEMENTS = 2 ** 22;
const PACKED_DTYPE: Dtype = "f32";

/** A flat tensor and the places, in `tensors`, of what stands in it; or one tensor by itself. */
export interface Cluster {
  readonly value: Tensor;
  readonly members: readonly number[];
  readonly isPack: boolean;
}

/**
 * All `tensors`, f32 ones that are not large packed together. What is packed already stays where it is: it is one
 * cluster where all of the pack is given, and single tensors otherwise.
 */
export function packTensors(tensors: readonly Tensor[]): Cluster[] {
  const loose: number[] = [];
  const packs = new Map<Tensor, number[]>();
  tensors.forEach(({ home }, index) => {
    if (home === undefined) loose.push(index);
    else packs.set(home.pack, [...(packs.get(home.pack) ?? []), index]);
  });
  const known = [...packs].flatMap(([pack, members]) => {
    const size = members.reduce((total, index) => total + tensors[index].size, 0);
    if (size !== pack.size) return members.map((index) => single(index, tensors));
    const startOf = (index: number) => homeOf(tensors[index]).start;
    return [{ value: pack, members: members.sort((a, b) => startOf(a) - startOf(b)), isPack: true }];
  });
  const isLoose = (index: number) => isPackable(tensors[index]);
  const made = chunks(loose.filter(isLoose), tensors).map((members) => makePack(members, tensors));
  const rest = loose.filter((index) => !isLoose(index)).map((index) => single(index, tensors));
  return [...known, ...made, ...rest];
}

/** Zeros for each member of `cluster`, laid out like it: as one tensor, and member by member. */
export function zerosLike(cluster: Cluster, tensors: readonly Tensor[]): { value: Tensor; parts: Tensor[] } {
  const { engine, shape } = cluster.value;
  const value = zeros(shape, { engine });
  if (!cluster.isPack) return { value, parts: [value] };
  const members = new Set<Tensor>();
  const node = value.leaf("pack");
  const parts = cluster.members.map((index) => {
    const { start } = homeOf(tensors[index]);
    const { shape: own } = tensors[index];
    return new Tensor(engine, viewOf(node, start, own), undefined, { pack: value, start, members });
  });
  return { value, parts };
}

/** A value for each of `tensors`, those of a cluster's members in its layout. What is packed in that layout stays as it is. */
export function gather(cluster: Cluster, values: readonly Tensor[]): Tensor {
  if (!cluster.isPack) return values[cluster.members[0]];
  const own = cluster.members.map((index) => values[index]);
  return packOf(own) ?? concat(own.map((value) => reshape(value, [value.size])));
}

/** The pack in which `tensors`, and they alone, stand in this order. */
function packOf(tensors: readonly Tensor[]): Tensor | undefined {
  const pack = tensors[0].home?.pack;
  let start = 0;
  const isInOrder = tensors.every(({ home, size }) => {
    const isNext = home !== undefined && home.pack === pack && home.start === start;
    start += size;
    return isNext;
  });
  return isInOrder && start === pack?.size ? pack : undefined;
}

function isPackable({ dtype, size, engine }: Tensor): boolean {
  return dtype === PACKED_DTYPE && size > 0 && size <= MAX_PACKED_ELEMENTS && engine.trace === undefined;
}

/** Whole quads first, so that all of these can be read four at a time; each chunk within the size of a pack. */
function chunks(indices: readonly number[], tensors: readonly Tensor[]): number[][] {
  const isWhole = (index: number) => tensors[index].size % 4 === 0;
  const ordered = [...indices.filter(isWhole), ...indices.filter((index) => !isWhole(index))];
  const result: number[][] = [];
  let room = 0;
  for (const index of ordered) {
    if (result.length === 0 || tensors[index].size > room) {
      result.push([]);
      room = MAX_PACK_ELEMENTS;
    }
    result[result.length - 1].push(index);
    room -= tensors[index].size;
  }
  return result;
}

function makePack(members: number[], tensors: readonly Tensor[]): Cluster {
  if (members.length === 1) return single(members[0], tensors);
  const { engine } = tensors[members[0]];
  // Nodes, not tensors: lazy tensors would be computed for themselves when the old values go.
  const flat = members.map((index) => reshape(tensors[index].toNode("pack"), [tensors[index].size]));
  const pack = new Tensor(engine, concat(flat)).evaluate();
  pack.name = "pack";
  const home = { pack, members: new Set<Tensor>() };
  let start = 0;
  for (const index of members) {
    tensors[index].moveInto({ ...home, start });
    start += tensors[index].size;
  }
  return { value: pack, members, isPack: true };
}

function single(index: number, tensors: readonly Tensor[]): Cluster {
  return { value: tensors[index], members: [index], isPack: false };
}

function homeOf({ home }: Tensor): Home {
  return assertPresent(home, "the home of a packed tensor");
}
