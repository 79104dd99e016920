// Attention out of other ops: what the fused kernels compute, written so that it can be differentiated again.
//
// Decides: the formulas of the value and of its gradients, on whole score matrices [batch, heads, queries, keys]; all in
// f32 whatever comes in, as the kernels do: f16 has no number below which a score or a mask could be told as hidden.
// Leaves to others: the fused kernels (scaledDotProductAttention.ts), which hold no such matrix.

import type { Node } from "../graph/node.ts";
import { arangeNode } from "./arange.ts";
import type { AttentionAttrs } from "./attentionSizes.ts";
import type { Ops } from "./define.ts";

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
export function composedAttention(given: AttentionInputs, attrs: AttentionAttrs, o: Ops): Node {
  const inputs = inFull(given, attrs, o);
  const kept = dropped(probabilities(inputs, attrs, o), inputs.random, attrs, o);
  const [batch, heads, queries] = inputs.q.shape;
  const product = o.matmul(byKeyHead(kept, inputs.v, o), inputs.v);
  return o.reshape(product, [batch, heads, queries, inputs.v.shape[3]]);
}

/** dL/dq, dL/dk and dL/dv in f32, given dL/dO. */
export function composedAttentionGradients(
  given: AttentionInputs,
  givenDO: Node,
  attrs: AttentionAttrs,
  o: Ops,
): { readonly dq: Node; readonly dk: Node; readonly dv: Node } {
  const inputs = inFull(given, attrs, o);
  const dO = o.cast(givenDO, "f32");
  const { q, k, v, random } = inputs;
  const weights = probabilities(inputs, attrs, o);
  const scores = weights.shape;
  const pull = o.reshape(o.matmul(byKeyHead(dO, v, o), o.transpose(v)), scores);
  const dWeights = dropped(pull, random, attrs, o);
  const dot = o.sum(o.mul(weights, dWeights), { axis: -1, keepDims: true });
  const dScores = byKeyHead(o.mul(o.mul(weights, o.sub(dWeights, dot)), attrs.scale), k, o);
  const kept = byKeyHead(dropped(weights, random, attrs, o), v, o);
  return {
    dq: o.reshape(o.matmul(dScores, k), q.shape),
    dk: o.matmul(o.transpose(dScores), byKeyHead(q, k, o)),
    dv: o.matmul(o.transpose(kept), byKeyHead(dO, v, o)),
  };
}

/** The inputs in f32; a mask that is not added keeps its dtype. */
function inFull({ q, k, v, mask, random }: AttentionInputs, attrs: AttentionAttrs, o: Ops): AttentionInputs {
  const full = (x: Node) => o.cast(x, "f32");
  return { q: full(q), k: full(k), v: full(v), mask: attrs.mask === "additive" ? full(mask) : mask, random };
}

/** x [batch, heads, queries, …] with the query heads that share a head of `key` stacked as rows. */
function byKeyHead(x: Node, key: Node, o: Ops): Node {
  const [batch, heads, queries, width] = x.shape;
  const keyHeads = key.shape[1];
  const rows = keyHeads === 0 ? 0 : (heads / keyHeads) * queries;
  return o.reshape(x, [batch, keyHeads, rows, width]);
}

function dropped(x: Node, random: Node, { dropout }: AttentionAttrs, o: Ops): Node {
  if (dropout === 0) return x;
  const part = (index: number) => o.reshape(o.slice(random, { starts: [index], ends: [index + 1] }), []);
  return o.dropoutWith(x, { seed: part(0), stream: part(1), step: part(2) }, dropout);
}

/** softmax of the scores along the keys; 0 where attention is not allowed, also in rows of nothing else. */
function probabilities(inputs: AttentionInputs, attrs: AttentionAttrs, o: Ops): Node {
  const { q, k, mask } = inputs;
  const [batch, heads, queries] = q.shape;
  const shape = [batch, heads, queries, k.shape[2]];
  const product = o.reshape(o.matmul(byKeyHead(q, k, o), o.transpose(k)), shape);
  const scaled = o.mul(product, attrs.scale);
  const scores = attrs.mask === "additive" ? o.add(scaled, o.maximum(mask, LOWEST_MASK)) : scaled;
  const allowed = allowance(mask, shape, attrs, o);
  if (allowed === undefined) return o.softmax(scores);
  const everywhere = o.broadcastTo(allowed, shape);
  return o.where(everywhere, o.softmax(o.where(everywhere, scores, MASKED)), 0);
}

/** Which keys each query may look at; undefined for all. */
function allowance(
  mask: Node,
  shape: readonly number[],
  { causal, mask: kind }: AttentionAttrs,
  o: Ops,
): Node | undefined {
  const byMask = kind === "bool" ? mask : kind === "additive" ? o.greaterEqual(mask, LOWEST) : undefined;
  if (!causal) return byMask;
  const [, , queries, keys] = shape;
  const query = o.reshape(arangeNode(queries, "i32"), [queries, 1]);
  const earlier = o.lessEqual(arangeNode(keys, "i32"), query);
  return byMask === undefined ? earlier : o.where(byMask, o.broadcastTo(earlier, byMask.shape), byMask);
}
