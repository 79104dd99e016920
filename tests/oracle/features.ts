// What each op can do, found out by asking it: FEATURES.md.
//
// Decides: what is asked. A case of PyTorch's tables is traced as it is, once with each dtype in the place of f32, and
// differentiated once and twice; its plans for both device profiles say which kernels compute it. Nothing is run.
// Throws for an op that has no such case, unless it is listed below with what checks it instead.

import { differentiate } from "../../src/autodiff/differentiate.ts";
import { product } from "../../src/base/integers.ts";
import { compileGraph } from "../../src/compile/compileGraph.ts";
import { makeGraph } from "../../src/graph/graph.ts";
import type { Node } from "../../src/graph/node.ts";
import { inputNode } from "../../src/graph/source.ts";
import * as ops from "../../src/ops/index.ts";
import { DTYPES, type Dtype, isFloating, promote } from "../../src/tensor/dtype.ts";
import { dtypeFacts } from "../ops/dtypeFacts.ts";
import type { InputSpec } from "../ops/opCase.ts";
import { fallbackProfile, gpuProfile } from "../setup/deviceProfile.ts";
import { type OracleCase, opTableNames, oracleCases } from "./opTables.ts";
import { type Traced, takes, trace } from "./traceCase.ts";

/** Ops that PyTorch's core has not, or whose results are random: what their own tests hold them against. */
const withoutOracle: Readonly<Record<string, string>> = {
  alibiBias: "the paper's formula, in float64",
  batchMoments: "its float64 reference",
  batchStatistics: "its float64 reference",
  categorical: "frequencies, and the bits of its float64 reference",
  crossEntropyState: "its float64 reference",
  decodeAttention: "attention without a cache",
  detach: "its one property: no gradient passes (stopGradient in other libraries)",
  dropoutWith: "frequencies and moments",
  embed: "its float64 reference; it is the gradient of slice",
  filterLogits: "its float64 reference",
  linearScan: "its float64 reference, and cumsum, which it is for a = 1",
  penalizeRepeats: "its float64 reference",
  randomUniform: "moments and the known bits of Threefry",
  rotaryEmbedding: "the paper's formula, in float64",
  runningMoments: "its float64 reference",
};

interface Feature {
  readonly op: string;
  readonly kind: string;
  readonly dtypes: readonly Dtype[];
  readonly gradient: string;
  readonly kernels: readonly string[];
  readonly cases: number | string;
}

/** The text of FEATURES.md. */
export async function featuresText(): Promise<string> {
  const cases = (await Promise.all(opTableNames.map(oracleCases))).flat();
  const names = Object.keys(ops);
  const missing = names.filter((name) => !(name in withoutOracle) && !cases.some(({ op }) => op === name));
  if (missing.length > 0)
    throw new Error(`these ops have no case in tests/oracle/op_cases: ${missing.join(", ")}.`);
  const features = names.map((name) =>
    featureOf(
      name,
      cases.filter(({ op }) => op === name),
    ),
  );
  const checked = features.filter(({ cases: count }) => typeof count === "number");
  const total = checked.reduce((sum, { cases: count }) => sum + Number(count), 0);
  const differentiated = features.filter(({ gradient }) => gradient !== "");
  return [
    "# Features",
    "",
    "<!-- `npm run features` makes this file by asking the ops; a test compares. -->",
    "",
    `${features.length} ops. ${checked.length} are held against PyTorch, values and gradients, in ${total} cases: in float64, and on the GPU`,
    `with the kernels of both device profiles. ${differentiated.length} have gradients, by rules over other ops; "twice" says that the gradient has one, too.`,
    "Shapes, options and errors stand in the docstring of each op, `src/ops/<op>.ts`.",
    "",
    "| op | kind | dtypes | gradient | kernels at the sizes of the cases | cases of PyTorch |",
    "|---|---|---|---|---|---|",
    ...features.map(rowOf),
    "",
    ...dtypeLines(),
    "",
    ...nonFiniteLines(cases),
    "",
  ].join("\n");
}

function dtypeLines(): string[] {
  return [
    "## Dtypes",
    "",
    "What an op makes of two dtypes, and what becomes of numbers that a dtype cannot hold. `tests/ops/dtypes.test.ts` checks each line.",
    "",
    `| | ${DTYPES.join(" | ")} |`,
    `|---|${DTYPES.map(() => "---|").join("")}`,
    ...DTYPES.map((a) => `| ${[a, ...DTYPES.map((b) => promote(a, b))].join(" | ")} |`),
    "",
    ...dtypeFacts.map(({ says }) => `- ${says}`),
    "- f16 is a way of storing: arithmetic is f32, and what is stored rounds to the nearest f16, beyond 65504 to infinity.",
  ];
}

