// What scripts/features.ts loads: a module that is loaded by Vite's runner may load nothing later.

import { featuresText } from "./features.ts";

/** The text of FEATURES.md. */
export const text: string = await featuresText();
