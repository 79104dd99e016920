// Products and convolutions of whole numbers at random shapes: exact to the last bit in whatever order they are
// added up, so that every mistake in an index shows.

import * as fc from "fast-check";
import type { Value } from "../../src/graph/node.ts";
import * as ops from "../../src/ops/index.ts";
import { printShape, type Shape } from "../../src/tensor/shape.ts";
import { exact } from "./families.ts";
import type { InputSpec } from "./opCase.ts";
import { type Cases, casesOf, narrowed, size } from "./randomShapes.ts";

const small = { integers: true, low: -4, high: 5 };
const from = (min: number, max: number) => fc.integer({ min, max });

/** Vectors, matrices and batches that broadcast, either side transposed or not. */
const matmul: Cases = casesOf(
  fc.record({
    sizes: fc.tuple(size(), size(), size()),
    batch: fc.array(size(0, 3), { maxLength: 2, size: "max" }),
    narrow: narrowed,
    isFirstNarrow: fc.boolean(),
    flips: fc.tuple(fc.boolean(), fc.boolean()),
    vectors: fc.tuple(fc.nat(5), fc.nat(5)),
  }),
  ({ sizes: [m, k, n], batch, narrow, isFirstNarrow, flips, vectors }) => {
    const [flipA, flipB] = flips;
    const [isRow, isColumn] = vectors.map((drawn, side) => drawn === 5 && !flips[side]);
    const batchA = isFirstNarrow ? narrow(batch) : batch;
    const batchB = isFirstNarrow ? batch : narrow(batch);
    const a = isRow ? [k] : [...batchA, ...(flipA ? [k, m] : [m, k])];
    const b = isColumn ? [k] : [...batchB, ...(flipB ? [n, k] : [k, n])];
    const leading = isRow && isColumn ? [] : isRow ? batchB : isColumn ? batchA : batch;
    return {
      name: `${printShape(a)}${flipA ? " transposed" : ""} times ${printShape(b)}${flipB ? " transposed" : ""}`,
      inputs: [
        { shape: a, ...small },
        { shape: b, ...small },
      ],
      apply: (x, y) => ops.matmul(flipA ? ops.transpose(x) : x, flipB ? ops.transpose(y) : y),
      shape: [...leading, ...(isRow ? [] : [m]), ...(isColumn ? [] : [n])],
      tolerance: exact,
    };
  },
);

/** A window along one axis, and how many places it has. `beyond` is what is left over behind the last one. */
export interface Window {
  readonly places: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: number;
  readonly beyond: number;
}

/** What shaders are made for: few, so that many shapes share them. Along y nothing is. */
const shared = fc.constantFrom(
  { kernel: 3, stride: 1, dilation: 1 },
  { kernel: 1, stride: 1, dilation: 1 },
  { kernel: 2, stride: 2, dilation: 1 },
  { kernel: 3, stride: 3, dilation: 2 },
);
const placed = { places: from(1, 4), padding: from(0, 2), beyond: from(0, 2) };

/** Windows of such kernels. */
export function windows(kernel: fc.Arbitrary<number>): fc.Arbitrary<Window> {
  return fc.record({ ...placed, kernel, stride: from(1, 3), dilation: from(1, 2) });
}

/** A window along each of so many axes. */
function filters(axes: number): fc.Arbitrary<readonly Window[]> {
  const others = fc.array(windows(from(1, 3)), { minLength: axes - 1, maxLength: axes - 1 });
  const along = fc.tuple(fc.record(placed), shared).map(([place, one]) => ({ ...place, ...one }));
  return fc.tuple(others, along).map(([outer, last]) => [...outer, last]);
}

const field = (window: readonly Window[], name: keyof Window) => window.map((one) => one[name]);
/** How many elements a window covers. */
export const reach = ({ kernel, dilation }: Window) => dilation * (kernel - 1) + 1;
/** Options, for names. */
export const printPairs = (pairs: Readonly<Record<string, unknown>>) =>
  JSON.stringify(pairs).replaceAll('"', "");

const channels = fc.record({
  batch: from(1, 3),
  groups: from(1, 3),
  ins: fc.constantFrom(1, 3),
  outs: fc.constantFrom(1, 3),
  hasBias: fc.boolean(),
});

interface ConvOptions<T extends Value> extends Readonly<Record<"stride" | "padding" | "dilation", Shape>> {
  readonly groups: number;
  readonly outputPadding?: Shape;
  readonly bias?: T;
}

type Conv = <T extends Value>(x: T, w: T, options: ConvOptions<T>) => T;

/** Convolutions of one, two and three axes are called alike. */
function convNamed(op: string): Conv {
  return Reflect.get(ops, op) as Conv;
}

/** Inputs of a convolution and, half of the time, a bias. */
function convCase(
  op: Conv,
  shapes: { readonly x: Shape; readonly w: Shape; readonly bias: number | undefined },
  options: ConvOptions<never>,
) {
  const { x, w, bias } = shapes;
  const specs: InputSpec[] = [x, w, ...(bias === undefined ? [] : [[bias]])].map((shape) => ({
    shape,
    ...small,
  }));
  return {
    name: `${printShape(x)} by ${printShape(w)}${bias === undefined ? "" : " with a bias"}, ${printPairs({ ...options })}`,
    inputs: specs,
    apply: <T extends Value>(...[image, filters, added]: T[]) =>
      op(image, filters, { ...options, bias: added }),
    tolerance: exact,
  };
}

function convAt(axes: number): Cases {
  return casesOf(fc.tuple(channels, filters(axes)), ([drawn, window]) => {
    const { batch, groups, ins, outs, hasBias } = drawn;
    const image = window.map((one) => {
      const { places, stride, padding, beyond } = one;
      return Math.max(1, (places - 1) * stride + reach(one) - 2 * padding + Math.min(beyond, stride - 1));
    });
    const shapes = {
      x: [batch, groups * ins, ...image],
      w: [groups * outs, ins, ...field(window, "kernel")],
      bias: hasBias ? groups * outs : undefined,
    };
    return convCase(convNamed(`conv${axes}d`), shapes, {
      stride: field(window, "stride"),
      padding: field(window, "padding"),
      dilation: field(window, "dilation"),
      groups,
    });
  });
}

function convTransposeAt(axes: number): Cases {
  return casesOf(fc.tuple(channels, filters(axes)), ([drawn, window]) => {
    const { batch, groups, ins, outs, hasBias } = drawn;
    const shapes = {
      x: [batch, groups * ins, ...field(window, "places")],
      w: [groups * ins, outs, ...field(window, "kernel")],
      bias: hasBias ? groups * outs : undefined,
    };
    return convCase(convNamed(`convTranspose${axes}d`), shapes, {
      stride: field(window, "stride"),
      dilation: field(window, "dilation"),
      padding: window.map((one) =>
        Math.min(one.padding, ((one.places - 1) * one.stride + reach(one) - 1) >> 1),
      ),
      outputPadding: window.map((one) => Math.min(one.beyond, Math.max(one.stride, one.dilation) - 1)),
      groups,
    });
  });
}

/** Those that have kernels. */
export const exactOps: Readonly<Record<string, Cases>> = {
  conv2d: convAt(2),
  convTranspose2d: convTransposeAt(2),
  matmul,
};

/** Those made of others. */
export const otherConvolutions: Readonly<Record<string, Cases>> = {
  conv1d: convAt(1),
  conv3d: convAt(3),
  convTranspose1d: convTransposeAt(1),
  convTranspose3d: convTransposeAt(3),
};
