// Pictures that the page asks its worker for: of each kind one at a time, and of those that wait only the latest.

import type { DcganCommand } from "./pageTypes.ts";

export interface DrawRequest {
  /** [count, latentSize]. */
  readonly latents: Float32Array;
  readonly labels: readonly number[];
  /** Takes the gray pictures. */
  take(pixels: Uint8Array): void;
}

/** Asks by `post`. */
export class Draws {
  private readonly post: (command: DcganCommand) => void;
  private readonly underWay = new Map<string, DrawRequest>();
  private readonly waiting = new Map<string, DrawRequest>();
  private run = 0;

  constructor(post: (command: DcganCommand) => void) {
    this.post = post;
  }

  /** Another run: what was asked of the one before is not answered. */
  reset(): void {
    this.run += 1;
    this.underWay.clear();
    this.waiting.clear();
  }

  ask(kind: string, request: DrawRequest): void {
    if (this.underWay.has(kind)) {
      this.waiting.set(kind, request);
      return;
    }
    this.underWay.set(kind, request);
    const { latents, labels } = request;
    this.post({ kind: "draw", id: `${this.run} ${kind}`, latents, labels });
  }

  answer(id: string, pixels: Uint8Array): void {
    const [run, kind] = id.split(" ");
    const request = this.underWay.get(kind);
    if (run !== String(this.run) || request === undefined) return;
    this.underWay.delete(kind);
    request.take(pixels);
    const next = this.waiting.get(kind);
    this.waiting.delete(kind);
    if (next !== undefined) this.ask(kind, next);
  }
}
