// attention_key_value_gradient_tiled: dkv = [scale sum_i ds[i, j] q[i], sum_i dropout(p)[i, j] dy[i]] for each key j
//
// p = softmax_j(scale q[i] k[j] + mask[i, j]), computed again; ds = p (dropout(dy[i] v[j]) - stats[0, i]). The sums go over
// the queries of all heads that share a head of k and v.
//
// Layout    q, dy: [batch, heads, queries, width or valueWidth], k, v: [batch, keyHeads, keys, …], mask: [batch, heads,
//           queries, keys], all by strides; stats: [3, batch, heads, queries], see attention_stats_rows; random: seed,
//           stream, step. dkv: [batch, keys, keyHeads, width], then [batch, keys, keyHeads, valueWidth].
// Work      one workgroup of 64 invocations per 64 keys and slice of 64 elements of dk or dv, a key each, over tiles of 16
//           queries; causal attention begins at the diagonal. dk and dv apart take 5 products where both at once take 4,
//           but fit the registers (3 rows of 64 numbers, not 4).
// Memory    reads q and dy keys / 64 times; 16 KiB of workgroup memory: tiles of q and dy, which all invocations read at one
//           place at a time, and each invocation's 16 scores and pulls. What is wider than 64 is read again for each tile,
//           that of the slice last; each slice computes all scores.
// Numerics  one f32 accumulator per element. A row in which nothing is allowed adds 0.
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
@group(0) @binding(5) var<storage, read> stats: array<f32>;
@group(0) @binding(6) var<storage, read> mask: array<f32>;
@group(0) @binding(7) var<storage, read> random: array<u32>;
@group(0) @binding(8) var<storage, read_write> dkv: array<f32>;

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

fn load_stats(i: u32) -> f32 {
  return stats[i];
}

fn load_mask(i: u32) -> f32 {
  return mask[i];
}

fn load_random(i: u32) -> u32 {
  return random[i];
}

fn store_dkv(i: u32, v: f32) {
  dkv[i] = v;
}

fn store_dkv4(i: u32, v: vec4<f32>) {
  dkv[i] = v.x;
  dkv[i + 1u] = v.y;
  dkv[i + 2u] = v.z;
  dkv[i + 3u] = v.w;
}
// end of seam

override QUADS: u32 = 16; // of the width, in a slice
override VALUE_QUADS: u32 = 16; // of the value width, in a slice
override EDGE: bool = true; // whether a slice of the width may hold less than its quads
override VALUE_EDGE: bool = true;
override CAUSAL: bool = false;
override MASK: u32 = 0; // 0: none, 1: true where allowed, 2: added
override DROPOUT: bool = false;

const MASKED = -2e38; // a score that is not allowed: 2^(MASKED - maximum) is 0
const LOWEST_MASK = -1e30;
const LOG2E = 1.4426950408889634;
const NEGATIVE_INFINITY = 0xff800000u; // bits

const ROWS = 64u; // keys
const TILE = 16u; // queries
var<workgroup> tile_q: array<vec4<f32>, 256>;
var<workgroup> tile_dy: array<vec4<f32>, 256>;
var<workgroup> scores: array<f32, 1024>; // [query, invocation]: each touches its own alone
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

// A score, in units of log 2, where allowed. Past the last query all is as for it, or powers overflow.
fn masked(score: f32, query: u32, key: u32, mask_at: u32) -> f32 {
  var result = score;
  let row = min(query, params.queries - 1u);
  if (MASK != 0u) {
    let given = load_mask(mask_at + row * params.maskStrideRow + min(key, params.keys - 1u) * params.maskStrideColumn);
    if (MASK == 1u) {
      result = select(MASKED, result, given != 0.0);
    } else {
      let is_infinite = bitcast<u32>(given) == NEGATIVE_INFINITY;
      result = select(result + max(given, LOWEST_MASK) * LOG2E, MASKED, is_infinite);
    }
  }
  return select(result, MASKED, (CAUSAL && key > row) || key >= params.keys);
}

