// randomUniform: numbers in [0, 1) as a pure function of (seed, stream, step, element), so nothing need be stored.

import library from "../../shaders/lib/threefry.wgsl?raw";
import { threefry2x32 } from "../base/threefry.ts";
import type { Value } from "../graph/node.ts";
import type { ElementwiseRecord } from "../graph/op.ts";
import { requireDtype } from "../tensor/dtype.ts";
import type { Shape } from "../tensor/shape.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { apply } from "./define.ts";

/** What random numbers depend on beside their place: three scalars of u32. */
export interface RandomKey<T extends Value> {
  readonly seed: T;
  readonly stream: T;
  readonly step: T;
}

/** The number for one element: the top 24 bits, as a fraction. */
export function uniformAt(seed: number, stream: number, step: number, element: number): number {
  const [bits] = threefry2x32(seed, stream, step, element);
  return (bits >>> 8) * 2 ** -24;
}

const bitsRecord: ElementwiseRecord<undefined> = {
  kind: "elementwise",
  name: "randomBits",
  usesIndex: true,
  output: ([seed]) => ({ shape: seed.shape, dtype: "u32" }),
  operands: () => ["u32", "u32", "u32"],
  reference: ([seed, stream, step], _attrs, index) => threefry2x32(seed, stream, step, index)[0],
  wgsl: ([seed, stream, step], { call, index }) => call("threefry", seed, stream, step, index),
  libraries: [library],
  flops: 70,
};

const record: ElementwiseRecord<undefined> = {
  ...bitsRecord,
  name: "randomUniform",
  output: ([seed]) => ({ shape: seed.shape, dtype: "f32" }),
  reference: ([seed, stream, step], _attrs, index) => uniformAt(seed, stream, step, index),
  wgsl: ([seed, stream, step], { call, f32, u32, index }) =>
    `${f32}(${call("threefry", seed, stream, step, index)} >> ${u32}(8u)) * 5.9604645e-8`,
};

/** f32 numbers of `shape`, evenly distributed in [0, 1): multiples of 2^-24. Throws DtypeError unless the key is of u32. */
export function randomUniform<T extends Value>(key: RandomKey<T>, shape: Shape): T {
  return drawn("randomUniform", record, key, shape);
}

/** u32 numbers of `shape`, each of 32 random bits. Throws DtypeError unless the key is of u32. */
export function randomBits<T extends Value>(key: RandomKey<T>, shape: Shape): T {
  return drawn("randomBits", bitsRecord, key, shape);
}

function drawn<T extends Value>(
  op: string,
  numbers: ElementwiseRecord<undefined>,
  { seed, stream, step }: RandomKey<T>,
  shape: Shape,
): T {
  for (const [name, value] of Object.entries({ seed, stream, step })) {
    requireDtype(op, name, value, ["u32"]);
  }
  return apply(
    numbers,
    [seed, stream, step].map((value) => broadcastTo(value, shape)),
    undefined,
  );
}
