// The seam of one dispatch: its storage bindings, and the functions through which the kernel reads and writes.
//
// Decides: how each element is addressed (plain, strided, repeated, four at a time), and where fused work stands.
// Every number that depends on a size goes into the uniform struct `seam`; the text depends on structure alone, so a
// new batch size compiles nothing.

import { assertPresent } from "../base/assert.ts";
import { type Access, isWhole } from "../graph/access.ts";
import type { Node } from "../graph/node.ts";
import { constantValue } from "../graph/source.ts";
import type { Dtype } from "../tensor/dtype.ts";
import { collapseLayout, contiguousLayout, type Layout } from "../tensor/layout.ts";
import { elementCount } from "../tensor/shape.ts";
import { elementwiseExpression, registerType, storageType, type Width } from "./expressions.ts";
import { requireAccess } from "./group.ts";
import type { PlanRange } from "./plan.ts";
import { isStridedQuad, stridedLayout } from "./strided.ts";
import { UniformStruct } from "./uniforms.ts";

/** A storage binding as the seam declares it. */
export interface SeamBinding {
  readonly range: PlanRange;
  readonly access: "read" | "read_write";
}

interface BufferState {
  readonly range: PlanRange;
  readonly name: string;
  readonly dtype: Dtype;
  isWide: boolean;
  isWritten: boolean;
  readonly functions: Set<"get" | "get4" | "put" | "put4">;
}

/** Where values stand: the range of a buffer, and for one that stands in another, its layout there. */
export interface Home {
  rangeOf(node: Node): PlanRange;
  layoutOf(node: Node): Layout | undefined;
}

/** Collects what a seam needs while its functions are written. */
export class SeamWriter {
  readonly uniforms = new UniformStruct();
  private readonly buffers = new Map<string, BufferState>();
  private readonly layouts = new Map<string, string>();
  private readonly libraries = new Set<string>();
  private readonly functions: string[] = [];
  private readonly home: Home;

  constructor(home: Home) {
    this.home = home;
  }

  /** Declares that `access` will be read, four elements at a time where `width` is 4. Comes before any text. */
  declareRead(access: Access, width: Width): void {
    if (constantValue(access.base) !== undefined) return;
    const state = this.state(access.base);
    if (width === 4 && isQuadReadable(this.inBuffer(access))) state.isWide = true;
  }

  /** Declares that a port reads `input` by address. */
  declareAddressed(input: Node, fields: readonly string[], width: Width): void {
    const { base } = requireAccess(input);
    if (constantValue(base) !== undefined) return;
    const state = this.state(base);
    if (width === 4 && isStridedQuad(this.addressLayout(input, fields))) state.isWide = true;
  }

  /** The strides that such a port is told. */
  addressLayout(input: Node, fields: readonly string[]): Layout {
    return stridedLayout(this.inBuffer(requireAccess(input)).layout, input.shape, fields);
  }

  /** The elements at address `i`: four neighbours for a width of 4, read as one where `wide` is 4 too and they may be. */
  readAddressed(input: Node, fields: readonly string[], width: Width, wide: Width): string {
    const { base } = requireAccess(input);
    const type = registerType(base.dtype, width);
    const value = constantValue(base);
    if (value !== undefined) return this.constant(base.dtype, value, type);
    if (width === 1) return this.get(base, "i");
    if (wide === 4 && isStridedQuad(this.addressLayout(input, fields))) return this.call(base, "get4", "i");
    return `${type}(${[0, 1, 2, 3].map((lane) => this.get(base, `i + ${lane}u`)).join(", ")})`;
  }

  /** Declares that `node` will be written. */
  declareWrite(node: Node, width: Width): void {
    const state = this.state(node);
    state.isWritten = true;
    if (width === 4 && this.isQuadWritable(node)) state.isWide = true;
  }

  addFunction(text: string): void {
    this.functions.push(text);
  }

  /** An expression for the elements of `access` from row-major index `index` on, of its base's register type. */
  read(wanted: Access, width: Width, index: string): string {
    const access = this.inBuffer(wanted);
    const { base, layout } = access;
    const value = constantValue(base);
    const type = registerType(base.dtype, width);
    if (value !== undefined) return this.constant(base.dtype, value, type);
    const at = (offset: number) => this.address(access, offset === 0 ? index : `${index} + ${offset}u`);
    if (width === 1) return this.get(base, at(0));
    const state = this.state(base);
    if (state.isWide && isQuadReadable(access)) return this.call(base, "get4", at(0));
    if (isRepeatedQuad(layout)) return `${type}(${this.get(base, at(0))})`;
    return `${type}(${[0, 1, 2, 3].map((offset) => this.get(base, at(offset))).join(", ")})`;
  }

