// Ops of a user's own, made with the definers that the ops of the package are made with: each kind works by itself, in
// compiled functions, fused with its neighbours, and in gradients of any order.

import { describe, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import { gradients } from "../../src/api/grad.ts";
import { type Tensor, tensor } from "../../src/api/tensor.ts";
import { ceilDiv } from "../../src/base/integers.ts";
import type { Value } from "../../src/graph/node.ts";
import type { Kernel } from "../../src/kernels/kernel.ts";
import { foldWorkgroups } from "../../src/kernels/workgroups.ts";
import { apply, defineKernel, defineView, type KernelOp } from "../../src/ops/define.ts";
import { defineBinary, defineUnary } from "../../src/ops/defineElementwise.ts";
import { floating } from "../../src/ops/dtypeRules.ts";
import {
  abs,
  add,
  div,
  embed,
  exp,
  matmul,
  mul,
  relu,
  reshape,
  slice,
  square,
  sum,
} from "../../src/ops/index.ts";
import { hostZeros } from "../../src/tensor/hostArray.ts";
import { activation, exact, normalised, sums, ulps } from "../ops/families.ts";
import { checkOnGpu, sharedEngines } from "../ops/gpuCase.ts";

/** x / (1 + |x|). */
const softsign = defineUnary({
  name: "softsign",
  dtypes: floating,
  reference: ([x]) => x / (1 + Math.abs(x)),
  wgsl: ([x]) => `${x} / (1.0 + abs(${x}))`,
  gradient: ({ dy, inputs: [x] }) => [div(dy, square(add(abs(x), 1)))],
});

/** The length of the hypotenuse, by a function of WGSL that comes along. */
const hypotenuse = defineBinary({
  name: "hypotenuse",
  dtypes: floating,
  reference: ([a, b]) => Math.hypot(a, b),
  wgsl: ([a, b], { call }) => call("hypotenuse", a, b),
  libraries: [
    "fn hypotenuse4(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {\n  return sqrt(a * a + b * b);\n}\n",
  ],
  gradient: ({ dy, y, inputs: [a, b] }) => [mul(dy, div(a, y)), mul(dy, div(b, y))],
});

const diagonalRecord = defineView<undefined>({
  name: "diagonal",
  output: ([x]) => ({ shape: [x.shape[0]], dtype: x.dtype }),
  layout: ({ shape: [size], strides: [down, right], offset }) => ({
    shape: [size],
    strides: [down + right],
    offset,
  }),
  // Element i of the diagonal stands at i * (n + 1) of the matrix.
  gradient: ({
    dy,
    inputs: [
      {
        shape: [size],
      },
    ],
  }) => [reshape(embed(dy, { axis: 0, size: size * size, start: 0, step: size + 1 }), [size, size])],
});

/** The diagonal of a square matrix, without a copy. */
function diagonal<T extends Value>(x: T): T {
  return apply(diagonalRecord, [x], undefined);
}

const prefixSumKernel: Kernel = {
  name: "prefix_sum_rows",
  source: `
struct Params {
  rows: u32,
  cols: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

fn load_x(i: u32) -> f32 {
  return x[i];
}

fn store_y(i: u32, v: f32) {
  y[i] = v;
}
// end of seam

override WORKGROUP_SIZE: u32 = 64;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.rows) {
    return;
  }
  var total = 0.0;
  for (var col = 0u; col < params.cols; col++) {
    total += load_x(id.x * params.cols + col);
    store_y(id.x * params.cols + col, total);
  }
}
`,
  inputs: ["x"],
  output: "y",
  params: { rows: "u32", cols: "u32" },
  constants: ["WORKGROUP_SIZE"],
  prologue: ["x"],
};

const prefixSumRecord: KernelOp = defineKernel<undefined>({
  name: "prefixSum",
  output: ([x]) => x,
  reference([{ shape, data }]) {
    const y = hostZeros(shape);
    data.forEach((value, index) => {
      y.data[index] = value + (index % shape[1] === 0 ? 0 : y.data[index - 1]);
    });
    return y;
  },
  gradient({ dy }) {
    const backwards = { steps: [1, -1] };
    return [slice(prefixSum(slice(dy, backwards)), backwards)];
  },
  dispatch: ([{ shape }], _attrs, device) => ({
    kernel: prefixSumKernel,
    params: { rows: shape[0], cols: shape[1] },
    constants: {},
    aligned: [],
    workgroups: foldWorkgroups(ceilDiv(shape[0], 64), device),
    flops: shape[0] * shape[1],
  }),
});

/** y[r, c] = x[r, 0] + … + x[r, c]. */
function prefixSum<T extends Value>(x: T): T {
  return apply(prefixSumRecord, [x], undefined);
}

describe("ops of one's own against their references, with gradients of gradients", () => {
  const twice = { secondGradient: true, secondTolerance: normalised } as const;

  test("elementwise", async () => {
    await checkOnGpu([
      {
        name: "softsign",
        inputs: [{ shape: [7, 13] }],
        apply: (x) => softsign(x),
        tolerance: ulps(3),
        gradientTolerance: activation,
        ...twice,
      },
      {
        name: "hypotenuse, broadcast and with a number",
        inputs: [
          { shape: [4, 1], low: 1, high: 3 },
          { shape: [5], low: 1, high: 3 },
        ],
        apply: (a, b) => hypotenuse(hypotenuse(a, b), 2),
        tolerance: activation,
        gradientTolerance: normalised,
        ...twice,
      },
    ]);
  });

  test("a view", async () => {
    await checkOnGpu([
      {
        name: "diagonal",
        inputs: [{ shape: [6, 6] }],
        apply: (x) => diagonal(x),
        tolerance: exact,
        secondGradient: true,
      },
      {
        name: "of a computed value, read by another op",
        inputs: [{ shape: [6, 6] }],
        apply: (x) => mul(diagonal(mul(x, 2)), 3),
        tolerance: ulps(1),
      },
    ]);
  });

  test("a kernel", async () => {
    const whole = { shape: [70, 9], integers: true };
    await checkOnGpu([
      {
        name: "prefixSum",
        inputs: [whole],
        apply: (x) => prefixSum(x),
        tolerance: exact,
        secondGradient: true,
      },
      {
        name: "between other work, which it takes in",
        inputs: [whole],
        apply: (x) => relu(prefixSum(mul(x, 2))),
        tolerance: exact,
        withoutGradient: true,
      },
      {
        name: "fractions",
        inputs: [{ shape: [3, 40] }],
        apply: (x) => prefixSum(x),
        tolerance: sums(40),
      },
    ]);
  });

  test("all of them in one loss", async () => {
    await checkOnGpu([
      {
        name: "a chain",
        inputs: [{ shape: [5, 5] }, { shape: [5, 5], low: 1, high: 2 }],
        apply: (x, w) => sum(softsign(diagonal(prefixSum(matmul(x, exp(w)))))),
        tolerance: normalised,
      },
    ]);
  });
});

describe("ops of one's own on tensors", () => {
  test("run by themselves, and in a compiled function as one dispatch with their neighbours", async () => {
    const { gpu: engine } = await sharedEngines();
    const x = tensor(
      [
        [1, -3, 2],
        [0, 4, -0.5],
      ],
      undefined,
      { engine },
    );
    expect([...(await prefixSum(x).data())]).toEqual([1, -2, 0, 0, 4, 3.5]);
    expect([...(await softsign(x).data())][1]).toBe(-0.75);
    const run = compile((value: Tensor) => add(softsign(prefixSum(mul(value, 2))), 1));
    expect([...(await run(x).data())][3]).toBe(1);
    const { dispatches } = run.inspect()[0].plan;
    expect(dispatches).toHaveLength(1);
    expect(dispatches[0].label).toContain("mul+prefixSum+softsign+add/prefix_sum_rows");
    run.dispose();
  });

  test("give gradients", async () => {
    const { gpu: engine } = await sharedEngines();
    const x = tensor([[1, -3, 2]], undefined, { engine });
    const [dx] = gradients(sum(prefixSum(x)), [x]);
    expect([...(await dx.data())]).toEqual([3, 2, 1]);
    const [slope] = gradients(sum(softsign(slice(x, { ends: [1, 2] }))), [x]);
    expect([...(await slope.data())]).toEqual([0.25, 0.0625, 0]);
  });
});
