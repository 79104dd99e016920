// What the terminal shows while training: a bar that is redrawn, or plain lines where output goes to a file.

import type { JobEvent } from "../../demos/digits/job.ts";

/** Where text goes: standard output, or a test. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const barWidth = 24;
/** Without a terminal, a line at most this often, besides one for each epoch. */
const plainIntervalMs = 5000;
/** Where a terminal does not know its width, or says 0. */
const unknownColumns = 120;
const clearLine = "\r\x1b[2K";

/** What an event says. */
export interface ProgressLine {
  readonly text: string;
  readonly stays: boolean;
}

/** Prints lines as they come. */
export class ProgressView {
  private readonly terminal: Terminal;
  private readonly now: () => number;
  private isBarShown = false;
  private lastPlainMs: number;

  constructor(terminal: Terminal, now: () => number = () => performance.now()) {
    this.terminal = terminal;
    this.now = now;
    this.lastPlainMs = now();
  }

  /** A line that stays. */
  line(text: string): void {
    this.terminal.write(`${this.isBarShown ? clearLine : ""}${text}\n`);
    this.isBarShown = false;
  }

  /** A line that stays, or one that the next may replace. */
  show({ text, stays }: ProgressLine): void {
    if (stays) this.line(text);
    else this.passing(text);
  }

  private passing(text: string): void {
    if (this.terminal.isTTY) {
      this.terminal.write(clearLine + text.slice(0, (this.terminal.columns || unknownColumns) - 1));
      this.isBarShown = true;
    } else if (this.now() - this.lastPlainMs >= plainIntervalMs) {
      this.lastPlainMs = this.now();
      this.line(text);
    }
  }
}

/** What training on digits tells. */
export function digitsLine(event: JobEvent): ProgressLine {
  if (event.kind === "pipelines")
    return { text: `compiling pipelines ${event.done}/${event.total}`, stays: false };
  return event.kind === "steps"
    ? { text: stepLine(event), stays: false }
    : { text: epochLine(event), stays: true };
}

/** "[#####---] 230/625". */
export function bar(step: number, totalSteps: number): string {
  const filled = Math.round((barWidth * step) / totalSteps);
  return `[${"#".repeat(filled)}${"-".repeat(barWidth - filled)}]  ${step}/${totalSteps}`;
}

type StepsEvent = Extract<JobEvent, { kind: "steps" }>;
type EpochEvent = Extract<JobEvent, { kind: "epoch" }>;

/** "epoch 2/5 [#####---] 230/625 loss 0.1234 accuracy 94.1 % 123.4 steps/s 3 s left". */
export function stepLine(event: StepsEvent): string {
  const { epoch, epochs, step, totalSteps, loss, accuracy, stepsPerSecond, remainingMs } = event;
  return [
    `epoch ${epoch + 1}/${epochs}`,
    bar(step, totalSteps),
    `loss ${loss.toFixed(4)}`,
    `accuracy ${percent(accuracy)}`,
    `${stepsPerSecond.toFixed(1)} steps/s`,
    ...(remainingMs === undefined ? [] : [`${duration(remainingMs)} left`]),
  ].join("  ");
}

/** "epoch 2/5: loss 0.1234, accuracy 94.1 %, test loss 0.1111, test accuracy 95.2 %, 123.4 steps/s". */
export function epochLine(event: EpochEvent): string {
  const { epoch, epochs, loss, accuracy, testLoss, testAccuracy, stepsPerSecond } = event;
  return [
    `epoch ${epoch + 1}/${epochs}: loss ${loss.toFixed(4)}`,
    `accuracy ${percent(accuracy)}`,
    `test loss ${testLoss.toFixed(4)}`,
    `test accuracy ${percent(testAccuracy)}`,
    `${stepsPerSecond.toFixed(1)} steps/s`,
  ].join(", ");
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

export function megabytes(sizeBytes: number): string {
  return `${(sizeBytes / 2 ** 20).toFixed(1)} MiB`;
}

/** "3 s", "2 min 05 s", "1 h 02 min". */
export function duration(timeMs: number): string {
  const seconds = Math.ceil(timeMs / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}
