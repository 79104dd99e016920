// GradScaler: what PyTorch's does to parameters, state and scale, all of it within one plan.

import { beforeAll, describe, expect, test } from "vitest";
import {
  add,
  compile,
  gradients,
  mul,
  optim,
  square,
  sum,
  type Tensor,
  tensor,
  UsageError,
} from "../../src/index.ts";
import { initShared } from "../setup/sharedDevice.ts";

const wave = (count: number, shift = 0) =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(3 * i + shift));
const readAll = async (list: Iterable<Tensor>) =>
  (await Promise.all([...list].map((entry) => entry.data()))).map((data) => [...data]);

const optimizers: Record<string, (parameters: Tensor[]) => optim.Optimizer> = {
  SGD: (parameters) => new optim.SGD(parameters, { lr: 0.05, momentum: 0.9, dampening: 0.5 }),
  AdamW: (parameters) => new optim.AdamW(parameters, { lr: 0.01 }),
  "AdamW with clipping": (parameters) => new optim.AdamW(parameters, { lr: 0.01, maxGradNorm: 0.5 }),
};

/** Parameters that are packed, and one that is too large for it. */
function makeParameters(): Tensor[] {
  return [tensor(wave(24), [4, 6]), tensor(wave(6, 1)), tensor(wave(2 ** 18 + 4, 2))];
}

const lossOf = (parameters: readonly Tensor[], by: Tensor) =>
  parameters.map((p) => sum(square(mul(p, by)))).reduce((a, b) => add(a, b));

describe.each(["gpu", "fallback"] as const)("%s kernels", (profile) => {
  beforeAll(async () => {
    await initShared({ profile });
  });

  describe.each(Object.keys(optimizers))("%s", (kind) => {
    function start(scaler: optim.GradScaler | undefined) {
      const parameters = makeParameters();
      const optimizer = optimizers[kind](parameters);
      const step = compile((by: Tensor) => {
        const loss = lossOf(parameters, by);
        if (scaler === undefined) optimizer.step(loss);
        else {
          scaler.step(optimizer, loss);
          scaler.update();
        }
        return loss;
      });
      const values = () => readAll([...parameters, ...optimizer.stateDict().values()]);
      return { step, values };
    }

    test("finite gradients make the very steps that are made without scaling", async () => {
      const [scaled, plain] = [start(new optim.GradScaler()), start(undefined)];
      for (const by of [1, 0.5, 2]) {
        expect(await scaled.step(tensor([by])).item()).toBe(await plain.step(tensor([by])).item());
      }
      expect(await scaled.values()).toEqual(await plain.values());
    });

    test.each([Number.POSITIVE_INFINITY, Number.NaN, 1e30])(
      "a step that meets %d changes nothing but the scale, in the same plan",
      async (bad) => {
        const scaler = new optim.GradScaler({ initScale: 2 ** 20, growthInterval: 2 });
        const { step, values } = start(scaler);
        step(tensor([1]));
        const before = await values();
        step(tensor([bad]));
        expect(await values()).toEqual(before);
        expect(await scaler.getScale()).toBe(2 ** 19);
        step(tensor([1]));
        expect(await values()).not.toEqual(before);
        expect(step.inspect().length).toBe(1);
      },
    );
  });
});

test("one more dispatch for each group of gradients and one for the scale", async () => {
  await initShared();
  const count = (isScaled: boolean) => {
    const parameters = [tensor(wave(24), [4, 6]), tensor(wave(6, 1))];
    const optimizer = new optim.AdamW(parameters);
    const scaler = new optim.GradScaler();
    const step = compile((by: Tensor) => {
      const loss = lossOf(parameters, by);
      if (!isScaled) return optimizer.step(loss);
      scaler.step(optimizer, loss);
      scaler.update();
    });
    step(tensor([1]));
    const [{ plan, printPlan }] = step.inspect();
    return { dispatches: plan.dispatches.length, submits: plan.submits, text: printPlan() };
  };
  const [plain, scaled] = [count(false), count(true)];
  expect(scaled.dispatches, `${plain.text}\n${scaled.text}`).toBeLessThanOrEqual(plain.dispatches + 2);
  expect(scaled.submits).toEqual([0]);
});

