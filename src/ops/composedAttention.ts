// Attention out of other ops: what the fused kernels compute, written so that it can be differentiated again.
//
// Decides: the formulas of the value and of its gradients, on whole score matrices [batch, heads, queries, keys]; all in
// f32 whatever comes in, as the kernels do: f16 has no number below which a score or a mask could be told as hidden.
// Leaves to others: the fused kernels (scaledDotProductAttention.ts), which hold no such matrix.

import type { Node } from "../graph/node.ts";
import { add } from "./add.ts";
import { arangeNode } from "./arange.ts";
import type { AttentionAttrs } from "./attentionSizes.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { cast } from "./cast.ts";
import { dropoutWith } from "./dropoutWith.ts";
import { greaterEqual } from "./greaterEqual.ts";
import { lessEqual } from "./lessEqual.ts";
import { matmul } from "./matmul.ts";
import { maximum } from "./maximum.ts";
import { mul } from "./mul.ts";
import { transpose } from "./permute.ts";
import { reshape } from "./reshape.ts";
import { slice } from "./slice.ts";
import { softmax } from "./softmax.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";
import { where } from "./where.ts";

/** The most negative f32: a mask below it is -infinity. */
const LOWEST = -3.4028234663852886e38;
/** What a score is that may not be attended to: below all that an additive mask can give. */
const MASKED = -3e38;
/** Additive masks are held above this, so that sums with scores stay finite. */
const LOWEST_MASK = -1e30;

/** Inputs of the fused records, in order; `random` holds seed, stream and step. */
export interface AttentionInputs {
  readonly q: Node;
  readonly k: Node;
  readonly v: Node;
  readonly mask: Node;
  readonly random: Node;
}

/** O = dropout(softmax(q kT scale + mask)) v: f32 [batch, heads, queries, value width]. */
export function composedAttention(given: AttentionInputs, attrs: AttentionAttrs): Node {
  const inputs = inFull(given, attrs);
  const kept = dropped(probabilities(inputs, attrs), inputs.random, attrs);
  const [batch, heads, queries] = inputs.q.shape;
  const product = matmul(byKeyHead(kept, inputs.v), inputs.v);
  return reshape(product, [batch, heads, queries, inputs.v.shape[3]]);
}

/** dL/dq, dL/dk and dL/dv in f32, given dL/dO. */
export function composedAttentionGradients(
  given: AttentionInputs,
  givenDO: Node,
  attrs: AttentionAttrs,
): { readonly dq: Node; readonly dk: Node; readonly dv: Node } {
  const inputs = inFull(given, attrs);
  const dO = cast(givenDO, "f32");
  const { q, k, v, random } = inputs;
  const weights = probabilities(inputs, attrs);
  const scores = weights.shape;
  const pull = reshape(matmul(byKeyHead(dO, v), transpose(v)), scores);
  const dWeights = dropped(pull, random, attrs);
  const dot = sum(mul(weights, dWeights), { axis: -1, keepDims: true });
  const dScores = byKeyHead(mul(mul(weights, sub(dWeights, dot)), attrs.scale), k);
  const kept = byKeyHead(dropped(weights, random, attrs), v);
  return {
    dq: reshape(matmul(dScores, k), q.shape),
    dk: matmul(transpose(dScores), byKeyHead(q, k)),
    dv: matmul(transpose(kept), byKeyHead(dO, v)),
  };
}

/** The inputs in f32; a mask that is not added keeps its dtype. */
function inFull({ q, k, v, mask, random }: AttentionInputs, attrs: AttentionAttrs): AttentionInputs {
  const full = (x: Node) => cast(x, "f32");
  return { q: full(q), k: full(k), v: full(v), mask: attrs.mask === "additive" ? full(mask) : mask, random };
}

/** x [batch, heads, queries, …] with the query heads that share a head of `key` stacked as rows. */
function byKeyHead(x: Node, key: Node): Node {
  const [batch, heads, queries, width] = x.shape;
  const keyHeads = key.shape[1];
  const rows = keyHeads === 0 ? 0 : (heads / keyHeads) * queries;
  return reshape(x, [batch, keyHeads, rows, width]);
}

function dropped(x: Node, random: Node, { dropout }: AttentionAttrs): Node {
  if (dropout === 0) return x;
  const part = (index: number) => reshape(slice(random, { starts: [index], ends: [index + 1] }), []);
  return dropoutWith(x, { seed: part(0), stream: part(1), step: part(2) }, dropout);
}

/** softmax of the scores along the keys; 0 where attention is not allowed, also in rows of nothing else. */
function probabilities(inputs: AttentionInputs, attrs: AttentionAttrs): Node {
  const { q, k, mask } = inputs;
  const [batch, heads, queries] = q.shape;
  const shape = [batch, heads, queries, k.shape[2]];
  const product = reshape(matmul(byKeyHead(q, k), transpose(k)), shape);
  const scaled = mul(product, attrs.scale);
  const scores = attrs.mask === "additive" ? add(scaled, maximum(mask, LOWEST_MASK)) : scaled;
  const allowed = allowance(mask, shape, attrs);
  if (allowed === undefined) return softmax(scores);
  const everywhere = broadcastTo(allowed, shape);
  return where(everywhere, softmax(where(everywhere, scores, MASKED)), 0);
}

/** Which keys each query may look at; undefined for all. */
function allowance(
  mask: Node,
  shape: readonly number[],
  { causal, mask: kind }: AttentionAttrs,
): Node | undefined {
  const byMask = kind === "bool" ? mask : kind === "additive" ? greaterEqual(mask, LOWEST) : undefined;
  if (!causal) return byMask;
  const [, , queries, keys] = shape;
  const query = reshape(arangeNode(queries, "i32"), [queries, 1]);
  const earlier = lessEqual(arangeNode(keys, "i32"), query);
  return byMask === undefined ? earlier : where(byMask, broadcastTo(earlier, byMask.shape), byMask);
}
