// Slow motion: one step in its phases, each shown and said before the next.
//
// Decides: the phases, their order and how long they take. The worker makes each update by itself and gives a look.

import { find, setText } from "../_shell/elements.ts";
import type { Look, Turn } from "./gan2dTraining.ts";
import type { Plane } from "./plane.ts";

const MOVE_MS = 1100;
const REST_MS = 1100;

export interface SlowMotionListener {
  /** One network learns. What comes of it comes back by `looked`. */
  onTurn(turn: Turn, counts: boolean): void;
}

/** The diagram, its caption, and the phases. */
export class SlowMotion {
  private readonly plane: Plane;
  private readonly listener: SlowMotionListener;
  private readonly flow = find("#flow", SVGSVGElement);
  private readonly caption = find("#flow-caption", HTMLElement);
  private running: AbortController | undefined;
  private waiting: ((look: Look) => void) | undefined;

  constructor(plane: Plane, listener: SlowMotionListener) {
    this.plane = plane;
    this.listener = listener;
  }

  get isRunning(): boolean {
    return this.running !== undefined;
  }

  /** Plays step after step, or a single one. */
  start({ once = false } = {}): void {
    this.stop();
    const abort = new AbortController();
    this.running = abort;
    void this.play(abort.signal, once).finally(() => {
      if (this.running === abort) this.running = undefined;
    });
  }

  stop(): void {
    this.running?.abort();
    this.running = undefined;
    this.waiting = undefined;
    delete this.flow.dataset.phase;
    const { look } = this.plane;
    if (look !== undefined) this.plane.show(look);
  }

  /** Takes a look that one of the phases waits for; whether it was one. */
  take(look: Look): boolean {
    const { waiting } = this;
    if (waiting === undefined) return false;
    this.waiting = undefined;
    waiting(look);
    return true;
  }

  /** Says something where the phases stand when none is played. */
  say(text: string): void {
    if (!this.isRunning) setText(this.caption, text);
  }

  private async play(signal: AbortSignal, once: boolean): Promise<void> {
    do {
      for (const phase of this.phases()) {
        if (signal.aborted) return;
        await phase(signal);
      }
    } while (!once && !signal.aborted);
    if (!signal.aborted) delete this.flow.dataset.phase;
  }

  private phases(): readonly ((signal: AbortSignal) => Promise<void>)[] {
    const { plane } = this;
    const percent = (share: number | undefined) => `${Math.round(100 * (share ?? 0))} %`;
    return [
      async (signal) => {
        this.show(
          "generate",
          "Noise goes through the generator, which bends its plane: each draw becomes a point.",
        );
        await plane.flyFromNoise(MOVE_MS);
        await rest(signal);
      },
      async (signal) => {
        const { opinions } = plane;
        const text = `The discriminator looks at real and at generated points. On average it takes a real one for real by ${percent(opinions?.onReal)}, a generated one by ${percent(opinions?.onFake)}.`;
        this.show("judge", text);
        await rest(signal, MOVE_MS);
        await rest(signal);
      },
      async (signal) => {
        this.show(
          "learn-d",
          "Its loss flows back into the discriminator alone: the colours of the plane change, the points stay.",
        );
        const look = await this.turn("discriminator", false, signal);
        if (look !== undefined) await plane.moveTo(look, MOVE_MS, { from: 0, to: 0 });
        await rest(signal);
      },
      async (signal) => {
        this.show(
          "pull",
          "Through the discriminator flows back, for each generated point, which way it would look more real.",
        );
        await plane.growPulls(MOVE_MS, 0, 1);
        await rest(signal);
      },
      async (signal) => {
        this.show(
          "learn-g",
          "And on into the generator, which bends its plane a little that way: the points move, the colours stay.",
        );
        const look = await this.turn("generator", true, signal);
        if (look !== undefined) await plane.moveTo(look, MOVE_MS, { from: 1, to: 0 });
        await rest(signal);
      },
    ];
  }

  private show(phase: string, text: string): void {
    this.flow.dataset.phase = phase;
    setText(this.caption, text);
  }

  /** One network learns; undefined where it is over before. */
  private turn(turn: Turn, counts: boolean, signal: AbortSignal): Promise<Look | undefined> {
    if (signal.aborted) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.waiting = resolve;
      signal.addEventListener("abort", () => resolve(undefined));
      this.listener.onTurn(turn, counts);
    });
  }
}

/** Resolves after a while, or when it is over. */
function rest(signal: AbortSignal, timeMs = REST_MS): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, timeMs);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
