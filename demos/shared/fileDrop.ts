// Files from the visitor: dropped on the page or one of its parts, or chosen by its file field.

/** Calls `onFiles` with what is dropped on `area` or chosen in `input`, which shows in `area`'s class while it hovers. */
export function takeFiles(
  area: HTMLElement,
  input: HTMLInputElement,
  onFiles: (files: readonly File[]) => void,
): void {
  const give = (files: FileList | null | undefined) => {
    if (files && files.length > 0) onFiles([...files]);
  };
  input.addEventListener("change", () => {
    give(input.files);
    // The same file may be chosen again, once it has changed.
    input.value = "";
  });
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
    if (event.dataTransfer?.types.includes("Files") === false) return;
    event.preventDefault();
    give(event.dataTransfer?.files);
  });
}
