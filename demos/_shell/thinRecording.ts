// Fewer messages of a run that is recorded: a small file still shows how it went.

import { isRecord } from "./checkpointConfig.ts";
import type { CurvePoint } from "./curve.ts";
import type { CurvePoints } from "./messages.ts";
import type { RecordedMessage, Recording } from "./recording.ts";

export interface ThinOptions {
  /** How long the recording is on the page. */
  readonly shownMs: number;
  /** Messages of a kind that stay at most. */
  readonly most: number;
}

/** Never part of a recording: what belongs to the computer that recorded it. */
const left = ["loading", "kept", "saved", "refused", "filesRead", "failed"];

/**
 * The last run in `recorded`, from where it was ready on. Of each kind of message `most` stay, evenly spread, the first and
 * the last among them; measured points all stay. Times are such that it takes `shownMs` at most.
 */
export function thinRecording(
  recorded: readonly RecordedMessage[],
  { shownMs, most }: ThinOptions,
): Pick<Recording, "adapter" | "speed" | "messages"> {
  const start = recorded.findLastIndex(({ message }) => kindOf(message) === "ready");
  if (start < 0) throw new Error("No run was ready while it was recorded.");
  const run = recorded.slice(start).filter(({ message }) => !left.includes(kindOf(message)));
  const ready = run[0].message;
  const kinds = new Map<string, RecordedMessage[]>();
  for (const entry of run) {
    const kind = kindOf(entry.message);
    kinds.set(kind, [...(kinds.get(kind) ?? []), entry]);
  }
  const kept = [...kinds].flatMap(([kind, messages]) => {
    return kind === "progress" ? mergedProgress(messages, most) : spread(messages, most);
  });
  kept.sort((a, b) => a.atMs - b.atMs);
  const firstMs = run[0].atMs;
  const tookMs = run[run.length - 1].atMs - firstMs;
  const speed = Math.max(1, tookMs / shownMs);
  return {
    adapter: isRecord(ready) ? String(ready.adapterName) : "",
    speed,
    messages: kept.map(({ atMs, message }) => ({ atMs: Math.round((atMs - firstMs) / speed), message })),
  };
}

/** "event looked", or the kind of a message that all pages have. */
function kindOf(message: unknown): string {
  if (!isRecord(message)) return "";
  const { kind, event } = message;
  return isRecord(event) ? `${kind} ${event.kind}` : String(kind);
}

function spread<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list;
  return Array.from({ length: most }, (_, i) => list[Math.round((i * (list.length - 1)) / (most - 1))]);
}

/** Fewer reports of progress with all points. */
function mergedProgress(reports: readonly RecordedMessage[], most: number): RecordedMessage[] {
  const kept = new Set(spread(reports, most));
  let waiting: Record<string, CurvePoint[]> = {};
  const merged: RecordedMessage[] = [];
  for (const report of reports) {
    const { message } = report;
    if (!isRecord(message)) continue;
    for (const [name, points] of Object.entries(message.points as CurvePoints)) {
      waiting[name] = [...(waiting[name] ?? []), ...points];
    }
    if (!kept.has(report)) continue;
    merged.push({ atMs: report.atMs, message: { ...message, points: waiting } });
    waiting = {};
  }
  return merged;
}
