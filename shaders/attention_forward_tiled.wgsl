// attention_forward_tiled: y[i] = sum_j w[i, j] v[j], w = dropout(softmax_j(scale q[i] k[j] + mask[i, j]))
//
// Layout    q: [batch, heads, queries, width], k: [batch, keyHeads, keys, width], v: [batch, keyHeads, keys, valueWidth],
//           mask: [batch, heads, queries, keys], all by strides; random: seed, stream, step. y: [batch, queries, heads,
//           valueWidth], and from statsStart on, [batch, heads, queries] each: the largest score of a row and the inverse
//           of its sum, in units of log 2.
// Work      one workgroup of 64 invocations per 64 queries and slice of 64 elements of the value width, a query each, over
//           tiles of 32 keys; the longest rows of a head first. What causal attention never sees is not visited.
// Memory    reads k and v queries / 64 times, q and y once for widths up to 64; 16 KiB of workgroup memory: a tile of k,
//           then of v, which all invocations read at one place at a time, and each invocation's 32 scores.
//           Wider q is read again for each tile, 64 elements at a time; each slice computes all scores, which is 1.5 times
//           the work at 128 and 2.5 times at 256, but needs no more registers.
// Numerics  one f32 accumulator per element; a running maximum rescales sums and results. Scores that are not allowed are
//           finite; a row of nothing else gives 0. Random bits go by the element of the score matrix.
// Limits    QUADS and VALUE_QUADS are at most 16.

