// Recorded runs: what comes back of what was recorded, and which messages stay.

import { describe, expect, test } from "vitest";
import { decodeRecording, encodeRecording, type Recording } from "../../../demos/_shell/recording.ts";
import { thinRecording } from "../../../demos/_shell/thinRecording.ts";

const about = { version: 1, adapter: "a GPU", browser: "Chromium 1", date: "2026-01-02", speed: 2 } as const;

describe("a recording", () => {
  test("comes back with its arrays: whole numbers as they were, floats to a 32767th of the largest", async () => {
    const points = Float32Array.from({ length: 50 }, (_, i) => 3 * Math.sin(i));
    const message = {
      kind: "event",
      event: { points, pixels: Uint8Array.of(0, 7, 255), picks: Int32Array.of(-3, 70_000), note: "größer" },
    };
    const recording: Recording = { ...about, messages: [{ atMs: 12, message }] };
    const bytes = await encodeRecording(recording);
    const found = await decodeRecording(bytes);
    expect(found).toMatchObject(about);
    const { event } = found.messages[0].message as typeof message;
    expect(event.pixels).toEqual(Uint8Array.of(0, 7, 255));
    expect(event.picks).toEqual(Int32Array.of(-3, 70_000));
    expect(event.note).toBe("größer");
    expect(event.points).toBeInstanceOf(Float32Array);
    event.points.forEach((value, i) => {
      expect(Math.abs(value - points[i])).toBeLessThanOrEqual(3.001 / 32767);
    });
  });

  test("of another version is refused, and so is what is none", async () => {
    const other = { ...about, version: 2, messages: [] } as unknown as Recording;
    await expect(decodeRecording(await encodeRecording(other))).rejects.toThrow("of another version");
    await expect(decodeRecording(Uint8Array.of(1, 2, 3))).rejects.toThrow();
    const strange = { ...about, messages: [{ atMs: 0, message: Float64Array.of(1) }] };
    await expect(decodeRecording(await encodeRecording(strange))).rejects.toThrow("has a Float64Array");
  });
});

describe("a thinner recording", () => {
  const progress = (step: number) => ({
    atMs: 100 * step,
    message: { kind: "progress", step, points: { loss: [{ step, value: 1 / step }] } },
  });
  const look = (step: number) => ({
    atMs: 100 * step + 1,
    message: { kind: "event", event: { kind: "looked", step } },
  });
  const recorded = [
    { atMs: 0, message: { kind: "ready", adapterName: "an older run" } },
    progress(1),
    { atMs: 150, message: { kind: "ready", adapterName: "a GPU" } },
    { atMs: 160, message: { kind: "kept", step: 1 } },
    ...Array.from({ length: 99 }, (_, i) => [progress(i + 2), look(i + 2)]).flat(),
  ];

  test("begins where the last run was ready, keeps all points and the first and last of each kind", () => {
    const { adapter, speed, messages } = thinRecording(recorded, { shownMs: 1000, most: 10 });
    expect(adapter).toBe("a GPU");
    expect(speed).toBeCloseTo((10_001 - 150) / 1000, 6);
    const of = (kind: string) =>
      messages.map(({ message }) => message as { kind: string }).filter((message) => message.kind === kind);
    expect(of("ready")).toHaveLength(1);
    expect(of("kept")).toHaveLength(0);
    expect(of("event")).toHaveLength(10);
    expect(of("progress")).toHaveLength(10);
    const points = of("progress").flatMap((message) => {
      return (message as unknown as { points: { loss: { step: number }[] } }).points.loss;
    });
    expect(points.map(({ step }) => step)).toEqual(Array.from({ length: 99 }, (_, i) => i + 2));
    expect(messages[0].atMs).toBe(0);
    expect(messages.at(-1)?.atMs).toBe(1000);
    expect((of("event").at(-1) as unknown as { event: { step: number } }).event.step).toBe(100);
    const times = messages.map(({ atMs }) => atMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  test("needs a run, and is not slowed down", () => {
    expect(() => thinRecording([progress(1)], { shownMs: 1000, most: 10 })).toThrow("No run was ready");
    expect(thinRecording(recorded, { shownMs: 1e6, most: 10 }).speed).toBe(1);
  });
});
