// Arguments and results of compiled functions: nested arrays and plain objects with tensors at the leaves.

import { UsageError } from "../base/errors.ts";
import { Tensor } from "./tensor.ts";

/** A value with its tensors taken out: what remains is compared as text. */
export interface Flattened {
  readonly tensors: readonly Tensor[];
  /** The structure, with shape and dtype for each tensor and the value of everything else. */
  readonly signature: string;
  /** The same structure around other tensors. */
  rebuild(replacements: readonly Tensor[]): unknown;
}

/** Takes the tensors out of `value`. Throws UsageError for what is neither data nor a tensor. */
export function flatten(op: string, value: unknown): Flattened {
  const tensors: Tensor[] = [];
  const parts: string[] = [];
  visit(op, value, tensors, parts);
  const rebuild = (replacements: readonly Tensor[]) => {
    let next = 0;
    return mapTensors(value, () => replacements[next++]);
  };
  return { tensors, signature: parts.join(""), rebuild };
}

/** Where, from `path` on, `value` first differs in signature from `model`, and how; undefined where it does not. */
export function differenceOf(op: string, model: unknown, value: unknown, path: string): string | undefined {
  const [wanted, found] = [model, value].map((side) => flatten(op, side).signature);
  if (wanted === found) return undefined;
  const isNested = (side: unknown): side is object => Array.isArray(side) || isPlainObject(side);
  if (isNested(model) && isNested(value) && Array.isArray(model) === Array.isArray(value)) {
    const keys = Object.keys(model);
    if (keys.join() === Object.keys(value).join()) {
      const pairs = keys.map((key) => [key, Reflect.get(model, key), Reflect.get(value, key)] as const);
      const [first] = pairs.flatMap(([key, a, b]) => differenceOf(op, a, b, `${path}.${key}`) ?? []);
      if (first !== undefined) return first;
    }
  }
  return `${path} is ${found} and not ${wanted}`;
}

/** Throws UsageError unless all of `values`, each of which is called `what`, are tensors, and there is one. */
export function requireTensors(op: string, what: string, values: readonly unknown[]): void {
  if (values.length === 0) {
    throw new UsageError(`${op}: there is no ${what}; give one tensor at least.`);
  }
  values.forEach((value, index) => {
    if (value instanceof Tensor) return;
    throw new UsageError(`${op}: ${what} ${index} is no tensor; numbers and options are to be captured.`);
  });
}

function visit(op: string, value: unknown, tensors: Tensor[], parts: string[]): void {
  if (value instanceof Tensor) {
    tensors.push(value);
    parts.push(`${value.dtype}[${value.shape.join(",")}]`);
  } else if (Array.isArray(value)) {
    parts.push("(");
    for (const entry of value) visit(op, entry, tensors, parts);
    parts.push(")");
  } else if (isPlainObject(value)) {
    parts.push("{");
    for (const [key, entry] of Object.entries(value)) {
      parts.push(JSON.stringify(key));
      visit(op, entry, tensors, parts);
    }
    parts.push("}");
  } else if (value === null || ["number", "string", "boolean", "undefined"].includes(typeof value)) {
    parts.push(`<${typeof value}:${String(value)}>`);
  } else {
    throw new UsageError(
      `${op}: a ${typeof value === "object" ? value.constructor.name : typeof value} cannot be an argument or result of a ` +
        "compiled function; use tensors, numbers, strings, booleans, and arrays or plain objects of these.",
    );
  }
}

function mapTensors(value: unknown, replace: () => Tensor): unknown {
  if (value instanceof Tensor) return replace();
  if (Array.isArray(value)) return value.map((entry) => mapTensors(entry, replace));
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, mapTensors(entry, replace)]));
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
