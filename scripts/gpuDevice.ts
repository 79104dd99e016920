// Whether this machine shows a GPU at all: a look at the file system, so that no time goes into a vain start.

import { existsSync, readdirSync } from "node:fs";

/** True where a hardware adapter is worth a try. On macOS and Windows it always is. */
export function hasGpuDevice(
  platform: string = process.platform,
  entries: (folder: string) => readonly string[] = entriesOf,
): boolean {
  if (platform !== "linux") return true;
  return (
    entries("/dev/dri").some((name) => name.startsWith("renderD")) ||
    entries("/dev").some((name) => /^nvidia(ctl|\d+)$/.test(name))
  );
}

function entriesOf(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