/** What ops that take floats do with NaN and infinities where no case of PyTorch's has them. */
const otherwise: Readonly<Record<string, string>> = {
  binaryCrossEntropy: "NaN for a probability outside of 0 to 1, NaN too; PyTorch throws",
  cholesky: "from the first pivot on that is not above 0, or NaN, columns are NaN; PyTorch throws",
  multiMarginLoss: "a score of NaN makes the loss of its row NaN; PyTorch leaves it out",
  searchSorted: "NaN stands above all numbers, as in NumPy",
};

function nonFiniteLines(cases: readonly OracleCase[]): string[] {
  const isPlain = ({ values = [] }: InputSpec) => [...values].every(Number.isFinite);
  const isTried = ({ inputs }: OracleCase) => !inputs.every(isPlain);
  const names = [...new Set(cases.map(({ op }) => op))];
  const triedNames = new Set(cases.filter(isTried).map(({ op }) => op));
  const untold = names.filter((name) => {
    const own = cases.filter(({ op }) => op === name);
    return !triedNames.has(name) && !(name in otherwise) && own.some((one) => takesFloats(one));
  });
  if (untold.length > 0) throw new Error(`no case has NaN or infinities for ${untold.join(", ")}.`);
  return [
    "## NaN and infinity",
    "",
    `NaN and infinities go through ${triedNames.size} ops as through PyTorch's, in ${cases.filter(isTried).length} of the cases: values, not gradients, where 0 times`,
    "infinity is by convention. What does otherwise, or has nothing like it in PyTorch, says so in its docstring and is tested on its own:",
    "",
    ...Object.entries(otherwise).map(([name, says]) => `- \`${name}\`: ${says}.`),
  ];
}

function takesFloats({ inputs }: OracleCase): boolean {
  return inputs.some(({ dtype = "f32", shape }) => isFloating(dtype) && product(shape) > 0);
}

function rowOf({ op, kind, dtypes, gradient, kernels, cases }: Feature): string {
  return `| ${[op, kind, dtypes.join(" "), gradient, kernels.join(", "), cases].join(" | ")} |`;
}

function featureOf(op: string, cases: readonly OracleCase[]): Feature {
  if (cases.length === 0) {
    return { op, kind: "", dtypes: [], gradient: "", kernels: [], cases: withoutOracle[op] };
  }
  const traced = cases.map((one) => trace(one));
  const kinds = new Set(traced.map(({ y }) => (y.op.name === op ? y.op.kind : "composite")));
  return {
    op,
    kind: kinds.size === 1 ? [...kinds][0] : "composite",
    dtypes: DTYPES.filter((dtype) => cases.some((one) => takes(one, dtype))),
    gradient: gradientOf(traced),
    kernels: [...new Set(traced.flatMap(({ y }) => kernelsOf(y)))].sort(),
    cases: cases.length,
  };
}

/** "once" or "twice", as far as rules go in one of the cases; empty where there is none. */
function gradientOf(traced: readonly Traced[]): string {
  const depths = traced
    .filter(({ wrt }) => wrt.length > 0)
    .map(({ y, wrt }) => {
      const seed = inputNode(y.shape, y.dtype);
      const first = differentiate(y, seed, wrt).filter((node) => node !== undefined);
      if (first.length === 0) return 0;
      const second = first.flatMap((node) =>
        differentiate(node, inputNode(node.shape, node.dtype), [...wrt, seed]),
      );
      return second.some((node) => node !== undefined) ? 2 : 1;
    });
  return ["", "once", "twice"][Math.max(0, ...depths)];
}

/** The shaders that compute it, by both profiles; fused elementwise work is none of its own. */
function kernelsOf(y: Node): string[] {
  return [gpuProfile, fallbackProfile].flatMap((profile) =>
    compileGraph(makeGraph([y]), profile).dispatches.map(({ label }) => kernelName(label)),
  );
}

/** Of "matmul+relu/matmul_registers#2". */
function kernelName(label: string): string {
  return label.slice(label.indexOf("/") + 1).replace(/[ #].*$/, "");
}
