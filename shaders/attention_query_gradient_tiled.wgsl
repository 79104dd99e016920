// attention_query_gradient_tiled: dq[i] = scale sum_j ds[i, j] k[j], ds = p (dp - dy[i] y[i])
//
// p = softmax_j(scale q[i] k[j] + mask[i, j]), computed again; dp[i, j] = dropout(dy[i] v[j]).
//
// Layout    q, dy: [batch, heads, queries, width or valueWidth], k, v: [batch, keyHeads, keys, …], mask: [batch, heads,
//           queries, keys], all by strides; y: the packed result of the forward pass, see attention_stats_rows; random:
//           seed, stream, step. stats: as there, with STATS. dq: [batch, queries, heads, width].
// Work      one workgroup of 64 invocations per 64 queries and slice of 64 elements of the width, a query each, over tiles of
//           16 keys; the longest rows of a head first. What causal attention never sees is not visited.
// Memory    reads k and v queries / 64 times; 16 KiB of workgroup memory: tiles of k and v, which all invocations read at one
//           place at a time, and each invocation's 16 scores and pulls. q, dy and dq stay in registers; what is wider than
//           64 is read again for each tile, that of the slice last; each slice computes all scores.
// Numerics  one f32 accumulator per element. A row in which nothing is allowed has a gradient of 0.
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
  dyStrideBatch: u32, dyStrideHead: u32, dyStrideRow: u32, dyOffset: u32,
  maskStrideBatch: u32, maskStrideHead: u32, maskStrideRow: u32, maskStrideColumn: u32, maskOffset: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> q: array<f32>;
@group(0) @binding(2) var<storage, read> k: array<f32>;
@group(0) @binding(3) var<storage, read> v: array<f32>;
@group(0) @binding(4) var<storage, read> dy: array<f32>;
@group(0) @binding(5) var<storage, read> y: array<f32>;
@group(0) @binding(6) var<storage, read> mask: array<f32>;
@group(0) @binding(7) var<storage, read> random: array<u32>;
@group(0) @binding(8) var<storage, read_write> dq: array<f32>;
@group(0) @binding(9) var<storage, read_write> stats: array<f32>;

fn load_q4(i: u32) -> vec4<f32> {
  return vec4<f32>(q[i], q[i + 1u], q[i + 2u], q[i + 3u]);
}

fn load_k4(i: u32) -> vec4<f32> {
  return vec4<f32>(k[i], k[i + 1u], k[i + 2u], k[i + 3u]);
}

fn load_v4(i: u32) -> vec4<f32> {
  return vec4<f32>(v[i], v[i + 1u], v[i + 2u], v[i + 3u]);
}

fn load_dy4(i: u32) -> vec4<f32> {
  return vec4<f32>(dy[i], dy[i + 1u], dy[i + 2u], dy[i + 3u]);
}

fn load_y(i: u32) -> f32 {
  return y[i];
}

fn load_y4(i: u32) -> vec4<f32> {
  return vec4<f32>(y[i], y[i + 1u], y[i + 2u], y[i + 3u]);
}

fn load_mask(i: u32) -> f32 {
  return mask[i];
}

fn load_random(i: u32) -> u32 {
  return random[i];
}

fn store_dq(i: u32, v: f32) {
  dq[i] = v;
}

fn store_dq4(i: u32, v: vec4<f32>) {
  dq[i] = v.x;
  dq[i + 1u] = v.y;
  dq[i + 2u] = v.z;
  dq[i + 3u] = v.w;
}

fn store_stats(i: u32, v: f32) {
  stats[i] = v;
}
// end of seam

override QUADS: u32 = 16; // of the width, in a slice
override VALUE_QUADS: u32 = 16; // of the value width, in a slice
override EDGE: bool = true; // whether a slice of the width may hold less than its quads
override VALUE_EDGE: bool = true;
override CAUSAL: bool = false;
override MASK: u32 = 0; // 0: none, 1: true where allowed, 2: added
override DROPOUT: bool = false;
override STATS: bool = false; // whether what the other gradients need of each row is stored

const MASKED = -2e38; // a score that is not allowed: 2^(MASKED - maximum) is 0
const LOWEST_MASK = -1e30;
const LOG2E = 1.4426950408889634;
const NEGATIVE_INFINITY = 0xff800000u; // bits

const ROWS = 64u; // queries
const TILE = 16u; // keys
var<workgroup> tile_k: array<vec4<f32>, 256>;
var<workgroup> tile_v: array<vec4<f32>, 256>;
var<workgroup> scores: array<f32, 1024>; // [key, invocation]: each touches its own alone
var<workgroup> pulls: array<f32, 1024>;

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

