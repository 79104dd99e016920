// Bytes that the browser is to save as a file.

import { make } from "./elements.ts";

const KEPT_MS = 1000;

/** Has the browser save `bytes` under `name`, as if a link to them had been followed. */
export function saveFile(bytes: Uint8Array<ArrayBuffer>, name: string): void {
  const url = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  const link = make("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}
