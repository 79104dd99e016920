// Whose turn it is: engines are opened in order, take turns, agree with losses, and fail one by one.

import { expect, test } from "vitest";
import type { CaseTerms } from "../../bench/caseTerms.ts";
import type { EngineName, OpenedCase, PageSettings } from "../../bench/report.ts";
import {
  type CasePlace,
  type EngineAnswer,
  type LimitedAnswer,
  type Turns,
  takeTurns,
} from "../../bench/takeTurns.ts";

const opened: OpenedCase = {
  ...{ dispatches: 4, submits: 2, createBuffer: 0, createBindGroup: 0, createPipeline: 0 },
  ...{ callsPerSample: 5, firstCallMs: 70 },
};
const terms: CaseTerms = { expectations: undefined, cost: { flops: 100, bytes: undefined }, repeats: 2 };
const request = {
  settings: { case: "train-lenet", scale: "software", profile: undefined },
  engines: ["ours", "jax", "tfjs"],
  reps: 2,
} as const;

type Script = Partial<Record<EngineName, { open?: LimitedAnswer<OpenedCase>; sampleFailsAt?: number }>>;

/** Places that do as they are told, and a record of what was asked of them. */
function scripted(script: Script = {}): { turns: Turns; log: string[]; settings: PageSettings[] } {
  const log: string[] = [];
  const settings: PageSettings[] = [];
  const place = (engine: EngineName): CasePlace => {
    let samples = 0;
    return {
      async open(given) {
        settings.push(given);
        return script[engine]?.open ?? { value: opened };
      },
      async sample() {
        if (script[engine]?.sampleFailsAt === samples) return { failure: "hung", isStuck: true };
        samples += 1;
        return { value: { timeMs: 100 * samples, peakBytes: 7 * samples } };
      },
      close: () => void log.push(`${engine} closes`),
    };
  };
  return {
    log,
    settings,
    turns: {
      placeFor: async (engine, limitMs) => {
        log.push(`${engine} has ${limitMs / 1000} s`);
        return place(engine);
      },
      onTurn: ({ engine, round }) => void log.push(`${engine} ${round ?? "opens"}`),
      onStuck: (engine) => void log.push(`${engine} is stuck`),
    },
  };
}

function shortly(answers: readonly EngineAnswer[]): string[] {
  return answers.map(
    (answer) => `${answer.engine} ${"failure" in answer ? answer.failure : answer.medianMs}`,
  );
}

test("each is opened, then each gives a sample in every round, and all are closed", async () => {
  const { turns, log } = scripted();
  const answers = await takeTurns(request, terms, turns);
  expect(log).toEqual([
    ...["ours opens", "ours has 600 s", "jax opens", "jax has 600 s", "tfjs opens", "tfjs has 600 s"],
    ...["ours 0", "jax 0", "tfjs 0", "ours 1", "jax 1", "tfjs 1"],
    ...["ours closes", "jax closes", "tfjs closes"],
  ]);
  expect(answers[0]).toEqual({
    ...opened,
    ...{ engine: "ours", flops: 100, bytes: undefined, dispatches: 2, submits: 1 },
    ...{ medianMs: 15, spreadMs: 5, samples: 2, peakBytes: 14 },
  });
});

test("an op has less time than a step of training", async () => {
  const { turns, log } = scripted();
  await takeTurns({ ...request, engines: ["ours"] }, { ...terms, expectations: [] }, turns);
  expect(log[1]).toBe("ours has 120 s");
});

test("the first engine's losses, or those that are known, are the ones to agree with", async () => {
  const { turns, settings } = scripted({ ours: { open: { value: { ...opened, losses: [2, 1] } } } });
  await takeTurns({ ...request, knownLosses: [3, 2] }, terms, turns);
  expect(settings.map(({ expectedLosses }) => expectedLosses)).toEqual([
    [3, 2],
    [2, 1],
    [2, 1],
  ]);
});

test("who fails has failed, and the others go on", async () => {
  const { turns, log } = scripted({
    ours: { open: { failure: "wrong losses" } },
    jax: { sampleFailsAt: 1 },
  });
  const answers = await takeTurns(request, terms, turns);
  expect(shortly(answers)).toEqual(["ours wrong losses", "jax hung", "tfjs 15"]);
  expect(answers[0]).toMatchObject({ flops: 100 });
  expect(log).not.toContain("ours 0");
  expect(log.filter((entry) => entry.endsWith("stuck"))).toEqual(["jax is stuck"]);
});

test("what ends the turns comes through, with all places closed", async () => {
  const { turns, log } = scripted();
  const ended: Turns = {
    ...turns,
    onTurn({ engine, round }) {
      if (engine === "jax" && round === 0) throw new Error("stopped");
    },
  };
  await expect(takeTurns(request, terms, ended)).rejects.toThrow("stopped");
  expect(log.slice(-3)).toEqual(["ours closes", "jax closes", "tfjs closes"]);
});
