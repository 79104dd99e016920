// Group -> shader text, bindings and uniform data of one dispatch.
//
// The last step before the plan: it comes after memory planning, because a value that overwrites another in place
// shares its binding. One bind group: params, the storage buffers in order of first use, and last `seam`.

import { assertPresent } from "../base/assert.ts";
import { isWhole } from "../graph/access.ts";
import type { Node } from "../graph/node.ts";
import { elementwiseMap } from "../kernels/elementwiseMap.ts";
import type { DeviceProfile, Dispatch } from "../kernels/kernel.ts";
import type { Dtype } from "../tensor/dtype.ts";
import { convert, registerType, type Width } from "./expressions.ts";
import { type Group, membersOf, portInputs, requireAccess } from "./group.ts";
import { replaceSeam, type SeamFunction, seamFunctions } from "./seam.ts";
import { type Home, type SeamBinding, SeamWriter } from "./seamWriter.ts";
import { stridedParams } from "./strided.ts";
import { UniformStruct } from "./uniforms.ts";

/** Everything about one dispatch but where its uniforms stand. */
export interface Emitted {
  readonly dispatch: Dispatch;
  readonly wgsl: string;
  readonly storage: readonly SeamBinding[];
  readonly params: UniformStruct;
  readonly seam: UniformStruct;
}

/** The text and data of `group`, whose values stand where `home` says. */
export function emit(group: Group, home: Home, device: DeviceProfile): Emitted {
  const dispatch = group.anchor?.dispatch ?? elementwiseMap(group.count, flopsPerElement(group.body), device);
  const writer = new SeamWriter(home);
  const functions = seamFunctions(dispatch.kernel);
  for (const wanted of functions) declare(writer, group, dispatch, wanted);
  for (const wanted of functions) {
    if (wanted.access === "load") writeLoad(writer, group, dispatch, wanted);
    else writeStore(writer, group, dispatch, wanted, functions);
  }
  const { text, bindings } = writer.text(1);
  const source = replaceSeam(dispatch.kernel, text);
  const params = new UniformStruct();
  const values = { ...dispatch.params, ...addressParams(writer, group, dispatch) };
  for (const [name, type] of Object.entries(dispatch.kernel.params)) {
    params.add(name, type, assertPresent(values[name], `${dispatch.kernel.name}: parameter ${name}`));
  }
  const wgsl = writer.usesF16 ? `enable f16;\n${source}` : source;
  return { dispatch, wgsl, storage: bindings, params, seam: writer.uniforms };
}

function flopsPerElement(body: readonly Node[]): number {
  return body.reduce((total, { op }) => total + (op.kind === "elementwise" ? (op.flops ?? 1) : 0), 0);
}

function isAlignedPort(dispatch: Dispatch, port: string): boolean {
  return dispatch.aligned.includes(port);
}

/** The node that stands behind a port; none for the input of pure elementwise work, whose reads are in its body. */
function portNode(group: Group, dispatch: Dispatch, port: string): Node | undefined {
  return group.anchor && portInputs(group.anchor.node)[dispatch.kernel.inputs.indexOf(port)];
}

function declare(
  writer: SeamWriter,
  group: Group,
  dispatch: Dispatch,
  { access, port, width }: SeamFunction,
): void {
  const wide: Width = width === 4 && isAlignedPort(dispatch, port) ? 4 : 1;
  if (access === "store" && port === dispatch.kernel.byproduct) {
    if (group.byproduct !== undefined) writer.declareWrite(group.byproduct, wide);
    return;
  }
  if (access === "store") {
    declareInputs(writer, group.body, new Set(membersOf(group)), wide);
    for (const node of indexedStores(group)) writer.declareWrite(node, wide);
    return;
  }
  const input = portNode(group, dispatch, port);
  if (input === undefined) return;
  const layoutOf = requireAccess(input);
  const fields = dispatch.kernel.strided?.[port];
  if (fields !== undefined) {
    writer.declareAddressed(input, fields, wide);
    return;
  }
  const prologue = group.prologues.get(port);
  if (prologue === undefined) writer.declareRead(layoutOf, wide);
  else declareInputs(writer, prologue, new Set(prologue), isWhole(layoutOf) ? wide : 1);
}

/** What is stored at the index of the group. */
function indexedStores({ stores, byproduct }: Group): Node[] {
  return stores.filter((node) => node !== byproduct);
}

function declareInputs(
  writer: SeamWriter,
  nodes: readonly Node[],
  own: ReadonlySet<Node>,
  width: Width,
): void {
  for (const input of nodes.flatMap((node) => node.inputs)) {
    const access = requireAccess(input);
    if (!own.has(access.base)) writer.declareRead(access, width);
  }
}

function writeLoad(writer: SeamWriter, group: Group, dispatch: Dispatch, wanted: SeamFunction): void {
  const { port, width, scalar } = wanted;
  const type = registerType(scalar, width);
  const head = `fn load_${port}${width === 4 ? "4" : ""}(i: u32) -> ${type}`;
  const input = portNode(group, dispatch, port);
  if (input === undefined) {
    writer.addFunction(`${head} {\n  return ${type}();\n}\n`);
    return;
  }
  const access = requireAccess(input);
  const fields = dispatch.kernel.strided?.[port];
  if (fields !== undefined) {
    const wide = isAlignedPort(dispatch, port) ? width : 1;
    const value = writer.readAddressed(input, fields, width, wide);
    writer.addFunction(`${head} {\n  return ${convert(value, access.base.dtype, scalar, width)};\n}\n`);
    return;
  }
  const prologue = group.prologues.get(port);
  const isQuad = width === 4 && isAlignedPort(dispatch, port) && (prologue === undefined || isWhole(access));
  if (width === 4 && !isQuad) {
    const one = `load1_${port}`;
    writer.addFunction(loadText(writer, `fn ${one}(i: u32) -> ${scalar}`, input, prologue, 1, scalar));
    writer.addFunction(`${head} {\n  return ${type}(${quad(one)});\n}\n`);
    return;
  }
  writer.addFunction(loadText(writer, head, input, prologue, width, scalar));
}

