// The op record: everything that the engine knows about an op stands in one object of one of five kinds.
//
// Decides: what a record must say. Passes ask the record and never the name, so a new op works in all of them at once.
// Rules are built of other ops, which op files import as they need them: what nobody imports is in no bundle.

import type { Choices } from "../kernels/choice.ts";
import type { DeviceProfile, Dispatch } from "../kernels/kernel.ts";
import type { Dtype } from "../tensor/dtype.ts";
import type { HostArray } from "../tensor/hostArray.ts";
import type { Layout } from "../tensor/layout.ts";
import type { Node, Spec } from "./node.ts";

/** What a gradient rule is given: dL/dy, and the node it belongs to. */
export interface GradientContext<A> {
  readonly dy: Node;
  readonly y: Node;
  readonly inputs: readonly Node[];
  readonly attrs: A;
  /** For each input whether its gradient is asked for: those of others come to nothing. */
  readonly wanted: readonly boolean[];
}

/** What a rewriting rule is given. */
export interface RewriteContext<A> {
  readonly node: Node;
  readonly inputs: readonly Node[];
  readonly attrs: A;
}

interface CommonRecord<A> {
  readonly name: string;
  /** Shape and dtype of the result. Throws a UsageError where the inputs do not fit. */
  output(inputs: readonly Spec[], attrs: A): Spec;
  /** dL/dx for each input, or undefined where none flows. Without a rule no gradient passes. */
  gradient?(context: GradientContext<A>): readonly (Node | undefined)[];
  /** A cheaper node of the same value, or undefined. */
  simplify?(context: RewriteContext<A>): Node | undefined;
  /** The sum of several results of this op as one cheaper node, or undefined. */
  sumOf?(nodes: readonly Node[]): Node | undefined;
}

/** A leaf: its value comes from outside (`value` undefined) or is one number. */
export interface SourceRecord<A = unknown> extends CommonRecord<A> {
  readonly kind: "source";
  /** The number that every element has, or undefined for a value that is fed. */
  constant(attrs: A): number | undefined;
}

/** The elements of its one input in another arrangement; no kernel. */
export interface ViewRecord<A = unknown> extends CommonRecord<A> {
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
export interface PasteRecord<A = unknown> extends CommonRecord<A> {
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
export interface ElementwiseRecord<A = unknown> extends CommonRecord<A> {
  readonly kind: "elementwise";
  /** The dtypes to which the inputs are converted before `wgsl` sees them. */
  operands(inputs: readonly Spec[], attrs: A): readonly Dtype[];
  /** The value in float64. `index` is the element's row-major index. */
  reference(args: readonly number[], attrs: A, index: number): number;
  /** The value as a WGSL expression over `args`, which are names. f16 computes as f32. */
  wgsl(args: readonly string[], types: WgslTypes, attrs: A): string;
  /** Set where the value depends on the index, so that equal inputs do not give equal elements. */
  readonly usesIndex?: true;
  /**
   * WGSL functions that the expression calls: `name4` on vec4s, called through `types.call`. A library whose header says
   * `Needs <other>.` stands beside that other.
   */
  readonly libraries?: readonly string[];
  /** Floating-point operations per element; 1 where not given. */
  readonly flops?: number;
}

/** Anything with a hand-written kernel. */
export interface KernelRecord<A = unknown> extends CommonRecord<A> {
  readonly kind: "kernel";
  /** Float64, slow, obviously right. For tests: what pages load is built without it. */
  reference(inputs: readonly HostArray[], attrs: A): HostArray;
  /** The launch that computes this node on `device`. Never asked for an empty result. */
  dispatch(inputs: readonly Spec[], attrs: A, device: DeviceProfile): Dispatch;
  /** The launches that a device may choose from, where there are several; the first is what `dispatch` gives. */
  choices?(inputs: readonly Spec[], attrs: A, device: DeviceProfile): Choices | undefined;
  /**
   * The same value by ops that have gradients: a kernel without a rule of its own is differentiated through this. For
   * gradient kernels, so that gradients of gradients exist without a kernel for each.
   */
  compose?(context: RewriteContext<A>): Node;
  /**
   * The input whose memory the result takes over: the kernel writes only what changes and never reads this input,
   * which is none of its ports.
   */
  readonly overwrites?: number;
  /**
   * `dispatch`, the launch that computes this node, or one of another kernel with the same inputs and output, that gives
   * as its kernel's by-product all of `other`: a kernel node that reads a value which this one reads too. Undefined where
   * there is none.
   */
  dispatchWith?(
    context: RewriteContext<A> & { readonly device: DeviceProfile; readonly dispatch: Dispatch },
    other: Node,
  ): Dispatch | undefined;
  /** The same value by other nodes where this device wants it in several steps (two-stage sums, split K). */
  expand?(context: RewriteContext<A> & { readonly device: DeviceProfile }): Node | undefined;
}

/** Any op's record. */
export type OpRecord<A = unknown> =
  | SourceRecord<A>
  | ViewRecord<A>
  | PasteRecord<A>
  | ElementwiseRecord<A>
  | KernelRecord<A>;
