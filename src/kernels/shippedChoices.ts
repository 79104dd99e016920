// What is known of devices beforehand: choices that plans are made with where nothing was timed.
//
// Only what was measured on such a device stands here; `engine.tuning()` prints what can be put in.

import type { ChoiceNames } from "./choice.ts";

/** By "vendor" or "vendor/architecture", as the adapter calls itself; the second goes over the first. */
const SHIPPED: Readonly<Record<string, ChoiceNames>> = {};

/** The choices for an adapter of that name. */
export function shippedChoices(vendor: string, architecture: string, shipped = SHIPPED): ChoiceNames {
  return { ...shipped[vendor], ...shipped[`${vendor}/${architecture}`] };
}
