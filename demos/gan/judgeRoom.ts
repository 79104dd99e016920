// The judge of what samples show: it learns beside the networks, a step after each of theirs, and stays for the runs on
// the same kind of pictures that come after.
//
// Decides: how much it learns, and when it is the one for some pictures.

import { type Engine, manualSeed, UsageError } from "../../src/index.ts";
import { type DigitJudge, JudgeTraining, type Scores } from "./judge.ts";
import type { JudgeState } from "./pageTypes.ts";
import type { Pictures } from "./pictures.ts";

const SEED = 1;
/** A software adapter takes minutes for what hardware does in seconds. */
const ON_SOFTWARE = { seen: 4800, batchSize: 32, learningRate: 2e-3 };

/** One judge, be it learning or done. */
export class JudgeRoom {
  /** Which pictures it knows. */
  readonly key: string;
  private training: JudgeTraining | undefined;
  private finishing: Promise<void> | undefined;
  private judge: DigitJudge | undefined;
  private readonly steps: number;

  /** Starts the engine's random numbers anew. */
  constructor(engine: Engine, key: string, pictures: Pictures) {
    manualSeed(SEED, engine);
    this.key = key;
    const { isSoftware } = engine.adapter;
    this.training = new JudgeTraining(engine, pictures, { seed: SEED, ...(isSoftware && ON_SOFTWARE) });
    this.steps = this.training.steps;
  }

  get state(): JudgeState {
    if (this.judge !== undefined) return { kind: "ready", quality: this.judge.quality };
    return { kind: "learning", done: this.training?.done ?? this.steps, total: this.steps };
  }

  get isReady(): boolean {
    return this.judge !== undefined;
  }

  /** Whether it has made all of its steps, and is not yet tested. */
  get isLearned(): boolean {
    return this.judge === undefined && this.training?.done === this.steps;
  }

  /** One step, if it still learns. */
  advance(): void {
    if (this.training !== undefined && this.training.done < this.steps) this.training.advance();
  }

  /** Tests it, once it has learned. */
  async finish(): Promise<void> {
    this.finishing ??= this.finishNow();
    await this.finishing;
  }

  /** images: gray pictures [count, size, size]. Throws UsageError before it is ready. */
  score(images: Uint8Array, size: number): Promise<Scores> {
    if (this.judge === undefined)
      throw new UsageError("JudgeRoom: it has not learned yet; call finish first.");
    return this.judge.score(images, size);
  }

  dispose(): void {
    if (this.finishing === undefined) this.training?.dispose();
    this.judge?.dispose();
  }

  private async finishNow(): Promise<void> {
    this.judge = await this.training?.finish();
    this.training = undefined;
  }
}