// What dropout leaves of a weight, before it is scaled.
fn kept(weight: f32, query: u32, key: u32, item: u32) -> f32 {
  let element = (item * params.queries + query) * params.keys + key;
  return select(weight, 0.0, (threefry(element) >> 8u) < params.dropBelow);
}

fn store_quad(i: u32, d: u32, quad: vec4<f32>, size: u32) {
  if (!(EDGE || VALUE_EDGE) || d + 4u <= size) {
    store_dkv4(i + d, quad);
    return;
  }
  if (d < size) { store_dkv(i + d, quad.x); } if (d + 1u < size) { store_dkv(i + d + 1u, quad.y); }
  if (d + 2u < size) { store_dkv(i + d + 2u, quad.z); }
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let blocks = (params.keys + ROWS - 1u) / ROWS;
  let index = group.y * groups.x + group.x;
  let items = params.batch * params.keyHeads;
  let rest = index / blocks;
  let part = rest / items;
  let slice = part / 2u;
  let is_value = (part & 1u) == 1u;
  let size = select(params.width, params.valueWidth, is_value);
  let start = slice * 64u;
  if (start >= size) {
    return;
  }
  let item = rest - part * items;
  let batch = item / params.keyHeads;
  let key_head = item - batch * params.keyHeads;
  let first = (index - rest * blocks) * ROWS;
  let key = first + lane;
  let here = min(key, params.keys - 1u);
  let last = params.queries - 1u;
  let at_k = params.kOffset + batch * params.kStrideBatch + key_head * params.kStrideHead + here * params.kStrideRow;
  let at_v = params.vOffset + batch * params.vStrideBatch + key_head * params.vStrideHead + here * params.vStrideRow;
  let width_slices = (params.width + 63u) / 64u;
  let value_slices = (params.valueWidth + 63u) / 64u;
  let kind = params.batch * params.heads * params.queries;

  var k0: vec4<f32>; var k1: vec4<f32>; var k2: vec4<f32>; var k3: vec4<f32>;
  var k4: vec4<f32>; var k5: vec4<f32>; var k6: vec4<f32>; var k7: vec4<f32>;
  var k8: vec4<f32>; var k9: vec4<f32>; var k10: vec4<f32>; var k11: vec4<f32>;
  var k12: vec4<f32>; var k13: vec4<f32>; var k14: vec4<f32>; var k15: vec4<f32>;
  var v0: vec4<f32>; var v1: vec4<f32>; var v2: vec4<f32>; var v3: vec4<f32>;
  var v4: vec4<f32>; var v5: vec4<f32>; var v6: vec4<f32>; var v7: vec4<f32>;
  var v8: vec4<f32>; var v9: vec4<f32>; var v10: vec4<f32>; var v11: vec4<f32>;
  var v12: vec4<f32>; var v13: vec4<f32>; var v14: vec4<f32>; var v15: vec4<f32>;
  var x0: vec4<f32>; var x1: vec4<f32>; var x2: vec4<f32>; var x3: vec4<f32>;
  var x4: vec4<f32>; var x5: vec4<f32>; var x6: vec4<f32>; var x7: vec4<f32>;
  var x8: vec4<f32>; var x9: vec4<f32>; var x10: vec4<f32>; var x11: vec4<f32>;
  var x12: vec4<f32>; var x13: vec4<f32>; var x14: vec4<f32>; var x15: vec4<f32>;
  k0 = quad_k(at_k, 0u) * params.scaleLog2;
  if (QUADS > 1u) { k1 = quad_k(at_k, 4u) * params.scaleLog2; } if (QUADS > 2u) { k2 = quad_k(at_k, 8u) * params.scaleLog2; }
  if (QUADS > 3u) { k3 = quad_k(at_k, 12u) * params.scaleLog2; } if (QUADS > 4u) { k4 = quad_k(at_k, 16u) * params.scaleLog2; }
  if (QUADS > 5u) { k5 = quad_k(at_k, 20u) * params.scaleLog2; } if (QUADS > 6u) { k6 = quad_k(at_k, 24u) * params.scaleLog2; }
  if (QUADS > 7u) { k7 = quad_k(at_k, 28u) * params.scaleLog2; } if (QUADS > 8u) { k8 = quad_k(at_k, 32u) * params.scaleLog2; }
  if (QUADS > 9u) { k9 = quad_k(at_k, 36u) * params.scaleLog2; } if (QUADS > 10u) { k10 = quad_k(at_k, 40u) * params.scaleLog2; }
  if (QUADS > 11u) { k11 = quad_k(at_k, 44u) * params.scaleLog2; } if (QUADS > 12u) { k12 = quad_k(at_k, 48u) * params.scaleLog2; }
  if (QUADS > 13u) { k13 = quad_k(at_k, 52u) * params.scaleLog2; } if (QUADS > 14u) { k14 = quad_k(at_k, 56u) * params.scaleLog2; }
  if (QUADS > 15u) { k15 = quad_k(at_k, 60u) * params.scaleLog2; }
  if (!is_value) {
    v0 = quad_v(at_v, 0u);
    if (VALUE_QUADS > 1u) { v1 = quad_v(at_v, 4u); } if (VALUE_QUADS > 2u) { v2 = quad_v(at_v, 8u); }
    if (VALUE_QUADS > 3u) { v3 = quad_v(at_v, 12u); } if (VALUE_QUADS > 4u) { v4 = quad_v(at_v, 16u); }
    if (VALUE_QUADS > 5u) { v5 = quad_v(at_v, 20u); } if (VALUE_QUADS > 6u) { v6 = quad_v(at_v, 24u); }
    if (VALUE_QUADS > 7u) { v7 = quad_v(at_v, 28u); } if (VALUE_QUADS > 8u) { v8 = quad_v(at_v, 32u); }
    if (VALUE_QUADS > 9u) { v9 = quad_v(at_v, 36u); } if (VALUE_QUADS > 10u) { v10 = quad_v(at_v, 40u); }
    if (VALUE_QUADS > 11u) { v11 = quad_v(at_v, 44u); } if (VALUE_QUADS > 12u) { v12 = quad_v(at_v, 48u); }
    if (VALUE_QUADS > 13u) { v13 = quad_v(at_v, 52u); } if (VALUE_QUADS > 14u) { v14 = quad_v(at_v, 56u); }
    if (VALUE_QUADS > 15u) { v15 = quad_v(at_v, 60u); }
  }
  let sharing = params.heads / params.keyHeads;
  for (var head = key_head * sharing; head < (key_head + 1u) * sharing; head++) {
    let row = batch * params.heads + head;
    let start_q = params.qOffset + batch * params.qStrideBatch + head * params.qStrideHead;
    let start_dy = params.dyOffset + batch * params.dyStrideBatch + head * params.dyStrideHead;
    let mask_at = params.maskOffset + batch * params.maskStrideBatch + head * params.maskStrideHead;
    for (var i = select(0u, first, CAUSAL); i < params.queries; i += TILE) {
      for (var n = 1u; n <= width_slices; n++) {
        let d = (slice + n) % width_slices * 64u;
        workgroupBarrier();
        for (var slot = lane; slot < TILE * QUADS; slot += 64u) {
          let row = slot / QUADS;
          tile_q[slot] = quad_q(start_q + min(i + row, last) * params.qStrideRow, d + 4u * (slot - row * QUADS));
        }
        workgroupBarrier();
        if (width_slices > 1u) {
          k0 = quad_k(at_k, d) * params.scaleLog2;
          if (QUADS > 1u) { k1 = quad_k(at_k, d + 4u) * params.scaleLog2; } if (QUADS > 2u) { k2 = quad_k(at_k, d + 8u) * params.scaleLog2; }
          if (QUADS > 3u) { k3 = quad_k(at_k, d + 12u) * params.scaleLog2; } if (QUADS > 4u) { k4 = quad_k(at_k, d + 16u) * params.scaleLog2; }
          if (QUADS > 5u) { k5 = quad_k(at_k, d + 20u) * params.scaleLog2; } if (QUADS > 6u) { k6 = quad_k(at_k, d + 24u) * params.scaleLog2; }
          if (QUADS > 7u) { k7 = quad_k(at_k, d + 28u) * params.scaleLog2; } if (QUADS > 8u) { k8 = quad_k(at_k, d + 32u) * params.scaleLog2; }
          if (QUADS > 9u) { k9 = quad_k(at_k, d + 36u) * params.scaleLog2; } if (QUADS > 10u) { k10 = quad_k(at_k, d + 40u) * params.scaleLog2; }
          if (QUADS > 11u) { k11 = quad_k(at_k, d + 44u) * params.scaleLog2; } if (QUADS > 12u) { k12 = quad_k(at_k, d + 48u) * params.scaleLog2; }
          if (QUADS > 13u) { k13 = quad_k(at_k, d + 52u) * params.scaleLog2; } if (QUADS > 14u) { k14 = quad_k(at_k, d + 56u) * params.scaleLog2; }
          if (QUADS > 15u) { k15 = quad_k(at_k, d + 60u) * params.scaleLog2; }
        }
        for (var query = 0u; query < TILE; query++) {
          let at = query * QUADS;
          var dot = k0 * tile_q[at];
          if (QUADS > 1u) { dot += k1 * tile_q[at + 1u]; } if (QUADS > 2u) { dot += k2 * tile_q[at + 2u]; }
          if (QUADS > 3u) { dot += k3 * tile_q[at + 3u]; } if (QUADS > 4u) { dot += k4 * tile_q[at + 4u]; }
          if (QUADS > 5u) { dot += k5 * tile_q[at + 5u]; } if (QUADS > 6u) { dot += k6 * tile_q[at + 6u]; }
          if (QUADS > 7u) { dot += k7 * tile_q[at + 7u]; } if (QUADS > 8u) { dot += k8 * tile_q[at + 8u]; }
          if (QUADS > 9u) { dot += k9 * tile_q[at + 9u]; } if (QUADS > 10u) { dot += k10 * tile_q[at + 10u]; }
          if (QUADS > 11u) { dot += k11 * tile_q[at + 11u]; } if (QUADS > 12u) { dot += k12 * tile_q[at + 12u]; }
          if (QUADS > 13u) { dot += k13 * tile_q[at + 13u]; } if (QUADS > 14u) { dot += k14 * tile_q[at + 14u]; }
          if (QUADS > 15u) { dot += k15 * tile_q[at + 15u]; }
          let score = (dot.x + dot.y) + (dot.z + dot.w);
          scores[query * ROWS + lane] = select(score, score + scores[query * ROWS + lane], n > 1u);
        }
      }
      // For dk every slice of dy pulls; for dv that of this slice alone is summed.
      for (var n = select(1u, value_slices, is_value); n <= value_slices; n++) {
        let d = (slice + n) % value_slices * 64u;
        workgroupBarrier();
        for (var slot = lane; slot < TILE * VALUE_QUADS; slot += 64u) {
          let row = slot / VALUE_QUADS;
          tile_dy[slot] = quad_dy(start_dy + min(i + row, last) * params.dyStrideRow, d + 4u * (slot - row * VALUE_QUADS));
        }
        workgroupBarrier();
        if (is_value) {
          continue;
        }
        if (value_slices > 1u) {
          v0 = quad_v(at_v, d);
          if (VALUE_QUADS > 1u) { v1 = quad_v(at_v, d + 4u); } if (VALUE_QUADS > 2u) { v2 = quad_v(at_v, d + 8u); }
          if (VALUE_QUADS > 3u) { v3 = quad_v(at_v, d + 12u); } if (VALUE_QUADS > 4u) { v4 = quad_v(at_v, d + 16u); }
          if (VALUE_QUADS > 5u) { v5 = quad_v(at_v, d + 20u); } if (VALUE_QUADS > 6u) { v6 = quad_v(at_v, d + 24u); }
          if (VALUE_QUADS > 7u) { v7 = quad_v(at_v, d + 28u); } if (VALUE_QUADS > 8u) { v8 = quad_v(at_v, d + 32u); }
          if (VALUE_QUADS > 9u) { v9 = quad_v(at_v, d + 36u); } if (VALUE_QUADS > 10u) { v10 = quad_v(at_v, d + 40u); }
          if (VALUE_QUADS > 11u) { v11 = quad_v(at_v, d + 44u); } if (VALUE_QUADS > 12u) { v12 = quad_v(at_v, d + 48u); }
          if (VALUE_QUADS > 13u) { v13 = quad_v(at_v, d + 52u); } if (VALUE_QUADS > 14u) { v14 = quad_v(at_v, d + 56u); }
          if (VALUE_QUADS > 15u) { v15 = quad_v(at_v, d + 60u); }
        }
        for (var query = 0u; query < TILE; query++) {
          let at = query * VALUE_QUADS;
          var dot = v0 * tile_dy[at];
          if (VALUE_QUADS > 1u) { dot += v1 * tile_dy[at + 1u]; } if (VALUE_QUADS > 2u) { dot += v2 * tile_dy[at + 2u]; }
          if (VALUE_QUADS > 3u) { dot += v3 * tile_dy[at + 3u]; } if (VALUE_QUADS > 4u) { dot += v4 * tile_dy[at + 4u]; }
          if (VALUE_QUADS > 5u) { dot += v5 * tile_dy[at + 5u]; } if (VALUE_QUADS > 6u) { dot += v6 * tile_dy[at + 6u]; }
          if (VALUE_QUADS > 7u) { dot += v7 * tile_dy[at + 7u]; } if (VALUE_QUADS > 8u) { dot += v8 * tile_dy[at + 8u]; }
          if (VALUE_QUADS > 9u) { dot += v9 * tile_dy[at + 9u]; } if (VALUE_QUADS > 10u) { dot += v10 * tile_dy[at + 10u]; }
          if (VALUE_QUADS > 11u) { dot += v11 * tile_dy[at + 11u]; } if (VALUE_QUADS > 12u) { dot += v12 * tile_dy[at + 12u]; }
          if (VALUE_QUADS > 13u) { dot += v13 * tile_dy[at + 13u]; } if (VALUE_QUADS > 14u) { dot += v14 * tile_dy[at + 14u]; }
          if (VALUE_QUADS > 15u) { dot += v15 * tile_dy[at + 15u]; }
          let pull = (dot.x + dot.y) + (dot.z + dot.w);
          pulls[query * ROWS + lane] = select(pull, pull + pulls[query * ROWS + lane], n > 1u);
        }
      }
      for (var query = 0u; query < TILE; query++) {
        let number = i + query;
        let at_stats = row * params.queries + min(number, last);
        let inverse = select(0.0, load_stats(2u * kind + at_stats), number < params.queries);
        let weight = exp2(masked(scores[query * ROWS + lane], number, key, mask_at) - load_stats(kind + at_stats)) * inverse;
        if (is_value) {
          var left = weight;
          if (DROPOUT) {
            left = kept(weight, number, key, row) * params.keepScale;
          }
          let at = query * VALUE_QUADS;
          x0 += left * tile_dy[at];
          if (VALUE_QUADS > 1u) { x1 += left * tile_dy[at + 1u]; } if (VALUE_QUADS > 2u) { x2 += left * tile_dy[at + 2u]; }
          if (VALUE_QUADS > 3u) { x3 += left * tile_dy[at + 3u]; } if (VALUE_QUADS > 4u) { x4 += left * tile_dy[at + 4u]; }
          if (VALUE_QUADS > 5u) { x5 += left * tile_dy[at + 5u]; } if (VALUE_QUADS > 6u) { x6 += left * tile_dy[at + 6u]; }
          if (VALUE_QUADS > 7u) { x7 += left * tile_dy[at + 7u]; } if (VALUE_QUADS > 8u) { x8 += left * tile_dy[at + 8u]; }
          if (VALUE_QUADS > 9u) { x9 += left * tile_dy[at + 9u]; } if (VALUE_QUADS > 10u) { x10 += left * tile_dy[at + 10u]; }
          if (VALUE_QUADS > 11u) { x11 += left * tile_dy[at + 11u]; } if (VALUE_QUADS > 12u) { x12 += left * tile_dy[at + 12u]; }
          if (VALUE_QUADS > 13u) { x13 += left * tile_dy[at + 13u]; } if (VALUE_QUADS > 14u) { x14 += left * tile_dy[at + 14u]; }
          if (VALUE_QUADS > 15u) { x15 += left * tile_dy[at + 15u]; }
        } else {
          var pull = pulls[query * ROWS + lane];
          if (DROPOUT) {
            pull = kept(pull, number, key, row) * params.keepScale;
          }
          let pulled = weight * (pull - load_stats(at_stats)) * params.scale;
          let at = query * QUADS;
          x0 += pulled * tile_q[at];
          if (QUADS > 1u) { x1 += pulled * tile_q[at + 1u]; } if (QUADS > 2u) { x2 += pulled * tile_q[at + 2u]; }
          if (QUADS > 3u) { x3 += pulled * tile_q[at + 3u]; } if (QUADS > 4u) { x4 += pulled * tile_q[at + 4u]; }
          if (QUADS > 5u) { x5 += pulled * tile_q[at + 5u]; } if (QUADS > 6u) { x6 += pulled * tile_q[at + 6u]; }
          if (QUADS > 7u) { x7 += pulled * tile_q[at + 7u]; } if (QUADS > 8u) { x8 += pulled * tile_q[at + 8u]; }
          if (QUADS > 9u) { x9 += pulled * tile_q[at + 9u]; } if (QUADS > 10u) { x10 += pulled * tile_q[at + 10u]; }
          if (QUADS > 11u) { x11 += pulled * tile_q[at + 11u]; } if (QUADS > 12u) { x12 += pulled * tile_q[at + 12u]; }
          if (QUADS > 13u) { x13 += pulled * tile_q[at + 13u]; } if (QUADS > 14u) { x14 += pulled * tile_q[at + 14u]; }
          if (QUADS > 15u) { x15 += pulled * tile_q[at + 15u]; }
        }
      }
    }
  }

  if (key >= params.keys) {
    return;
  }
  let rows = params.keys * params.keyHeads;
  let to = select(0u, params.batch * rows * params.width, is_value)
    + ((batch * params.keys + key) * params.keyHeads + key_head) * size;
  store_quad(to, start, x0, size);
  if (QUADS > 1u || VALUE_QUADS > 1u) { store_quad(to, start + 4u, x1, size); } if (QUADS > 2u || VALUE_QUADS > 2u) { store_quad(to, start + 8u, x2, size); }
  if (QUADS > 3u || VALUE_QUADS > 3u) { store_quad(to, start + 12u, x3, size); } if (QUADS > 4u || VALUE_QUADS > 4u) { store_quad(to, start + 16u, x4, size); }
  if (QUADS > 5u || VALUE_QUADS > 5u) { store_quad(to, start + 20u, x5, size); } if (QUADS > 6u || VALUE_QUADS > 6u) { store_quad(to, start + 24u, x6, size); }
  if (QUADS > 7u || VALUE_QUADS > 7u) { store_quad(to, start + 28u, x7, size); } if (QUADS > 8u || VALUE_QUADS > 8u) { store_quad(to, start + 32u, x8, size); }
  if (QUADS > 9u || VALUE_QUADS > 9u) { store_quad(to, start + 36u, x9, size); } if (QUADS > 10u || VALUE_QUADS > 10u) { store_quad(to, start + 40u, x10, size); }
  if (QUADS > 11u || VALUE_QUADS > 11u) { store_quad(to, start + 44u, x11, size); } if (QUADS > 12u || VALUE_QUADS > 12u) { store_quad(to, start + 48u, x12, size); }
  if (QUADS > 13u || VALUE_QUADS > 13u) { store_quad(to, start + 52u, x13, size); } if (QUADS > 14u || VALUE_QUADS > 14u) { store_quad(to, start + 56u, x14, size); }
  if (QUADS > 15u || VALUE_QUADS > 15u) { store_quad(to, start + 60u, x15, size); }
}
