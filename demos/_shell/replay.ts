// A recorded run in the place of one that is trained here: while the GPU gets ready, or where there is none.
//
// Decides: when which recorded message is shown. Leaves to the page what it does with messages: the same as with its
// worker's.

import { find, setText } from "./elements.ts";
import { decodeRecording, type Recording } from "./recording.ts";
import { PAUSE_ICON, PLAY_ICON } from "./runControls.ts";

const TICK_MS = 50;

/** Plays a recorded run, with its own line of controls. */
export class Replay {
  private readonly address: string | URL;
  private readonly onMessage: (message: unknown) => void;
  private readonly line = find("#replay", HTMLElement);
  private readonly slider = find("#replay-time", HTMLInputElement);
  private readonly play = find("#replay-play", HTMLButtonElement);
  private recording: Recording | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;
  private isWanted = false;
  private next = 0;
  private atMs = 0;

  /** `onMessage` is given each message in turn; a run that is gone back in begins with its first one again. */
  constructor(address: string | URL, onMessage: (message: unknown) => void) {
    this.address = address;
    this.onMessage = onMessage;
    this.slider.addEventListener("input", () => {
      this.pause();
      this.seek(Number(this.slider.value));
    });
    this.play.addEventListener("click", () => {
      if (this.timer === undefined) this.goOn();
      else this.pause();
    });
  }

  /** Whether a recorded run is shown, or will be once it is there. */
  get isShown(): boolean {
    return this.isWanted;
  }

  /** Shows the recorded run; `why` says why it is none of this computer's. Nothing where none can be had. */
  async show(why: string): Promise<void> {
    this.isWanted = true;
    try {
      this.recording ??= await loadRecording(this.address);
    } catch {
      this.isWanted = false;
      return;
    }
    if (!this.isWanted) return;
    const { adapter, browser, date, speed, messages } = this.recording;
    const shown = speed < 1.5 ? "" : `, shown ${speed.toFixed(0)} times as fast`;
    setText(find("#replay-text", HTMLElement), `${why} Recorded on ${adapter}, ${browser}, ${date}${shown}.`);
    this.slider.max = String(messages[messages.length - 1]?.atMs ?? 0);
    this.line.hidden = false;
    this.seek(0);
    // With motion reduced it stands still at its end until it is asked for.
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) this.seek(Number(this.slider.max));
    else this.goOn();
  }

  /** A run of this computer's takes its place. */
  hide(): void {
    this.isWanted = false;
    this.pause();
    this.line.hidden = true;
  }

  private goOn(): void {
    this.pause();
    if (this.atMs >= Number(this.slider.max)) this.seek(0);
    this.showPlaying(true);
    this.timer = setInterval(() => {
      if (document.visibilityState !== "visible") return;
      this.advance(this.atMs + TICK_MS);
      if (this.atMs >= Number(this.slider.max)) this.pause();
    }, TICK_MS);
  }

  private pause(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.showPlaying(false);
  }

  private showPlaying(isPlaying: boolean): void {
    setText(find("#replay-label", HTMLElement), isPlaying ? "Pause" : "Play");
    find("#replay-icon", SVGPathElement).setAttribute("d", isPlaying ? PAUSE_ICON : PLAY_ICON);
  }

  private seek(atMs: number): void {
    if (atMs < this.atMs || this.next === 0) this.next = 0;
    this.advance(atMs);
  }

  /** Gives all messages up to `atMs` that were not given yet. */
  private advance(atMs: number): void {
    const messages = this.recording?.messages ?? [];
    this.atMs = atMs;
    while (this.next < messages.length && (messages[this.next].atMs <= atMs || this.next === 0)) {
      this.onMessage(messages[this.next].message);
      this.next += 1;
    }
    this.slider.value = String(atMs);
    this.slider.setAttribute("aria-valuetext", `${(atMs / 1000).toFixed(0)} seconds`);
  }
}

async function loadRecording(address: string | URL): Promise<Recording> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${response.status}`);
  return decodeRecording(new Uint8Array(await response.arrayBuffer()));
}
