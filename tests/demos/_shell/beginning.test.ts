// What a run begins with.

import { expect, test } from "vitest";
import { beginningOf, type RunKind, readRun } from "../../../demos/_shell/beginning.ts";
import type { PageTypes, RunStart } from "../../../demos/_shell/messages.ts";
import type { RunStore } from "../../../demos/_shell/runStore.ts";
import { writeZip } from "../../../demos/_shell/zip.ts";
import { FormatError } from "../../../src/base/errors.ts";

interface Types extends PageTypes {
  readonly Config: { readonly width: number; readonly rate: number };
  readonly Sample: { readonly step: number };
}

const kind: RunKind<Types, string> = {
  complete: (wanted, isSoftware) => ({ width: isSoftware ? 4 : 8, rate: 0.1, ...wanted }),
  keyOf: ({ width }) => `width=${width}`,
  live: ["rate"],
  async readCheckpoint(files) {
    const bytes = files.get("state.txt");
    if (bytes === undefined) throw new FormatError("state.txt: the file is missing; a run has it.", 0);
    return { config: { width: 16, rate: 0.5 }, step: 7, state: new TextDecoder().decode(bytes) };
  },
  sampleOf: () => undefined,
};

const encode = (text: string) => new TextEncoder().encode(text);
const archive = writeZip(
  new Map([
    ["state.txt", encode("weights")],
    ["history.json", encode('{"curves": {"loss": [{"step": 7, "value": 1}]}, "samples": []}')],
  ]),
);

/** A browser that keeps these runs by their keys. */
function storeOf(runs: Readonly<Record<string, Uint8Array<ArrayBuffer>>>) {
  const asked: (string | undefined)[] = [];
  const find = async (key: string | undefined) => {
    asked.push(key);
    return key === undefined ? Object.values(runs)[0] : runs[key];
  };
  return { asked, store: { find } as unknown as RunStore };
}

function begin(
  from: RunStart,
  { wanted = {}, runs = {}, file = undefined as Uint8Array<ArrayBuffer> | undefined, isSoftware = false },
) {
  const { store, asked } = storeOf(runs);
  const opened = file === undefined ? Promise.resolve(undefined) : readRun(kind, file, "run.zip");
  return opened
    .then((read) => beginningOf({ kind, store, wanted, from, isSoftware, file: read }))
    .then((beginning) => ({ ...beginning, asked }));
}

test("at the beginning nothing saved is looked for, and what is not wanted suits the adapter", async () => {
  const found = await begin("beginning", {
    wanted: { rate: 0.2 },
    runs: { "width=4": archive },
    isSoftware: true,
  });
  expect(found).toMatchObject({ config: { width: 4, rate: 0.2 }, saved: undefined, notice: "", asked: [] });
});

test("a kept run is found by its settings, and goes on with the live ones that are wanted", async () => {
  const found = await begin("saved", { wanted: { width: 16, rate: 0.3 }, runs: { "width=16": archive } });
  expect(found.asked).toEqual(["width=16"]);
  expect(found.config).toEqual({ width: 16, rate: 0.3 });
  expect(found.saved).toMatchObject({ step: 7, state: "weights" });
  expect(found.history?.curves.loss).toEqual([{ step: 7, value: 1 }]);
  expect(found.notice).toBe("Went on from step 7, where this browser kept the run. Reset begins anew.");
});

test("who wants nothing goes on with the newest run, if there is one", async () => {
  expect((await begin("saved", { runs: { any: archive } })).saved?.step).toBe(7);
  expect(await begin("saved", {})).toMatchObject({ saved: undefined, notice: "", asked: [undefined] });
});

test("a kept run that cannot be read is told, and the run begins anew", async () => {
  const damaged = archive.slice(0, archive.length - 30);
  const found = await begin("saved", { wanted: { width: 16 }, runs: { "width=16": damaged } });
  expect(found.saved).toBeUndefined();
  expect(found.notice).toMatch(
    /^The run that this browser kept cannot be read, so it begins anew: the kept run: /,
  );
});

test("a file is gone on with", async () => {
  const found = await begin("file", { wanted: { width: 3 }, file: archive });
  expect(found).toMatchObject({
    config: { width: 16, rate: 0.5 },
    notice: "Went on from step 7 of the file.",
  });
  await expect(readRun(kind, encode("a poem"), "poem.txt")).rejects.toThrow(
    "poem.txt: it is no saved run; drop a file that this page has saved.",
  );
});
