// The benchmark's limit of memory, on this very process.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { outgrown, residentBytes } from "../../scripts/bench/memoryWatch.ts";

/** Whether this system says what a process holds. */
const tells = existsSync("/proc/self/stat");

test("a process and its children are measured, where the system tells", async () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"]);
  try {
    await new Promise((resolve) => child.once("spawn", resolve));
    const ofChild = async () => (await residentBytes(child.pid ?? -1)) ?? -1;
    await expect.poll(ofChild)[tells ? "toBeGreaterThan" : "toBe"](tells ? 10e6 : -1);
    const together = (await residentBytes(process.pid)) ?? 0;
    expect(together - (await ofChild()) > 10e6).toBe(tells);
    expect(together).toBeLessThan(16e9);
  } finally {
    child.kill();
  }
});

test("what grows over the limit is told, and nothing after it is over", async () => {
  const quiet = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms, "quiet"));
  const told = (isOver: boolean) => outgrown(process.pid, 1, () => isOver).then(() => "told");
  expect(await Promise.race([told(false), quiet(tells ? 15_000 : 1500)])).toBe(tells ? "told" : "quiet");
  expect(await Promise.race([told(true), quiet(1500)])).toBe("quiet");
});
