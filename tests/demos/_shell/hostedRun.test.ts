// A run in a worker, with something simpler than a network to train.

import { expect, test } from "vitest";
import { HostedRun } from "../../../demos/_shell/hostedRun.ts";
import type { PageTypes, RunReport } from "../../../demos/_shell/messages.ts";
import { HistoryRecorder } from "../../../demos/_shell/runHistory.ts";
import type { Looks, RunContext, Trainer } from "../../../demos/_shell/trainer.ts";
import { readZip } from "../../../demos/_shell/zip.ts";
import type { Engine, Tensor } from "../../../src/index.ts";

interface Types extends PageTypes {
  readonly Config: { readonly rate: number };
  readonly Sample: { readonly step: number; readonly value: number };
  readonly Ready: { readonly greeting: string };
  readonly Event: { readonly kind: "looked" | "answered"; readonly step: number };
  readonly Command: { readonly question: string };
  readonly Turn: { readonly by: number };
}

/** Counts up; its losses are 1, 1/2, 1/3, … and NaN from `brokenFrom` on. */
class Counter implements Trainer<Types, number> {
  readonly engine: Engine;
  config = { rate: 0.1 };
  step = 0;
  readonly itemsPerStep = 3;
  readonly parameterCount = 4;
  readonly dispatchesPerStep = 5;
  readonly own = { greeting: "hello" };
  disposed = 0;
  ended = false;

  private readonly brokenFrom: number;

  constructor(isSoftware: boolean, brokenFrom = Number.POSITIVE_INFINITY) {
    this.brokenFrom = brokenFrom;
    this.engine = {
      adapter: { isSoftware, description: "an abacus", vendor: "", architecture: "" },
      device: { features: new Set() },
      memory: () => ({ liveBytes: 1, peakBytes: 2 }),
    } as unknown as Engine;
  }

  advance(turn?: Types["Turn"]): Tensor {
    this.step += turn?.by ?? 1;
    const loss = this.step >= this.brokenFrom ? Number.NaN : 1 / this.step;
    return {
      data: async () => [loss],
      dispose: () => {
        this.disposed += 1;
      },
    } as unknown as Tensor;
  }

  lossNames(turn?: Types["Turn"]): readonly string[] {
    return [turn === undefined ? "loss" : "loss of a turn"];
  }

  setLive(change: Partial<Types["Config"]>): void {
    this.config = { ...this.config, ...change };
  }

  save = async () => this.step;

  restore(state: number): void {
    this.step = state;
  }

  isSound = (state: number) => state < this.brokenFrom;

  findBroken = async (good: number, seen: number) => `layer ${good}-${seen}`;

  filesOf = (state: number) => new Map([["state.txt", new TextEncoder().encode(String(state))]]);

  looks(context: RunContext<Types>): Looks<Types> {
    return {
      atSteps: [
        {
          isDue: (step) => step % 3 === 0,
          look: async () => {
            context.addPoint("measure", this.step);
            context.addSample({ step: this.step, value: context.history.recent("loss", 1) });
          },
        },
      ],
      inTime: {
        everyMs: 0,
        share: 1,
        look: async () => context.tell({ kind: "looked", step: this.step }),
      },
    };
  }

  async command(_: Types["Command"], context: RunContext<Types>): Promise<void> {
    context.tell({ kind: "answered", step: this.step });
  }

  async end(): Promise<void> {
    this.ended = true;
  }
}

function hosted(trainer: Counter, keep?: () => Promise<void>) {
  const told: RunReport<Types>[] = [];
  const kept: Uint8Array<ArrayBuffer>[] = [];
  const history = new HistoryRecorder<Types["Sample"]>();
  const run = new HostedRun<Types>({
    trainer,
    history,
    tell: (report) => told.push(report),
    onFailure: (error) => {
      throw error;
    },
    keep: async (_, bytes) => {
      await keep?.();
      kept.push(bytes);
    },
  });
  const ofKind = <K extends RunReport<Types>["kind"]>(kind: K) =>
    told.filter((report): report is Extract<RunReport<Types>, { kind: K }> => report.kind === kind);
  return { run, told, kept, history, ofKind };
}

async function advance(run: HostedRun<Types>, steps: number): Promise<boolean> {
  for (let i = 0; i < steps; i++) if (!(await run.advance())) return false;
  return true;
}

