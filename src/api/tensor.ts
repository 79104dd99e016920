// Tensor: what a user holds. A shape, a dtype, and a node that says what its value is; the value itself stands on the GPU.

import { assertPresent } from "../base/assert.ts";
import { DisposedError, ShapeError, UsageError } from "../base/errors.ts";
import { Node, type Value } from "../graph/node.ts";
import { broadcastTo } from "../ops/broadcastTo.ts";
import { concat } from "../ops/concat.ts";
import { reshape } from "../ops/reshape.ts";
import { slice } from "../ops/slice.ts";
import type { Storage } from "../runtime/storage.ts";
import { type Dtype, dtypeSizeBytes } from "../tensor/dtype.ts";
import { decodeElements, encodeElements, type TypedArray } from "../tensor/hostArray.ts";
import { elementCount, isSameShape, printShape, requireShape, type Shape } from "../tensor/shape.ts";
import { type Engine, requireEngine } from "./engine.ts";
import type { Trace } from "./trace.ts";

/** Nested arrays of numbers or booleans. */
export type NestedArray = number | boolean | readonly NestedArray[];

/** How a tensor is made. */
export interface TensorOptions {
  /** Default f32; typed integer arrays keep their type. */
  readonly dtype?: Dtype;
  /** Shown in messages, plans and memory reports. */
  readonly name?: string;
  /** Default: the engine that `init` made. */
  readonly engine?: Engine;
}

/** Safari has no Symbol.dispose; `using` in compiled code then looks for this very symbol. */
const disposeSymbol: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for("Symbol.dispose");

/** An n-dimensional array on the GPU. Ops never change or consume one; only `assign` and `write` change a value. */
export class Tensor implements Value {
  readonly engine: Engine;
  readonly shape: Shape;
  readonly dtype: Dtype;
  /** Shown in messages; a module's parameters get their path, "0.weight". */
  name: string | undefined;
  /** The engine's count of reads when this tensor was made. */
  readonly epoch: number;
  private node: Node;
  private readonly trace: Trace | undefined;
  private disposed = false;
  private place: Home | undefined;
  /** The view of the pack that stands for this tensor: one node, so that gradients find it. */
  private view: { readonly pack: Node; readonly node: Node } | undefined;

  /** Not for users: `tensor`, `zeros` and the ops make tensors. */
  constructor(engine: Engine, node: Node, trace?: Trace, home?: Home) {
    this.engine = engine;
    this.shape = node.shape;
    this.dtype = node.dtype;
    this.name = node.origin;
    this.node = node;
    this.trace = trace;
    this.epoch = engine.epoch;
    this.place = home;
    if (home !== undefined) home.members.add(this);
    else if (trace === undefined && engine.leafOf(node) === undefined) engine.addLazy(this, node);
  }

  get isDisposed(): boolean {
    return this.disposed;
  }

  /** Whether it stands for a value inside a compiled function rather than for one that exists. */
  get isTraced(): boolean {
    return this.trace !== undefined;
  }

  /** The node as it stands, without any check. */
  get currentNode(): Node {
    return this.node;
  }

  /** Where the tensor stands if it was packed, see pack.ts. */
  get home(): Home | undefined {
    return this.place;
  }

  /** Elements. */
  get size(): number {
    return elementCount(this.shape);
  }

  toNode(op: string): Node {
    this.requireUsable(op);
    if (this.home !== undefined) return this.viewIn(this.home.pack.toNode(op), this.home);
    const { trace } = this.engine;
    if (trace === undefined) return this.engine.leafOf(this.node) ?? this.node;
    if (this.trace !== undefined) return this.node;
    return trace.capture(this);
  }

  derive(node: Node, sources: readonly Value[]): this {
    for (const source of sources) {
      if (source instanceof Tensor && source.engine !== this.engine) {
        throw new UsageError(
          `${node.op.name}: its inputs are of two engines; move one over with tensor(await x.data(), x.shape).`,
        );
      }
    }
    return new Tensor(this.engine, node, this.engine.trace) as this;
  }

  /**
   * The elements, row-major: Float32Array (f32, f16), Int32Array, Uint32Array, or Uint8Array for bool.
   * Rejects with UsageError inside a compiled function, DisposedError after dispose, DeviceError when the GPU is gone.
   */
  async data(options: { readonly signal?: AbortSignal } = {}): Promise<TypedArray> {
    const { storage, offset } = this.memory("data");
    const sizeBytes = Math.max(4, Math.ceil((this.size * dtypeSizeBytes(this.dtype)) / 4) * 4);
    const bytes = await this.engine.runtime.read(storage, offset, sizeBytes, options.signal);
    return decodeElements(bytes, this.dtype, this.size);
  }

  /** The only element. Rejects with ShapeError where there are several, else as `data`. */
  async item(options: { readonly signal?: AbortSignal } = {}): Promise<number> {
    if (this.size !== 1) {
      throw new ShapeError(
        `item: the tensor is ${printShape(this.shape)}; it must have exactly one element.`,
      );
    }
    return (await this.data(options))[0];
  }

