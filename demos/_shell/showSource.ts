// The code behind a page, shown from the file that runs.

import { find, setText } from "./elements.ts";

/** Shows the exported function of a source file, without what stands above it. */
export function showSource(selector: string, source: string): void {
  const start = source.search(/(^\/\*\*[^/]*\*\/\n)?^export function/m);
  setText(find(selector, HTMLElement), source.slice(start).trimEnd());
}
