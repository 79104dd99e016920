// Activation layers against PyTorch's, with the same names and defaults.

import { beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import { gradients } from "../../src/api/grad.ts";
import { manualSeed } from "../../src/api/random.ts";
import { ones, type Tensor, tensor } from "../../src/api/tensor.ts";
import * as nn from "../../src/nn/nn.ts";
import { mul, sum } from "../../src/ops/index.ts";
import { initShared } from "../setup/sharedDevice.ts";
import { allowedError, type Tolerance } from "../setup/tolerances.ts";
import { keysOf, shapesOf } from "./layerValues.ts";

beforeAll(async () => {
  await initShared();
});

const xs = [-4, -3, -1, -0.5, -0.25, 0, 0.25, 0.5, 1, 3, 7, 30];

/** What torch.nn of PyTorch 2.13 gives for `xs`, in float64. */
const layers: [name: string, make: () => nn.Module, expected: readonly number[]][] = [
  ["nn.ReLU6()", () => new nn.ReLU6(), [0, 0, 0, 0, 0, 0, 0.25, 0.5, 1, 3, 6, 6]],
  [
    "nn.ELU()",
    () => new nn.ELU(),
    [
      -0.9816843611112658, -0.950212931632136, -0.6321205588285577, -0.3934693402873666, -0.22119921692859512,
      0, 0.25, 0.5, 1, 3, 7, 30,
    ],
  ],
  [
    "nn.ELU({ alpha: 2 })",
    () => new nn.ELU({ alpha: 2 }),
    [
      -1.9633687222225316, -1.900425863264272, -1.2642411176571153, -0.7869386805747332, -0.44239843385719024,
      0, 0.25, 0.5, 1, 3, 7, 30,
    ],
  ],
  [
    "nn.SELU()",
    () => new nn.SELU(),
    [
      -1.7258986281898945, -1.6705687287671118, -1.1113307378125625, -0.6917581878028713, -0.388890197478119,
      0, 0.2626752468388701, 0.5253504936777402, 1.0507009873554805, 3.1521029620664414, 7.354906911488364,
      31.521029620664414,
    ],
  ],
  [
    "nn.CELU()",
    () => new nn.CELU(),
    [
      -0.9816843611112658, -0.950212931632136, -0.6321205588285577, -0.3934693402873666, -0.22119921692859512,
      0, 0.25, 0.5, 1, 3, 7, 30,
    ],
  ],
  [
    "nn.CELU({ alpha: 2 })",
    () => new nn.CELU({ alpha: 2 }),
    [
      -1.7293294335267746, -1.5537396797031404, -0.7869386805747332, -0.44239843385719024,
      -0.2350061948308092, 0, 0.25, 0.5, 1, 3, 7, 30,
    ],
  ],
  [
    "nn.Mish()",
    () => new nn.Mish(),
    [
      -0.07259174079202535, -0.1456474612756246, -0.30340146137410895, -0.22074377465173, -0.129926963679141,
      0, 0.1695724096638176, 0.3752452113048951, 0.8650983882673103, 2.9865350049679575, 6.999988379809741,
      30,
    ],
  ],
  [
    "nn.Softplus()",
    () => new nn.Softplus(),
    [
      0.018149927917809738, 0.04858735157374206, 0.31326168751822286, 0.4740769841801067, 0.5759394198788436,
      0.6931471805599453, 0.8259394198788436, 0.9740769841801067, 1.3132616875182228, 3.048587351573742,
      7.000911466453774, 30,
    ],
  ],
  [
    "nn.Softplus({ beta: 2, threshold: 5 })",
    () => new nn.Softplus({ beta: 2, threshold: 5 }),
    [
      0.00016770318644788442, 0.0012378425688652247, 0.06346400552148625, 0.15663084375911143,
      0.23703849209005334, 0.34657359027997264, 0.48703849209005334, 0.6566308437591114, 1.0634640055214863,
      3, 7, 30,
    ],
  ],
  [
    "nn.LogSigmoid()",
    () => new nn.LogSigmoid(),
    [
      -4.0181499279178094, -3.048587351573742, -1.3132616875182228, -0.9740769841801067, -0.8259394198788436,
      -0.6931471805599453, -0.5759394198788436, -0.4740769841801067, -0.31326168751822286,
      -0.04858735157374206, -0.0009114664537742447, -9.357622968839737e-14,
    ],
  ],
  [
    "nn.Hardsigmoid()",
    () => new nn.Hardsigmoid(),
    [
      0, 0, 0.3333333333333333, 0.4166666666666667, 0.4583333333333333, 0.5, 0.5416666666666666,
      0.5833333333333334, 0.6666666666666666, 1, 1, 1,
    ],
  ],
  [
    "nn.Hardswish()",
    () => new nn.Hardswish(),
    [
      -0, -0, -0.3333333333333333, -0.20833333333333334, -0.11458333333333333, 0, 0.13541666666666666,
      0.2916666666666667, 0.6666666666666666, 3, 7, 30,
    ],
  ],
  ["nn.Hardtanh()", () => new nn.Hardtanh(), [-1, -1, -1, -0.5, -0.25, 0, 0.25, 0.5, 1, 1, 1, 1]],
  [
    "nn.Hardtanh({ min: -2, max: 0.5 })",
    () => new nn.Hardtanh({ min: -2, max: 0.5 }),
    [-2, -2, -1, -0.5, -0.25, 0, 0.25, 0.5, 0.5, 0.5, 0.5, 0.5],
  ],
  [
    "nn.Softsign()",
    () => new nn.Softsign(),
    [
      -0.8, -0.75, -0.5, -0.3333333333333333, -0.2, 0, 0.2, 0.3333333333333333, 0.5, 0.75, 0.875,
      0.967741935483871,
    ],
  ],
  [
    "nn.Tanhshrink()",
    () => new nn.Tanhshrink(),
    [
      -3.000670700260933, -2.0049452463132695, -0.23840584404423515, -0.03788284273999021,
      -0.005081337596290869, 0, 0.005081337596290869, 0.03788284273999021, 0.23840584404423515,
      2.0049452463132695, 6.0000016630560555, 29,
    ],
  ],
  ["nn.Softshrink()", () => new nn.Softshrink(), [-3.5, -2.5, -0.5, 0, 0, 0, 0, 0, 0.5, 2.5, 6.5, 29.5]],
  [
    "nn.Softshrink({ lambda: 1 })",
    () => new nn.Softshrink({ lambda: 1 }),
    [-3, -2, 0, 0, 0, 0, 0, 0, 0, 2, 6, 29],
  ],
  ["nn.Hardshrink()", () => new nn.Hardshrink(), [-4, -3, -1, 0, 0, 0, 0, 0, 1, 3, 7, 30]],
  [
    "nn.Hardshrink({ lambda: 1 })",
    () => new nn.Hardshrink({ lambda: 1 }),
    [-4, -3, 0, 0, 0, 0, 0, 0, 0, 3, 7, 30],
  ],
  ["nn.Threshold(0.5, 20)", () => new nn.Threshold(0.5, 20), [20, 20, 20, 20, 20, 20, 20, 20, 1, 3, 7, 30]],
  ["nn.PReLU()", () => new nn.PReLU(), [-1, -0.75, -0.25, -0.125, -0.0625, 0, 0.25, 0.5, 1, 3, 7, 30]],
  [
    "nn.PReLU({ init: 0.5 })",
    () => new nn.PReLU({ init: 0.5 }),
    [-2, -1.5, -0.5, -0.25, -0.125, 0, 0.25, 0.5, 1, 3, 7, 30],
  ],
  [
    "nn.GLU()",
    () => new nn.GLU(),
    [
      -2.2487060035431923, -1.867377993605564, -0.7310585786300049, -0.4762870634112167, -0.24977223720139985,
      0,
    ],
  ],
  [
    "nn.Softmin()",
    () => new nn.Softmin(),
    [
      0.6567122060520376, 0.24159091937288868, 0.03269577550072355, 0.019830990284270014,
      0.015444390762470906, 0.012028103619873113, 0.009367496518021181, 0.007295413623653554,
      0.004424892038031124, 0.0005988440172583745, 1.0968210770783287e-5, 1.125544587049143e-15,
    ],
  ],
  [
    "nn.LogSoftmax()",
    () => new nn.LogSoftmax(),
    [
      -34.00000000010529, -33.00000000010529, -31.00000000010529, -30.50000000010529, -30.25000000010529,
      -30.00000000010529, -29.75000000010529, -29.50000000010529, -29.00000000010529, -27.00000000010529,
      -23.00000000010529, -1.0529110915925257e-10,
    ],
  ],
];

async function expectValues(y: Tensor, expected: readonly number[], family: Tolerance): Promise<void> {
  const values = await y.data();
  expect(values.length).toBe(expected.length);
  expected.forEach((value, index) => {
    const bar = allowedError(family, { expected: value, input: value, magnitude: Math.abs(value) });
    expect(Math.abs(values[index] - value), `element ${index} is ${values[index]}`).toBeLessThanOrEqual(bar);
  });
}

describe("activations", () => {
  test.each(layers)("%s", async (name, make, expected) => {
    const family = /Soft(min|max)/.test(name) ? "normalised" : "activation";
    await expectValues(make().forward(tensor(xs)), expected, { family });
  });

  test("along another axis", async () => {
    const x = ones([4, 2]);
    expect(new nn.GLU({ axis: 0 }).forward(x).shape).toEqual([2, 2]);
    await expectValues(new nn.Softmin({ axis: 0 }).forward(x), new Array(8).fill(0.25), {
      family: "normalised",
    });
    const logarithms = new nn.LogSoftmax({ axis: 0 }).forward(x);
    await expectValues(logarithms, new Array(8).fill(-Math.log(4)), { family: "normalised" });
  });

  test("only PReLU has parameters", () => {
    for (const [name, make] of layers) {
      expect(keysOf(make()), name).toEqual(name.startsWith("nn.PReLU") ? ["weight"] : []);
    }
  });
});

describe("RReLU", () => {
  test("draws a slope for each element in training, and the gradient has the same", async () => {
    manualSeed(4);
    const layer = new nn.RReLU();
    const step = compile((x: Tensor) => {
      const y = layer.forward(x);
      return { y, dx: gradients(sum(y), [x])[0] };
    });
    const x = tensor([-1, -1, 0, 2, -1, -1]);
    const { y, dx } = step(x);
    const slopes = [...(await dx.data())];
    expect([...(await y.data())].map((value) => value + 0)).toEqual(
      slopes.map((slope, i) => [-slope, -slope, 0, 2, -slope, -slope][i]),
    );
    expect(slopes[3]).toBe(1);
    const drawn = slopes.filter((_, i) => i !== 3);
    expect(drawn.every((slope) => slope >= 1 / 8 && slope < 1 / 3)).toBe(true);
    expect(new Set(drawn).size).toBe(5);
    expect([...(await step(x).y.data())]).not.toEqual([...(await y.data())]);
  });

  test("has one slope in evaluation", async () => {
    const layer = new nn.RReLU({ lower: 0.25, upper: 0.75 }).eval();
    expect([...(await layer.forward(tensor([-2, 0, 3])).data())]).toEqual([-1, 0, 3]);
  });

  test.each([
    [0.5, 0.25],
    [Number.NaN, 1],
    [0, Number.POSITIVE_INFINITY],
  ])("refuses slopes from %d to %d", (lower, upper) => {
    expect(() => new nn.RReLU({ lower, upper })).toThrow(
      `RReLU: lower is ${lower} and upper ${upper}; both must be finite, and lower at most upper.`,
    );
  });
});

test("Softmax2d is over the channels of an image or a batch, and of nothing else", async () => {
  const layer = new nn.Softmax2d();
  const family = { family: "normalised" } as const;
  await expectValues(layer.forward(ones([2, 4, 1, 3])), new Array(24).fill(0.25), family);
  await expectValues(layer.forward(ones([2, 1, 3])), new Array(6).fill(0.5), family);
  for (const shape of [[3], [3, 4], [1, 2, 3, 4, 5]]) {
    expect(() => layer.forward(ones(shape))).toThrow(
      `Softmax2d: x is [${shape.join(", ")}]; it must be [batch, channels, height, width] or [channels, height, width].`,
    );
  }
});

describe("PReLU", () => {
  test("learns a slope for each channel", async () => {
    const layer = new nn.PReLU({ numParameters: 3 });
    expect(shapesOf(layer)).toEqual({ weight: [3] });
    expect([...(await layer.weight.data())]).toEqual([0.25, 0.25, 0.25]);
    layer.weight.write([0.25, -0.5, 2]);
    const x = tensor([-1, 2, -3, -2, -4, 5], [2, 3]);
    expect([...(await layer.forward(x).data())]).toEqual([-0.25, 2, -6, -0.5, 2, 5]);
    const dy = tensor([1, 2, 3, 4, 5, 6], [2, 3]);
    const [dw] = gradients(sum(mul(layer.forward(x), dy)), [layer.weight]);
    expect([...(await dw.data())]).toEqual([-9, -20, -9]);
  });
});
