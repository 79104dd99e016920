// Files that are there whole or not at all: whoever reads `path` finds the old content or the new, whenever the
// process or the machine dies. A process that is killed may leave a hidden file behind, `.<name>.<random>.tmp`.

import { randomUUID } from "node:crypto";
import * as fileSystem from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** What is used of a file system. */
export type FileSystem = Pick<typeof fileSystem, "open" | "rename" | "rm">;

/** Writes `content` to a file beside `path`, brings it to the disk, and gives it the name `path` then. */
export async function writeAtomically(
  path: string,
  content: Uint8Array | string,
  files: FileSystem = fileSystem,
): Promise<void> {
  // In the same folder: a rename is atomic only within one file system.
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    await writeSynced(files, temporary, content);
    await files.rename(temporary, path);
  } catch (error) {
    // What is told is why the writing failed, not that of the cleaning up.
    await files.rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
  await syncFolder(files, dirname(path));
}

async function writeSynced(files: FileSystem, path: string, content: Uint8Array | string): Promise<void> {
  const file = await files.open(path, "wx");
  try {
    await file.writeFile(content);
    // Without it the new name may reach the disk before the bytes do.
    await file.sync();
  } finally {
    await file.close();
  }
}

/** So that the new name lasts, too. Windows opens no folders and needs no such step. */
async function syncFolder(files: FileSystem, path: string): Promise<void> {
  const folder = await files.open(path, "r").catch(() => undefined);
  if (folder === undefined) return;
  try {
    await folder.sync().catch(() => {});
  } finally {
    await folder.close();
  }
}