  /** A statement that writes `value`, of `node`'s register type, at `index`. */
  write(node: Node, width: Width, index: string, value: string): string {
    const access = this.own(node);
    const at = (offset: number) => this.address(access, offset === 0 ? index : `${index} + ${offset}u`);
    if (width === 1) return `${this.call(node, "put", at(0), value)};`;
    if (this.isQuadWritable(node)) return `${this.call(node, "put4", at(0), value)};`;
    // The last quad of a value reaches beyond it. In a buffer of its own that is padding, in a host it is a neighbour.
    const count = elementCount(node.shape);
    const guard = count % 4 === 0 ? undefined : this.uniforms.read("seam", "count", "u32", count);
    const lanes = [0, 1, 2, 3].map((lane) => {
      const put = `${this.call(node, "put", at(lane), `quad[${lane}]`)};`;
      return guard === undefined ? put : `if (${index} + ${lane}u < ${guard}) { ${put} }`;
    });
    return `{ let quad = ${value}; ${lanes.join(" ")} }`;
  }

  /** The op's expression for an elementwise node; what it calls is added to the seam. */
  compute(node: Node, args: readonly string[], width: Width, index: string): string {
    const record = node.op.kind === "elementwise" ? node.op : undefined;
    const op = assertPresent(record, "an elementwise record");
    for (const library of op.libraries ?? []) this.libraries.add(library);
    return elementwiseExpression(node, op, args, width, index);
  }

  /** The layout of a whole value in its buffer. */
  private own(base: Node): Access {
    return { base, layout: this.home.layoutOf(base) ?? contiguousLayout(base.shape) };
  }

  /** Whether elements i … i + 3 of `node`, for i a multiple of 4, may be written as one vec4, padding included. */
  private isQuadWritable(node: Node): boolean {
    if (this.home.layoutOf(node) === undefined) return true;
    return elementCount(node.shape) % 4 === 0 && isQuadReadable(this.own(node));
  }

  /** `access` in the buffer in which its base stands. A base in another value is read whole, or stands in one run. */
  private inBuffer(access: Access): Access {
    const place = this.home.layoutOf(access.base);
    if (place === undefined) return access;
    if (isWhole(access)) return { base: access.base, layout: place };
    return { base: access.base, layout: { ...access.layout, offset: access.layout.offset + place.offset } };
  }

  /** Where row-major index `index` of `access`, which says where it is in its buffer, stands there. */
  address(access: Access, index: string): string {
    if (isWhole(access)) return index;
    const layout = collapseLayout(access.layout);
    if (layout.shape.length === 0) return this.uniforms.read("seam", "offset", "u32", layout.offset);
    return `${this.addressFunction(layout)}(${index})`;
  }

  /** The whole seam: bindings from `firstBinding` on, then functions. `seam` itself is bound last. */
  text(firstBinding: number): { text: string; bindings: SeamBinding[] } {
    const bindings: SeamBinding[] = [];
    const lines: string[] = [];
    for (const { range, name, dtype, isWide, isWritten } of this.buffers.values()) {
      const access = isWritten ? "read_write" : "read";
      const element = isWide ? `vec4<${storageType(dtype)}>` : storageType(dtype);
      lines.push(
        `@group(0) @binding(${firstBinding + bindings.length}) var<storage, ${access}> ${name}: array<${element}>;\n`,
      );
      bindings.push({ range, access });
    }
    if (!this.uniforms.isEmpty) {
      lines.push(this.uniforms.declare("Seam"));
      lines.push(`@group(0) @binding(${firstBinding + bindings.length}) var<uniform> seam: Seam;\n`);
    }
    const accessors = [...this.buffers.values()].flatMap(accessorTexts);
    const text = [...lines, ...accessors, ...this.libraries, ...this.functions].join("");
    return { text, bindings };
  }

  /** Whether the text needs `enable f16`. */
  get usesF16(): boolean {
    return [...this.buffers.values()].some(({ dtype }) => dtype === "f16");
  }

  private state(node: Node): BufferState {
    const range = this.home.rangeOf(node);
    const key = `${range.buffer}+${range.offset}`;
    const known = this.buffers.get(key);
    if (known !== undefined) return known;
    const state: BufferState = {
      range,
      name: `buffer${this.buffers.size}`,
      dtype: node.dtype,
      isWide: false,
      isWritten: false,
      functions: new Set(),
    };
    this.buffers.set(key, state);
    return state;
  }

