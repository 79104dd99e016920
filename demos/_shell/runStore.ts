// Where the browser keeps runs: its private file system, a folder for each page, one file for each configuration, the
// newest few.
//
// Decides: a file is written beside the one it replaces and then moved over it, so that a page which is closed meanwhile
// leaves the older run whole.

import { fingerprintOf } from "./fingerprint.ts";

const ENDING = ".run";
const MOST_RUNS = 4;

/** What workers can do with a file of the private file system, beyond what TypeScript knows for pages. */
interface WorkerFileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<SyncAccess>;
  move?(name: string): Promise<void>;
}

interface SyncAccess {
  truncate(sizeBytes: number): void;
  write(bytes: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  flush(): void;
  close(): void;
}

/** The runs of one page. */
export class RunStore {
  private readonly folderName: string;

  /** Pages with the same `folderName` share their runs. */
  constructor(folderName: string) {
    this.folderName = folderName;
  }

  /** Writes `bytes` as the run that `key` names. Rejects where the browser keeps no files, or has no room. */
  async keep(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const folder = await this.openFolder();
    const name = nameOf(key);
    const part = (await folder.getFileHandle(`${name}.part`, { create: true })) as WorkerFileHandle;
    const access = await part.createSyncAccessHandle();
    try {
      access.truncate(0);
      access.write(bytes, { at: 0 });
      access.flush();
    } finally {
      access.close();
    }
    if (part.move === undefined) throw new Error("The browser cannot move the files that it keeps.");
    await part.move(name);
    await forgetOldest(folder);
  }

  /** The run that `key` names, or without one the newest; undefined where there is none. */
  async find(key: string | undefined): Promise<Uint8Array<ArrayBuffer> | undefined> {
    try {
      const runs = await listRuns(await this.openFolder());
      const found = key === undefined ? runs[0] : runs.find(({ name }) => name === nameOf(key));
      return found && new Uint8Array(await found.arrayBuffer());
    } catch {
      return undefined; // a browser that keeps nothing has nothing
    }
  }

  private async openFolder(): Promise<FileSystemDirectoryHandle> {
    const root = await navigator.storage.getDirectory();
    return root.getDirectoryHandle(this.folderName, { create: true });
  }
}

function nameOf(key: string): string {
  return `${fingerprintOf(key)}${ENDING}`;
}

/** The newest first. */
async function listRuns(folder: FileSystemDirectoryHandle): Promise<File[]> {
  const files: File[] = [];
  for await (const handle of folder.values()) {
    if (handle instanceof FileSystemFileHandle && handle.name.endsWith(ENDING)) {
      files.push(await handle.getFile());
    }
  }
  return files.sort((a, b) => b.lastModified - a.lastModified);
}

async function forgetOldest(folder: FileSystemDirectoryHandle): Promise<void> {
  const runs = await listRuns(folder);
  await Promise.all(runs.slice(MOST_RUNS).map(({ name }) => folder.removeEntry(name)));
}
