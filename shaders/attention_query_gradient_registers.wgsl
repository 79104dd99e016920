// attention_query_gradient_registers: dq[i] = scale sum_j ds[i, j] k[j], ds = p (dp - dy[i] y[i])
//
// p = softmax_j(scale q[i] k[j] + mask[i, j]), computed again; dp[i, j] = dropout(dy[i] v[j]).
//
// Layout    q, dy: [batch, heads, queries, width or valueWidth], k, v: [batch, keyHeads, keys, …], mask: [batch, heads,
//           queries, keys], all by strides; y: the packed result of the forward pass, see attention_stats_rows; random:
//           seed, stream, step. stats: as there, with STATS. dq: [batch, queries, heads, width].
// Work      one invocation per ROWS queries and slice of 32 elements of the width, over keys in blocks of 4; the longest
//           rows first, heads side by side, so that lanes end together. No barriers.
// Memory    reads k and v queries / ROWS times, straight from global memory. A slice of q and dq and the first slice of dy
//           stay in registers; what is wider is read again for each block of keys; each slice computes all scores.
// Numerics  one f32 accumulator per element. A row in which nothing is allowed has a gradient of 0.
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
override STATS: bool = false; // whether what the other gradients need of each row is stored

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

// For each of four rows the dot of dy and y.
fn dots(rows_dy: vec4<u32>, rows_y: vec4<u32>) -> vec4<f32> {
  var sums = mat4x4<f32>();
  for (var d = 0u; d < params.valueWidth; d += 4u) {
    let y4 = mat4x4<f32>(load_y4(rows_y.x + d), load_y4(rows_y.y + d), load_y4(rows_y.z + d), load_y4(rows_y.w + d));
    let a = block_dy(rows_dy, d);
    let b = inside(y4, d, params.valueWidth);
    sums += mat4x4<f32>(a[0] * b[0], a[1] * b[1], a[2] * b[2], a[3] * b[3]);
  }
  let across = transpose(sums);
  return (across[0] + across[1]) + (across[2] + across[3]);
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

// What the forward pass kept of four rows: the largest score, or one over the sum.
fn kept_of(kind: u32, item: u32, queries: vec4<u32>) -> vec4<f32> {
  let rows = params.statsStart + (kind * params.batch * params.heads + item) * params.queries + queries;
  return vec4<f32>(load_y(rows.x), load_y(rows.y), load_y(rows.z), load_y(rows.w));
}

struct Rows { delta: vec4<f32>, top: vec4<f32>, inverse: vec4<f32> }

fn store_kept(rows: Rows, item: u32, first: u32) {
  let count = params.batch * params.heads * params.queries;
  let i = item * params.queries + first;
  for (var n = 0u; n < 4u && first + n < params.queries; n++) {
    store_stats(i + n, rows.delta[n]);
    store_stats(count + i + n, rows.top[n]);
    store_stats(2u * count + i + n, rows.inverse[n]);
  }
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

// Columns to rows. One store in a loop compiles in a fraction of the time that one for each row takes.
fn store_rows(above: mat4x4<f32>, below: mat4x4<f32>, start: u32, first: u32, d: u32, size: u32) {
  var quads = above;
  for (var r = 0u; r < ROWS && first + r < params.queries; r++) {
    if (ROWS > 4u && r == 4u) { quads = below; }
    store_quad(start + (first + r) * params.heads * size, d, quads[r % 4u], size);
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
  let start = slice * 32u;
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
  let start_y = (batch * params.queries * params.heads + head) * params.valueWidth;
  let stride_y = params.heads * params.valueWidth;
  let a_rows = min(above, last);
  let rows_a = Rows(dots(dy_above, start_y + a_rows * stride_y), kept_of(0u, item, a_rows), kept_of(1u, item, a_rows));
  if (STATS && slice == 0u) { store_kept(rows_a, item, first); }
  var rows_b: Rows;
  if (ROWS > 4u) {
    let b_rows = min(below, last);
    rows_b = Rows(dots(dy_below, start_y + b_rows * stride_y), kept_of(0u, item, b_rows), kept_of(1u, item, b_rows));
    if (STATS && slice == 0u) { store_kept(rows_b, item, first + 4u); }
  }

  var q0a: mat4x4<f32>; var q1a: mat4x4<f32>; var q2a: mat4x4<f32>; var q3a: mat4x4<f32>;
  var q4a: mat4x4<f32>; var q5a: mat4x4<f32>; var q6a: mat4x4<f32>; var q7a: mat4x4<f32>;
  var q0b: mat4x4<f32>; var q1b: mat4x4<f32>; var q2b: mat4x4<f32>; var q3b: mat4x4<f32>;
  var g0a: mat4x4<f32>; var g1a: mat4x4<f32>; var g2a: mat4x4<f32>; var g3a: mat4x4<f32>;
  var g4a: mat4x4<f32>; var g5a: mat4x4<f32>; var g6a: mat4x4<f32>; var g7a: mat4x4<f32>;
  var g0b: mat4x4<f32>; var g1b: mat4x4<f32>; var g2b: mat4x4<f32>; var g3b: mat4x4<f32>;
  var x0a: mat4x4<f32>; var x1a: mat4x4<f32>; var x2a: mat4x4<f32>; var x3a: mat4x4<f32>;
  var x4a: mat4x4<f32>; var x5a: mat4x4<f32>; var x6a: mat4x4<f32>; var x7a: mat4x4<f32>;
  var x0b: mat4x4<f32>; var x1b: mat4x4<f32>; var x2b: mat4x4<f32>; var x3b: mat4x4<f32>;
  for (var n = 0u; n < QUADS; n++) {
    let quads = block_q(q_above, start + 4u * n) * params.scaleLog2;
    if (n == 0u) { q0a = quads; } if (n == 1u) { q1a = quads; } if (n == 2u) { q2a = quads; } if (n == 3u) { q3a = quads; }
    if (n == 4u) { q4a = quads; } if (n == 5u) { q5a = quads; } if (n == 6u) { q6a = quads; } if (n == 7u) { q7a = quads; }
    if (ROWS > 4u) {
      let more = block_q(q_below, start + 4u * n) * params.scaleLog2;
      if (n == 0u) { q0b = more; } if (n == 1u) { q1b = more; } if (n == 2u) { q2b = more; } if (n == 3u) { q3b = more; }
    }
  }
  for (var n = 0u; n < VALUE_QUADS; n++) {
    let quads = block_dy(dy_above, 4u * n);
    if (n == 0u) { g0a = quads; } if (n == 1u) { g1a = quads; } if (n == 2u) { g2a = quads; } if (n == 3u) { g3a = quads; }
    if (n == 4u) { g4a = quads; } if (n == 5u) { g5a = quads; } if (n == 6u) { g6a = quads; } if (n == 7u) { g7a = quads; }
    if (ROWS > 4u) {
      let more = block_dy(dy_below, 4u * n);
      if (n == 0u) { g0b = more; } if (n == 1u) { g1b = more; } if (n == 2u) { g2b = more; } if (n == 3u) { g3b = more; }
    }
  }

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
    var k4: mat4x4<f32>; if (QUADS > 4u) { k4 = block_k(at_k, start + 16u); score_a += transpose(q4a) * k4; }
    var k5: mat4x4<f32>; if (QUADS > 5u) { k5 = block_k(at_k, start + 20u); score_a += transpose(q5a) * k5; }
    var k6: mat4x4<f32>; if (QUADS > 6u) { k6 = block_k(at_k, start + 24u); score_a += transpose(q6a) * k6; }
    var k7: mat4x4<f32>; if (QUADS > 7u) { k7 = block_k(at_k, start + 28u); score_a += transpose(q7a) * k7; }
    if (VALUE_QUADS > 0u) { let v0 = block_v(at_v, 0u); pull_a += transpose(g0a) * v0; if (ROWS > 4u) { pull_b += transpose(g0b) * v0; } }
    if (VALUE_QUADS > 1u) { let v1 = block_v(at_v, 4u); pull_a += transpose(g1a) * v1; if (ROWS > 4u) { pull_b += transpose(g1b) * v1; } }
    if (VALUE_QUADS > 2u) { let v2 = block_v(at_v, 8u); pull_a += transpose(g2a) * v2; if (ROWS > 4u) { pull_b += transpose(g2b) * v2; } }
    if (VALUE_QUADS > 3u) { let v3 = block_v(at_v, 12u); pull_a += transpose(g3a) * v3; if (ROWS > 4u) { pull_b += transpose(g3b) * v3; } }
    if (VALUE_QUADS > 4u) { let v4 = block_v(at_v, 16u); pull_a += transpose(g4a) * v4; }
    if (VALUE_QUADS > 5u) { let v5 = block_v(at_v, 20u); pull_a += transpose(g5a) * v5; }
    if (VALUE_QUADS > 6u) { let v6 = block_v(at_v, 24u); pull_a += transpose(g6a) * v6; }
    if (VALUE_QUADS > 7u) { let v7 = block_v(at_v, 28u); pull_a += transpose(g7a) * v7; }
    if (WIDE) {
      for (var d = select(0u, 32u, start == 0u); d < params.width; d = select(d + 4u, start + 32u, d + 4u == start)) {
        let wide = block_k(at_k, d) * params.scaleLog2;
        score_a += transpose(block_q(q_above, d)) * wide;
        if (ROWS > 4u) { score_b += transpose(block_q(q_below, d)) * wide; }
      }
    }
    if (VALUE_WIDE) {
      for (var d = 32u; d < params.valueWidth; d += 4u) {
        let wide = block_v(at_v, d);
        pull_a += transpose(block_dy(dy_above, d)) * wide;
        if (ROWS > 4u) { pull_b += transpose(block_dy(dy_below, d)) * wide; }
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
    if (QUADS > 4u) { x4a += k4 * a; } if (QUADS > 5u) { x5a += k5 * a; }
    if (QUADS > 6u) { x6a += k6 * a; } if (QUADS > 7u) { x7a += k7 * a; }
  }

  let to = (batch * params.queries * params.heads + head) * params.width;
  for (var n = 0u; n < QUADS; n++) {
    var quads = x0a;
    var more = x0b;
    if (n == 1u) { quads = x1a; } if (n == 2u) { quads = x2a; } if (n == 3u) { quads = x3a; }
    if (n == 4u) { quads = x4a; } if (n == 5u) { quads = x5a; } if (n == 6u) { quads = x6a; } if (n == 7u) { quads = x7a; }
    if (ROWS > 4u) { if (n == 1u) { more = x1b; } if (n == 2u) { more = x2b; } if (n == 3u) { more = x3b; } }
    store_rows(quads * params.scale, more * params.scale, to, first, start + 4u * n, params.width);
  }
}