fn quad_v(row: u32, d: u32) -> vec4<f32> {
  let quad = load_v4(row + d);
  if (VALUE_EDGE) {
    return select(vec4<f32>(), quad, vec4<u32>(d, d + 1u, d + 2u, d + 3u) < vec4<u32>(params.valueWidth));
  }
  return quad;
}

fn quad_dy(row: u32, d: u32) -> vec4<f32> {
  let quad = load_dy4(row + d);
  if (VALUE_EDGE) {
    return select(vec4<f32>(), quad, vec4<u32>(d, d + 1u, d + 2u, d + 3u) < vec4<u32>(params.valueWidth));
  }
  return quad;
}

fn quad_y(row: u32, d: u32) -> vec4<f32> {
  let quad = load_y4(row + d);
  return select(vec4<f32>(), quad, vec4<u32>(d, d + 1u, d + 2u, d + 3u) < vec4<u32>(params.valueWidth));
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
  if (!(EDGE) || d + 4u <= size) {
    store_dq4(i + d, quad);
    return;
  }
  if (d < size) { store_dq(i + d, quad.x); } if (d + 1u < size) { store_dq(i + d + 1u, quad.y); }
  if (d + 2u < size) { store_dq(i + d + 2u, quad.z); }
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
  let here = min(query, params.queries - 1u);
  let last = params.keys - 1u;
  let at_q = params.qOffset + batch * params.qStrideBatch + head * params.qStrideHead + here * params.qStrideRow;
  let at_dy = params.dyOffset + batch * params.dyStrideBatch + head * params.dyStrideHead + here * params.dyStrideRow;
  let start_k = params.kOffset + batch * params.kStrideBatch + key_head * params.kStrideHead;
  let start_v = params.vOffset + batch * params.vStrideBatch + key_head * params.vStrideHead;
  let mask_at = params.maskOffset + batch * params.maskStrideBatch + head * params.maskStrideHead;
  let rows = items * params.queries;
  let row = item * params.queries + here;
  let at_y = ((batch * params.queries + here) * params.heads + head) * params.valueWidth;
  var sums = vec4<f32>();
  for (var d = 0u; d < params.valueWidth; d += 4u) {
    sums += quad_dy(at_dy, d) * quad_y(at_y, d);
  }
  let delta = (sums.x + sums.y) + (sums.z + sums.w);
  let top = load_y(params.statsStart + row);
  let inverse = load_y(params.statsStart + rows + row);
  if (STATS && slice == 0u && query < params.queries) {
    store_stats(row, delta);
    store_stats(rows + row, top);
    store_stats(2u * rows + row, inverse);
  }

  var q0: vec4<f32>; var q1: vec4<f32>; var q2: vec4<f32>; var q3: vec4<f32>;
  var q4: vec4<f32>; var q5: vec4<f32>; var q6: vec4<f32>; var q7: vec4<f32>;
  var q8: vec4<f32>; var q9: vec4<f32>; var q10: vec4<f32>; var q11: vec4<f32>;
  var q12: vec4<f32>; var q13: vec4<f32>; var q14: vec4<f32>; var q15: vec4<f32>;
  var g0: vec4<f32>; var g1: vec4<f32>; var g2: vec4<f32>; var g3: vec4<f32>;
  var g4: vec4<f32>; var g5: vec4<f32>; var g6: vec4<f32>; var g7: vec4<f32>;
  var g8: vec4<f32>; var g9: vec4<f32>; var g10: vec4<f32>; var g11: vec4<f32>;
  var g12: vec4<f32>; var g13: vec4<f32>; var g14: vec4<f32>; var g15: vec4<f32>;
  var x0: vec4<f32>; var x1: vec4<f32>; var x2: vec4<f32>; var x3: vec4<f32>;
  var x4: vec4<f32>; var x5: vec4<f32>; var x6: vec4<f32>; var x7: vec4<f32>;
  var x8: vec4<f32>; var x9: vec4<f32>; var x10: vec4<f32>; var x11: vec4<f32>;
  var x12: vec4<f32>; var x13: vec4<f32>; var x14: vec4<f32>; var x15: vec4<f32>;
  let end = select(params.keys, min(params.keys, first + ROWS), CAUSAL);
  for (var j = 0u; j < end; j += TILE) {
    for (var n = 1u; n <= params.slices; n++) {
      let d = (slice + n) % params.slices * 64u;
      workgroupBarrier();
      for (var slot = lane; slot < TILE * QUADS; slot += 64u) {
        let row = slot / QUADS;
        tile_k[slot] = quad_k(start_k + min(j + row, last) * params.kStrideRow, d + 4u * (slot - row * QUADS));
      }
      workgroupBarrier();
      if (j == 0u || params.slices > 1u) {
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
        var dot = q0 * tile_k[at];
        if (QUADS > 1u) { dot += q1 * tile_k[at + 1u]; } if (QUADS > 2u) { dot += q2 * tile_k[at + 2u]; }
        if (QUADS > 3u) { dot += q3 * tile_k[at + 3u]; } if (QUADS > 4u) { dot += q4 * tile_k[at + 4u]; }
        if (QUADS > 5u) { dot += q5 * tile_k[at + 5u]; } if (QUADS > 6u) { dot += q6 * tile_k[at + 6u]; }
        if (QUADS > 7u) { dot += q7 * tile_k[at + 7u]; } if (QUADS > 8u) { dot += q8 * tile_k[at + 8u]; }
        if (QUADS > 9u) { dot += q9 * tile_k[at + 9u]; } if (QUADS > 10u) { dot += q10 * tile_k[at + 10u]; }
        if (QUADS > 11u) { dot += q11 * tile_k[at + 11u]; } if (QUADS > 12u) { dot += q12 * tile_k[at + 12u]; }
        if (QUADS > 13u) { dot += q13 * tile_k[at + 13u]; } if (QUADS > 14u) { dot += q14 * tile_k[at + 14u]; }
        if (QUADS > 15u) { dot += q15 * tile_k[at + 15u]; }
        let score = (dot.x + dot.y) + (dot.z + dot.w);
        scores[key * ROWS + lane] = select(score, score + scores[key * ROWS + lane], n > 1u);
      }
    }
    for (var d = 0u; d < params.valueWidth; d += 64u) {
      workgroupBarrier();
      for (var slot = lane; slot < TILE * VALUE_QUADS; slot += 64u) {
        let row = slot / VALUE_QUADS;
        tile_v[slot] = quad_v(start_v + min(j + row, last) * params.vStrideRow, d + 4u * (slot - row * VALUE_QUADS));
      }
      workgroupBarrier();
      if (j == 0u || params.valueWidth > 64u) {
        g0 = quad_dy(at_dy, d);
        if (VALUE_QUADS > 1u) { g1 = quad_dy(at_dy, d + 4u); } if (VALUE_QUADS > 2u) { g2 = quad_dy(at_dy, d + 8u); }
        if (VALUE_QUADS > 3u) { g3 = quad_dy(at_dy, d + 12u); } if (VALUE_QUADS > 4u) { g4 = quad_dy(at_dy, d + 16u); }
        if (VALUE_QUADS > 5u) { g5 = quad_dy(at_dy, d + 20u); } if (VALUE_QUADS > 6u) { g6 = quad_dy(at_dy, d + 24u); }
        if (VALUE_QUADS > 7u) { g7 = quad_dy(at_dy, d + 28u); } if (VALUE_QUADS > 8u) { g8 = quad_dy(at_dy, d + 32u); }
        if (VALUE_QUADS > 9u) { g9 = quad_dy(at_dy, d + 36u); } if (VALUE_QUADS > 10u) { g10 = quad_dy(at_dy, d + 40u); }
        if (VALUE_QUADS > 11u) { g11 = quad_dy(at_dy, d + 44u); } if (VALUE_QUADS > 12u) { g12 = quad_dy(at_dy, d + 48u); }
        if (VALUE_QUADS > 13u) { g13 = quad_dy(at_dy, d + 52u); } if (VALUE_QUADS > 14u) { g14 = quad_dy(at_dy, d + 56u); }
        if (VALUE_QUADS > 15u) { g15 = quad_dy(at_dy, d + 60u); }
      }
      for (var key = 0u; key < TILE; key++) {
        let at = key * VALUE_QUADS;
        var dot = g0 * tile_v[at];
        if (VALUE_QUADS > 1u) { dot += g1 * tile_v[at + 1u]; } if (VALUE_QUADS > 2u) { dot += g2 * tile_v[at + 2u]; }
        if (VALUE_QUADS > 3u) { dot += g3 * tile_v[at + 3u]; } if (VALUE_QUADS > 4u) { dot += g4 * tile_v[at + 4u]; }
        if (VALUE_QUADS > 5u) { dot += g5 * tile_v[at + 5u]; } if (VALUE_QUADS > 6u) { dot += g6 * tile_v[at + 6u]; }
        if (VALUE_QUADS > 7u) { dot += g7 * tile_v[at + 7u]; } if (VALUE_QUADS > 8u) { dot += g8 * tile_v[at + 8u]; }
        if (VALUE_QUADS > 9u) { dot += g9 * tile_v[at + 9u]; } if (VALUE_QUADS > 10u) { dot += g10 * tile_v[at + 10u]; }
        if (VALUE_QUADS > 11u) { dot += g11 * tile_v[at + 11u]; } if (VALUE_QUADS > 12u) { dot += g12 * tile_v[at + 12u]; }
        if (VALUE_QUADS > 13u) { dot += g13 * tile_v[at + 13u]; } if (VALUE_QUADS > 14u) { dot += g14 * tile_v[at + 14u]; }
        if (VALUE_QUADS > 15u) { dot += g15 * tile_v[at + 15u]; }
        let pull = (dot.x + dot.y) + (dot.z + dot.w);
        pulls[key * ROWS + lane] = select(pull, pull + pulls[key * ROWS + lane], d > 0u);
      }
    }
    for (var key = 0u; key < TILE; key++) {
      let weight = exp2(masked(scores[key * ROWS + lane], query, j + key, mask_at) - top) * inverse;
      var pull = pulls[key * ROWS + lane];
      if (DROPOUT) {
        pull = kept(pull, query, j + key, item) * params.keepScale;
      }
      let pulled = weight * (pull - delta);
      let at = key * QUADS;
      x0 += pulled * tile_k[at];
      if (QUADS > 1u) { x1 += pulled * tile_k[at + 1u]; } if (QUADS > 2u) { x2 += pulled * tile_k[at + 2u]; }
      if (QUADS > 3u) { x3 += pulled * tile_k[at + 3u]; } if (QUADS > 4u) { x4 += pulled * tile_k[at + 4u]; }
      if (QUADS > 5u) { x5 += pulled * tile_k[at + 5u]; } if (QUADS > 6u) { x6 += pulled * tile_k[at + 6u]; }
      if (QUADS > 7u) { x7 += pulled * tile_k[at + 7u]; } if (QUADS > 8u) { x8 += pulled * tile_k[at + 8u]; }
      if (QUADS > 9u) { x9 += pulled * tile_k[at + 9u]; } if (QUADS > 10u) { x10 += pulled * tile_k[at + 10u]; }
      if (QUADS > 11u) { x11 += pulled * tile_k[at + 11u]; } if (QUADS > 12u) { x12 += pulled * tile_k[at + 12u]; }
      if (QUADS > 13u) { x13 += pulled * tile_k[at + 13u]; } if (QUADS > 14u) { x14 += pulled * tile_k[at + 14u]; }
      if (QUADS > 15u) { x15 += pulled * tile_k[at + 15u]; }
    }
  }

  if (query >= params.queries) {
    return;
  }
  let start = slice * 64u;
  let to = ((batch * params.queries + query) * params.heads + head) * params.width;
  store_quad(to, start, x0 * params.scale, params.width);
  if (QUADS > 1u) { store_quad(to, start + 4u, x1 * params.scale, params.width); } if (QUADS > 2u) { store_quad(to, start + 8u, x2 * params.scale, params.width); }
  if (QUADS > 3u) { store_quad(to, start + 12u, x3 * params.scale, params.width); } if (QUADS > 4u) { store_quad(to, start + 16u, x4 * params.scale, params.width); }
  if (QUADS > 5u) { store_quad(to, start + 20u, x5 * params.scale, params.width); } if (QUADS > 6u) { store_quad(to, start + 24u, x6 * params.scale, params.width); }
  if (QUADS > 7u) { store_quad(to, start + 28u, x7 * params.scale, params.width); } if (QUADS > 8u) { store_quad(to, start + 32u, x8 * params.scale, params.width); }
  if (QUADS > 9u) { store_quad(to, start + 36u, x9 * params.scale, params.width); } if (QUADS > 10u) { store_quad(to, start + 40u, x10 * params.scale, params.width); }
  if (QUADS > 11u) { store_quad(to, start + 44u, x11 * params.scale, params.width); } if (QUADS > 12u) { store_quad(to, start + 48u, x12 * params.scale, params.width); }
  if (QUADS > 13u) { store_quad(to, start + 52u, x13 * params.scale, params.width); } if (QUADS > 14u) { store_quad(to, start + 56u, x14 * params.scale, params.width); }
  if (QUADS > 15u) { store_quad(to, start + 60u, x15 * params.scale, params.width); }
}
