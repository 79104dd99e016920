// ceil: the smallest whole number that is at least x.

import type { UnaryOp } from "./defineElementwise.ts";
import { defineRounding } from "./defineRounding.ts";

/** The smallest whole number that is at least x. x: any shape; integers stay as they are. Throws DtypeError for bools. Source: torch.ceil. */
export const ceil: UnaryOp = defineRounding("ceil", Math.ceil);
