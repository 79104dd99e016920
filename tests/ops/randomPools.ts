// Poolings of one, two and three axes at random shapes.

import * as fc from "fast-check";
import type { Value } from "../../src/graph/node.ts";
import type { ValuesAndIndices } from "../../src/ops/index.ts";
import * as ops from "../../src/ops/index.ts";
import { printShape, type Shape } from "../../src/tensor/shape.ts";
import { exact, normalised } from "./families.ts";
import type { InputSpec } from "./opCase.ts";
import { printPairs, reach, type Window, windows } from "./randomExact.ts";
import { type Cases, casesOf, distinct } from "./randomShapes.ts";

interface PoolOptions {
  readonly stride: Shape;
  readonly padding: Shape;
  readonly dilation?: Shape;
}

type Pool = <T extends Value>(x: T, kernel: Shape, options: PoolOptions) => T;
type Adaptive = <T extends Value>(x: T, outputs: Shape) => T;

/** A pooling by its name: those of one, two and three axes are called alike. */
function named<Op>(op: string): Op {
  return Reflect.get(ops, op) as Op;
}

/** How a pooling's numbers are drawn and compared. */
interface PoolBars {
  readonly kernel: fc.Arbitrary<number>;
  readonly isDilated?: true;
  /** Windows that do not overlap and leave nothing out. */
  readonly isTiling?: true;
  readonly input?: (shape: Shape) => InputSpec;
}

const anyKernel = fc.integer({ min: 1, max: 3 });

function poolAt(axes: number, op: Pool, { kernel, isDilated, isTiling, input = distinct }: PoolBars): Cases {
  const window = fc.array(windows(kernel), { minLength: axes, maxLength: axes });
  const drawn = fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 3 }), window);
  return casesOf(drawn, ([batch, planes, given]) => {
    const window = given.map((one): Window => {
      if (isTiling) return { ...one, stride: one.kernel, dilation: 1, padding: 0, beyond: 0 };
      const { padding } = one;
      return {
        ...one,
        dilation: isDilated ? one.dilation : 1,
        padding: Math.min(padding, input === distinct ? one.kernel >> 1 : 0),
      };
    });
    // So wide that no window sees padding alone; not too wide for three axes.
    const image = window.map((one) =>
      Math.max(
        one.dilation,
        (Math.min(one.places, 5 - axes) - 1) * one.stride + reach(one) - 2 * one.padding + one.beyond,
      ),
    );
    const shape = [batch, planes, ...image];
    const sizes = window.map((one) => one.kernel);
    const options: PoolOptions = {
      stride: window.map((one) => one.stride),
      padding: window.map((one) => one.padding),
      ...(isDilated ? { dilation: window.map((one) => one.dilation) } : {}),
    };
    return {
      name: `${printShape(shape)} by ${printShape(sizes)}, ${printPairs({ ...options })}`,
      inputs: [input(shape)],
      apply: (image) => op(image, sizes, options),
      tolerance: input === distinct ? exact : normalised,
    };
  });
}

function adaptiveAt(axes: number, op: Adaptive, input: (shape: Shape) => InputSpec): Cases {
  const size = fc.integer({ min: 1, max: 6 - axes });
  const sizes = fc.array(fc.tuple(size, size), { minLength: axes, maxLength: axes });
  return casesOf(fc.tuple(fc.integer({ min: 1, max: 2 }), sizes), ([planes, drawn]) => {
    const shape = [planes, 2, ...drawn.map(([length]) => length)];
    const outputs = drawn.map(([, output]) => output);
    return {
      name: `${printShape(shape)} to ${printShape(outputs)}`,
      inputs: [input(shape)],
      apply: (x) => op(x, outputs),
      tolerance: input === distinct ? exact : normalised,
    };
  });
}

const positive = (shape: Shape): InputSpec => ({ shape, low: 0.5, high: 2.5 });

/** A window of a power of two divides whole numbers without a rounding. */
const halves: PoolBars = { kernel: fc.constantFrom(1, 2, 4) };

function poolsOf(axes: number): Record<string, Cases> {
  const withIndices = named<
    <T extends Value>(x: T, kernel: Shape, options: PoolOptions) => ValuesAndIndices<T>
  >(`maxPool${axes}dWithIndices`);
  const unpool = named<<T extends Value>(x: T, indices: T, kernel: Shape) => T>(`maxUnpool${axes}d`);
  const largest = named<<T extends Value>(x: T, outputs: Shape) => ValuesAndIndices<T>>(
    `adaptiveMaxPool${axes}dWithIndices`,
  );
  const normOf = named<<T extends Value>(x: T, p: number, kernel: Shape, options: object) => T>(
    `lpPool${axes}d`,
  );
  const tiled: Pool = (x, kernel, options) => {
    const { values, indices } = withIndices(x, kernel, options);
    return unpool(values, indices, kernel);
  };
  const dilated: PoolBars = { kernel: anyKernel, isDilated: true };
  return {
    [`adaptiveAvgPool${axes}d`]: adaptiveAt(axes, named(`adaptiveAvgPool${axes}d`), positive),
    [`adaptiveMaxPool${axes}d`]: adaptiveAt(axes, named(`adaptiveMaxPool${axes}d`), distinct),
    [`adaptiveMaxPool${axes}dWithIndices`]: adaptiveAt(
      axes,
      (x, outputs) => largest(x, outputs).values,
      distinct,
    ),
    [`avgPool${axes}d`]: poolAt(axes, named(`avgPool${axes}d`), halves),
    [`lpPool${axes}d`]: poolAt(axes, (x, kernel, { stride }) => normOf(x, 2, kernel, { stride }), {
      kernel: anyKernel,
      input: positive,
    }),
    [`maxPool${axes}d`]: poolAt(axes, named(`maxPool${axes}d`), dilated),
    [`maxPool${axes}dWithIndices`]: poolAt(axes, (...given) => withIndices(...given).values, dilated),
    [`maxUnpool${axes}d`]: poolAt(axes, tiled, { kernel: anyKernel, isTiling: true }),
  };
}

export const pools: Readonly<Record<string, Cases>> = { ...poolsOf(1), ...poolsOf(2), ...poolsOf(3) };
