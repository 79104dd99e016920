// What attention is told beside its inputs, and how its sizes are read off their shapes.

import type { AttentionSizes } from "../kernels/attention.ts";
import type { Shape } from "../tensor/shape.ts";

/** Everything about an attention but its inputs. */
export interface AttentionAttrs {
  /** Query i sees keys j <= i alone. */
  readonly causal: boolean;
  /** What q kT is multiplied by. */
  readonly scale: number;
  /** `bool`: true where attention is allowed. `additive`: added to the scores. */
  readonly mask: "none" | "bool" | "additive";
  /** The probability with which a weight is dropped; 0 draws no random numbers. */
  readonly dropout: number;
}

interface Shaped {
  readonly shape: Shape;
}

/** q: [batch, heads, queries, width], k: [batch, keyHeads, keys, width], v: [batch, keyHeads, keys, valueWidth]. */
export function attentionSizes([q, k, v]: readonly Shaped[], attrs: AttentionAttrs): AttentionSizes {
  const [batch, heads, queries, width] = q.shape;
  const [, keyHeads, keys] = k.shape;
  return { ...attrs, batch, heads, keyHeads, queries, keys, width, valueWidth: v.shape[3] };
}
