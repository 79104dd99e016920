// The cases of attention.json with their inputs, as make_attention.py computed them.

import type { Dtype } from "../../src/tensor/dtype.ts";
import { elementCount, type Shape } from "../../src/tensor/shape.ts";
import fixture from "./attention.json";
import { hashBits, hashNumbers } from "./hashNumbers.ts";

interface MaskSpec {
  readonly kind: string;
  readonly shape: Shape;
  /** Rows r with r % emptyEvery === 0 hide everything. */
  readonly emptyEvery?: number;
  /** Hides the first keys and no others. */
  readonly hiddenKeys?: number;
}

interface AttentionSpec {
  readonly seed: number;
  readonly name: string;
  readonly q: Shape;
  readonly k: Shape;
  readonly v: Shape;
  readonly causal?: boolean;
  readonly scale?: number;
  readonly mask?: MaskSpec;
}

/** Numbers of a tensor. */
export interface Given {
  readonly shape: Shape;
  readonly dtype: Dtype;
  readonly data: Float32Array;
}

/** An attention and what it is given. */
export interface AttentionCase {
  readonly name: string;
  /** What the fixture calls a result of this case. */
  readonly key: (result: "o" | "dq" | "dk" | "dv") => string;
  readonly q: Given;
  readonly k: Given;
  readonly v: Given;
  readonly dO: Given;
  readonly mask: Given | undefined;
  readonly causal: boolean;
  readonly scale: number | undefined;
}

const specs: readonly AttentionSpec[] = fixture.cases;

const numberOf = { q: 0, k: 1, v: 2, dO: 3, keep: 4, add: 5 };

/** A case by name, its heads' widths, and its numbers, which are made when they are asked for. */
interface NamedCase {
  readonly name: string;
  readonly widths: readonly number[];
  /** How many products its scores take. */
  readonly products: number;
  readonly make: () => AttentionCase;
}

export const attentionCases: readonly NamedCase[] = specs.map((spec) => ({
  name: spec.name,
  widths: [spec.q[3], spec.v[3]],
  products: elementCount(spec.q) * spec.k[2],
  make: () => caseOf(spec),
}));

function caseOf({ seed, name, q, k, v, causal = false, scale, mask }: AttentionSpec): AttentionCase {
  const drawn = (shape: Shape, tensor: keyof typeof numberOf): Given => ({
    shape,
    dtype: "f32",
    data: hashNumbers(seed, numberOf[tensor], shape),
  });
  return {
    name,
    key: (result) => `${seed}.${result}`,
    q: drawn(q, "q"),
    k: drawn(k, "k"),
    v: drawn(v, "v"),
    dO: drawn([...q.slice(0, 3), v[3]], "dO"),
    mask: mask && maskOf(mask, seed),
    causal,
    scale,
  };
}

function maskOf({ kind, shape, emptyEvery, hiddenKeys }: MaskSpec, seed: number): Given {
  const columns = shape[shape.length - 1];
  const bits = hashBits(seed, numberOf.keep, elementCount(shape));
  const isKept = (place: number) => {
    if (hiddenKeys !== undefined) return place % columns >= hiddenKeys;
    if (emptyEvery !== undefined && Math.floor(place / columns) % emptyEvery === 0) return false;
    return (bits[place] & 3) !== 0;
  };
  const added = hashNumbers(seed, numberOf.add, shape, { scale: 2 });
  const element: Record<string, (place: number) => number> = {
    bool: (place) => (isKept(place) ? 1 : 0),
    additive: (place) => added[place],
    "additive with infinities": (place) => (isKept(place) ? added[place] : Number.NEGATIVE_INFINITY),
    "additive, far below": (place) => (isKept(place) ? 0 : -1e9),
  };
  const dtype = kind === "bool" ? "bool" : "f32";
  return { shape, dtype, data: Float32Array.from(bits.keys(), element[kind]) };
}
