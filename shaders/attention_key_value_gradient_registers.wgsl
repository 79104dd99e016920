// attention_key_value_gradient_registers: dkv = [scale sum_i ds[i, j] q[i], sum_i dropout(p)[i, j] dy[i]] for each key j
//
// p = softmax_j(scale q[i] k[j] + mask[i, j]), computed again; ds = p (dropout(dy[i] v[j]) - stats[0, i]). The sums go over
// the queries of all heads that share a head of k and v.
//
// Layout    q, dy: [batch, heads, queries, width or valueWidth], k, v: [batch, keyHeads, keys, …], mask: [batch, heads,
//           queries, keys], all by strides; stats: [3, batch, heads, queries], see attention_stats_rows; random: seed,
//           stream, step. dkv: [batch, keys, keyHeads, width], then [batch, keys, keyHeads, valueWidth].
// Work      one invocation per ROWS keys and slice of 64 elements of both widths, over queries in blocks of 4; heads side by
//           side, so that lanes end together. No barriers.
// Memory    reads q and dy keys / ROWS times, straight from global memory. A slice of k, v, dk and dv stays in registers;
//           what is wider is read again for each block of queries; each slice computes all scores.
// Numerics  one f32 accumulator per element. A row in which nothing is allowed adds 0.
// Limits    ROWS is 4 or 8; QUADS and VALUE_QUADS are at most 16.

