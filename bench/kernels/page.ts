// The page of the ladders: measures one when `npm run bench:ladder` asks.

import { type Engine, init } from "../../src/index.ts";
import type { PageAnswer, ProfileName } from "../report.ts";
import type { LadderResult } from "./ladderReport.ts";
import { type LadderSettings, measureLadder } from "./measureLadder.ts";

declare global {
  var runLadder: (settings: LadderSettings, profile?: ProfileName) => Promise<PageAnswer<LadderResult>>;
}

let engine: Promise<Engine> | undefined;

globalThis.runLadder = async (settings, profile) => {
  try {
    engine ??= init({ profile, tune: false });
    return { value: await measureLadder(await engine, settings) };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
};
