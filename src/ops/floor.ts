// floor: the largest whole number that is at most x.

import type { UnaryOp } from "./defineElementwise.ts";
import { defineRounding } from "./defineRounding.ts";

/** The largest whole number that is at most x. x: any shape; integers stay as they are. Throws DtypeError for bools. Source: torch.floor. */
export const floor: UnaryOp = defineRounding("floor", Math.floor);