  private get(node: Node, at: string): string {
    return this.call(node, "get", at);
  }

  private call(node: Node, name: "get" | "get4" | "put" | "put4", ...args: string[]): string {
    const state = this.state(node);
    state.functions.add(name);
    return `${name}_${state.name}(${args.join(", ")})`;
  }

  private constant(dtype: Dtype, value: number, type: string): string {
    const stored = dtype === "bool" ? "u32" : dtype === "f16" ? "f32" : dtype;
    const field = this.uniforms.read("seam", "constant", stored, value);
    return `${type}(${field}${dtype === "bool" ? " != 0u" : ""})`;
  }

  /** The name of a function from row-major index to address under `layout`. */
  private addressFunction(layout: Layout): string {
    const key = JSON.stringify(layout);
    const known = this.layouts.get(key);
    if (known !== undefined) return known;
    const name = `address${this.layouts.size}`;
    this.layouts.set(key, name);
    const { shape, strides, offset } = layout;
    const field = (stem: string, value: number) => this.uniforms.read("seam", stem, "u32", value);
    const lines = [offset === 0 ? "var at = 0u;" : `var at = ${field("offset", offset)};`, "var rest = i;"];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      let coordinate = "rest";
      if (axis > 0) {
        const size = field("size", shape[axis]);
        lines.push(`let quotient${axis} = rest / ${size};`);
        coordinate = `(rest - quotient${axis} * ${size})`;
      }
      if (strides[axis] === 1) lines.push(`at += ${coordinate};`);
      else if (strides[axis] !== 0) lines.push(`at += ${coordinate} * ${field("stride", strides[axis])};`);
      if (axis > 0) lines.push(`rest = quotient${axis};`);
    }
    this.functions.push(`fn ${name}(i: u32) -> u32 {\n  ${lines.join("\n  ")}\n  return at;\n}\n`);
    return name;
  }
}

/** Whether elements i … i + 3, for i a multiple of 4, are one whole vec4 of the buffer. */
function isQuadReadable(access: Access): boolean {
  if (isWhole(access)) return true;
  const { shape, strides, offset } = collapseLayout(access.layout);
  const inner = shape.length - 1;
  if (inner < 0 || strides[inner] !== 1 || shape[inner] % 4 !== 0 || offset % 4 !== 0) return false;
  return strides.every((stride, axis) => axis === inner || stride % 4 === 0);
}

/** Whether elements i … i + 3, for i a multiple of 4, are one and the same. */
function isRepeatedQuad(layout: Layout): boolean {
  const { shape, strides } = collapseLayout(layout);
  const inner = shape.length - 1;
  return inner < 0 || (strides[inner] === 0 && shape[inner] % 4 === 0);
}

/** The functions through which a buffer is touched, of those that are called. */
function accessorTexts({ name, dtype, isWide, functions }: BufferState): string[] {
  const one = registerType(dtype, 1);
  const four = registerType(dtype, 4);
  const stored = dtype === "f16" ? "f16" : undefined;
  const raw = isWide ? `${name}[at >> 2u][at & 3u]` : `${name}[at]`;
  const load = (text: string, width: Width) =>
    dtype === "bool"
      ? `${text} != ${width === 4 ? "vec4<u32>(0u)" : "0u"}`
      : stored
        ? convert16(text, width)
        : text;
  const store = (width: Width) => {
    const target = stored ?? storageType(dtype);
    return target === registerType(dtype, 1) ? "v" : width === 4 ? `vec4<${target}>(v)` : `${target}(v)`;
  };
  const texts = {
    get: `fn get_${name}(at: u32) -> ${one} {\n  return ${load(raw, 1)};\n}\n`,
    get4: `fn get4_${name}(at: u32) -> ${four} {\n  return ${load(`${name}[at >> 2u]`, 4)};\n}\n`,
    put: `fn put_${name}(at: u32, v: ${one}) {\n  ${raw} = ${store(1)};\n}\n`,
    put4: `fn put4_${name}(at: u32, v: ${four}) {\n  ${name}[at >> 2u] = ${store(4)};\n}\n`,
  };
  return [...functions].map((key) => texts[key]);
}

function convert16(text: string, width: Width): string {
  return width === 4 ? `vec4<f32>(${text})` : `f32(${text})`;
}