  /** Runs what is needed to have the value in a buffer, without reading it. */
  evaluate(): this {
    this.leaf("evaluate");
    return this;
  }

  /** Replaces the value by `value`'s, which broadcasts to this shape. Inside a compiled function it becomes part of the plan. */
  assign(value: Tensor): this {
    assignAll([[this, value]]);
    return this;
  }

  /** Replaces the value by numbers from the CPU, in order with all other work. Throws ShapeError unless the counts agree. */
  write(values: ArrayLike<number>): this {
    if (this.engine.trace !== undefined) {
      throw new UsageError("write: a compiled function is being traced; write before or after calling it.");
    }
    if (values.length !== this.size) {
      throw new ShapeError(
        `write: ${values.length} values for a tensor of ${this.size}; the counts must be equal.`,
      );
    }
    const { leaf, storage, offset } = this.memory("write");
    this.engine.settleDependents([leaf]);
    const bytes = encodeElements(values, this.dtype);
    const exact = this.home === undefined ? bytes : bytes.subarray(0, this.size * dtypeSizeBytes(this.dtype));
    this.engine.runtime.upload(storage, exact, offset);
    return this;
  }

  /** Gives the memory back now rather than when the tensor is collected. Lazy values that need it are computed first. */
  dispose(): void {
    if (this.disposed) return;
    this.requireOutsideTrace("dispose");
    this.disposed = true;
    if (this.home !== undefined) {
      this.home.members.delete(this);
      if (this.home.members.size === 0) this.home.pack.dispose();
      return;
    }
    const leaf = this.trace === undefined ? this.engine.leafOf(this.node) : undefined;
    if (leaf !== undefined) this.engine.removeSource(leaf);
  }

  [disposeSymbol](): void {
    this.dispose();
  }

  /** A leaf that holds the value: the tensor's own, computed now if need be, or a copy out of its pack. */
  leaf(op: string): Node {
    this.requireUsable(op);
    this.requireOutsideTrace(op);
    if (this.home !== undefined) {
      const fresh = viewOf(this.home.pack.leaf(op), this.home.start, this.shape);
      return this.engine.settle([fresh])[0];
    }
    [this.node] = this.engine.settle([this.node]);
    return this.node;
  }

  /** Not for users: moves the value, which `home.pack` already holds, there. What was captured before is traced anew. */
  moveInto(home: Home): void {
    this.requireOutsideTrace("pack");
    const leaf = this.engine.leafOf(this.node);
    if (leaf !== undefined) this.engine.removeSource(leaf);
    this.place = home;
    home.members.add(this);
  }

  /** What `value` in the place of this tensor makes of the pack, of which `pack` is the current value. */
  replacedIn(pack: Tensor, value: Tensor): Tensor {
    const { start } = requireHome(this.home);
    const [total] = pack.shape;
    const part = (from: number, to: number) =>
      to > from ? [slice(pack, { starts: [from], ends: [to] })] : [];
    return concat([...part(0, start), reshape(value, [this.size]), ...part(start + this.size, total)]);
  }

  /** The buffer that holds the value, and from which byte on. */
  private memory(op: string): { leaf: Node; storage: Storage; offset: number } {
    const { home } = this;
    if (home === undefined) {
      const leaf = this.leaf(op);
      return { leaf, storage: this.engine.storageOf(leaf), offset: 0 };
    }
    this.requireUsable(op);
    const leaf = home.pack.leaf(op);
    const offset = home.start * dtypeSizeBytes(this.dtype);
    return { leaf, storage: this.engine.storageOf(leaf), offset };
  }

  private viewIn(pack: Node, { start }: Home): Node {
    if (this.view?.pack !== pack) this.view = { pack, node: viewOf(pack, start, this.shape, this.name) };
    return this.view.node;
  }

  /** Throws unless the tensor can take part in `op`. */
  private requireUsable(op: string): void {
    if (this.disposed) {
      throw new DisposedError(
        `${op}: ${this.name ?? "the tensor"} ${printShape(this.shape)} was disposed; use it before dispose().`,
      );
    }
    if (this.trace !== undefined && this.trace !== this.engine.trace) {
      throw new UsageError(
        `${op}: the tensor belongs to a compiled function that has returned; return it from the function to use it outside.`,
      );
    }
  }

  private requireOutsideTrace(op: string): void {
    if (this.engine.trace === undefined) return;
    throw new UsageError(
      `${op}: values do not exist while a compiled function is traced; return the tensor and read it outside.`,
    );
  }
}

/** Where a packed tensor stands: the flat tensor that holds it, and from which element on. */
export interface Home {
  readonly pack: Tensor;
  readonly start: number;
  /** All tensors that stand in the pack and are not disposed. */
  readonly members: Set<Tensor>;
}

function requireHome(home: Home | undefined): Home {
  return assertPresent(home, "the pack of a packed tensor");
}