describe("the scale", () => {
  const parameter = () => tensor([1]);
  /** The scales after steps whose gradients are finite or not. */
  async function scalesAfter(steps: readonly boolean[], options: optim.GradScalerOptions): Promise<number[]> {
    const p = parameter();
    const optimizer = new optim.SGD([p]);
    const scaler = new optim.GradScaler(options);
    const step = compile((g: Tensor) => {
      scaler.step(optimizer, sum(mul(p, g)));
      scaler.update();
    });
    const scales: number[] = [];
    for (const isGood of steps) {
      step(tensor([isGood ? 0 : Number.NaN]));
      scales.push(await scaler.getScale());
    }
    return scales;
  }

  test("is PyTorch's by default", async () => {
    expect(await scalesAfter([true, false, false], {})).toEqual([65536, 32768, 16384]);
  });

  test("grows after enough steps in a row, and starts to count anew after one that was left out", async () => {
    const options = { initScale: 8, growthFactor: 4, backoffFactor: 0.25, growthInterval: 2 };
    const steps = [true, true, true, false, true, true, true, true];
    expect(await scalesAfter(steps, options)).toEqual([8, 32, 32, 8, 8, 32, 32, 128]);
  });

  test("does not grow beyond what has an inverse", async () => {
    expect(await scalesAfter([true, true], { initScale: 2 ** 125, growthInterval: 1 })).toEqual([
      2 ** 126,
      2 ** 126,
    ]);
  });

  test("shrinks until gradients fit", async () => {
    const p = parameter();
    const optimizer = new optim.SGD([p], { lr: 1 });
    const scaler = new optim.GradScaler({ initScale: 2 ** 126, backoffFactor: 2 ** -2 });
    const step = compile(() => {
      scaler.step(optimizer, mul(sum(p), 100));
      scaler.update();
    });
    const values: number[] = [];
    for (let index = 0; index < 5; index++) {
      step();
      values.push(await p.item());
    }
    expect(values).toEqual([1, 1, 1, -99, -199]);
    expect(await scaler.getScale()).toBe(2 ** 120);
  });

  test("serves two optimizers: each leaves out its own step, and one bad one lowers the scale", async () => {
    const [p, q] = [parameter(), parameter()];
    const [first, second] = [p, q].map((value) => new optim.SGD([value], { lr: 1 }));
    const scaler = new optim.GradScaler();
    const step = compile((g: Tensor) => {
      scaler.step(first, sum(mul(p, g)));
      scaler.step(second, sum(q));
      scaler.update();
    });
    step(tensor([Number.POSITIVE_INFINITY]));
    expect([await p.item(), await q.item(), await scaler.getScale()]).toEqual([1, 0, 32768]);
  });

  test("outside of a compiled function, with gradients of the caller's own", async () => {
    const p = parameter();
    const optimizer = new optim.SGD([p], { lr: 0.5 });
    const scaler = new optim.GradScaler();
    scaler.applyGradients(optimizer, gradients(scaler.scale(sum(p)), [p]));
    scaler.update();
    expect(await p.item()).toBe(0.5);
  });

  test("goes on from its state", async () => {
    const first = new optim.GradScaler({ growthInterval: 3 });
    const second = new optim.GradScaler({ growthInterval: 3 });
    const stepWith = (scaler: optim.GradScaler, p: Tensor, optimizer: optim.Optimizer) => {
      scaler.step(optimizer, sum(p));
      scaler.update();
    };
    const p = parameter();
    const optimizer = new optim.SGD([p]);
    stepWith(first, p, optimizer);
    stepWith(first, p, optimizer);
    expect([...first.stateDict().keys()]).toEqual(["scale", "growth_tracker"]);
    second.loadStateDict(first.stateDict());
    stepWith(second, p, optimizer);
    expect([await first.getScale(), await second.getScale()]).toEqual([65536, 131072]);
  });
});

test.each<[string, () => unknown, string]>([
  [
    "an initScale of 0",
    () => new optim.GradScaler({ initScale: 0 }),
    "GradScaler: initScale is 0; it must be a finite number from 2^-126 to 2^126.",
  ],
  [
    "a growthFactor of 1",
    () => new optim.GradScaler({ growthFactor: 1 }),
    "GradScaler: growthFactor is 1; it must be a finite number above 1.",
  ],
  [
    "a backoffFactor of 1",
    () => new optim.GradScaler({ backoffFactor: 1 }),
    "GradScaler: backoffFactor is 1; it must be a finite number above 0 and below 1.",
  ],
  [
    "a growthInterval of 1.5",
    () => new optim.GradScaler({ growthInterval: 1.5 }),
    "GradScaler: growthInterval is 1.5; it must be a whole number from 1.",
  ],
  [
    "an update without a step",
    () => new optim.GradScaler().update(),
    "GradScaler.update: no step came before it; call step(optimizer, loss) first.",
  ],
])("%s is refused", (_name, make, text) => {
  expect(make).toThrow(new UsageError(text));
});
