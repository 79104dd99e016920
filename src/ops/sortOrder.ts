// The order of rows: which element comes first, which next. What sorting, the largest k, medians and large scatters share.
//
// Elements become whole numbers that rise as they do, so that one set of kernels sorts every dtype, up and down. Blocks are
// sorted first; longer rows are merged after that, in as many steps as it takes.

import type { Spec, Value } from "../graph/node.ts";
import type { ElementwiseRecord, WgslTypes } from "../graph/op.ts";
import { forDtype } from "../kernels/forDtype.ts";
import { gather as gatherKernel } from "../kernels/gather.ts";
import { scatterRuns } from "../kernels/scatter.ts";
import { type SortSizes, sortBlock, sortBlocks, sortMerge } from "../kernels/sort.ts";
import { type Dtype, isFloating } from "../tensor/dtype.ts";
import { type HostArray, hostZeros } from "../tensor/hostArray.ts";
import { apply, defineKernel, type KernelOp, makeNode } from "./define.ts";
import { isNaNText } from "./keepNaN.ts";
import { select } from "./select.ts";

/** The bits of `value` as f32, read as i32. */
function bitsOf(value: number): number {
  return new Int32Array(Float32Array.of(value).buffer)[0];
}

/** A whole number that rises as values of `dtype` do; -0 as 0, and NaN above all. */
function keyOf(value: number, dtype: Dtype): number {
  if (!isFloating(dtype)) return dtype === "u32" ? value - 2 ** 31 : value;
  if (Number.isNaN(value)) return 2 ** 31 - 1;
  const bits = bitsOf(value === 0 ? 0 : value);
  return bits < 0 ? bits ^ 0x7fffffff : bits;
}

/** How keys go with elements: as they rise, as they fall, or as they fall but with NaN above all the same. */
export type KeyOrder = "rising" | "falling" | "fallingButNaN";

interface KeyAttrs {
  readonly order: KeyOrder;
  readonly dtype: Dtype;
}

const keyRecord: ElementwiseRecord<KeyAttrs> = {
  kind: "elementwise",
  name: "sortKey",
  output: ([x]) => ({ shape: x.shape, dtype: "i32" }),
  operands: (_inputs, { dtype }) => [isFloating(dtype) ? "f32" : dtype === "u32" ? "u32" : "i32"],
  reference([x], { order, dtype }) {
    const key = keyOf(x, dtype);
    const isKept = order === "rising" || (order === "fallingButNaN" && Number.isNaN(x));
    return isKept ? key : ~key;
  },
  wgsl([x], types, { order, dtype }) {
    const { i32 } = types;
    const rising = risingKey(x, dtype, types);
    if (order === "rising") return rising;
    if (order === "falling" || !isFloating(dtype)) return `(~${rising})`;
    return `select(~${rising}, ${i32}(0x7fffffff), ${isNaNText(x, types)})`;
  },
};

/** `keyOf` in WGSL, by the bits. */
function risingKey(x: string, dtype: Dtype, types: WgslTypes): string {
  const { i32, u32 } = types;
  const bits = `bitcast<${i32}>(${x})`;
  if (!isFloating(dtype)) return dtype === "u32" ? `(${bits} ^ ${i32}(-2147483647 - 1))` : x;
  const size = `(bitcast<${u32}>(${x}) & ${u32}(0x7fffffffu))`;
  const ordered = `select(${bits}, ${bits} ^ ${i32}(0x7fffffff), ${bits} < ${i32}(0))`;
  const withoutSign = `select(${ordered}, ${i32}(0), ${size} == ${u32}(0u))`;
  return `select(${withoutSign}, ${i32}(0x7fffffff), ${isNaNText(x, types)})`;
}

/** A key, and where in its row it stood, for each place of each block: i32 [2, rows, length] of keys [rows, length]. */
const orderRecord: KernelOp<{ readonly block: number | undefined }> = defineKernel<{
  readonly block: number | undefined;
}>({
  name: "sortOrder",
  output: ([keys]) => ({ shape: [2, ...keys.shape], dtype: "i32" }),
  reference: ([keys], { block = keys.shape[1] }) => orderOfBlocks(keys, block),
  dispatch([keys], { block }, device) {
    const sizes = sizesOf(keys.shape);
    return sortBlocks(sizes, block ?? sortBlock(sizes.length, device), device);
  },
  expand({ inputs: [keys], attrs, device }) {
    const length = keys.shape[1];
    const block = sortBlock(length, device);
    if (attrs.block !== undefined || length <= block) return undefined;
    let order = makeNode(orderRecord, [keys], { block });
    for (let run = block; run < length; run *= 2) order = makeNode(mergeRecord, [order], { run });
    return order;
  },
});

