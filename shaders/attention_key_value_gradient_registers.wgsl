// attention_key_value_gradient_registers: dkv = [scale sum_i ds[i, j] q[i], sum_i dropout(p)[i, j] dy[i]] for each key j
//
// p = softmax_j(scale q[i] k[j] + mask[i, j]), computed again; ds = p (dropout(dy[i] v[j]) - stats[0, i]). The sums go over
// the queries of all heads that share a head of k and v.
//
// Layout    q, dy: [batch, heads, queries, width or valueWidth], k, v: [batch, keyHeads, keys, …], mask: [batch, heads,
//           queries, keys], all by strides; stats: [3, batch, heads, queries], see attention_stats_rows; random: seed,
//           stream, step. dkv: [batch, keys, keyHeads, width], then [batch, keys, keyHeads, valueWidth].
// Work      one invocation per ROWS keys and slice of 32 elements of both widths, over queries in blocks of 4; heads side by
//           side, so that lanes end together. No barriers.
// Memory    reads q and dy keys / ROWS times, straight from global memory. A slice of k, v, dk and dv stays in registers;
//           what is wider is read again for each block of queries; each slice computes all scores.
// Numerics  one f32 accumulator per element. A row in which nothing is allowed adds 0.
// Limits    ROWS is 4 or 8; QUADS and VALUE_QUADS are at most 8, and 4 where ROWS is 8.

