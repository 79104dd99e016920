// trunc: x without its fraction.

import type { UnaryOp } from "./defineElementwise.ts";
import { defineRounding } from "./defineRounding.ts";

/** X without its fraction. x: any shape; integers stay as they are. Throws DtypeError for bools. Source: torch.trunc. */
export const trunc: UnaryOp = defineRounding("trunc", Math.trunc);