/** The same for blocks of twice the length. */
const mergeRecord = defineKernel<{ readonly run: number }>({
  name: "sortMerge",
  output: ([order]) => order,
  reference([order], { run }) {
    const [, rows, length] = order.shape;
    const half = rows * length;
    const keys = { shape: [rows, length], data: order.data.subarray(0, half) };
    const merged = orderOfBlocks(keys, 2 * run);
    const row = (at: number) => Math.floor((at % half) / length) * length;
    const places = merged.data.map((value, at) => (at < half ? value : order.data[half + row(at) + value]));
    return { shape: order.shape, data: places };
  },
  dispatch: ([order], { run }, device) => sortMerge(sizesOf(order.shape.slice(1)), run, device),
});

function sizesOf([rows, length]: readonly number[]): SortSizes {
  return { rows, length };
}

function orderOfBlocks({ shape: [rows, length], data }: HostArray, block: number): HostArray {
  const y = hostZeros([2, rows, length]);
  const blockOf = (place: number) => Math.floor(place / block);
  for (let row = 0; row < rows; row++) {
    const keys = data.subarray(row * length, (row + 1) * length);
    const places = [...keys.keys()].sort((a, b) => blockOf(a) - blockOf(b) || keys[a] - keys[b]);
    y.data.set(
      places.map((place) => keys[place]),
      row * length,
    );
    y.data.set(places, (rows + row) * length);
  }
  return y;
}

/** Rows in order. */
export interface SortedRows<T extends Value> {
  /** i32 [rows, length]: numbers that rise as the elements do, or as they fall where `descending`. Equal for equal ones. */
  readonly keys: T;
  /** i32 [rows, length]: where in its row each stood; equal ones in the order in which they stood. */
  readonly places: T;
}

/** i32 numbers that go with the elements of `x`. -0 has that of 0, and all NaN that of a number above all others. */
export function sortKeys<T extends Value>(x: T, order: KeyOrder): T {
  return apply(keyRecord, [x], { order, dtype: x.dtype });
}

/** The order of rows of i32 keys [rows, length]: i32 [2, rows, length], the keys as they rise and where each stood. */
export function orderOfRows<T extends Value>(keys: T): T {
  return apply(orderRecord, [keys], { block: undefined });
}

/** The order of each row of x [rows, length], any dtype. -0 equals 0, and NaN, above all numbers, itself. */
export function sortedRows<T extends Value>(x: T, descending: boolean): SortedRows<T> {
  const order = orderOfRows(sortKeys(x, descending ? "falling" : "rising"));
  return { keys: select(order, 0, 0), places: select(order, 0, 1) };
}

function gatherSizes({ shape: [rows, length] }: Spec) {
  return { outer: rows, size: length, count: length, inner: 1 };
}

/** y[r, j] = x[r, places[r, j]], where each row of places holds every index once. */
const arrangeRecord: KernelOp = defineKernel<undefined>({
  name: "arrange",
  output: ([x]) => x,
  reference([x, places]) {
    const length = x.shape[1];
    const data = places.data.map((place, at) => x.data[Math.floor(at / length) * length + place]);
    return { shape: x.shape, data };
  },
  gradient: ({ dy, inputs: [, places] }) => [apply(disarrangeRecord, [places, dy], undefined)],
  dispatch: ([x], _attrs, device) => forDtype(gatherKernel(gatherSizes(x), device), x.dtype),
});

/** y[r, places[r, j]] = x[r, j]: `arrange` undone. */
const disarrangeRecord: KernelOp = defineKernel<undefined>({
  name: "disarrange",
  output: ([, x]) => x,
  reference([places, x]) {
    const length = x.shape[1];
    const y = hostZeros(x.shape);
    places.data.forEach((place, at) => {
      y.data[Math.floor(at / length) * length + place] = x.data[at];
    });
    return y;
  },
  gradient: ({ dy, inputs: [places] }) => [undefined, apply(arrangeRecord, [dy, places], undefined)],
  dispatch: ([, x], _attrs, device) => forDtype(scatterRuns(gatherSizes(x), true, device), x.dtype),
});

/** The elements of each row of x [rows, length] at `places`, which are the row's in some order. */
export function arrangeRows<T extends Value>(x: T, places: T): T {
  return apply(arrangeRecord, [x, places], undefined);
}