struct Params {
  batch: u32,
  heads: u32, // of q
  keyHeads: u32, // of k and v
  queries: u32, keys: u32,
  width: u32, // of q and k
  valueWidth: u32, // of v
  slices: u32, // of 32 elements of the result's width
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
override ROWS: u32 = 4; // or 8
override QUADS: u32 = 8; // of the width, in a slice
override VALUE_QUADS: u32 = 8; // of the value width, in a slice
override EDGE: bool = true; // whether a slice of the width may hold less than its quads
override VALUE_EDGE: bool = true;
override WIDE: bool = true; // whether the width is more than a slice
override VALUE_WIDE: bool = true;
override CAUSAL: bool = false;
override MASK: u32 = 0; // 0: none, 1: true where allowed, 2: added
override DROPOUT: bool = false;

const MASKED = -2e38; // a score that is not allowed: 2^(MASKED - maximum) is 0
const LOWEST_MASK = -1e30;
const LOG2E = 1.4426950408889634;
const NEGATIVE_INFINITY = 0xff800000u; // bits

// Four rounds of Threefry2x32, turning by `left`.
fn threefry_rounds(x: ptr<function, vec4<u32>>, y: ptr<function, vec4<u32>>, left: vec4<u32>) {
  *x += *y;
  *y = ((*y << vec4<u32>(left.x)) | (*y >> vec4<u32>(32u - left.x))) ^ *x;
  *x += *y;
  *y = ((*y << vec4<u32>(left.y)) | (*y >> vec4<u32>(32u - left.y))) ^ *x;
  *x += *y;
  *y = ((*y << vec4<u32>(left.z)) | (*y >> vec4<u32>(32u - left.z))) ^ *x;
  *x += *y;
  *y = ((*y << vec4<u32>(left.w)) | (*y >> vec4<u32>(32u - left.w))) ^ *x;
}

// Random bits for four elements, as lib/threefry.wgsl makes them, with one key for all.
fn threefry(element: vec4<u32>) -> vec4<u32> {
  let even = vec4<u32>(13u, 15u, 26u, 6u);
  let odd = vec4<u32>(17u, 29u, 16u, 24u);
  let key0 = load_random(0u);
  let key1 = load_random(1u);
  let key2 = key0 ^ key1 ^ 0x1bd11bdau;
  var x = vec4<u32>(load_random(2u) + key0);
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

// Four quads with zeros where they reach over the end of a row.
fn inside(quads: mat4x4<f32>, d: u32, size: u32) -> mat4x4<f32> {
  let is_inside = vec4<u32>(d, d + 1u, d + 2u, d + 3u) < vec4<u32>(size);
  let none = vec4<f32>();
  return mat4x4<f32>(
    select(none, quads[0], is_inside), select(none, quads[1], is_inside),
    select(none, quads[2], is_inside), select(none, quads[3], is_inside),
  );
}

fn block_q(rows: vec4<u32>, d: u32) -> mat4x4<f32> {
  let quads = mat4x4<f32>(load_q4(rows.x + d), load_q4(rows.y + d), load_q4(rows.z + d), load_q4(rows.w + d));
  if (EDGE) { return inside(quads, d, params.width); }
  return quads;
}

fn block_k(rows: vec4<u32>, d: u32) -> mat4x4<f32> {
  let quads = mat4x4<f32>(load_k4(rows.x + d), load_k4(rows.y + d), load_k4(rows.z + d), load_k4(rows.w + d));
  if (EDGE) { return inside(quads, d, params.width); }
  return quads;
}

fn block_v(rows: vec4<u32>, d: u32) -> mat4x4<f32> {
  let quads = mat4x4<f32>(load_v4(rows.x + d), load_v4(rows.y + d), load_v4(rows.z + d), load_v4(rows.w + d));
  if (VALUE_EDGE) { return inside(quads, d, params.valueWidth); }
  return quads;
}

fn block_dy(rows: vec4<u32>, d: u32) -> mat4x4<f32> {
  let quads = mat4x4<f32>(load_dy4(rows.x + d), load_dy4(rows.y + d), load_dy4(rows.z + d), load_dy4(rows.w + d));
  if (VALUE_EDGE) { return inside(quads, d, params.valueWidth); }
  return quads;
}

// Scores of one query and four keys, in units of log 2, where allowed. Past the last query all is as for it, or powers overflow.
fn masked(scores: vec4<f32>, query: u32, keys: vec4<u32>, mask_at: u32) -> vec4<f32> {
  var result = scores;
  let row = min(query, params.queries - 1u);
  if (MASK != 0u) {
    let at = min(keys, vec4<u32>(params.keys - 1u)) * params.maskStrideColumn + (mask_at + row * params.maskStrideRow);
    let given = vec4<f32>(load_mask(at.x), load_mask(at.y), load_mask(at.z), load_mask(at.w));
    if (MASK == 1u) {
      result = select(vec4<f32>(MASKED), result, given != vec4<f32>());
    } else {
      let is_infinite = bitcast<vec4<u32>>(given) == vec4<u32>(NEGATIVE_INFINITY);
      result = select(result + max(given, vec4<f32>(LOWEST_MASK)) * LOG2E, vec4<f32>(MASKED), is_infinite);
    }
  }
  if (CAUSAL) {
    result = select(result, vec4<f32>(MASKED), vec4<u32>(row) < keys);
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
  scores: mat4x4<f32>, top: vec4<f32>, inverse: vec4<f32>, query: u32, keys: vec4<u32>, mask_at: u32,
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

// dL/dscore, from weights and dL/dweight.
fn pulled(weights: mat4x4<f32>, pulls: mat4x4<f32>, delta: vec4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(
    weights[0] * (pulls[0] - delta.x),
    weights[1] * (pulls[1] - delta.y),
    weights[2] * (pulls[2] - delta.z),
    weights[3] * (pulls[3] - delta.w),
  );
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

// Columns to rows. One store in a loop compiles in a fraction of the time that one for each row takes.
fn store_rows(above: mat4x4<f32>, below: mat4x4<f32>, start: u32, first: u32, d: u32, size: u32) {
  var quads = above;
  for (var r = 0u; r < ROWS && first + r < params.keys; r++) {
    if (ROWS > 4u && r == 4u) { quads = below; }
    store_quad(start + (first + r) * params.keyHeads * size, d, quads[r % 4u], size);
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
  let start = slice * 32u;
  let above = first + vec4<u32>(0u, 1u, 2u, 3u);
  let below = above + 4u;
  let last = vec4<u32>(params.keys - 1u);
  let start_k = params.kOffset + batch * params.kStrideBatch + key_head * params.kStrideHead;
  let k_above = start_k + min(above, last) * params.kStrideRow;
  let k_below = start_k + min(below, last) * params.kStrideRow;
  let start_v = params.vOffset + batch * params.vStrideBatch + key_head * params.vStrideHead;
  let v_above = start_v + min(above, last) * params.vStrideRow;
  let v_below = start_v + min(below, last) * params.vStrideRow;

  var k0a: mat4x4<f32>; var k1a: mat4x4<f32>; var k2a: mat4x4<f32>; var k3a: mat4x4<f32>;
  var k4a: mat4x4<f32>; var k5a: mat4x4<f32>; var k6a: mat4x4<f32>; var k7a: mat4x4<f32>;
  var k0b: mat4x4<f32>; var k1b: mat4x4<f32>; var k2b: mat4x4<f32>; var k3b: mat4x4<f32>;
  var v0a: mat4x4<f32>; var v1a: mat4x4<f32>; var v2a: mat4x4<f32>; var v3a: mat4x4<f32>;
  var v4a: mat4x4<f32>; var v5a: mat4x4<f32>; var v6a: mat4x4<f32>; var v7a: mat4x4<f32>;
  var v0b: mat4x4<f32>; var v1b: mat4x4<f32>; var v2b: mat4x4<f32>; var v3b: mat4x4<f32>;
  var x0a: mat4x4<f32>; var x1a: mat4x4<f32>; var x2a: mat4x4<f32>; var x3a: mat4x4<f32>;
  var x4a: mat4x4<f32>; var x5a: mat4x4<f32>; var x6a: mat4x4<f32>; var x7a: mat4x4<f32>;
  var x0b: mat4x4<f32>; var x1b: mat4x4<f32>; var x2b: mat4x4<f32>; var x3b: mat4x4<f32>;
  var w0a: mat4x4<f32>; var w1a: mat4x4<f32>; var w2a: mat4x4<f32>; var w3a: mat4x4<f32>;
  var w4a: mat4x4<f32>; var w5a: mat4x4<f32>; var w6a: mat4x4<f32>; var w7a: mat4x4<f32>;
  var w0b: mat4x4<f32>; var w1b: mat4x4<f32>; var w2b: mat4x4<f32>; var w3b: mat4x4<f32>;
  for (var n = 0u; n < QUADS; n++) {
    let quads = block_k(k_above, start + 4u * n) * params.scaleLog2;
    if (n == 0u) { k0a = quads; } if (n == 1u) { k1a = quads; } if (n == 2u) { k2a = quads; } if (n == 3u) { k3a = quads; }
    if (n == 4u) { k4a = quads; } if (n == 5u) { k5a = quads; } if (n == 6u) { k6a = quads; } if (n == 7u) { k7a = quads; }
    if (ROWS > 4u) {
      let more = block_k(k_below, start + 4u * n) * params.scaleLog2;
      if (n == 0u) { k0b = more; } if (n == 1u) { k1b = more; } if (n == 2u) { k2b = more; } if (n == 3u) { k3b = more; }
    }
  }
  for (var n = 0u; n < VALUE_QUADS; n++) {
    let quads = block_v(v_above, start + 4u * n);
    if (n == 0u) { v0a = quads; } if (n == 1u) { v1a = quads; } if (n == 2u) { v2a = quads; } if (n == 3u) { v3a = quads; }
    if (n == 4u) { v4a = quads; } if (n == 5u) { v5a = quads; } if (n == 6u) { v6a = quads; } if (n == 7u) { v7a = quads; }
    if (ROWS > 4u) {
      let more = block_v(v_below, start + 4u * n);
      if (n == 0u) { v0b = more; } if (n == 1u) { v1b = more; } if (n == 2u) { v2b = more; } if (n == 3u) { v3b = more; }
    }
  }

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
      var q4: mat4x4<f32>; if (QUADS > 4u) { q4 = block_q(at_q, start + 16u); score_a += transpose(k4a) * q4; }
      var q5: mat4x4<f32>; if (QUADS > 5u) { q5 = block_q(at_q, start + 20u); score_a += transpose(k5a) * q5; }
      var q6: mat4x4<f32>; if (QUADS > 6u) { q6 = block_q(at_q, start + 24u); score_a += transpose(k6a) * q6; }
      var q7: mat4x4<f32>; if (QUADS > 7u) { q7 = block_q(at_q, start + 28u); score_a += transpose(k7a) * q7; }
      var g0: mat4x4<f32>; if (VALUE_QUADS > 0u) { g0 = block_dy(at_dy, start + 0u); pull_a += transpose(v0a) * g0; if (ROWS > 4u) { pull_b += transpose(v0b) * g0; } }
      var g1: mat4x4<f32>; if (VALUE_QUADS > 1u) { g1 = block_dy(at_dy, start + 4u); pull_a += transpose(v1a) * g1; if (ROWS > 4u) { pull_b += transpose(v1b) * g1; } }
      var g2: mat4x4<f32>; if (VALUE_QUADS > 2u) { g2 = block_dy(at_dy, start + 8u); pull_a += transpose(v2a) * g2; if (ROWS > 4u) { pull_b += transpose(v2b) * g2; } }
      var g3: mat4x4<f32>; if (VALUE_QUADS > 3u) { g3 = block_dy(at_dy, start + 12u); pull_a += transpose(v3a) * g3; if (ROWS > 4u) { pull_b += transpose(v3b) * g3; } }
      var g4: mat4x4<f32>; if (VALUE_QUADS > 4u) { g4 = block_dy(at_dy, start + 16u); pull_a += transpose(v4a) * g4; }
      var g5: mat4x4<f32>; if (VALUE_QUADS > 5u) { g5 = block_dy(at_dy, start + 20u); pull_a += transpose(v5a) * g5; }
      var g6: mat4x4<f32>; if (VALUE_QUADS > 6u) { g6 = block_dy(at_dy, start + 24u); pull_a += transpose(v6a) * g6; }
      var g7: mat4x4<f32>; if (VALUE_QUADS > 7u) { g7 = block_dy(at_dy, start + 28u); pull_a += transpose(v7a) * g7; }
      if (WIDE) {
        for (var d = select(0u, 32u, start == 0u); d < params.width; d = select(d + 4u, start + 32u, d + 4u == start)) {
          let wide = block_q(at_q, d) * params.scaleLog2;
          score_a += transpose(block_k(k_above, d)) * wide;
          if (ROWS > 4u) { score_b += transpose(block_k(k_below, d)) * wide; }
        }
      }
      if (VALUE_WIDE) {
        for (var d = select(0u, 32u, start == 0u); d < params.valueWidth; d = select(d + 4u, start + 32u, d + 4u == start)) {
          let wide = block_dy(at_dy, d);
          pull_a += transpose(block_v(v_above, d)) * wide;
          if (ROWS > 4u) { pull_b += transpose(block_v(v_below, d)) * wide; }
        }
      }
      let delta = stats_of(0u, row, i);
      let top = stats_of(1u, row, i);
      let inverse = select(vec4<f32>(), stats_of(2u, row, i), numbers < vec4<u32>(params.queries));
      var kept_a = weights_of(score_a, top, inverse, i, above, mask_at);
      var kept_b: mat4x4<f32>;
      if (DROPOUT) { pull_a = kept_block(pull_a, i, above, row); }
      let a = transpose(pulled(kept_a, pull_a, delta));
      if (DROPOUT) { kept_a = kept_block(kept_a, i, above, row); }
      kept_a = transpose(kept_a);
      var b: mat4x4<f32>;
      if (ROWS > 4u) {
        kept_b = weights_of(score_b, top, inverse, i, below, mask_at);
        if (DROPOUT) { pull_b = kept_block(pull_b, i, below, row); }
        b = transpose(pulled(kept_b, pull_b, delta));
        if (DROPOUT) { kept_b = kept_block(kept_b, i, below, row); }
        kept_b = transpose(kept_b);
      }
      if (QUADS > 0u) { x0a += q0 * a; if (ROWS > 4u) { x0b += q0 * b; } }
      if (QUADS > 1u) { x1a += q1 * a; if (ROWS > 4u) { x1b += q1 * b; } }
      if (QUADS > 2u) { x2a += q2 * a; if (ROWS > 4u) { x2b += q2 * b; } }
      if (QUADS > 3u) { x3a += q3 * a; if (ROWS > 4u) { x3b += q3 * b; } }
      if (QUADS > 4u) { x4a += q4 * a; } if (QUADS > 5u) { x5a += q5 * a; }
      if (QUADS > 6u) { x6a += q6 * a; } if (QUADS > 7u) { x7a += q7 * a; }
      if (VALUE_QUADS > 0u) { w0a += g0 * kept_a; if (ROWS > 4u) { w0b += g0 * kept_b; } }
      if (VALUE_QUADS > 1u) { w1a += g1 * kept_a; if (ROWS > 4u) { w1b += g1 * kept_b; } }
      if (VALUE_QUADS > 2u) { w2a += g2 * kept_a; if (ROWS > 4u) { w2b += g2 * kept_b; } }
      if (VALUE_QUADS > 3u) { w3a += g3 * kept_a; if (ROWS > 4u) { w3b += g3 * kept_b; } }
      if (VALUE_QUADS > 4u) { w4a += g4 * kept_a; } if (VALUE_QUADS > 5u) { w5a += g5 * kept_a; }
      if (VALUE_QUADS > 6u) { w6a += g6 * kept_a; } if (VALUE_QUADS > 7u) { w7a += g7 * kept_a; }
    }
  }

  let row = batch * params.keys * params.keyHeads + key_head;
  let to = row * params.width;
  let to_v = params.batch * params.keys * params.keyHeads * params.width + row * params.valueWidth;
  for (var n = 0u; n < QUADS; n++) {
    var quads = x0a;
    var more = x0b;
    if (n == 1u) { quads = x1a; } if (n == 2u) { quads = x2a; } if (n == 3u) { quads = x3a; }
    if (n == 4u) { quads = x4a; } if (n == 5u) { quads = x5a; } if (n == 6u) { quads = x6a; } if (n == 7u) { quads = x7a; }
    if (ROWS > 4u) { if (n == 1u) { more = x1b; } if (n == 2u) { more = x2b; } if (n == 3u) { more = x3b; } }
    store_rows(quads * params.scale, more * params.scale, to, first, start + 4u * n, params.width);
  }
  for (var n = 0u; n < VALUE_QUADS; n++) {
    var quads = w0a;
    var more = w0b;
    if (n == 1u) { quads = w1a; } if (n == 2u) { quads = w2a; } if (n == 3u) { quads = w3a; }
    if (n == 4u) { quads = w4a; } if (n == 5u) { quads = w5a; } if (n == 6u) { quads = w6a; } if (n == 7u) { quads = w7a; }
    if (ROWS > 4u) { if (n == 1u) { more = w1b; } if (n == 2u) { more = w2b; } if (n == 3u) { more = w3b; } }
    store_rows(quads, more, to_v, first, start + 4u * n, params.valueWidth);
  }
}