/** Elements `start` … of the flat `pack`, as `shape`. Not for users. */
export function viewOf(pack: Node, start: number, shape: Shape, name?: string): Node {
  const view = reshape(slice(pack, { starts: [start], ends: [start + elementCount(shape)] }), shape);
  return new Node(view.op, view.inputs, view.attrs, view, name);
}

/** Replaces many values at once, all computed from the old ones. See `Tensor.assign`. */
export function assignAll(pairs: readonly (readonly [target: Tensor, value: Tensor])[]): void {
  if (pairs.length === 0) return;
  const { engine } = pairs[0][0];
  const values = new Map<Tensor, Tensor>();
  for (const [target, value] of pairs) {
    if (target.dtype !== value.dtype) {
      throw new UsageError(`assign: a ${value.dtype} value for a ${target.dtype} tensor; cast it first.`);
    }
    const fitting = broadcastTo(value, isSameShape(value.shape, target.shape) ? value.shape : target.shape);
    const pack = target.home?.pack;
    if (pack === undefined) values.set(target, fitting);
    else values.set(pack, target.replacedIn(values.get(pack) ?? pack, fitting));
  }
  const updates = [...values].map(([target, value]) => ({ tensor: target, value: value.toNode("assign") }));
  if (engine.trace !== undefined) for (const { tensor, value } of updates) engine.trace.update(tensor, value);
  else engine.update(updates.map(({ tensor, value }) => ({ target: tensor.leaf("assign"), value })));
}

/**
 * A tensor of `values`, row-major. `shape` may be left out for nested arrays (taken from the nesting) and for flat
 * data (one axis). Throws ShapeError where counts do not agree.
 */
export function tensor(values: NestedArray | TypedArray, shape?: Shape, options: TensorOptions = {}): Tensor {
  const engine = options.engine ?? requireEngine("tensor");
  const { flat, nesting } = flatten(values);
  const full = shape ?? nesting;
  requireShape("tensor", full);
  if (elementCount(full) !== flat.length) {
    throw new ShapeError(
      `tensor: ${flat.length} values for shape ${printShape(full)}, which has ${elementCount(full)}; the counts must be equal.`,
    );
  }
  return upload(engine, flat, full, options.dtype ?? dtypeOf(values), options.name);
}

/** A tensor of `shape` full of `value`, in memory of its own. */
export function full(shape: Shape, value: number, options: TensorOptions = {}): Tensor {
  requireShape("full", shape);
  const engine = options.engine ?? requireEngine("full");
  const flat = new Float64Array(elementCount(shape)).fill(value);
  return upload(engine, flat, shape, options.dtype ?? "f32", options.name);
}

/** A tensor of zeros. */
export function zeros(shape: Shape, options: TensorOptions = {}): Tensor {
  return full(shape, 0, options);
}

/** A tensor of ones. */
export function ones(shape: Shape, options: TensorOptions = {}): Tensor {
  return full(shape, 1, options);
}

function upload(engine: Engine, flat: ArrayLike<number>, shape: Shape, dtype: Dtype, name?: string): Tensor {
  engine.runtime.requireDevice();
  if (dtype === "f16" && !engine.deviceProfile.hasF16) {
    throw new UsageError(
      "tensor: dtype f16 needs the device feature shader-f16, which this device lacks; use f32.",
    );
  }
  const bytes = encodeElements(flat, dtype);
  const storage = engine.runtime.pool.create(bytes.byteLength, name ?? "tensor");
  engine.runtime.upload(storage, bytes);
  return new Tensor(engine, engine.addSource(storage, [...shape], dtype, name));
}

function dtypeOf(values: NestedArray | TypedArray): Dtype {
  if (values instanceof Int32Array) return "i32";
  if (values instanceof Uint32Array) return "u32";
  if (ArrayBuffer.isView(values)) return "f32";
  let first: NestedArray | undefined = values;
  while (Array.isArray(first)) first = first[0];
  return typeof first === "boolean" ? "bool" : "f32";
}

function flatten(values: NestedArray | TypedArray): { flat: ArrayLike<number>; nesting: number[] } {
  if (ArrayBuffer.isView(values)) return { flat: values, nesting: [values.length] };
  const nesting: number[] = [];
  for (let level: NestedArray = values; Array.isArray(level); level = level[0]) {
    nesting.push(level.length);
    if (level.length === 0) break;
  }
  const flat: number[] = [];
  collect(values, nesting, 0, flat);
  return { flat, nesting };
}

function collect(values: NestedArray, nesting: readonly number[], depth: number, flat: number[]): void {
  if (typeof values === "number" || typeof values === "boolean") {
    if (depth === nesting.length) {
      flat.push(Number(values));
      return;
    }
  } else if (depth < nesting.length && values.length === nesting[depth]) {
    for (const value of values) collect(value, nesting, depth + 1, flat);
    return;
  }
  throw new ShapeError(
    `tensor: the nested arrays are ragged; at depth ${depth} every array must have ${nesting[depth] ?? "no"} entries.`,
  );
}