struct Params {
  batch: u32,
  heads: u32, // of q
  keyHeads: u32, // of k and v
  queries: u32,
  keys: u32,
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

override WORKGROUP_SIZE: u32 = 16;
override ROWS: u32 = 8; // 4 or 8
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

fn threefry_round(x: ptr<function, vec4<u32>>, y: ptr<function, vec4<u32>>, left: u32) {
  *x += *y;
  *y = ((*y << vec4<u32>(left)) | (*y >> vec4<u32>(32u - left))) ^ *x;
}

fn threefry_even(x: ptr<function, vec4<u32>>, y: ptr<function, vec4<u32>>) {
  threefry_round(x, y, 13u);
  threefry_round(x, y, 15u);
  threefry_round(x, y, 26u);
  threefry_round(x, y, 6u);
}

fn threefry_odd(x: ptr<function, vec4<u32>>, y: ptr<function, vec4<u32>>) {
  threefry_round(x, y, 17u);
  threefry_round(x, y, 29u);
  threefry_round(x, y, 16u);
  threefry_round(x, y, 24u);
}

// Random bits for four elements: lib/threefry.wgsl, with one key for all.
fn threefry(element: vec4<u32>) -> vec4<u32> {
  let key0 = load_random(0u);
  let key1 = load_random(1u);
  let key2 = key0 ^ key1 ^ 0x1bd11bdau;
  var x = vec4<u32>(load_random(2u) + key0);
  var y = element + key1;
  threefry_even(&x, &y);
  x += key1;
  y += key2 + 1u;
  threefry_odd(&x, &y);
  x += key2;
  y += key0 + 2u;
  threefry_even(&x, &y);
  x += key0;
  y += key1 + 3u;
  threefry_odd(&x, &y);
  x += key1;
  y += key2 + 4u;
  threefry_even(&x, &y);
  return x + key2;
}

// Four quads with zeros where they reach over the end of a row.
fn inside(quads: mat4x4<f32>, d: u32, size: u32) -> mat4x4<f32> {
  let is_inside = vec4<u32>(d, d + 1u, d + 2u, d + 3u) < vec4<u32>(size);
  return mat4x4<f32>(
    select(vec4<f32>(), quads[0], is_inside),
    select(vec4<f32>(), quads[1], is_inside),
    select(vec4<f32>(), quads[2], is_inside),
    select(vec4<f32>(), quads[3], is_inside),
  );
}

fn block_q(rows: vec4<u32>, d: u32) -> mat4x4<f32> {
  let quads = mat4x4<f32>(
    load_q4(rows.x + d),
    load_q4(rows.y + d),
    load_q4(rows.z + d),
    load_q4(rows.w + d),
  );
  if (EDGE) {
    return inside(quads, d, params.width);
  }
  return quads;
}

fn block_k(rows: vec4<u32>, d: u32) -> mat4x4<f32> {
  let quads = mat4x4<f32>(
    load_k4(rows.x + d),
    load_k4(rows.y + d),
    load_k4(rows.z + d),
    load_k4(rows.w + d),
  );
  if (EDGE) {
    return inside(quads, d, params.width);
  }
  return quads;
}

fn block_v(rows: vec4<u32>, d: u32) -> mat4x4<f32> {
  let quads = mat4x4<f32>(
    load_v4(rows.x + d),
    load_v4(rows.y + d),
    load_v4(rows.z + d),
    load_v4(rows.w + d),
  );
  if (VALUE_EDGE) {
    return inside(quads, d, params.valueWidth);
  }
  return quads;
}

fn block_dy(rows: vec4<u32>, d: u32) -> mat4x4<f32> {
  let quads = mat4x4<f32>(
    load_dy4(rows.x + d),
    load_dy4(rows.y + d),
    load_dy4(rows.z + d),
    load_dy4(rows.w + d),
  );
  if (VALUE_EDGE) {
    return inside(quads, d, params.valueWidth);
  }
  return quads;
}

// Scores of one query and four keys, in units of log 2, where attention is allowed.
fn masked(scores: vec4<f32>, query: u32, keys: vec4<u32>, mask_at: u32) -> vec4<f32> {
  var result = scores;
  if (MASK != 0u) {
    let columns = min(keys, vec4<u32>(params.keys - 1u)) * params.maskStrideColumn;
    let at = columns + (mask_at + min(query, params.queries - 1u) * params.maskStrideRow);
    let given = vec4<f32>(load_mask(at.x), load_mask(at.y), load_mask(at.z), load_mask(at.w));
    if (MASK == 1u) {
      result = select(vec4<f32>(MASKED), result, given != vec4<f32>());
    } else {
      let is_infinite = bitcast<vec4<u32>>(given) == vec4<u32>(NEGATIVE_INFINITY);
      result = select(result + max(given, vec4<f32>(LOWEST_MASK)) * LOG2E, vec4<f32>(MASKED), is_infinite);
    }
  }
  if (CAUSAL) {
    result = select(result, vec4<f32>(MASKED), vec4<u32>(query) < keys);
  }
  return result;
}

// What dropout leaves of one query's weights for four keys, before they are scaled.
fn kept(weights: vec4<f32>, query: u32, keys: vec4<u32>, item: u32) -> vec4<f32> {
  let element = (item * params.queries + query) * params.keys + keys;
  return select(weights, vec4<f32>(), (threefry(element) >> vec4<u32>(8u)) < vec4<u32>(params.dropBelow));
}

// Numbers of four rows from `first` on.
fn stats_of(kind: u32, item: u32, first: u32) -> vec4<f32> {
  let at = (kind * params.batch * params.heads + item) * params.queries;
  let rows = at + min(vec4<u32>(first, first + 1u, first + 2u, first + 3u), vec4<u32>(params.queries - 1u));
  return vec4<f32>(load_stats(rows.x), load_stats(rows.y), load_stats(rows.z), load_stats(rows.w));
}

// Weights of four queries from `query` on (a column each) and four keys.
fn weights_of(
  scores: mat4x4<f32>,
  top: vec4<f32>,
  inverse: vec4<f32>,
  query: u32,
  keys: vec4<u32>,
  mask_at: u32,
) -> mat4x4<f32> {
  return mat4x4<f32>(
    exp2(masked(scores[0], query, keys, mask_at) - top.x) * inverse.x,
    exp2(masked(scores[1], query + 1u, keys, mask_at) - top.y) * inverse.y,
    exp2(masked(scores[2], query + 2u, keys, mask_at) - top.z) * inverse.z,
    exp2(masked(scores[3], query + 3u, keys, mask_at) - top.w) * inverse.w,
  );
}

fn kept_block(weights: mat4x4<f32>, query: u32, keys: vec4<u32>, item: u32) -> mat4x4<f32> {
  return params.keepScale * mat4x4<f32>(
    kept(weights[0], query, keys, item),
    kept(weights[1], query + 1u, keys, item),
    kept(weights[2], query + 2u, keys, item),
    kept(weights[3], query + 3u, keys, item),
  );
}

// dL/dscore, from weights and dL/dweight; a column for each key.
fn pulled(weights: mat4x4<f32>, pulls: mat4x4<f32>, delta: vec4<f32>) -> mat4x4<f32> {
  return transpose(mat4x4<f32>(
    weights[0] * (pulls[0] - delta.x),
    weights[1] * (pulls[1] - delta.y),
    weights[2] * (pulls[2] - delta.z),
    weights[3] * (pulls[3] - delta.w),
  ));
}

fn store_quad(i: u32, d: u32, quad: vec4<f32>, size: u32) {
  if (!(EDGE || VALUE_EDGE) || d + 4u <= size) {
    store_dkv4(i + d, quad);
    return;
  }
  if (d < size) { store_dkv(i + d, quad.x); }
  if (d + 1u < size) { store_dkv(i + d + 1u, quad.y); }
  if (d + 2u < size) { store_dkv(i + d + 2u, quad.z); }
}

// Columns of two blocks to rows `first` …, `stride` apart; those past the last key are left out.
fn store_rows(above: mat4x4<f32>, below: mat4x4<f32>, start: u32, first: u32, d: u32, size: u32) {
  let stride = params.keyHeads * size;
  let left = params.keys - first;
  let i = start + first * stride;
  store_quad(i, d, above[0], size);
  if (left > 1u) { store_quad(i + stride, d, above[1], size); }
  if (left > 2u) { store_quad(i + 2u * stride, d, above[2], size); }
  if (left > 3u) { store_quad(i + 3u * stride, d, above[3], size); }
  if (ROWS > 4u) {
    if (left > 4u) { store_quad(i + 4u * stride, d, below[0], size); }
    if (left > 5u) { store_quad(i + 5u * stride, d, below[1], size); }
    if (left > 6u) { store_quad(i + 6u * stride, d, below[2], size); }
    if (left > 7u) { store_quad(i + 7u * stride, d, below[3], size); }
  }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let items = params.batch * params.keyHeads;
  let blocks = (params.keys + ROWS - 1u) / ROWS;
  let index = (group.y * groups.x + group.x) * WORKGROUP_SIZE + lane;
  let rest = index / items;
  let slice = rest / blocks;
  if (slice >= params.slices) {
    return;
  }
  let item = index - rest * items;
  let batch = item / params.keyHeads;
  let key_head = item - batch * params.keyHeads;
  let first = (rest - slice * blocks) * ROWS;
  let start = slice * 64u;
  let above = first + vec4<u32>(0u, 1u, 2u, 3u);
  let below = above + 4u;
  let last = vec4<u32>(params.keys - 1u);
  let start_k = params.kOffset + batch * params.kStrideBatch + key_head * params.kStrideHead;
  let k_above = start_k + min(above, last) * params.kStrideRow;
  let k_below = start_k + min(below, last) * params.kStrideRow;
  let start_v = params.vOffset + batch * params.vStrideBatch + key_head * params.vStrideHead;
  let v_above = start_v + min(above, last) * params.vStrideRow;
  let v_below = start_v + min(below, last) * params.vStrideRow;

  var k0a: mat4x4<f32>; var k0b: mat4x4<f32>; var x0a: mat4x4<f32>; var x0b: mat4x4<f32>;
  var k1a: mat4x4<f32>; var k1b: mat4x4<f32>; var x1a: mat4x4<f32>; var x1b: mat4x4<f32>;
  var k2a: mat4x4<f32>; var k2b: mat4x4<f32>; var x2a: mat4x4<f32>; var x2b: mat4x4<f32>;
  var k3a: mat4x4<f32>; var k3b: mat4x4<f32>; var x3a: mat4x4<f32>; var x3b: mat4x4<f32>;
  var k4a: mat4x4<f32>; var k4b: mat4x4<f32>; var x4a: mat4x4<f32>; var x4b: mat4x4<f32>;
  var k5a: mat4x4<f32>; var k5b: mat4x4<f32>; var x5a: mat4x4<f32>; var x5b: mat4x4<f32>;
  var k6a: mat4x4<f32>; var k6b: mat4x4<f32>; var x6a: mat4x4<f32>; var x6b: mat4x4<f32>;
  var k7a: mat4x4<f32>; var k7b: mat4x4<f32>; var x7a: mat4x4<f32>; var x7b: mat4x4<f32>;
  var k8a: mat4x4<f32>; var k8b: mat4x4<f32>; var x8a: mat4x4<f32>; var x8b: mat4x4<f32>;
  var k9a: mat4x4<f32>; var k9b: mat4x4<f32>; var x9a: mat4x4<f32>; var x9b: mat4x4<f32>;
  var k10a: mat4x4<f32>; var k10b: mat4x4<f32>; var x10a: mat4x4<f32>; var x10b: mat4x4<f32>;
  var k11a: mat4x4<f32>; var k11b: mat4x4<f32>; var x11a: mat4x4<f32>; var x11b: mat4x4<f32>;
  var k12a: mat4x4<f32>; var k12b: mat4x4<f32>; var x12a: mat4x4<f32>; var x12b: mat4x4<f32>;
  var k13a: mat4x4<f32>; var k13b: mat4x4<f32>; var x13a: mat4x4<f32>; var x13b: mat4x4<f32>;
  var k14a: mat4x4<f32>; var k14b: mat4x4<f32>; var x14a: mat4x4<f32>; var x14b: mat4x4<f32>;
  var k15a: mat4x4<f32>; var k15b: mat4x4<f32>; var x15a: mat4x4<f32>; var x15b: mat4x4<f32>;
  var v0a: mat4x4<f32>; var v0b: mat4x4<f32>; var w0a: mat4x4<f32>; var w0b: mat4x4<f32>;
  var v1a: mat4x4<f32>; var v1b: mat4x4<f32>; var w1a: mat4x4<f32>; var w1b: mat4x4<f32>;
  var v2a: mat4x4<f32>; var v2b: mat4x4<f32>; var w2a: mat4x4<f32>; var w2b: mat4x4<f32>;
  var v3a: mat4x4<f32>; var v3b: mat4x4<f32>; var w3a: mat4x4<f32>; var w3b: mat4x4<f32>;
  var v4a: mat4x4<f32>; var v4b: mat4x4<f32>; var w4a: mat4x4<f32>; var w4b: mat4x4<f32>;
  var v5a: mat4x4<f32>; var v5b: mat4x4<f32>; var w5a: mat4x4<f32>; var w5b: mat4x4<f32>;
  var v6a: mat4x4<f32>; var v6b: mat4x4<f32>; var w6a: mat4x4<f32>; var w6b: mat4x4<f32>;
  var v7a: mat4x4<f32>; var v7b: mat4x4<f32>; var w7a: mat4x4<f32>; var w7b: mat4x4<f32>;
  var v8a: mat4x4<f32>; var v8b: mat4x4<f32>; var w8a: mat4x4<f32>; var w8b: mat4x4<f32>;
  var v9a: mat4x4<f32>; var v9b: mat4x4<f32>; var w9a: mat4x4<f32>; var w9b: mat4x4<f32>;
  var v10a: mat4x4<f32>; var v10b: mat4x4<f32>; var w10a: mat4x4<f32>; var w10b: mat4x4<f32>;
  var v11a: mat4x4<f32>; var v11b: mat4x4<f32>; var w11a: mat4x4<f32>; var w11b: mat4x4<f32>;
  var v12a: mat4x4<f32>; var v12b: mat4x4<f32>; var w12a: mat4x4<f32>; var w12b: mat4x4<f32>;
  var v13a: mat4x4<f32>; var v13b: mat4x4<f32>; var w13a: mat4x4<f32>; var w13b: mat4x4<f32>;
  var v14a: mat4x4<f32>; var v14b: mat4x4<f32>; var w14a: mat4x4<f32>; var w14b: mat4x4<f32>;
  var v15a: mat4x4<f32>; var v15b: mat4x4<f32>; var w15a: mat4x4<f32>; var w15b: mat4x4<f32>;
  if (QUADS > 0u) { k0a = block_k(k_above, start + 0u) * params.scaleLog2; if (ROWS > 4u) { k0b = block_k(k_below, start + 0u) * params.scaleLog2; } }
  if (QUADS > 1u) { k1a = block_k(k_above, start + 4u) * params.scaleLog2; if (ROWS > 4u) { k1b = block_k(k_below, start + 4u) * params.scaleLog2; } }
  if (QUADS > 2u) { k2a = block_k(k_above, start + 8u) * params.scaleLog2; if (ROWS > 4u) { k2b = block_k(k_below, start + 8u) * params.scaleLog2; } }
  if (QUADS > 3u) { k3a = block_k(k_above, start + 12u) * params.scaleLog2; if (ROWS > 4u) { k3b = block_k(k_below, start + 12u) * params.scaleLog2; } }
  if (QUADS > 4u) { k4a = block_k(k_above, start + 16u) * params.scaleLog2; if (ROWS > 4u) { k4b = block_k(k_below, start + 16u) * params.scaleLog2; } }
  if (QUADS > 5u) { k5a = block_k(k_above, start + 20u) * params.scaleLog2; if (ROWS > 4u) { k5b = block_k(k_below, start + 20u) * params.scaleLog2; } }
  if (QUADS > 6u) { k6a = block_k(k_above, start + 24u) * params.scaleLog2; if (ROWS > 4u) { k6b = block_k(k_below, start + 24u) * params.scaleLog2; } }
  if (QUADS > 7u) { k7a = block_k(k_above, start + 28u) * params.scaleLog2; if (ROWS > 4u) { k7b = block_k(k_below, start + 28u) * params.scaleLog2; } }
  if (QUADS > 8u) { k8a = block_k(k_above, start + 32u) * params.scaleLog2; if (ROWS > 4u) { k8b = block_k(k_below, start + 32u) * params.scaleLog2; } }
  if (QUADS > 9u) { k9a = block_k(k_above, start + 36u) * params.scaleLog2; if (ROWS > 4u) { k9b = block_k(k_below, start + 36u) * params.scaleLog2; } }
  if (QUADS > 10u) { k10a = block_k(k_above, start + 40u) * params.scaleLog2; if (ROWS > 4u) { k10b = block_k(k_below, start + 40u) * params.scaleLog2; } }
  if (QUADS > 11u) { k11a = block_k(k_above, start + 44u) * params.scaleLog2; if (ROWS > 4u) { k11b = block_k(k_below, start + 44u) * params.scaleLog2; } }
  if (QUADS > 12u) { k12a = block_k(k_above, start + 48u) * params.scaleLog2; if (ROWS > 4u) { k12b = block_k(k_below, start + 48u) * params.scaleLog2; } }
  if (QUADS > 13u) { k13a = block_k(k_above, start + 52u) * params.scaleLog2; if (ROWS > 4u) { k13b = block_k(k_below, start + 52u) * params.scaleLog2; } }
  if (QUADS > 14u) { k14a = block_k(k_above, start + 56u) * params.scaleLog2; if (ROWS > 4u) { k14b = block_k(k_below, start + 56u) * params.scaleLog2; } }
  if (QUADS > 15u) { k15a = block_k(k_above, start + 60u) * params.scaleLog2; if (ROWS > 4u) { k15b = block_k(k_below, start + 60u) * params.scaleLog2; } }
  if (VALUE_QUADS > 0u) { v0a = block_v(v_above, start + 0u); if (ROWS > 4u) { v0b = block_v(v_below, start + 0u); } }
  if (VALUE_QUADS > 1u) { v1a = block_v(v_above, start + 4u); if (ROWS > 4u) { v1b = block_v(v_below, start + 4u); } }
  if (VALUE_QUADS > 2u) { v2a = block_v(v_above, start + 8u); if (ROWS > 4u) { v2b = block_v(v_below, start + 8u); } }
  if (VALUE_QUADS > 3u) { v3a = block_v(v_above, start + 12u); if (ROWS > 4u) { v3b = block_v(v_below, start + 12u); } }
  if (VALUE_QUADS > 4u) { v4a = block_v(v_above, start + 16u); if (ROWS > 4u) { v4b = block_v(v_below, start + 16u); } }
  if (VALUE_QUADS > 5u) { v5a = block_v(v_above, start + 20u); if (ROWS > 4u) { v5b = block_v(v_below, start + 20u); } }
  if (VALUE_QUADS > 6u) { v6a = block_v(v_above, start + 24u); if (ROWS > 4u) { v6b = block_v(v_below, start + 24u); } }
  if (VALUE_QUADS > 7u) { v7a = block_v(v_above, start + 28u); if (ROWS > 4u) { v7b = block_v(v_below, start + 28u); } }
  if (VALUE_QUADS > 8u) { v8a = block_v(v_above, start + 32u); if (ROWS > 4u) { v8b = block_v(v_below, start + 32u); } }
  if (VALUE_QUADS > 9u) { v9a = block_v(v_above, start + 36u); if (ROWS > 4u) { v9b = block_v(v_below, start + 36u); } }
  if (VALUE_QUADS > 10u) { v10a = block_v(v_above, start + 40u); if (ROWS > 4u) { v10b = block_v(v_below, start + 40u); } }
  if (VALUE_QUADS > 11u) { v11a = block_v(v_above, start + 44u); if (ROWS > 4u) { v11b = block_v(v_below, start + 44u); } }
  if (VALUE_QUADS > 12u) { v12a = block_v(v_above, start + 48u); if (ROWS > 4u) { v12b = block_v(v_below, start + 48u); } }
  if (VALUE_QUADS > 13u) { v13a = block_v(v_above, start + 52u); if (ROWS > 4u) { v13b = block_v(v_below, start + 52u); } }
  if (VALUE_QUADS > 14u) { v14a = block_v(v_above, start + 56u); if (ROWS > 4u) { v14b = block_v(v_below, start + 56u); } }
  if (VALUE_QUADS > 15u) { v15a = block_v(v_above, start + 60u); if (ROWS > 4u) { v15b = block_v(v_below, start + 60u); } }

  let sharing = params.heads / params.keyHeads;
  for (var head = key_head * sharing; head < (key_head + 1u) * sharing; head++) {
    let row = batch * params.heads + head;
    let start_q = params.qOffset + batch * params.qStrideBatch + head * params.qStrideHead;
    let start_dy = params.dyOffset + batch * params.dyStrideBatch + head * params.dyStrideHead;
    let mask_at = params.maskOffset + batch * params.maskStrideBatch + head * params.maskStrideHead;
    for (var i = select(0u, first, CAUSAL); i < params.queries; i += 4u) {
      let numbers = i + vec4<u32>(0u, 1u, 2u, 3u);
      let queries = min(numbers, vec4<u32>(params.queries - 1u));
      let at_q = start_q + queries * params.qStrideRow;
      let at_dy = start_dy + queries * params.dyStrideRow;
      var score_a = mat4x4<f32>(); // a column for each query, a row for each key above
      var score_b = mat4x4<f32>();
      var pull_a = mat4x4<f32>();
      var pull_b = mat4x4<f32>();
      var q0: mat4x4<f32>; if (QUADS > 0u) { q0 = block_q(at_q, start + 0u); score_a += transpose(k0a) * q0; if (ROWS > 4u) { score_b += transpose(k0b) * q0; } }
      var q1: mat4x4<f32>; if (QUADS > 1u) { q1 = block_q(at_q, start + 4u); score_a += transpose(k1a) * q1; if (ROWS > 4u) { score_b += transpose(k1b) * q1; } }
      var q2: mat4x4<f32>; if (QUADS > 2u) { q2 = block_q(at_q, start + 8u); score_a += transpose(k2a) * q2; if (ROWS > 4u) { score_b += transpose(k2b) * q2; } }
      var q3: mat4x4<f32>; if (QUADS > 3u) { q3 = block_q(at_q, start + 12u); score_a += transpose(k3a) * q3; if (ROWS > 4u) { score_b += transpose(k3b) * q3; } }
      var q4: mat4x4<f32>; if (QUADS > 4u) { q4 = block_q(at_q, start + 16u); score_a += transpose(k4a) * q4; if (ROWS > 4u) { score_b += transpose(k4b) * q4; } }
      var q5: mat4x4<f32>; if (QUADS > 5u) { q5 = block_q(at_q, start + 20u); score_a += transpose(k5a) * q5; if (ROWS > 4u) { score_b += transpose(k5b) * q5; } }
      var q6: mat4x4<f32>; if (QUADS > 6u) { q6 = block_q(at_q, start + 24u); score_a += transpose(k6a) * q6; if (ROWS > 4u) { score_b += transpose(k6b) * q6; } }
      var q7: mat4x4<f32>; if (QUADS > 7u) { q7 = block_q(at_q, start + 28u); score_a += transpose(k7a) * q7; if (ROWS > 4u) { score_b += transpose(k7b) * q7; } }
      var q8: mat4x4<f32>; if (QUADS > 8u) { q8 = block_q(at_q, start + 32u); score_a += transpose(k8a) * q8; if (ROWS > 4u) { score_b += transpose(k8b) * q8; } }
      var q9: mat4x4<f32>; if (QUADS > 9u) { q9 = block_q(at_q, start + 36u); score_a += transpose(k9a) * q9; if (ROWS > 4u) { score_b += transpose(k9b) * q9; } }
      var q10: mat4x4<f32>; if (QUADS > 10u) { q10 = block_q(at_q, start + 40u); score_a += transpose(k10a) * q10; if (ROWS > 4u) { score_b += transpose(k10b) * q10; } }
      var q11: mat4x4<f32>; if (QUADS > 11u) { q11 = block_q(at_q, start + 44u); score_a += transpose(k11a) * q11; if (ROWS > 4u) { score_b += transpose(k11b) * q11; } }
      var q12: mat4x4<f32>; if (QUADS > 12u) { q12 = block_q(at_q, start + 48u); score_a += transpose(k12a) * q12; if (ROWS > 4u) { score_b += transpose(k12b) * q12; } }
      var q13: mat4x4<f32>; if (QUADS > 13u) { q13 = block_q(at_q, start + 52u); score_a += transpose(k13a) * q13; if (ROWS > 4u) { score_b += transpose(k13b) * q13; } }
      var q14: mat4x4<f32>; if (QUADS > 14u) { q14 = block_q(at_q, start + 56u); score_a += transpose(k14a) * q14; if (ROWS > 4u) { score_b += transpose(k14b) * q14; } }
      var q15: mat4x4<f32>; if (QUADS > 15u) { q15 = block_q(at_q, start + 60u); score_a += transpose(k15a) * q15; if (ROWS > 4u) { score_b += transpose(k15b) * q15; } }
      var g0: mat4x4<f32>; if (VALUE_QUADS > 0u) { g0 = block_dy(at_dy, start + 0u); pull_a += transpose(v0a) * g0; if (ROWS > 4u) { pull_b += transpose(v0b) * g0; } }
      var g1: mat4x4<f32>; if (VALUE_QUADS > 1u) { g1 = block_dy(at_dy, start + 4u); pull_a += transpose(v1a) * g1; if (ROWS > 4u) { pull_b += transpose(v1b) * g1; } }
      var g2: mat4x4<f32>; if (VALUE_QUADS > 2u) { g2 = block_dy(at_dy, start + 8u); pull_a += transpose(v2a) * g2; if (ROWS > 4u) { pull_b += transpose(v2b) * g2; } }
      var g3: mat4x4<f32>; if (VALUE_QUADS > 3u) { g3 = block_dy(at_dy, start + 12u); pull_a += transpose(v3a) * g3; if (ROWS > 4u) { pull_b += transpose(v3b) * g3; } }
      var g4: mat4x4<f32>; if (VALUE_QUADS > 4u) { g4 = block_dy(at_dy, start + 16u); pull_a += transpose(v4a) * g4; if (ROWS > 4u) { pull_b += transpose(v4b) * g4; } }
      var g5: mat4x4<f32>; if (VALUE_QUADS > 5u) { g5 = block_dy(at_dy, start + 20u); pull_a += transpose(v5a) * g5; if (ROWS > 4u) { pull_b += transpose(v5b) * g5; } }
      var g6: mat4x4<f32>; if (VALUE_QUADS > 6u) { g6 = block_dy(at_dy, start + 24u); pull_a += transpose(v6a) * g6; if (ROWS > 4u) { pull_b += transpose(v6b) * g6; } }
      var g7: mat4x4<f32>; if (VALUE_QUADS > 7u) { g7 = block_dy(at_dy, start + 28u); pull_a += transpose(v7a) * g7; if (ROWS > 4u) { pull_b += transpose(v7b) * g7; } }
      var g8: mat4x4<f32>; if (VALUE_QUADS > 8u) { g8 = block_dy(at_dy, start + 32u); pull_a += transpose(v8a) * g8; if (ROWS > 4u) { pull_b += transpose(v8b) * g8; } }
      var g9: mat4x4<f32>; if (VALUE_QUADS > 9u) { g9 = block_dy(at_dy, start + 36u); pull_a += transpose(v9a) * g9; if (ROWS > 4u) { pull_b += transpose(v9b) * g9; } }
      var g10: mat4x4<f32>; if (VALUE_QUADS > 10u) { g10 = block_dy(at_dy, start + 40u); pull_a += transpose(v10a) * g10; if (ROWS > 4u) { pull_b += transpose(v10b) * g10; } }
      var g11: mat4x4<f32>; if (VALUE_QUADS > 11u) { g11 = block_dy(at_dy, start + 44u); pull_a += transpose(v11a) * g11; if (ROWS > 4u) { pull_b += transpose(v11b) * g11; } }
      var g12: mat4x4<f32>; if (VALUE_QUADS > 12u) { g12 = block_dy(at_dy, start + 48u); pull_a += transpose(v12a) * g12; if (ROWS > 4u) { pull_b += transpose(v12b) * g12; } }
      var g13: mat4x4<f32>; if (VALUE_QUADS > 13u) { g13 = block_dy(at_dy, start + 52u); pull_a += transpose(v13a) * g13; if (ROWS > 4u) { pull_b += transpose(v13b) * g13; } }
      var g14: mat4x4<f32>; if (VALUE_QUADS > 14u) { g14 = block_dy(at_dy, start + 56u); pull_a += transpose(v14a) * g14; if (ROWS > 4u) { pull_b += transpose(v14b) * g14; } }
      var g15: mat4x4<f32>; if (VALUE_QUADS > 15u) { g15 = block_dy(at_dy, start + 60u); pull_a += transpose(v15a) * g15; if (ROWS > 4u) { pull_b += transpose(v15b) * g15; } }
      for (var d = select(0u, 64u, start == 0u); d < params.width; d = select(d + 4u, start + 64u, d + 4u == start)) {
        let wide = block_q(at_q, d) * params.scaleLog2;
        score_a += transpose(block_k(k_above, d)) * wide;
        if (ROWS > 4u) {
          score_b += transpose(block_k(k_below, d)) * wide;
        }
      }
      for (var d = select(0u, 64u, start == 0u); d < params.valueWidth; d = select(d + 4u, start + 64u, d + 4u == start)) {
        let wide = block_dy(at_dy, d);
        pull_a += transpose(block_v(v_above, d)) * wide;
        if (ROWS > 4u) {
          pull_b += transpose(block_v(v_below, d)) * wide;
        }
      }
      let delta = stats_of(0u, row, i);
      let top = stats_of(1u, row, i);
      let inverse = select(vec4<f32>(), stats_of(2u, row, i), numbers < vec4<u32>(params.queries));
      let weights_a = weights_of(score_a, top, inverse, i, above, mask_at);
      var kept_a = weights_a;
      if (DROPOUT) {
        kept_a = kept_block(weights_a, i, above, row);
        pull_a = kept_block(pull_a, i, above, row);
      }
      let a = pulled(weights_a, pull_a, delta);
      kept_a = transpose(kept_a);
      var kept_b: mat4x4<f32>;
      var b = mat4x4<f32>();
      if (ROWS > 4u) {
        let weights_b = weights_of(score_b, top, inverse, i, below, mask_at);
        kept_b = weights_b;
        if (DROPOUT) {
          kept_b = kept_block(weights_b, i, below, row);
          pull_b = kept_block(pull_b, i, below, row);
        }
        b = pulled(weights_b, pull_b, delta);
        kept_b = transpose(kept_b);
      }
      if (QUADS > 0u) { x0a += q0 * a; if (ROWS > 4u) { x0b += q0 * b; } }
      if (QUADS > 1u) { x1a += q1 * a; if (ROWS > 4u) { x1b += q1 * b; } }
      if (QUADS > 2u) { x2a += q2 * a; if (ROWS > 4u) { x2b += q2 * b; } }
      if (QUADS > 3u) { x3a += q3 * a; if (ROWS > 4u) { x3b += q3 * b; } }
      if (QUADS > 4u) { x4a += q4 * a; if (ROWS > 4u) { x4b += q4 * b; } }
      if (QUADS > 5u) { x5a += q5 * a; if (ROWS > 4u) { x5b += q5 * b; } }
      if (QUADS > 6u) { x6a += q6 * a; if (ROWS > 4u) { x6b += q6 * b; } }
      if (QUADS > 7u) { x7a += q7 * a; if (ROWS > 4u) { x7b += q7 * b; } }
      if (QUADS > 8u) { x8a += q8 * a; if (ROWS > 4u) { x8b += q8 * b; } }
      if (QUADS > 9u) { x9a += q9 * a; if (ROWS > 4u) { x9b += q9 * b; } }
      if (QUADS > 10u) { x10a += q10 * a; if (ROWS > 4u) { x10b += q10 * b; } }
      if (QUADS > 11u) { x11a += q11 * a; if (ROWS > 4u) { x11b += q11 * b; } }
      if (QUADS > 12u) { x12a += q12 * a; if (ROWS > 4u) { x12b += q12 * b; } }
      if (QUADS > 13u) { x13a += q13 * a; if (ROWS > 4u) { x13b += q13 * b; } }
      if (QUADS > 14u) { x14a += q14 * a; if (ROWS > 4u) { x14b += q14 * b; } }
      if (QUADS > 15u) { x15a += q15 * a; if (ROWS > 4u) { x15b += q15 * b; } }
      if (VALUE_QUADS > 0u) { w0a += g0 * kept_a; if (ROWS > 4u) { w0b += g0 * kept_b; } }
      if (VALUE_QUADS > 1u) { w1a += g1 * kept_a; if (ROWS > 4u) { w1b += g1 * kept_b; } }
      if (VALUE_QUADS > 2u) { w2a += g2 * kept_a; if (ROWS > 4u) { w2b += g2 * kept_b; } }
      if (VALUE_QUADS > 3u) { w3a += g3 * kept_a; if (ROWS > 4u) { w3b += g3 * kept_b; } }
      if (VALUE_QUADS > 4u) { w4a += g4 * kept_a; if (ROWS > 4u) { w4b += g4 * kept_b; } }
      if (VALUE_QUADS > 5u) { w5a += g5 * kept_a; if (ROWS > 4u) { w5b += g5 * kept_b; } }
      if (VALUE_QUADS > 6u) { w6a += g6 * kept_a; if (ROWS > 4u) { w6b += g6 * kept_b; } }
      if (VALUE_QUADS > 7u) { w7a += g7 * kept_a; if (ROWS > 4u) { w7b += g7 * kept_b; } }
      if (VALUE_QUADS > 8u) { w8a += g8 * kept_a; if (ROWS > 4u) { w8b += g8 * kept_b; } }
      if (VALUE_QUADS > 9u) { w9a += g9 * kept_a; if (ROWS > 4u) { w9b += g9 * kept_b; } }
      if (VALUE_QUADS > 10u) { w10a += g10 * kept_a; if (ROWS > 4u) { w10b += g10 * kept_b; } }
      if (VALUE_QUADS > 11u) { w11a += g11 * kept_a; if (ROWS > 4u) { w11b += g11 * kept_b; } }
      if (VALUE_QUADS > 12u) { w12a += g12 * kept_a; if (ROWS > 4u) { w12b += g12 * kept_b; } }
      if (VALUE_QUADS > 13u) { w13a += g13 * kept_a; if (ROWS > 4u) { w13b += g13 * kept_b; } }
      if (VALUE_QUADS > 14u) { w14a += g14 * kept_a; if (ROWS > 4u) { w14b += g14 * kept_b; } }
      if (VALUE_QUADS > 15u) { w15a += g15 * kept_a; if (ROWS > 4u) { w15b += g15 * kept_b; } }
    }
  }

  let row = batch * params.keys * params.keyHeads + key_head;
  let to = row * params.width;
  let to_v = params.batch * params.keys * params.keyHeads * params.width + row * params.valueWidth;
  if (QUADS > 0u) { store_rows(x0a * params.scale, x0b * params.scale, to, first, start + 0u, params.width); }
  if (QUADS > 1u) { store_rows(x1a * params.scale, x1b * params.scale, to, first, start + 4u, params.width); }
  if (QUADS > 2u) { store_rows(x2a * params.scale, x2b * params.scale, to, first, start + 8u, params.width); }
  if (QUADS > 3u) { store_rows(x3a * params.scale, x3b * params.scale, to, first, start + 12u, params.width); }
  if (QUADS > 4u) { store_rows(x4a * params.scale, x4b * params.scale, to, first, start + 16u, params.width); }
  if (QUADS > 5u) { store_rows(x5a * params.scale, x5b * params.scale, to, first, start + 20u, params.width); }
  if (QUADS > 6u) { store_rows(x6a * params.scale, x6b * params.scale, to, first, start + 24u, params.width); }
  if (QUADS > 7u) { store_rows(x7a * params.scale, x7b * params.scale, to, first, start + 28u, params.width); }
  if (QUADS > 8u) { store_rows(x8a * params.scale, x8b * params.scale, to, first, start + 32u, params.width); }
  if (QUADS > 9u) { store_rows(x9a * params.scale, x9b * params.scale, to, first, start + 36u, params.width); }
  if (QUADS > 10u) { store_rows(x10a * params.scale, x10b * params.scale, to, first, start + 40u, params.width); }
  if (QUADS > 11u) { store_rows(x11a * params.scale, x11b * params.scale, to, first, start + 44u, params.width); }
  if (QUADS > 12u) { store_rows(x12a * params.scale, x12b * params.scale, to, first, start + 48u, params.width); }
  if (QUADS > 13u) { store_rows(x13a * params.scale, x13b * params.scale, to, first, start + 52u, params.width); }
  if (QUADS > 14u) { store_rows(x14a * params.scale, x14b * params.scale, to, first, start + 56u, params.width); }
  if (QUADS > 15u) { store_rows(x15a * params.scale, x15b * params.scale, to, first, start + 60u, params.width); }
  if (VALUE_QUADS > 0u) { store_rows(w0a, w0b, to_v, first, start + 0u, params.valueWidth); }
  if (VALUE_QUADS > 1u) { store_rows(w1a, w1b, to_v, first, start + 4u, params.valueWidth); }
  if (VALUE_QUADS > 2u) { store_rows(w2a, w2b, to_v, first, start + 8u, params.valueWidth); }
  if (VALUE_QUADS > 3u) { store_rows(w3a, w3b, to_v, first, start + 12u, params.valueWidth); }
  if (VALUE_QUADS > 4u) { store_rows(w4a, w4b, to_v, first, start + 16u, params.valueWidth); }
  if (VALUE_QUADS > 5u) { store_rows(w5a, w5b, to_v, first, start + 20u, params.valueWidth); }
  if (VALUE_QUADS > 6u) { store_rows(w6a, w6b, to_v, first, start + 24u, params.valueWidth); }
  if (VALUE_QUADS > 7u) { store_rows(w7a, w7b, to_v, first, start + 28u, params.valueWidth); }
  if (VALUE_QUADS > 8u) { store_rows(w8a, w8b, to_v, first, start + 32u, params.valueWidth); }
  if (VALUE_QUADS > 9u) { store_rows(w9a, w9b, to_v, first, start + 36u, params.valueWidth); }
  if (VALUE_QUADS > 10u) { store_rows(w10a, w10b, to_v, first, start + 40u, params.valueWidth); }
  if (VALUE_QUADS > 11u) { store_rows(w11a, w11b, to_v, first, start + 44u, params.valueWidth); }
  if (VALUE_QUADS > 12u) { store_rows(w12a, w12b, to_v, first, start + 48u, params.valueWidth); }
  if (VALUE_QUADS > 13u) { store_rows(w13a, w13b, to_v, first, start + 52u, params.valueWidth); }
  if (VALUE_QUADS > 14u) { store_rows(w14a, w14b, to_v, first, start + 56u, params.valueWidth); }
  if (VALUE_QUADS > 15u) { store_rows(w15a, w15b, to_v, first, start + 60u, params.valueWidth); }
}
