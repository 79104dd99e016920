// Files from the visitor: dropped on the page or one of its parts, or chosen by its file fields. Of folders, all files
// in them, however deep, each named by its path.

/**
 * Calls `onFiles` with what is dropped on `area` or chosen in `input`, which shows in `area`'s class while it hovers; of
 * an empty folder, with nothing. Fields in `area` that choose folders, `<input type="file" webkitdirectory>`, count as
 * well.
 */
export function takeFiles(
  area: HTMLElement,
  input: HTMLInputElement,
  onFiles: (files: readonly File[]) => void,
): void {
  const folderFields = area.querySelectorAll<HTMLInputElement>("input[type=file][webkitdirectory]");
  for (const field of new Set([input, ...folderFields])) {
    field.addEventListener("change", () => {
      const files = [...(field.files ?? [])].map((file) => named(file, file.webkitRelativePath || file.name));
      // The same file may be chosen again, once it has changed.
      field.value = "";
      if (files.length > 0) onFiles(files);
    });
  }
  area.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files") === false) return;
    event.preventDefault();
    area.classList.add("over");
  });
  area.addEventListener("dragleave", (event) => {
    if (!(event.relatedTarget instanceof Node && area.contains(event.relatedTarget)))
      area.classList.remove("over");
  });
  area.addEventListener("drop", (event) => {
    area.classList.remove("over");
    const { dataTransfer } = event;
    if (dataTransfer === null || !dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    void droppedFiles(dataTransfer).then(onFiles);
  });
}

/** What was dropped. It has to be asked for at once: after the event the transfer is empty. */
function droppedFiles({ items, files }: DataTransfer): Promise<readonly File[]> {
  const plain = [...files];
  const entries = [...items].map((item) => item.webkitGetAsEntry?.() ?? null);
  const known = entries.filter((entry) => entry !== null);
  // Files that a script made have no entries.
  if (!known.some(({ isDirectory }) => isDirectory)) return Promise.resolve(plain);
  return Promise.all(known.map(filesOf)).then((parts) => parts.flat());
}

/** All files below an entry; those that cannot be read are left out. */
async function filesOf(entry: FileSystemEntry): Promise<readonly File[]> {
  if (isFile(entry)) {
    const file = await new Promise<File | undefined>((resolve) =>
      entry.file(resolve, () => resolve(undefined)),
    );
    return file === undefined ? [] : [named(file, entry.fullPath.replace(/^\//, ""))];
  }
  if (!isFolder(entry)) return [];
  const reader = entry.createReader();
  const found: File[] = [];
  for (;;) {
    // A reader gives some hundred entries at a time, and none at the end.
    const some = await new Promise<FileSystemEntry[]>((resolve) => {
      reader.readEntries(resolve, () => resolve([]));
    });
    if (some.length === 0) return found;
    for (const part of await Promise.all(some.map(filesOf))) found.push(...part);
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

/** The same file under another name: a path does not come through to a worker otherwise. */
function named(file: File, name: string): File {
  const { type, lastModified } = file;
  return name === file.name ? file : new File([file], name, { type, lastModified });
}