struct Params {
  batch: u32,
  heads: u32, // of q
  keyHeads: u32, // of k and v
  queries: u32, keys: u32,
  width: u32, // of q and k
  valueWidth: u32, // of v
  slices: u32, // of 64 elements of the result's width
  scale: f32,
  scaleLog2: f32, // scale / log 2
  dropBelow: u32, // dropout * 2^24
  keepScale: f32, // 1 / (1 - dropout)
  statsStart: u32, // where in y the largest scores stand
  qStrideBatch: u32, qStrideHead: u32, qStrideRow: u32, qOffset: u32,
  kStrideBatch: u32, kStrideHead: u32, kStrideRow: u32, kOffset: u32,
  vStrideBatch: u32, vStrideHead: u32, vStrideRow: u32, vOffset: u32,
  maskStrideBatch: u32, maskStrideHead: u32, maskStrideRow: u32, maskStrideColumn: u32, maskOffset: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> q: array<f32>;
@group(0) @binding(2) var<storage, read> k: array<f32>;
@group(0) @binding(3) var<storage, read> v: array<f32>;
@group(0) @binding(4) var<storage, read> mask: array<f32>;
@group(0) @binding(5) var<storage, read> random: array<u32>;
@group(0) @binding(6) var<storage, read_write> y: array<f32>;

fn load_q4(i: u32) -> vec4<f32> {
  return vec4<f32>(q[i], q[i + 1u], q[i + 2u], q[i + 3u]);
}

fn load_k4(i: u32) -> vec4<f32> {
  return vec4<f32>(k[i], k[i + 1u], k[i + 2u], k[i + 3u]);
}

fn load_v4(i: u32) -> vec4<f32> {
  return vec4<f32>(v[i], v[i + 1u], v[i + 2u], v[i + 3u]);
}

fn load_mask(i: u32) -> f32 {
  return mask[i];
}

fn load_random(i: u32) -> u32 {
  return random[i];
}

fn store_y(i: u32, v: f32) {
  y[i] = v;
}

fn store_y4(i: u32, v: vec4<f32>) {
  y[i] = v.x;
  y[i + 1u] = v.y;
  y[i + 2u] = v.z;
  y[i + 3u] = v.w;
}
// end of seam

override QUADS: u32 = 16; // of the width, in a slice
override VALUE_QUADS: u32 = 16; // of the value width, in a slice
override EDGE: bool = true; // whether a slice of the width may hold less than its quads
override VALUE_EDGE: bool = true;
override CAUSAL: bool = false;
override MASK: u32 = 0; // 0: none, 1: true where allowed, 2: added
override DROPOUT: bool = false;

const LOWEST = -1e38; // what a running maximum starts from
const MASKED = -2e38; // a score that is not allowed: 2^(MASKED - maximum) is 0
const LOWEST_MASK = -1e30;
const LOG2E = 1.4426950408889634;
const NEGATIVE_INFINITY = 0xff800000u; // bits

const ROWS = 64u; // queries
const TILE = 32u; // keys
var<workgroup> tile: array<vec4<f32>, 512>;
var<workgroup> scores: array<f32, 2048>; // [key, invocation]: each touches its own alone

// Four rounds of Threefry2x32, turning by `left`.
fn threefry_rounds(x: ptr<function, u32>, y: ptr<function, u32>, left: vec4<u32>) {
  *x += *y;
  *y = ((*y << left.x) | (*y >> (32u - left.x))) ^ *x;
  *x += *y;
  *y = ((*y << left.y) | (*y >> (32u - left.y))) ^ *x;
  *x += *y;
  *y = ((*y << left.z) | (*y >> (32u - left.z))) ^ *x;
  *x += *y;
  *y = ((*y << left.w) | (*y >> (32u - left.w))) ^ *x;
}

// Random bits for an element, as lib/threefry.wgsl makes them.
fn threefry(element: u32) -> u32 {
  let even = vec4<u32>(13u, 15u, 26u, 6u);
  let odd = vec4<u32>(17u, 29u, 16u, 24u);
  let key0 = load_random(0u);
  let key1 = load_random(1u);
  let key2 = key0 ^ key1 ^ 0x1bd11bdau;
  var x = load_random(2u) + key0;
  var y = element + key1;
  threefry_rounds(&x, &y, even);
  x += key1;
  y += key2 + 1u;
  threefry_rounds(&x, &y, odd);
  x += key2;
  y += key0 + 2u;
  threefry_rounds(&x, &y, even);
  x += key0;
  y += key1 + 3u;
  threefry_rounds(&x, &y, odd);
  x += key1;
  y += key2 + 4u;
  threefry_rounds(&x, &y, even);
  return x + key2;
}

fn quad_q(row: u32, d: u32) -> vec4<f32> {
  let quad = load_q4(row + d);
  if (EDGE) {
    return select(vec4<f32>(), quad, vec4<u32>(d, d + 1u, d + 2u, d + 3u) < vec4<u32>(params.width));
  }
  return quad;
}

fn quad_k(row: u32, d: u32) -> vec4<f32> {
  let quad = load_k4(row + d);
  if (EDGE) {
    return select(vec4<f32>(), quad, vec4<u32>(d, d + 1u, d + 2u, d + 3u) < vec4<u32>(params.width));
  }
  return quad;
}

// A score, in units of log 2, where attention is allowed.
fn masked(score: f32, query: u32, key: u32, mask_at: u32) -> f32 {
  var result = score;
  if (MASK != 0u) {
    let row = min(query, params.queries - 1u);
    let given = load_mask(mask_at + row * params.maskStrideRow + min(key, params.keys - 1u) * params.maskStrideColumn);
    if (MASK == 1u) {
      result = select(MASKED, result, given != 0.0);
    } else {
      let is_infinite = bitcast<u32>(given) == NEGATIVE_INFINITY;
      result = select(result + max(given, LOWEST_MASK) * LOG2E, MASKED, is_infinite);
    }
  }
  return select(result, MASKED, (CAUSAL && key > query) || key >= params.keys);
}

// What dropout leaves of a weight, before it is scaled.
fn kept(weight: f32, query: u32, key: u32, item: u32) -> f32 {
  let element = (item * params.queries + query) * params.keys + key;
  return select(weight, 0.0, (threefry(element) >> 8u) < params.dropBelow);
}

fn store_quad(i: u32, d: u32, quad: vec4<f32>, size: u32) {
  if (!(VALUE_EDGE) || d + 4u <= size) {
    store_y4(i + d, quad);
    return;
  }
  if (d < size) { store_y(i + d, quad.x); } if (d + 1u < size) { store_y(i + d + 1u, quad.y); }
  if (d + 2u < size) { store_y(i + d + 2u, quad.z); }
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let blocks = (params.queries + ROWS - 1u) / ROWS;
  let index = group.y * groups.x + group.x;
  let items = params.batch * params.heads;
  let rest = index / blocks;
  let slice = rest / items;
  if (slice >= params.slices) {
    return;
  }
  let item = rest - slice * items;
  let batch = item / params.heads;
  let head = item - batch * params.heads;
  let key_head = head / (params.heads / params.keyHeads);
  let first = (blocks - 1u - (index - rest * blocks)) * ROWS;
  let query = first + lane;
  let start = slice * 64u;
  let last = params.keys - 1u;
  let width_slices = (params.width + 63u) / 64u;
  let at_q = params.qOffset + batch * params.qStrideBatch + head * params.qStrideHead
    + min(query, params.queries - 1u) * params.qStrideRow;
  let start_k = params.kOffset + batch * params.kStrideBatch + key_head * params.kStrideHead;
  let start_v = params.vOffset + batch * params.vStrideBatch + key_head * params.vStrideHead + start;
  let mask_at = params.maskOffset + batch * params.maskStrideBatch + head * params.maskStrideHead;

  var q0: vec4<f32>; var q1: vec4<f32>; var q2: vec4<f32>; var q3: vec4<f32>;
  var q4: vec4<f32>; var q5: vec4<f32>; var q6: vec4<f32>; var q7: vec4<f32>;
  var q8: vec4<f32>; var q9: vec4<f32>; var q10: vec4<f32>; var q11: vec4<f32>;
  var q12: vec4<f32>; var q13: vec4<f32>; var q14: vec4<f32>; var q15: vec4<f32>;
  var y0: vec4<f32>; var y1: vec4<f32>; var y2: vec4<f32>; var y3: vec4<f32>;
  var y4: vec4<f32>; var y5: vec4<f32>; var y6: vec4<f32>; var y7: vec4<f32>;
  var y8: vec4<f32>; var y9: vec4<f32>; var y10: vec4<f32>; var y11: vec4<f32>;
  var y12: vec4<f32>; var y13: vec4<f32>; var y14: vec4<f32>; var y15: vec4<f32>;
  var top = LOWEST;
  var sum = 0.0;
  let end = select(params.keys, min(params.keys, first + ROWS), CAUSAL);
  for (var j = 0u; j < end; j += TILE) {
    var next = top;
    for (var n = 0u; n < width_slices; n++) {
      let d = n * 64u;
      workgroupBarrier();
      for (var slot = lane; slot < TILE * QUADS; slot += 64u) {
        let row = slot / QUADS;
        tile[slot] = quad_k(start_k + min(j + row, last) * params.kStrideRow, d + 4u * (slot - row * QUADS));
      }
      workgroupBarrier();
      if (j == 0u || width_slices > 1u) {
        q0 = quad_q(at_q, d) * params.scaleLog2;
        if (QUADS > 1u) { q1 = quad_q(at_q, d + 4u) * params.scaleLog2; } if (QUADS > 2u) { q2 = quad_q(at_q, d + 8u) * params.scaleLog2; }
        if (QUADS > 3u) { q3 = quad_q(at_q, d + 12u) * params.scaleLog2; } if (QUADS > 4u) { q4 = quad_q(at_q, d + 16u) * params.scaleLog2; }
        if (QUADS > 5u) { q5 = quad_q(at_q, d + 20u) * params.scaleLog2; } if (QUADS > 6u) { q6 = quad_q(at_q, d + 24u) * params.scaleLog2; }
        if (QUADS > 7u) { q7 = quad_q(at_q, d + 28u) * params.scaleLog2; } if (QUADS > 8u) { q8 = quad_q(at_q, d + 32u) * params.scaleLog2; }
        if (QUADS > 9u) { q9 = quad_q(at_q, d + 36u) * params.scaleLog2; } if (QUADS > 10u) { q10 = quad_q(at_q, d + 40u) * params.scaleLog2; }
        if (QUADS > 11u) { q11 = quad_q(at_q, d + 44u) * params.scaleLog2; } if (QUADS > 12u) { q12 = quad_q(at_q, d + 48u) * params.scaleLog2; }
        if (QUADS > 13u) { q13 = quad_q(at_q, d + 52u) * params.scaleLog2; } if (QUADS > 14u) { q14 = quad_q(at_q, d + 56u) * params.scaleLog2; }
        if (QUADS > 15u) { q15 = quad_q(at_q, d + 60u) * params.scaleLog2; }
      }
      for (var key = 0u; key < TILE; key++) {
        let at = key * QUADS;
        var dot = q0 * tile[at];
        if (QUADS > 1u) { dot += q1 * tile[at + 1u]; } if (QUADS > 2u) { dot += q2 * tile[at + 2u]; }
        if (QUADS > 3u) { dot += q3 * tile[at + 3u]; } if (QUADS > 4u) { dot += q4 * tile[at + 4u]; }
        if (QUADS > 5u) { dot += q5 * tile[at + 5u]; } if (QUADS > 6u) { dot += q6 * tile[at + 6u]; }
        if (QUADS > 7u) { dot += q7 * tile[at + 7u]; } if (QUADS > 8u) { dot += q8 * tile[at + 8u]; }
        if (QUADS > 9u) { dot += q9 * tile[at + 9u]; } if (QUADS > 10u) { dot += q10 * tile[at + 10u]; }
        if (QUADS > 11u) { dot += q11 * tile[at + 11u]; } if (QUADS > 12u) { dot += q12 * tile[at + 12u]; }
        if (QUADS > 13u) { dot += q13 * tile[at + 13u]; } if (QUADS > 14u) { dot += q14 * tile[at + 14u]; }
        if (QUADS > 15u) { dot += q15 * tile[at + 15u]; }
        var score = (dot.x + dot.y) + (dot.z + dot.w);
        if (n > 0u) {
          score += scores[key * ROWS + lane];
        }
        if (n + 1u == width_slices) {
          score = masked(score, query, j + key, mask_at);
          next = max(next, score);
        }
        scores[key * ROWS + lane] = score;
      }
    }

    let shrink = exp2(top - next);
    top = next;
    sum *= shrink;
    y0 *= shrink;
    if (VALUE_QUADS > 1u) { y1 *= shrink; } if (VALUE_QUADS > 2u) { y2 *= shrink; }
    if (VALUE_QUADS > 3u) { y3 *= shrink; } if (VALUE_QUADS > 4u) { y4 *= shrink; }
    if (VALUE_QUADS > 5u) { y5 *= shrink; } if (VALUE_QUADS > 6u) { y6 *= shrink; }
    if (VALUE_QUADS > 7u) { y7 *= shrink; } if (VALUE_QUADS > 8u) { y8 *= shrink; }
    if (VALUE_QUADS > 9u) { y9 *= shrink; } if (VALUE_QUADS > 10u) { y10 *= shrink; }
    if (VALUE_QUADS > 11u) { y11 *= shrink; } if (VALUE_QUADS > 12u) { y12 *= shrink; }
    if (VALUE_QUADS > 13u) { y13 *= shrink; } if (VALUE_QUADS > 14u) { y14 *= shrink; }
    if (VALUE_QUADS > 15u) { y15 *= shrink; }
    workgroupBarrier();
    for (var slot = lane; slot < TILE * VALUE_QUADS; slot += 64u) {
      let row = slot / VALUE_QUADS;
      tile[slot] = load_v4(start_v + min(j + row, last) * params.vStrideRow + 4u * (slot - row * VALUE_QUADS));
    }
    workgroupBarrier();
    for (var key = 0u; key < TILE; key++) {
      var weight = exp2(scores[key * ROWS + lane] - top);
      sum += weight;
      if (DROPOUT) {
        weight = kept(weight, query, j + key, item);
      }
      let at = key * VALUE_QUADS;
      y0 += weight * tile[at];
      if (VALUE_QUADS > 1u) { y1 += weight * tile[at + 1u]; } if (VALUE_QUADS > 2u) { y2 += weight * tile[at + 2u]; }
      if (VALUE_QUADS > 3u) { y3 += weight * tile[at + 3u]; } if (VALUE_QUADS > 4u) { y4 += weight * tile[at + 4u]; }
      if (VALUE_QUADS > 5u) { y5 += weight * tile[at + 5u]; } if (VALUE_QUADS > 6u) { y6 += weight * tile[at + 6u]; }
      if (VALUE_QUADS > 7u) { y7 += weight * tile[at + 7u]; } if (VALUE_QUADS > 8u) { y8 += weight * tile[at + 8u]; }
      if (VALUE_QUADS > 9u) { y9 += weight * tile[at + 9u]; } if (VALUE_QUADS > 10u) { y10 += weight * tile[at + 10u]; }
      if (VALUE_QUADS > 11u) { y11 += weight * tile[at + 11u]; } if (VALUE_QUADS > 12u) { y12 += weight * tile[at + 12u]; }
      if (VALUE_QUADS > 13u) { y13 += weight * tile[at + 13u]; } if (VALUE_QUADS > 14u) { y14 += weight * tile[at + 14u]; }
      if (VALUE_QUADS > 15u) { y15 += weight * tile[at + 15u]; }
    }
  }

  if (query >= params.queries) {
    return;
  }
  let inverse = select(1.0 / sum, 0.0, sum == 0.0);
  if (slice == 0u) {
    let at = params.statsStart + item * params.queries + query;
    store_y(at, top);
    store_y(at + items * params.queries, inverse);
  }
  let factor = inverse * params.keepScale;
  let to = ((batch * params.queries + query) * params.heads + head) * params.valueWidth;
  store_quad(to, start, y0 * factor, params.valueWidth);
  if (VALUE_QUADS > 1u) { store_quad(to, start + 4u, y1 * factor, params.valueWidth); } if (VALUE_QUADS > 2u) { store_quad(to, start + 8u, y2 * factor, params.valueWidth); }
  if (VALUE_QUADS > 3u) { store_quad(to, start + 12u, y3 * factor, params.valueWidth); } if (VALUE_QUADS > 4u) { store_quad(to, start + 16u, y4 * factor, params.valueWidth); }
  if (VALUE_QUADS > 5u) { store_quad(to, start + 20u, y5 * factor, params.valueWidth); } if (VALUE_QUADS > 6u) { store_quad(to, start + 24u, y6 * factor, params.valueWidth); }
  if (VALUE_QUADS > 7u) { store_quad(to, start + 28u, y7 * factor, params.valueWidth); } if (VALUE_QUADS > 8u) { store_quad(to, start + 32u, y8 * factor, params.valueWidth); }
  if (VALUE_QUADS > 9u) { store_quad(to, start + 36u, y9 * factor, params.valueWidth); } if (VALUE_QUADS > 10u) { store_quad(to, start + 40u, y10 * factor, params.valueWidth); }
  if (VALUE_QUADS > 11u) { store_quad(to, start + 44u, y11 * factor, params.valueWidth); } if (VALUE_QUADS > 12u) { store_quad(to, start + 48u, y12 * factor, params.valueWidth); }
  if (VALUE_QUADS > 13u) { store_quad(to, start + 52u, y13 * factor, params.valueWidth); } if (VALUE_QUADS > 14u) { store_quad(to, start + 56u, y14 * factor, params.valueWidth); }
  if (VALUE_QUADS > 15u) { store_quad(to, start + 60u, y15 * factor, params.valueWidth); }
}
