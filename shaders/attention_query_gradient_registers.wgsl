// attention_query_gradient_registers: dq[i] = scale sum_j ds[i, j] k[j], ds = p (dp - stats[0, i])
//
// p = softmax_j(scale q[i] k[j] + mask[i, j]), computed again; dp[i, j] = dropout(dy[i] v[j]).
//
// Layout    q, dy: [batch, heads, queries, width or valueWidth], k, v: [batch, keyHeads, keys, …], mask: [batch, heads,
//           queries, keys], all by strides; stats: [3, batch, heads, queries], see attention_stats_rows; random: seed,
//           stream, step. dq: [batch, queries, heads, width].
// Work      one invocation per ROWS queries and slice of 64 elements of the width, over keys in blocks of 4; the longest
//           rows first, heads side by side, so that lanes end together. No barriers.
// Memory    reads k and v queries / ROWS times, straight from global memory. A slice of q and dq and the first slice of dy
//           stay in registers; what is wider is read again for each block of keys; each slice computes all scores.
// Numerics  one f32 accumulator per element. A row in which nothing is allowed has a gradient of 0.
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
@group(0) @binding(8) var<storage, read_write> dq: array<f32>;

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

fn store_dq(i: u32, v: f32) {
  dq[i] = v;
}

fn store_dq4(i: u32, v: vec4<f32>) {
  dq[i] = v.x;
  dq[i + 1u] = v.y;
  dq[i + 2u] = v.z;
  dq[i + 3u] = v.w;
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

fn scaled_q(rows: vec4<u32>, d: u32) -> mat4x4<f32> {
  return block_q(rows, d) * params.scaleLog2;
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

// Scores of four queries and one key, in units of log 2, where attention is allowed.
fn masked(scores: vec4<f32>, queries: vec4<u32>, key: u32, mask_at: u32) -> vec4<f32> {
  var result = scores;
  if (MASK != 0u) {
    let rows = min(queries, vec4<u32>(params.queries - 1u)) * params.maskStrideRow;
    let at = rows + (mask_at + min(key, params.keys - 1u) * params.maskStrideColumn);
    let given = vec4<f32>(load_mask(at.x), load_mask(at.y), load_mask(at.z), load_mask(at.w));
    if (MASK == 1u) {
      result = select(vec4<f32>(MASKED), result, given != vec4<f32>());
    } else {
      let is_infinite = bitcast<vec4<u32>>(given) == vec4<u32>(NEGATIVE_INFINITY);
      result = select(result + max(given, vec4<f32>(LOWEST_MASK)) * LOG2E, vec4<f32>(MASKED), is_infinite);
    }
  }
  if (CAUSAL) {
    result = select(result, vec4<f32>(MASKED), queries < vec4<u32>(key));
  }
  return select(result, vec4<f32>(MASKED), key >= params.keys);
}

// What dropout leaves of four queries' weights for one key, before they are scaled.
fn kept(weights: vec4<f32>, queries: vec4<u32>, key: u32, item: u32) -> vec4<f32> {
  let element = (item * params.queries + queries) * params.keys + key;
  return select(weights, vec4<f32>(), (threefry(element) >> vec4<u32>(8u)) < vec4<u32>(params.dropBelow));
}

// Numbers of four rows from `first` on; 0 past the last.
fn stats_of(kind: u32, item: u32, first: u32) -> vec4<f32> {
  let at = (kind * params.batch * params.heads + item) * params.queries;
  let rows = at + min(vec4<u32>(first, first + 1u, first + 2u, first + 3u), vec4<u32>(params.queries - 1u));
  return vec4<f32>(load_stats(rows.x), load_stats(rows.y), load_stats(rows.z), load_stats(rows.w));
}

struct Rows {
  delta: vec4<f32>,
  top: vec4<f32>,
  inverse: vec4<f32>,
}

// dL/dscore of four queries and one key, from the score and dL/dweight.
fn pulled(score: vec4<f32>, pull: vec4<f32>, rows: Rows, queries: vec4<u32>, key: u32, item: u32, mask_at: u32) -> vec4<f32> {
  let weight = exp2(masked(score, queries, key, mask_at) - rows.top) * rows.inverse;
  var through = pull;
  if (DROPOUT) {
    through = kept(pull, queries, key, item) * params.keepScale;
  }
  return weight * (through - rows.delta);
}

// The same for four keys; a column of the result for each query.
fn pulled_block(score: mat4x4<f32>, pull: mat4x4<f32>, rows: Rows, queries: vec4<u32>, key: u32, item: u32, mask_at: u32) -> mat4x4<f32> {
  return transpose(mat4x4<f32>(
    pulled(score[0], pull[0], rows, queries, key, item, mask_at),
    pulled(score[1], pull[1], rows, queries, key + 1u, item, mask_at),
    pulled(score[2], pull[2], rows, queries, key + 2u, item, mask_at),
    pulled(score[3], pull[3], rows, queries, key + 3u, item, mask_at),
  ));
}

fn store_quad(i: u32, d: u32, quad: vec4<f32>, size: u32) {
  if (!(EDGE) || d + 4u <= size) {
    store_dq4(i + d, quad);
    return;
  }
  if (d < size) { store_dq(i + d, quad.x); }
  if (d + 1u < size) { store_dq(i + d + 1u, quad.y); }
  if (d + 2u < size) { store_dq(i + d + 2u, quad.z); }
}

// Columns of two blocks to rows `first` …; those past the last query are left out.
fn store_rows(above: mat4x4<f32>, below: mat4x4<f32>, start: u32, first: u32, d: u32) {
  let stride = params.heads * params.width;
  let left = params.queries - first;
  let i = start + first * stride;
  store_quad(i, d, above[0] * params.scale, params.width);
  if (left > 1u) { store_quad(i + stride, d, above[1] * params.scale, params.width); }
  if (left > 2u) { store_quad(i + 2u * stride, d, above[2] * params.scale, params.width); }
  if (left > 3u) { store_quad(i + 3u * stride, d, above[3] * params.scale, params.width); }
  if (ROWS > 4u) {
    if (left > 4u) { store_quad(i + 4u * stride, d, below[0] * params.scale, params.width); }
    if (left > 5u) { store_quad(i + 5u * stride, d, below[1] * params.scale, params.width); }
    if (left > 6u) { store_quad(i + 6u * stride, d, below[2] * params.scale, params.width); }
    if (left > 7u) { store_quad(i + 7u * stride, d, below[3] * params.scale, params.width); }
  }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let items = params.batch * params.heads;
  let blocks = (params.queries + ROWS - 1u) / ROWS;
  let index = (group.y * groups.x + group.x) * WORKGROUP_SIZE + lane;
  let rest = index / items;
  let slice = rest / blocks;
  if (slice >= params.slices) {
    return;
  }
  let item = index - rest * items;
  let batch = item / params.heads;
  let head = item - batch * params.heads;
  let key_head = head / (params.heads / params.keyHeads);
  let first = (blocks - 1u - (rest - slice * blocks)) * ROWS;
  let start = slice * 64u;
  let above = first + vec4<u32>(0u, 1u, 2u, 3u);
  let below = above + 4u;
  let last = vec4<u32>(params.queries - 1u);
  let start_q = params.qOffset + batch * params.qStrideBatch + head * params.qStrideHead;
  let q_above = start_q + min(above, last) * params.qStrideRow;
  let q_below = start_q + min(below, last) * params.qStrideRow;
  let start_dy = params.dyOffset + batch * params.dyStrideBatch + head * params.dyStrideHead;
  let dy_above = start_dy + min(above, last) * params.dyStrideRow;
  let dy_below = start_dy + min(below, last) * params.dyStrideRow;
  let start_k = params.kOffset + batch * params.kStrideBatch + key_head * params.kStrideHead;
  let start_v = params.vOffset + batch * params.vStrideBatch + key_head * params.vStrideHead;
  let mask_at = params.maskOffset + batch * params.maskStrideBatch + head * params.maskStrideHead;
  let rows_a = Rows(stats_of(0u, item, first), stats_of(1u, item, first), stats_of(2u, item, first));
  let next = first + 4u;
  let rows_b = Rows(stats_of(0u, item, next), stats_of(1u, item, next), stats_of(2u, item, next));

  var q0a: mat4x4<f32>; var q0b: mat4x4<f32>; var x0a: mat4x4<f32>; var x0b: mat4x4<f32>;
  var q1a: mat4x4<f32>; var q1b: mat4x4<f32>; var x1a: mat4x4<f32>; var x1b: mat4x4<f32>;
  var q2a: mat4x4<f32>; var q2b: mat4x4<f32>; var x2a: mat4x4<f32>; var x2b: mat4x4<f32>;
  var q3a: mat4x4<f32>; var q3b: mat4x4<f32>; var x3a: mat4x4<f32>; var x3b: mat4x4<f32>;
  var q4a: mat4x4<f32>; var q4b: mat4x4<f32>; var x4a: mat4x4<f32>; var x4b: mat4x4<f32>;
  var q5a: mat4x4<f32>; var q5b: mat4x4<f32>; var x5a: mat4x4<f32>; var x5b: mat4x4<f32>;
  var q6a: mat4x4<f32>; var q6b: mat4x4<f32>; var x6a: mat4x4<f32>; var x6b: mat4x4<f32>;
  var q7a: mat4x4<f32>; var q7b: mat4x4<f32>; var x7a: mat4x4<f32>; var x7b: mat4x4<f32>;
  var q8a: mat4x4<f32>; var q8b: mat4x4<f32>; var x8a: mat4x4<f32>; var x8b: mat4x4<f32>;
  var q9a: mat4x4<f32>; var q9b: mat4x4<f32>; var x9a: mat4x4<f32>; var x9b: mat4x4<f32>;
  var q10a: mat4x4<f32>; var q10b: mat4x4<f32>; var x10a: mat4x4<f32>; var x10b: mat4x4<f32>;
  var q11a: mat4x4<f32>; var q11b: mat4x4<f32>; var x11a: mat4x4<f32>; var x11b: mat4x4<f32>;
  var q12a: mat4x4<f32>; var q12b: mat4x4<f32>; var x12a: mat4x4<f32>; var x12b: mat4x4<f32>;
  var q13a: mat4x4<f32>; var q13b: mat4x4<f32>; var x13a: mat4x4<f32>; var x13b: mat4x4<f32>;
  var q14a: mat4x4<f32>; var q14b: mat4x4<f32>; var x14a: mat4x4<f32>; var x14b: mat4x4<f32>;
  var q15a: mat4x4<f32>; var q15b: mat4x4<f32>; var x15a: mat4x4<f32>; var x15b: mat4x4<f32>;
  var g0a: mat4x4<f32>; var g0b: mat4x4<f32>;
  var g1a: mat4x4<f32>; var g1b: mat4x4<f32>;
  var g2a: mat4x4<f32>; var g2b: mat4x4<f32>;
  var g3a: mat4x4<f32>; var g3b: mat4x4<f32>;
  var g4a: mat4x4<f32>; var g4b: mat4x4<f32>;
  var g5a: mat4x4<f32>; var g5b: mat4x4<f32>;
  var g6a: mat4x4<f32>; var g6b: mat4x4<f32>;
  var g7a: mat4x4<f32>; var g7b: mat4x4<f32>;
  var g8a: mat4x4<f32>; var g8b: mat4x4<f32>;
  var g9a: mat4x4<f32>; var g9b: mat4x4<f32>;
  var g10a: mat4x4<f32>; var g10b: mat4x4<f32>;
  var g11a: mat4x4<f32>; var g11b: mat4x4<f32>;
  var g12a: mat4x4<f32>; var g12b: mat4x4<f32>;
  var g13a: mat4x4<f32>; var g13b: mat4x4<f32>;
  var g14a: mat4x4<f32>; var g14b: mat4x4<f32>;
  var g15a: mat4x4<f32>; var g15b: mat4x4<f32>;
  if (QUADS > 0u) { q0a = scaled_q(q_above, start + 0u); if (ROWS > 4u) { q0b = scaled_q(q_below, start + 0u); } }
  if (QUADS > 1u) { q1a = scaled_q(q_above, start + 4u); if (ROWS > 4u) { q1b = scaled_q(q_below, start + 4u); } }
  if (QUADS > 2u) { q2a = scaled_q(q_above, start + 8u); if (ROWS > 4u) { q2b = scaled_q(q_below, start + 8u); } }
  if (QUADS > 3u) { q3a = scaled_q(q_above, start + 12u); if (ROWS > 4u) { q3b = scaled_q(q_below, start + 12u); } }
  if (QUADS > 4u) { q4a = scaled_q(q_above, start + 16u); if (ROWS > 4u) { q4b = scaled_q(q_below, start + 16u); } }
  if (QUADS > 5u) { q5a = scaled_q(q_above, start + 20u); if (ROWS > 4u) { q5b = scaled_q(q_below, start + 20u); } }
  if (QUADS > 6u) { q6a = scaled_q(q_above, start + 24u); if (ROWS > 4u) { q6b = scaled_q(q_below, start + 24u); } }
  if (QUADS > 7u) { q7a = scaled_q(q_above, start + 28u); if (ROWS > 4u) { q7b = scaled_q(q_below, start + 28u); } }
  if (QUADS > 8u) { q8a = scaled_q(q_above, start + 32u); if (ROWS > 4u) { q8b = scaled_q(q_below, start + 32u); } }
  if (QUADS > 9u) { q9a = scaled_q(q_above, start + 36u); if (ROWS > 4u) { q9b = scaled_q(q_below, start + 36u); } }
  if (QUADS > 10u) { q10a = scaled_q(q_above, start + 40u); if (ROWS > 4u) { q10b = scaled_q(q_below, start + 40u); } }
  if (QUADS > 11u) { q11a = scaled_q(q_above, start + 44u); if (ROWS > 4u) { q11b = scaled_q(q_below, start + 44u); } }
  if (QUADS > 12u) { q12a = scaled_q(q_above, start + 48u); if (ROWS > 4u) { q12b = scaled_q(q_below, start + 48u); } }
  if (QUADS > 13u) { q13a = scaled_q(q_above, start + 52u); if (ROWS > 4u) { q13b = scaled_q(q_below, start + 52u); } }
  if (QUADS > 14u) { q14a = scaled_q(q_above, start + 56u); if (ROWS > 4u) { q14b = scaled_q(q_below, start + 56u); } }
  if (QUADS > 15u) { q15a = scaled_q(q_above, start + 60u); if (ROWS > 4u) { q15b = scaled_q(q_below, start + 60u); } }
  if (VALUE_QUADS > 0u) { g0a = block_dy(dy_above, 0u); if (ROWS > 4u) { g0b = block_dy(dy_below, 0u); } }
  if (VALUE_QUADS > 1u) { g1a = block_dy(dy_above, 4u); if (ROWS > 4u) { g1b = block_dy(dy_below, 4u); } }
  if (VALUE_QUADS > 2u) { g2a = block_dy(dy_above, 8u); if (ROWS > 4u) { g2b = block_dy(dy_below, 8u); } }
  if (VALUE_QUADS > 3u) { g3a = block_dy(dy_above, 12u); if (ROWS > 4u) { g3b = block_dy(dy_below, 12u); } }
  if (VALUE_QUADS > 4u) { g4a = block_dy(dy_above, 16u); if (ROWS > 4u) { g4b = block_dy(dy_below, 16u); } }
  if (VALUE_QUADS > 5u) { g5a = block_dy(dy_above, 20u); if (ROWS > 4u) { g5b = block_dy(dy_below, 20u); } }
  if (VALUE_QUADS > 6u) { g6a = block_dy(dy_above, 24u); if (ROWS > 4u) { g6b = block_dy(dy_below, 24u); } }
  if (VALUE_QUADS > 7u) { g7a = block_dy(dy_above, 28u); if (ROWS > 4u) { g7b = block_dy(dy_below, 28u); } }
  if (VALUE_QUADS > 8u) { g8a = block_dy(dy_above, 32u); if (ROWS > 4u) { g8b = block_dy(dy_below, 32u); } }
  if (VALUE_QUADS > 9u) { g9a = block_dy(dy_above, 36u); if (ROWS > 4u) { g9b = block_dy(dy_below, 36u); } }
  if (VALUE_QUADS > 10u) { g10a = block_dy(dy_above, 40u); if (ROWS > 4u) { g10b = block_dy(dy_below, 40u); } }
  if (VALUE_QUADS > 11u) { g11a = block_dy(dy_above, 44u); if (ROWS > 4u) { g11b = block_dy(dy_below, 44u); } }
  if (VALUE_QUADS > 12u) { g12a = block_dy(dy_above, 48u); if (ROWS > 4u) { g12b = block_dy(dy_below, 48u); } }
  if (VALUE_QUADS > 13u) { g13a = block_dy(dy_above, 52u); if (ROWS > 4u) { g13b = block_dy(dy_below, 52u); } }
  if (VALUE_QUADS > 14u) { g14a = block_dy(dy_above, 56u); if (ROWS > 4u) { g14b = block_dy(dy_below, 56u); } }
  if (VALUE_QUADS > 15u) { g15a = block_dy(dy_above, 60u); if (ROWS > 4u) { g15b = block_dy(dy_below, 60u); } }

  let end = select(params.keys, min(params.keys, first + ROWS), CAUSAL);
  for (var j = 0u; j < end; j += 4u) {
    let keys = min(j + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(params.keys - 1u));
    let at_k = start_k + keys * params.kStrideRow;
    let at_v = start_v + keys * params.vStrideRow;
    var score_a = mat4x4<f32>(); // a column for each key, a row for each query above
    var score_b = mat4x4<f32>();
    var pull_a = mat4x4<f32>();
    var pull_b = mat4x4<f32>();
    var k0: mat4x4<f32>; if (QUADS > 0u) { k0 = block_k(at_k, start + 0u); score_a += transpose(q0a) * k0; if (ROWS > 4u) { score_b += transpose(q0b) * k0; } }
    var k1: mat4x4<f32>; if (QUADS > 1u) { k1 = block_k(at_k, start + 4u); score_a += transpose(q1a) * k1; if (ROWS > 4u) { score_b += transpose(q1b) * k1; } }
    var k2: mat4x4<f32>; if (QUADS > 2u) { k2 = block_k(at_k, start + 8u); score_a += transpose(q2a) * k2; if (ROWS > 4u) { score_b += transpose(q2b) * k2; } }
    var k3: mat4x4<f32>; if (QUADS > 3u) { k3 = block_k(at_k, start + 12u); score_a += transpose(q3a) * k3; if (ROWS > 4u) { score_b += transpose(q3b) * k3; } }
    var k4: mat4x4<f32>; if (QUADS > 4u) { k4 = block_k(at_k, start + 16u); score_a += transpose(q4a) * k4; if (ROWS > 4u) { score_b += transpose(q4b) * k4; } }
    var k5: mat4x4<f32>; if (QUADS > 5u) { k5 = block_k(at_k, start + 20u); score_a += transpose(q5a) * k5; if (ROWS > 4u) { score_b += transpose(q5b) * k5; } }
    var k6: mat4x4<f32>; if (QUADS > 6u) { k6 = block_k(at_k, start + 24u); score_a += transpose(q6a) * k6; if (ROWS > 4u) { score_b += transpose(q6b) * k6; } }
    var k7: mat4x4<f32>; if (QUADS > 7u) { k7 = block_k(at_k, start + 28u); score_a += transpose(q7a) * k7; if (ROWS > 4u) { score_b += transpose(q7b) * k7; } }
    var k8: mat4x4<f32>; if (QUADS > 8u) { k8 = block_k(at_k, start + 32u); score_a += transpose(q8a) * k8; if (ROWS > 4u) { score_b += transpose(q8b) * k8; } }
    var k9: mat4x4<f32>; if (QUADS > 9u) { k9 = block_k(at_k, start + 36u); score_a += transpose(q9a) * k9; if (ROWS > 4u) { score_b += transpose(q9b) * k9; } }
    var k10: mat4x4<f32>; if (QUADS > 10u) { k10 = block_k(at_k, start + 40u); score_a += transpose(q10a) * k10; if (ROWS > 4u) { score_b += transpose(q10b) * k10; } }
    var k11: mat4x4<f32>; if (QUADS > 11u) { k11 = block_k(at_k, start + 44u); score_a += transpose(q11a) * k11; if (ROWS > 4u) { score_b += transpose(q11b) * k11; } }
    var k12: mat4x4<f32>; if (QUADS > 12u) { k12 = block_k(at_k, start + 48u); score_a += transpose(q12a) * k12; if (ROWS > 4u) { score_b += transpose(q12b) * k12; } }
    var k13: mat4x4<f32>; if (QUADS > 13u) { k13 = block_k(at_k, start + 52u); score_a += transpose(q13a) * k13; if (ROWS > 4u) { score_b += transpose(q13b) * k13; } }
    var k14: mat4x4<f32>; if (QUADS > 14u) { k14 = block_k(at_k, start + 56u); score_a += transpose(q14a) * k14; if (ROWS > 4u) { score_b += transpose(q14b) * k14; } }
    var k15: mat4x4<f32>; if (QUADS > 15u) { k15 = block_k(at_k, start + 60u); score_a += transpose(q15a) * k15; if (ROWS > 4u) { score_b += transpose(q15b) * k15; } }
    if (VALUE_QUADS > 0u) { let v0 = block_v(at_v, 0u); pull_a += transpose(g0a) * v0; if (ROWS > 4u) { pull_b += transpose(g0b) * v0; } }
    if (VALUE_QUADS > 1u) { let v1 = block_v(at_v, 4u); pull_a += transpose(g1a) * v1; if (ROWS > 4u) { pull_b += transpose(g1b) * v1; } }
    if (VALUE_QUADS > 2u) { let v2 = block_v(at_v, 8u); pull_a += transpose(g2a) * v2; if (ROWS > 4u) { pull_b += transpose(g2b) * v2; } }
    if (VALUE_QUADS > 3u) { let v3 = block_v(at_v, 12u); pull_a += transpose(g3a) * v3; if (ROWS > 4u) { pull_b += transpose(g3b) * v3; } }
    if (VALUE_QUADS > 4u) { let v4 = block_v(at_v, 16u); pull_a += transpose(g4a) * v4; if (ROWS > 4u) { pull_b += transpose(g4b) * v4; } }
    if (VALUE_QUADS > 5u) { let v5 = block_v(at_v, 20u); pull_a += transpose(g5a) * v5; if (ROWS > 4u) { pull_b += transpose(g5b) * v5; } }
    if (VALUE_QUADS > 6u) { let v6 = block_v(at_v, 24u); pull_a += transpose(g6a) * v6; if (ROWS > 4u) { pull_b += transpose(g6b) * v6; } }
    if (VALUE_QUADS > 7u) { let v7 = block_v(at_v, 28u); pull_a += transpose(g7a) * v7; if (ROWS > 4u) { pull_b += transpose(g7b) * v7; } }
    if (VALUE_QUADS > 8u) { let v8 = block_v(at_v, 32u); pull_a += transpose(g8a) * v8; if (ROWS > 4u) { pull_b += transpose(g8b) * v8; } }
    if (VALUE_QUADS > 9u) { let v9 = block_v(at_v, 36u); pull_a += transpose(g9a) * v9; if (ROWS > 4u) { pull_b += transpose(g9b) * v9; } }
    if (VALUE_QUADS > 10u) { let v10 = block_v(at_v, 40u); pull_a += transpose(g10a) * v10; if (ROWS > 4u) { pull_b += transpose(g10b) * v10; } }
    if (VALUE_QUADS > 11u) { let v11 = block_v(at_v, 44u); pull_a += transpose(g11a) * v11; if (ROWS > 4u) { pull_b += transpose(g11b) * v11; } }
    if (VALUE_QUADS > 12u) { let v12 = block_v(at_v, 48u); pull_a += transpose(g12a) * v12; if (ROWS > 4u) { pull_b += transpose(g12b) * v12; } }
    if (VALUE_QUADS > 13u) { let v13 = block_v(at_v, 52u); pull_a += transpose(g13a) * v13; if (ROWS > 4u) { pull_b += transpose(g13b) * v13; } }
    if (VALUE_QUADS > 14u) { let v14 = block_v(at_v, 56u); pull_a += transpose(g14a) * v14; if (ROWS > 4u) { pull_b += transpose(g14b) * v14; } }
    if (VALUE_QUADS > 15u) { let v15 = block_v(at_v, 60u); pull_a += transpose(g15a) * v15; if (ROWS > 4u) { pull_b += transpose(g15b) * v15; } }
    for (var d = select(0u, 64u, start == 0u); d < params.width; d = select(d + 4u, start + 64u, d + 4u == start)) {
      let wide = block_k(at_k, d) * params.scaleLog2;
      score_a += transpose(block_q(q_above, d)) * wide;
      if (ROWS > 4u) {
        score_b += transpose(block_q(q_below, d)) * wide;
      }
    }
    for (var d = 64u; d < params.valueWidth; d += 4u) {
      let wide = block_v(at_v, d);
      pull_a += transpose(block_dy(dy_above, d)) * wide;
      if (ROWS > 4u) {
        pull_b += transpose(block_dy(dy_below, d)) * wide;
      }
    }
    let a = pulled_block(score_a, pull_a, rows_a, above, j, item, mask_at);
    var b = mat4x4<f32>();
    if (ROWS > 4u) {
      b = pulled_block(score_b, pull_b, rows_b, below, j, item, mask_at);
    }
    if (QUADS > 0u) { x0a += k0 * a; if (ROWS > 4u) { x0b += k0 * b; } }
    if (QUADS > 1u) { x1a += k1 * a; if (ROWS > 4u) { x1b += k1 * b; } }
    if (QUADS > 2u) { x2a += k2 * a; if (ROWS > 4u) { x2b += k2 * b; } }
    if (QUADS > 3u) { x3a += k3 * a; if (ROWS > 4u) { x3b += k3 * b; } }
    if (QUADS > 4u) { x4a += k4 * a; if (ROWS > 4u) { x4b += k4 * b; } }
    if (QUADS > 5u) { x5a += k5 * a; if (ROWS > 4u) { x5b += k5 * b; } }
    if (QUADS > 6u) { x6a += k6 * a; if (ROWS > 4u) { x6b += k6 * b; } }
    if (QUADS > 7u) { x7a += k7 * a; if (ROWS > 4u) { x7b += k7 * b; } }
    if (QUADS > 8u) { x8a += k8 * a; if (ROWS > 4u) { x8b += k8 * b; } }
    if (QUADS > 9u) { x9a += k9 * a; if (ROWS > 4u) { x9b += k9 * b; } }
    if (QUADS > 10u) { x10a += k10 * a; if (ROWS > 4u) { x10b += k10 * b; } }
    if (QUADS > 11u) { x11a += k11 * a; if (ROWS > 4u) { x11b += k11 * b; } }
    if (QUADS > 12u) { x12a += k12 * a; if (ROWS > 4u) { x12b += k12 * b; } }
    if (QUADS > 13u) { x13a += k13 * a; if (ROWS > 4u) { x13b += k13 * b; } }
    if (QUADS > 14u) { x14a += k14 * a; if (ROWS > 4u) { x14b += k14 * b; } }
    if (QUADS > 15u) { x15a += k15 * a; if (ROWS > 4u) { x15b += k15 * b; } }
  }

  let to = (batch * params.queries * params.heads + head) * params.width;
  if (QUADS > 0u) { store_rows(x0a, x0b, to, first, start + 0u); }
  if (QUADS > 1u) { store_rows(x1a, x1b, to, first, start + 4u); }
  if (QUADS > 2u) { store_rows(x2a, x2b, to, first, start + 8u); }
  if (QUADS > 3u) { store_rows(x3a, x3b, to, first, start + 12u); }
  if (QUADS > 4u) { store_rows(x4a, x4b, to, first, start + 16u); }
  if (QUADS > 5u) { store_rows(x5a, x5b, to, first, start + 20u); }
  if (QUADS > 6u) { store_rows(x6a, x6b, to, first, start + 24u); }
  if (QUADS > 7u) { store_rows(x7a, x7b, to, first, start + 28u); }
  if (QUADS > 8u) { store_rows(x8a, x8b, to, first, start + 32u); }
  if (QUADS > 9u) { store_rows(x9a, x9b, to, first, start + 36u); }
  if (QUADS > 10u) { store_rows(x10a, x10b, to, first, start + 40u); }
  if (QUADS > 11u) { store_rows(x11a, x11b, to, first, start + 44u); }
  if (QUADS > 12u) { store_rows(x12a, x12b, to, first, start + 48u); }
  if (QUADS > 13u) { store_rows(x13a, x13b, to, first, start + 52u); }
  if (QUADS > 14u) { store_rows(x14a, x14b, to, first, start + 56u); }
  if (QUADS > 15u) { store_rows(x15a, x15b, to, first, start + 60u); }
}
