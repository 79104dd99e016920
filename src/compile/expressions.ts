// WGSL text of elementwise work: types, conversions, and the reading of one value at one index.
//
// A value stands in a register as f32, i32, u32 or bool (f16 computes as f32), one wide or four wide.

import type { Node } from "../graph/node.ts";
import type { ElementwiseRecord } from "../graph/op.ts";
import type { Dtype } from "../tensor/dtype.ts";

/** How many elements an expression stands for. */
export type Width = 1 | 4;

/** The WGSL type of a value of `dtype` in a register. */
export function registerType(dtype: Dtype, width: Width): string {
  const scalar = dtype === "f16" ? "f32" : dtype;
  return width === 1 ? scalar : `vec4<${scalar}>`;
}

/** The WGSL type of one element of `dtype` in a buffer. */
export function storageType(dtype: Dtype): string {
  return dtype === "bool" ? "u32" : dtype;
}

/** `expression`, of register type `from`, as register type `to`. */
export function convert(expression: string, from: Dtype, to: Dtype, width: Width): string {
  const source = registerType(from, width);
  const target = registerType(to, width);
  if (source === target) return expression;
  return to === "bool" ? `(${expression} != ${source}(0))` : `${target}(${expression})`;
}

/** The op's expression for `node` over `args`, which are of the node's inputs' dtypes. */
export function elementwiseExpression(
  node: Node,
  op: ElementwiseRecord,
  args: readonly string[],
  width: Width,
  index: string,
): string {
  const operands = op.operands(node.inputs, node.attrs);
  const converted = args.map((arg, k) => convert(arg, node.inputs[k].dtype, operands[k], width));
  const types = {
    f32: registerType("f32", width),
    i32: registerType("i32", width),
    u32: registerType("u32", width),
    bool: registerType("bool", width),
    operands,
    index: width === 1 ? index : `(vec4<u32>(${index}) + vec4<u32>(0u, 1u, 2u, 3u))`,
    call: (name: string, ...values: string[]) =>
      width === 4
        ? `${name}4(${values.join(", ")})`
        : `${name}4(${values.map((value) => `vec4(${value})`).join(", ")}).x`,
  };
  return op.wgsl(converted, types, node.attrs);
}
