// The adapter's name, and the badge that bears it.

import type { Engine } from "../../src/index.ts";
import { find, setText } from "./elements.ts";

/** What can be called the adapter's name. */
export function adapterNameOf({ description, vendor, architecture }: Engine["adapter"]): string {
  return description || `${vendor} ${architecture}`.trim() || "a GPU without a name";
}

/** Shows the name in the header and the readout, and whether the adapter is software. */
export function showAdapter(name: string, isSoftware: boolean): void {
  setText(find("#adapter-name", HTMLElement), name);
  const badge = find("#adapter", HTMLElement);
  badge.hidden = false;
  badge.classList.toggle("software", isSoftware);
  badge.title = isSoftware ? `${name}. There is no GPU, so this run is smaller.` : name;
  setText(badge, isSoftware ? "Software GPU" : name);
}
