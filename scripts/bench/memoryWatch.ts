// How much memory a process and its children hold, and the end of those that hold too much.
//
// Decides: that it is read from /proc, so only Linux has a limit; elsewhere there is none.

import { readdir, readFile } from "node:fs/promises";

const pollMs = 1000;
const pageBytes = 4096;

/** Resident bytes of `pid` and everything below it; undefined where the system does not say. */
export async function residentBytes(pid: number): Promise<number | undefined> {
  const processes = await allProcesses();
  if (processes.length === 0) return undefined;
  const family = new Set([pid]);
  // A child may stand before its parent in the list.
  for (let before = 0; before !== family.size; ) {
    before = family.size;
    for (const { id, parent } of processes) if (family.has(parent)) family.add(id);
  }
  return processes.reduce((total, { id, bytes }) => (family.has(id) ? total + bytes : total), 0);
}

/** Resolves once `pid` and what is below it hold more than `limitBytes`; never where `isOver` says that it is over. */
export async function outgrown(pid: number, limitBytes: number, isOver: () => boolean): Promise<void> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, pollMs).unref());
    if (isOver()) return new Promise(() => undefined);
    const bytes = await residentBytes(pid);
    if (bytes !== undefined && bytes > limitBytes) return;
  }
}

interface Process {
  readonly id: number;
  readonly parent: number;
  readonly bytes: number;
}

async function allProcesses(): Promise<Process[]> {
  const names = await readdir("/proc").catch(() => []);
  const stats = await Promise.all(
    names
      .filter((name) => /^\d+$/.test(name))
      .map((name) => readFile(`/proc/${name}/stat`, "utf8").catch(() => "")),
  );
  return stats.flatMap((stat) => {
    // The name, in brackets, may hold anything; state and parent stand after it, the resident pages at field 24.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields.length < 22) return [];
    return [
      { id: Number.parseInt(stat, 10), parent: Number(fields[1]), bytes: Number(fields[21]) * pageBytes },
    ];
  });
}
