// The op record: everything that the engine knows about an op stands in one object of one of five kinds.
//
// Decides: what a record must say. Passes ask the record and never the name, so a new op works in all of them at once.
// `O` is the list of all ops, handed to rules so that op files need not import each other.

import type { DeviceProfile, Dispatch } from "../kernels/kernel.ts";
import type { Dtype } from "../tensor/dtype.ts";
import type { HostArray } from "../tensor/hostArray.ts";
import type { Layout } from "../tensor/layout.ts";
import type { Node, Spec } from "./node.ts";

/** What a gradient rule is given: dL/dy, the node it belongs to, and all ops. */
export interface GradientContext<A, O> {
  readonly dy: Node;
  readonly y: Node;
  readonly inputs: readonly Node[];
  readonly attrs: A;
  readonly o: O;
}

/** What a rewriting rule is given. */
export interface RewriteContext<A, O> {
  readonly node: Node;
  readonly inputs: readonly Node[];
  readonly attrs: A;
  readonly o: O;
}

interface CommonRecord<A, O> {
  readonly name: string;
  /** Shape and dtype of the result. Throws a UsageError where the inputs do not fit. */
  output(inputs: readonly Spec[], attrs: A): Spec;
  /** dL/dx for each input, or undefined where none flows. Without a rule no gradient passes. */
  gradient?(context: GradientContext<A, O>): readonly (Node | undefined)[];
  /** A cheaper node of the same value, or undefined. */
  simplify?(context: RewriteContext<A, O>): Node | undefined;
  /** The sum of several results of this op as one cheaper node, or undefined. */
  sumOf?(nodes: readonly Node[], o: O): Node | undefined;
}

/** A leaf: its value comes from outside (`value` undefined) or is one number. */
export interface SourceRecord<A = unknown, O = unknown> extends CommonRecord<A, O> {
  readonly kind: "source";
  /** The number that every element has, or undefined for a value that is fed. */
  constant(attrs: A): number | undefined;
}

/** The elements of its one input in another arrangement; no kernel. */
export interface ViewRecord<A = unknown, O = unknown> extends CommonRecord<A, O> {
  readonly kind: "view";
  /** The view's layout given its input's; undefined where strides cannot express it and a copy is needed. */
  layout(input: Layout, attrs: A): Layout | undefined;
  /** Set where element i of the view, row-major, always is element i of the input (reshape). */
  readonly preservesOrder?: true;
}

/**
 * The elements of its inputs side by side in one result; no kernel: what makes an input writes it to its place in the
 * result's memory. The places cover the result and do not overlap.
 */
export interface PasteRecord<A = unknown, O = unknown> extends CommonRecord<A, O> {
  readonly kind: "paste";
  /** For each input, where in the result its elements stand, row-major. */
  places(inputs: readonly Spec[], attrs: A): readonly Layout[];
}

/** Names of WGSL types at the width (1 or 4 elements) at which an expression is being written. */
export interface WgslTypes {
  readonly f32: string;
  readonly i32: string;
  readonly u32: string;
  readonly bool: string;
  /** The dtypes that the arguments have by now. */
  readonly operands: readonly Dtype[];
  /** The element's row-major index, of type u32. */
  readonly index: string;
  /** A call of the library's `name4`, which takes and gives vec4s, at this width. */
  call(name: string, ...args: string[]): string;
}

/** y[i] = f(a[i], b[i], …): inputs have one shape. Any chain of these is fused. */
export interface ElementwiseRecord<A = unknown, O = unknown> extends CommonRecord<A, O> {
  readonly kind: "elementwise";
  /** The dtypes to which the inputs are converted before `wgsl` sees them. */
  operands(inputs: readonly Spec[], attrs: A): readonly Dtype[];
  /** The value in float64. `index` is the element's row-major index. */
  reference(args: readonly number[], attrs: A, index: number): number;
  /** The value as a WGSL expression over `args`, which are names. f16 computes as f32. */
  wgsl(args: readonly string[], types: WgslTypes, attrs: A): string;
  /** Set where the value depends on the index, so that equal inputs do not give equal elements. */
  readonly usesIndex?: true;
  /** WGSL functions that the expression calls: `name4` on vec4s, called through `types.call`. */
  readonly libraries?: readonly string[];
  /** Floating-point operations per element; 1 where not given. */
  readonly flops?: number;
}

/** Anything with a hand-written kernel. */
export interface KernelRecord<A = unknown, O = unknown> extends CommonRecord<A, O> {
  readonly kind: "kernel";
  /** Float64, slow, obviously right. */
  reference(inputs: readonly HostArray[], attrs: A): HostArray;
  /** The launch that computes this node on `device`. Never asked for an empty result. */
  dispatch(inputs: readonly Spec[], attrs: A, device: DeviceProfile): Dispatch;
  /**
   * The same value by ops that have gradients: a kernel without a rule of its own is differentiated through this. For
   * gradient kernels, so that gradients of gradients exist without a kernel for each.
   */
  compose?(context: RewriteContext<A, O>): Node;
  /**
   * The input whose memory the result takes over: the kernel writes only what changes and never reads this input,
   * which is none of its ports.
   */
  readonly overwrites?: number;
  /** The same value by other nodes where this device wants it in several steps (two-stage sums, split K). */
  expand?(context: RewriteContext<A, O> & { readonly device: DeviceProfile }): Node | undefined;
}

/** Any op's record. */
export type OpRecord<A = unknown, O = unknown> =
  | SourceRecord<A, O>
  | ViewRecord<A, O>
  | PasteRecord<A, O>
  | ElementwiseRecord<A, O>
  | KernelRecord<A, O>;