/** The parameters of ports that are read by address. */
function addressParams(writer: SeamWriter, group: Group, { kernel }: Dispatch): Record<string, number> {
  if (group.anchor === undefined || kernel.strided === undefined) return {};
  const inputs = portInputs(group.anchor.node);
  const ports = Object.entries(kernel.strided).map(([port, fields]) => {
    return stridedParams(writer.addressLayout(inputs[kernel.inputs.indexOf(port)], fields), fields);
  });
  return Object.assign({}, ...ports) as Record<string, number>;
}

function quad(name: string): string {
  return [0, 1, 2, 3].map((lane) => `${name}(i + ${lane}u)`).join(", ");
}

function loadText(
  writer: SeamWriter,
  head: string,
  input: Node,
  prologue: readonly Node[] | undefined,
  width: Width,
  scalar: Dtype,
): string {
  const access = requireAccess(input);
  if (prologue === undefined) {
    const value = writer.read(access, width, "i");
    return `${head} {\n  return ${convert(value, access.base.dtype, scalar, width)};\n}\n`;
  }
  const body = new Body(writer, prologue, width, "at");
  const value = body.valueOf(access.base);
  const index = `let at = ${writer.address(access, "i")};`;
  const result = convert(value, access.base.dtype, scalar, width);
  return `${head} {\n  ${[index, ...body.lines, `return ${result};`].join("\n  ")}\n}\n`;
}

function writeStore(
  writer: SeamWriter,
  group: Group,
  dispatch: Dispatch,
  { port, width, scalar }: SeamFunction,
  all: readonly SeamFunction[],
): void {
  const name = `store_${port}`;
  const text = (wide: Width) =>
    port === dispatch.kernel.byproduct
      ? byproductText(writer, group, name, wide, scalar)
      : storeText(writer, group, wide === 4 ? `${name}4` : name, wide, scalar);
  if (width === 1 || isAlignedPort(dispatch, port)) {
    writer.addFunction(text(width));
    return;
  }
  const hasScalar = all.some((other) => other.port === port && other.access === "store" && other.width === 1);
  if (!hasScalar) writer.addFunction(text(1));
  const lanes = [0, 1, 2, 3].map((lane) => `  ${name}(i + ${lane}u, v[${lane}]);\n`);
  writer.addFunction(`fn ${name}4(i: u32, v: vec4<${scalar}>) {\n${lanes.join("")}}\n`);
}

/** Writes what the kernel computes on the way; nothing where nobody wants it. */
function byproductText(
  writer: SeamWriter,
  { byproduct }: Group,
  name: string,
  width: Width,
  scalar: Dtype,
): string {
  const head = `fn ${name}${width === 4 ? "4" : ""}(i: u32, v: ${registerType(scalar, width)})`;
  if (byproduct === undefined) return `${head} {\n}\n`;
  const value = convert("v", scalar, byproduct.dtype, width);
  return `${head} {\n  ${writer.write(byproduct, width, "i", value)}\n}\n`;
}

function storeText(writer: SeamWriter, group: Group, name: string, width: Width, scalar: Dtype): string {
  const body = new Body(writer, group.body, width, "i");
  if (group.anchor !== undefined) {
    const { node } = group.anchor;
    body.give(node, convert("v", scalar, node.dtype, width));
  }
  const writes = indexedStores(group).map((node) => [node, body.valueOf(node)] as const);
  const lines = [...body.lines, ...writes.map(([node, value]) => writer.write(node, width, "i", value))].join(
    "\n  ",
  );
  return `fn ${name}(i: u32, v: ${registerType(scalar, width)}) {\n  ${lines}\n}\n`;
}

/** Statements that compute elementwise nodes at one index. All reads come before any write. */
class Body {
  readonly lines: string[] = [];
  private readonly names = new Map<Node, string>();
  /** Names of what was read, by the view through which it was. */
  private readonly reads = new Map<Node, string>();
  /** Names by expression: what was given to several readers is computed once where they meet again. */
  private readonly known = new Map<string, string>();
  private readonly writer: SeamWriter;
  private readonly own: Set<Node>;
  private readonly width: Width;
  private readonly index: string;

  constructor(writer: SeamWriter, nodes: readonly Node[], width: Width, index: string) {
    this.writer = writer;
    this.own = new Set(nodes);
    this.width = width;
    this.index = index;
  }

  /** Says that `node` already has a value. */
  give(node: Node, expression: string): void {
    this.own.add(node);
    this.names.set(node, expression);
  }

  valueOf(root: Node): string {
    const known = this.names.get(root);
    if (known !== undefined) return known;
    const args = root.inputs.map((input) => this.argument(input));
    const name = this.let(this.writer.compute(root, args, this.width, this.index));
    this.names.set(root, name);
    return name;
  }

  private argument(input: Node): string {
    const access = requireAccess(input);
    if (this.own.has(access.base)) return this.valueOf(access.base);
    const read = this.reads.get(input) ?? this.let(this.writer.read(access, this.width, this.index));
    this.reads.set(input, read);
    return read;
  }

  private let(expression: string): string {
    const name = this.known.get(expression) ?? `t${this.lines.length}`;
    if (!this.known.has(expression)) this.lines.push(`let ${name} = ${expression};`);
    this.known.set(expression, name);
    return name;
  }
}