test.each([true, false])("every loss is told once, in order (software adapter: %s)", async (isSoftware) => {
  const { run, ofKind, history } = hosted(new Counter(isSoftware));
  expect(run.describe("a note")).toMatchObject({
    adapterName: "an abacus",
    step: 0,
    notice: "a note",
    own: { greeting: "hello" },
    dispatchesPerStep: 5,
  });
  await run.begin();
  expect(ofKind("progress").at(-1)?.isResting).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 110));
  expect(await advance(run, 10)).toBe(true);
  expect(ofKind("progress").at(-1)?.isResting).toBe(false);
  await run.rest();
  const points = ofKind("progress").flatMap((report) => report.points.loss ?? []);
  expect(points).toEqual(Array.from({ length: 10 }, (_, i) => ({ step: i + 1, value: 1 / (i + 1) })));
  expect(ofKind("progress").at(-1)).toMatchObject({
    step: 10,
    isResting: true,
    liveBytes: 1,
    peakBytes: 2,
  });
  // What is looked at in a step of its own knows all losses before it.
  expect(ofKind("sample").map(({ sample }) => sample.step)).toEqual([0, 3, 6, 9]);
  expect(ofKind("sample").at(-1)?.sample.value).toBe(1 / 9);
  expect(history.all.curves.measure.map(({ value }) => value)).toEqual([0, 3, 6, 9]);
});

test("a turn by itself is looked at, and has its own curve", async () => {
  const { run, ofKind } = hosted(new Counter(true));
  await run.begin();
  expect(await run.turn({ by: 2 })).toBe(true);
  const points = { "loss of a turn": [{ step: 2, value: 0.5 }] };
  expect(ofKind("progress").at(-1)).toMatchObject({ isResting: true, points });
  expect(ofKind("event").at(-1)?.event).toEqual({ kind: "looked", step: 2 });
});

test("a turn whose loss is no number is told with where the run stands then", async () => {
  const { run, ofKind } = hosted(new Counter(true, 1));
  await run.begin();
  expect(await run.turn({ by: 1 })).toBe(false);
  expect(ofKind("broken")).toMatchObject([{ step: 1, backTo: 0 }]);
  expect(ofKind("progress").at(-1)).toMatchObject({ step: 0, isResting: true, points: {} });
});

test("a loss that is no number takes the run back to where it was sound", async () => {
  const trainer = new Counter(false, 6);
  const { run, ofKind, kept } = hosted(trainer);
  await run.begin();
  await advance(run, 4);
  await run.rest();
  await expect.poll(() => kept.length).toBe(1);
  expect(await advance(run, 10)).toBe(false);
  expect(ofKind("broken")).toEqual([{ kind: "broken", step: 6, where: "layer 4-6", backTo: 4 }]);
  expect(trainer.step).toBe(4);
  expect(
    ofKind("progress")
      .flatMap(({ points }) => points.loss ?? [])
      .every(({ value }) => value > 0),
  ).toBe(true);
});

test("a run is kept when it rests, once for each state, as a file with its history", async () => {
  const { run, ofKind, kept } = hosted(new Counter(true));
  await run.begin();
  await advance(run, 2);
  await run.rest();
  await run.rest();
  await expect.poll(() => ofKind("kept").length).toBe(1);
  expect(ofKind("kept")[0]).toEqual({ kind: "kept", step: 2 });
  expect(kept).toHaveLength(1);
  const files = await readZip(kept[0]);
  expect([...files.keys()]).toEqual(["state.txt", "history.json"]);
  expect(new TextDecoder().decode(files.get("state.txt"))).toBe("2");
  run.setLive({ rate: 0.5 });
  expect(run.config).toEqual({ rate: 0.5 });
  await run.rest();
  await expect.poll(() => kept.length).toBe(2);
});

test("nothing is told of a run that has ended, and its losses are given back", async () => {
  const trainer = new Counter(false);
  const { run, told } = hosted(trainer);
  await run.begin();
  await advance(run, 3);
  await run.end();
  const count = told.length;
  expect(await run.advance()).toBe(false);
  await run.command({ question: "?" });
  await run.rest();
  expect(told).toHaveLength(count);
  expect(trainer.ended).toBe(true);
  expect(trainer.disposed).toBe(3);
});

test("a command is answered", async () => {
  const { run, ofKind } = hosted(new Counter(true));
  await run.command({ question: "?" });
  expect(ofKind("event")).toEqual([{ kind: "event", event: { kind: "answered", step: 0 } }]);
});

test("a browser without room for the run is told, and training goes on", async () => {
  const { run, ofKind } = hosted(new Counter(true), async () => {
    throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
  });
  await run.begin();
  await advance(run, 2);
  await run.rest();
  await expect.poll(() => ofKind("kept").length).toBe(1);
  expect(ofKind("kept")[0]).toEqual({ kind: "kept", step: 2, fault: "The quota has been exceeded." });
  expect(await advance(run, 1)).toBe(true);
});
