// Gradient rules made wrong on purpose: the cases of PyTorch's tables must see each of them. What they see of a rule that
// only gradients use, they see in the gradients of gradients.

import { afterEach, describe, expect, test } from "vitest";
import { differentiate } from "../../src/autodiff/differentiate.ts";
import { makeGraph } from "../../src/graph/graph.ts";
import type { Node } from "../../src/graph/node.ts";
import type { GradientContext, OpRecord } from "../../src/graph/op.ts";
import { constantNode } from "../../src/graph/source.ts";
import { add, cast, mul, neg, reshape, roll } from "../../src/ops/index.ts";
import { isFloating } from "../../src/tensor/dtype.ts";
import { elementCount, isSameShape } from "../../src/tensor/shape.ts";
import { exact } from "../ops/families.ts";
import {
  checkGradient,
  checkSecondGradient,
  gradientNodes,
  type OpCase,
  type Prepared,
  prepare,
  secondLoss,
  valuesOf,
} from "../ops/opCase.ts";
import { type OracleCase, opTableNames, oracleCases } from "../oracle/opTables.ts";

type Parts = readonly (Node | undefined)[];
type Fault = (parts: Parts, inputs: readonly Node[]) => Parts;
type Rule = (context: GradientContext<unknown>) => Parts;

/** What is done to the gradients that a rule gives. */
const faults: Readonly<Record<string, Fault>> = {
  "the other sign": each(neg),
  "one too many": each((part) => add(part, 1)),
  "a thousandth too much": each((part) => mul(part, 1.001)),
  "one element further": each((part) => reshape(roll(reshape(part, [-1]), 1), part.shape)),
  "the first input's lost": (parts) => lost(parts, 0),
  "the second input's lost": (parts) => lost(parts, 1),
  "the third input's lost": (parts) => lost(parts, 2),
  "one where none flows": (parts, inputs) => inputs.map((input, index) => parts[index] ?? onesLike(input)),
  "two inputs' mistaken for each other": swapped,
  "one input's added to another's": mixed,
};

function each(change: (part: Node) => Node): (parts: Parts) => Parts {
  return (parts) => parts.map((part) => (part === undefined ? undefined : change(part)));
}

function onesLike({ shape, dtype }: Node): Node | undefined {
  return isFloating(dtype) ? constantNode(1, dtype, shape) : undefined;
}

function lost(parts: Parts, index: number): Parts {
  return parts.map((part, at) => (part !== undefined && at === index ? mul(part, 0) : part));
}

function swapped([first, second, ...rest]: Parts): Parts {
  const isAlike = first !== undefined && second !== undefined && isSameShape(first.shape, second.shape);
  return isAlike ? [second, first, ...rest] : [first, second, ...rest];
}

function mixed([first, second, ...rest]: Parts): Parts {
  const isAlike = first !== undefined && second !== undefined && isSameShape(first.shape, second.shape);
  return isAlike ? [add(first, second), second, ...rest] : [first, second, ...rest];
}

/** Of what the cases differentiate once, and twice, which takes longer. */
const MOST_CASES = { once: 40, twice: 5 };
let mended: (() => void) | undefined;
afterEach(() => mended?.());

/** `run` while `record` has the rule that `fault` makes of its own. */
function planted<T>(record: OpRecord, fault: Fault, run: () => T): T {
  const own = record.gradient as Rule;
  mended = () => Reflect.set(record, "gradient", own);
  Reflect.set(record, "gradient", ((context) =>
    fault(own.call(record, context), context.inputs)) satisfies Rule);
  try {
    return run();
  } finally {
    mended();
    mended = undefined;
  }
}

/** Whether the check of a case throws. */
function isSeen(check: () => void): boolean {
  try {
    check();
    return false;
  } catch {
    return true;
  }
}

/** A check of a case, and the numbers that it is about: these tell a fault that changes nothing from one that nobody sees. */
interface Check {
  readonly run: (one: OpCase) => void;
  readonly nodes: (one: Prepared) => readonly (Node | undefined)[];
}

const first: Check = { run: checkGradient, nodes: gradientNodes };

const second: Check = {
  run: checkSecondGradient,
  nodes(prepared) {
    const { loss, targets } = secondLoss(prepared);
    return differentiate(loss, constantNode(1, "f32"), targets);
  },
};

function numbersOf(one: OpCase, { nodes }: Check): string {
  const prepared = prepare(one);
  const found = nodes(prepared).filter((node) => node !== undefined);
  const value = valuesOf(found, prepared.feeds);
  return found.map((node) => value(node).data.join()).join(";");
}

/** The rules that differentiating `roots` of the cases asks, each with cases that do; those of its own op first. */
function usersOf(roots: (one: Prepared) => readonly Node[]): Map<OpRecord, OracleCase[]> {
  const users = new Map<OpRecord, OracleCase[]>();
  for (const one of cases) {
    const used = new Set(makeGraph(roots(prepare(one))).nodes.map(({ op }) => op));
    for (const op of used) if (op.gradient !== undefined) users.set(op, [...(users.get(op) ?? []), one]);
  }
  for (const [{ name }, own] of users) own.sort((a, b) => Number(b.op === name) - Number(a.op === name));
  return users;
}

/** The faults in the rule of `record` that some case sees, and those that change gradients and that none sees. */
function plantAll(record: OpRecord, users: readonly OracleCase[], check: Check) {
  const own = users.slice(0, check === second ? MOST_CASES.twice : MOST_CASES.once);
  const found: { seen: string[]; missed: string[] } = { seen: [], missed: [] };
  for (const [name, fault] of Object.entries(faults)) {
    const isSeenBy = (one: OpCase) => planted(record, fault, () => isSeen(() => check.run(one)));
    const isFelt = (one: OpCase) =>
      numbersOf(one, check) !== planted(record, fault, () => numbersOf(one, check));
    if (own.some(isSeenBy)) found.seen.push(name);
    else if (own.some(isFelt)) found.missed.push(name);
  }
  return found;
}

const size = ({ inputs }: OpCase) => inputs.reduce((total, { shape }) => total + elementCount(shape), 0);
/** A rule that no table has, for PyTorch's numbers would be those of half precision. */
const throughHalf: OracleCase = {
  op: "cast",
  name: "to f16 and back",
  inputs: [{ shape: [2, 3] }],
  apply: (x) => cast(cast(x, "f16"), "f32"),
  tolerance: exact,
};

const cases = [throughHalf, ...(await Promise.all(opTableNames.map(oracleCases))).flat()]
  .filter(({ withoutGradient }) => !withoutGradient)
  .sort((a, b) => size(a) - size(b));
const forward = usersOf(({ y }) => [y]);
const inner = new Map([...usersOf(gradientNodes)].filter(([record]) => !forward.has(record)));

describe.each([
  { of: "an op", users: forward, check: first },
  { of: "what only gradients are made of", users: inner, check: second },
])("a wrong rule is seen of $of", ({ users, check }) => {
  test.each([...users].map(([record, own]) => [record.name, record, own] as const))(
    "%s",
    (_name, record, own) => {
      const { seen, missed } = plantAll(record, own, check);
      expect(missed).toEqual([]);
      expect(seen).not.toEqual([]);
    },
  );
});

test("a fault that no check looks for counts as missed", () => {
  const [[record, own]] = forward;
  const blind = { ...first, run: () => undefined };
  expect(plantAll(record, own, blind)).toMatchObject({
    seen: [],
    missed: expect.arrayContaining(["the other sign"]),
  });
});
