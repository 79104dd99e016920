// What a kernel is: one .wgsl file and the record that names what is in it; and what one launch of it is.
//
// Decides: the contract between a shader and the compiler.
// Leaves to others: the shader text around the seam (shaders/), and what the seam is filled with (compile/).
//
// The contract. A shader is valid WGSL as it stands. Group 0 binds, in this order, `params` (a uniform struct of
// 4-byte scalars), the inputs, the output, and where it has one the by-product. Between the lines `// seam` and `// end of seam` stand the storage
// bindings and the only functions that touch them:
//
//     fn load_x(i: u32) -> f32            element i of x, counted row-major over x's own shape
//     fn load_x4(i: u32) -> vec4<f32>     elements i, i + 1, i + 2, i + 3
//     fn store_y(i: u32, v: f32)          writes element i
//     fn store_y4(i: u32, v: vec4<f32>)   writes elements i … i + 3; all four must be inside y
//
// The compiler replaces the seam: by f16 or integer storage, by vec4 bindings where the launch promises `aligned`,
// by strided views, and by fused elementwise work (before a load, or after a store). So a kernel may not assume
// anything about how an element is stored. Arithmetic is f32 whatever the storage. A load past the end gives some
// value of the tensor or of its padding, never a fault; it must be masked by a branch or a select, never by a product.
//
// Strided ports. Where walking row-major indices would cost divisions in an inner loop, a kernel lists a port in
// `strided`; `load_x(at)` then takes an address, offset + sum over axes of index * stride, whose numbers are fields of
// `Params`. A launch gives those of a contiguous tensor; the compiler puts the real ones in, so permuted and sliced
// tensors are read where they stand.

import type { ChoiceTable } from "./choice.ts";

/** How a scalar field of `Params` is written into the uniform buffer. */
export type ParamType = "u32" | "i32" | "f32";

/** A shader and the names of what is in it. A contract test compares the two. */
export interface Kernel {
  /** The file's name in shaders/, without its ending. */
  readonly name: string;
  readonly source: string;
  /** The ports read, in binding order. */
  readonly inputs: readonly string[];
  /** The port written. */
  readonly output: string;
  /**
   * A second port written, bound after the output, for what some launches compute on the way (`Dispatch.byproduct`). In
   * all others its store is empty.
   */
  readonly byproduct?: string;
  /** The fields of `struct Params`, in order. */
  readonly params: Readonly<Record<string, ParamType>>;
  /** The names of all `override` constants. */
  readonly constants: readonly string[];
  /** The inputs whose elements are each read so few times (at most twice) that computing them while reading pays. */
  readonly prologue: readonly string[];
  /**
   * The ports read by address, each with the names of the u32 fields of `Params` that say how: one stride for each
   * axis, first axis first, then the offset, all in elements. The last axis may be left out: its stride is then 1.
   */
  readonly strided?: Readonly<Record<string, readonly string[]>>;
}

/** Workgroups along x, y and z. */
export type WorkgroupCount = readonly [x: number, y: number, z: number];

/** One launch of a kernel: plain data. */
export interface Dispatch {
  readonly kernel: Kernel;
  /** A value for each field of `Params`. */
  readonly params: Readonly<Record<string, number>>;
  /** Values for `override` constants that differ from the shader's defaults. Each set makes a pipeline of its own. */
  readonly constants: Readonly<Record<string, number>>;
  /** The ports whose every 4-wide access starts at a multiple of 4, so that a vec4 binding is right. */
  readonly aligned: readonly string[];
  readonly workgroups: WorkgroupCount;
  /** Floating-point operations, a multiply-add counted as 2. */
  readonly flops: number;
}

/** What kernel choice may ask of the device. */
export interface DeviceProfile {
  /** `gpu`: workgroup memory and barriers are cheap. `fallback`: they are not (software adapters, some mobile GPUs). */
  readonly kind: "gpu" | "fallback";
  readonly maxStorageBuffers: number;
  readonly maxWorkgroupsPerDimension: number;
  readonly maxWorkgroupMemoryBytes: number;
  readonly maxInvocations: number;
  readonly maxBindingBytes: number;
  readonly hasF16: boolean;
  /** What is chosen where there are choices, other than the default. Undefined for defaults alone. */
  readonly choices?: ChoiceTable;
  /** For tests, which compare: a dispatch for each node, a place of its own for each value. */
  readonly withoutFusion?: true;
  readonly withoutReuse?: true;
}

/** The smallest device that WebGPU allows: what every kernel must run on. */
export const DEFAULT_PROFILE: DeviceProfile = {
  kind: "gpu",
  maxStorageBuffers: 8,
  maxWorkgroupsPerDimension: 65535,
  maxWorkgroupMemoryBytes: 16384,
  maxInvocations: 256,
  maxBindingBytes: 128 * 2 ** 20,
  hasF16: false,
};
