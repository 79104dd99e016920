// Values on the CPU: float64 arrays for references, typed arrays for what goes to and comes from the GPU.

import { type Dtype, halfFromBits, halfToBits, roundToDtype } from "./dtype.ts";
import { elementCount, type Shape } from "./shape.ts";

/** What a user may hand over as elements. */
export type TypedArray = Float32Array | Int32Array | Uint32Array | Uint8Array | Float64Array;

/** A tensor in float64 on the CPU, row-major: what every reference takes and gives. */
export interface HostArray {
  readonly shape: Shape;
  readonly data: Float64Array;
}

/** Zeros of a shape. */
export function hostZeros(shape: Shape): HostArray {
  return { shape, data: new Float64Array(elementCount(shape)) };
}

/** `values` as bytes that a GPU buffer of `dtype` holds, padded to a multiple of 16. */
export function encodeElements(values: ArrayLike<number>, dtype: Dtype): Uint8Array<ArrayBuffer> {
  const elementBytes = dtype === "f16" ? 2 : 4;
  const bytes = new ArrayBuffer(Math.max(16, Math.ceil((values.length * elementBytes) / 16) * 16));
  if (dtype === "f32") new Float32Array(bytes, 0, values.length).set(values);
  else if (dtype === "i32") new Int32Array(bytes, 0, values.length).set(values);
  else if (dtype === "f16") {
    const halves = new Uint16Array(bytes);
    for (let i = 0; i < values.length; i++) halves[i] = halfToBits(values[i]);
  } else {
    const words = new Uint32Array(bytes);
    for (let i = 0; i < values.length; i++) words[i] = roundToDtype(values[i], dtype);
  }
  return new Uint8Array(bytes);
}

/** The `count` elements that stand in `bytes`: Float32Array for floats, Int32Array, Uint32Array, or Uint8Array for bool. */
export function decodeElements(bytes: ArrayBuffer, dtype: Dtype, count: number): TypedArray {
  switch (dtype) {
    case "f32":
      return new Float32Array(bytes, 0, count);
    case "i32":
      return new Int32Array(bytes, 0, count);
    case "u32":
      return new Uint32Array(bytes, 0, count);
    case "f16":
      return Float32Array.from(new Uint16Array(bytes, 0, count), halfFromBits);
    case "bool":
      return Uint8Array.from(new Uint32Array(bytes, 0, count));
  }
}
