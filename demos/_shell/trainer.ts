// What a page's model file has to offer so that the shell can run it: Trainer, and what it may use of a run.

import type { Engine, Tensor } from "../../src/index.ts";
import type { PageTypes } from "./messages.ts";
import type { HistoryRecorder } from "./runHistory.ts";

/** Something that is trained, one step at a time. */
export interface Trainer<P extends PageTypes, State = unknown> {
  readonly engine: Engine;
  readonly config: P["Config"];
  /** Steps done. */
  readonly step: number;
  /** Examples, tokens, or what a step learns from. */
  readonly itemsPerStep: number;
  readonly parameterCount: number;
  /** Of a step; 0 before there was one. */
  readonly dispatchesPerStep: number;
  /** What else the page is told when the run is ready. */
  readonly own: P["Ready"];
  /** One step, or one of another kind. Gives numbers, one for each of `lossNames`, which the run reads and disposes of. */
  advance(turn?: P["Turn"]): Tensor;
  /** The curves that a step's numbers belong to. */
  lossNames(turn?: P["Turn"]): readonly string[];
  /** Settings that take effect at the next step. */
  setLive(change: Partial<P["Config"]>): void;
  /** Everything that goes on from here needs, as it is after all steps asked for so far. */
  save(): Promise<State>;
  /** Goes back to a state. */
  restore(state: State): void;
  /** Whether every number of a state is finite. */
  isSound(state: State): boolean;
  /** What first was no number, where a loss is none after step `seen`; `good` is the last state that was sound. */
  findBroken(good: State, seen: number): Promise<string>;
  /** A state as files by name. */
  filesOf(state: State): ReadonlyMap<string, Uint8Array>;
  /** What is looked at on the way. */
  looks(context: RunContext<P>): Looks<P>;
  /** Does what the page asks for besides training. */
  command?(command: P["Command"], context: RunContext<P>): Promise<void>;
  /** Gives all memory back. What is still under way has been told by `context.signal`. */
  end(): Promise<void>;
}

/** When a run looks at what it trains. */
export interface Looks<P extends PageTypes> {
  /** At steps that are its own: all losses so far are there. Looks that were made before a run was kept are not made again. */
  readonly atSteps: readonly {
    isDue(step: number): boolean;
    look(): Promise<void>;
  }[];
  /** As often as there is time for it, when training rests, and after single steps. */
  readonly inTime?: {
    /** At most so often. */
    readonly everyMs: number;
    /** At most this share of the time. */
    readonly share: number;
    look(turn?: P["Turn"]): Promise<void>;
  };
}

/** What a trainer may use of its run. Nothing is told of a run that has ended. */
export interface RunContext<P extends PageTypes> {
  readonly history: HistoryRecorder<P["Sample"]>;
  readonly signal: AbortSignal;
  tell(event: P["Event"], transfer?: Transferable[]): void;
  /** A measurement that is no loss of a step. */
  addPoint(name: string, value: number): void;
  addSample(sample: P["Sample"]): void;
  /** Something failed that nobody waits for. */
  fail(error: unknown): void;
}
