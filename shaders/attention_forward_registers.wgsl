// attention_forward_registers: y[i] = sum_j w[i, j] v[j], w = dropout(softmax_j(scale q[i] k[j] + mask[i, j]))
//
// Layout    q: [batch, heads, queries, width], k: [batch, keyHeads, keys, width], v: [batch, keyHeads, keys, valueWidth],
//           mask: [batch, heads, queries, keys], all by strides; random: seed, stream, step. y: [batch, queries, heads,
//           valueWidth], and from statsStart on, [batch, heads, queries] each: the largest score of a row and the inverse
//           of its sum, in units of log 2.
// Work      one invocation per ROWS queries and slice of 32 elements of the value width, over keys in blocks of 4; the
//           longest rows first, heads side by side, so that lanes end together. No barriers.
// Memory    reads k and v queries / ROWS times, straight from global memory, q and y once for widths up to 32: a slice of
//           q and of y stays in registers. Wider q is read again for each block of keys; each slice computes all scores.
// Numerics  one f32 accumulator per element; a running maximum rescales sums and results. Scores that are not allowed are
//           finite; a row of nothing else gives 0. Random bits go by the element of the score matrix.
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

const LOWEST = -1e38; // what a running maximum starts from
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

fn scaled_q(rows: vec4<u32>, d: u32) -> mat4x4<f32> {
  return block_q(rows, d) * params.scaleLog2;
}

fn block_k(rows: vec4<u32>, d: u32) -> mat4x4<f32> {
  let quads = mat4x4<f32>(load_k4(rows.x + d), load_k4(rows.y + d), load_k4(rows.z + d), load_k4(rows.w + d));
  if (EDGE) { return inside(quads, d, params.width); }
  return quads;
}

fn block_v(rows: vec4<u32>, d: u32) -> mat4x4<f32> {
  return mat4x4<f32>(load_v4(rows.x + d), load_v4(rows.y + d), load_v4(rows.z + d), load_v4(rows.w + d));
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

// Column r times factors[r].
fn scaled(m: mat4x4<f32>, factors: vec4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(m[0] * factors.x, m[1] * factors.y, m[2] * factors.z, m[3] * factors.w);
}

fn largest(scores: mat4x4<f32>) -> vec4<f32> {
  return max(max(scores[0], scores[1]), max(scores[2], scores[3]));
}

// Scores of four queries (along a column) and four keys from `key` on.
fn masked_block(scores: mat4x4<f32>, queries: vec4<u32>, key: u32, mask_at: u32) -> mat4x4<f32> {
  return mat4x4<f32>(
    masked(scores[0], queries, key, mask_at),
    masked(scores[1], queries, key + 1u, mask_at),
    masked(scores[2], queries, key + 2u, mask_at),
    masked(scores[3], queries, key + 3u, mask_at),
  );
}

fn kept_block(weights: mat4x4<f32>, queries: vec4<u32>, key: u32, item: u32) -> mat4x4<f32> {
  return mat4x4<f32>(
    kept(weights[0], queries, key, item),
    kept(weights[1], queries, key + 1u, item),
    kept(weights[2], queries, key + 2u, item),
    kept(weights[3], queries, key + 3u, item),
  );
}

fn powers(scores: mat4x4<f32>, top: vec4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(
    exp2(scores[0] - top),
    exp2(scores[1] - top),
    exp2(scores[2] - top),
    exp2(scores[3] - top),
  );
}

fn store_quad(i: u32, d: u32, quad: vec4<f32>, size: u32) {
  if (!(VALUE_EDGE) || d + 4u <= size) {
    store_y4(i + d, quad);
    return;
  }
  if (d < size) { store_y(i + d, quad.x); }
  if (d + 1u < size) { store_y(i + d + 1u, quad.y); }
  if (d + 2u < size) { store_y(i + d + 2u, quad.z); }
}

// Columns to rows. One store in a loop compiles in a fraction of the time that one for each row takes.
fn store_rows(above: mat4x4<f32>, below: mat4x4<f32>, start: u32, first: u32, d: u32, size: u32) {
  var quads = above;
  for (var r = 0u; r < ROWS && first + r < params.queries; r++) {
    if (ROWS > 4u && r == 4u) { quads = below; }
    store_quad(start + (first + r) * params.heads * size, d, quads[r % 4u], size);
  }
}

fn store_stats(item: u32, first: u32, top: vec4<f32>, inverse: vec4<f32>) {
  let at = params.statsStart + item * params.queries;
  let inverses = at + params.batch * params.heads * params.queries;
  for (var r = 0u; r < 4u && first + r < params.queries; r++) {
    store_y(at + first + r, top[r]);
    store_y(inverses + first + r, inverse[r]);
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
  let at_above = start_q + min(above, last) * params.qStrideRow;
  let at_below = start_q + min(below, last) * params.qStrideRow;
  let start_k = params.kOffset + batch * params.kStrideBatch + key_head * params.kStrideHead;
  let start_v = params.vOffset + batch * params.vStrideBatch + key_head * params.vStrideHead + start;
  let mask_at = params.maskOffset + batch * params.maskStrideBatch + head * params.maskStrideHead;

  var q0a: mat4x4<f32>; var q1a: mat4x4<f32>; var q2a: mat4x4<f32>; var q3a: mat4x4<f32>;
  var q4a: mat4x4<f32>; var q5a: mat4x4<f32>; var q6a: mat4x4<f32>; var q7a: mat4x4<f32>;
  var q0b: mat4x4<f32>; var q1b: mat4x4<f32>; var q2b: mat4x4<f32>; var q3b: mat4x4<f32>;
  var y0a: mat4x4<f32>; var y1a: mat4x4<f32>; var y2a: mat4x4<f32>; var y3a: mat4x4<f32>;
  var y4a: mat4x4<f32>; var y5a: mat4x4<f32>; var y6a: mat4x4<f32>; var y7a: mat4x4<f32>;
  var y0b: mat4x4<f32>; var y1b: mat4x4<f32>; var y2b: mat4x4<f32>; var y3b: mat4x4<f32>;
  for (var n = 0u; n < QUADS; n++) {
    let quads = scaled_q(at_above, 4u * n);
    if (n == 0u) { q0a = quads; } if (n == 1u) { q1a = quads; } if (n == 2u) { q2a = quads; } if (n == 3u) { q3a = quads; }
    if (n == 4u) { q4a = quads; } if (n == 5u) { q5a = quads; } if (n == 6u) { q6a = quads; } if (n == 7u) { q7a = quads; }
    if (ROWS > 4u) {
      let more = scaled_q(at_below, 4u * n);
      if (n == 0u) { q0b = more; } if (n == 1u) { q1b = more; } if (n == 2u) { q2b = more; } if (n == 3u) { q3b = more; }
    }
  }

  var top_a = vec4<f32>(LOWEST);
  var top_b = vec4<f32>(LOWEST);
  var sum_a = vec4<f32>();
  var sum_b = vec4<f32>();
  let end = select(params.keys, min(params.keys, first + ROWS), CAUSAL);
  for (var j = 0u; j < end; j += 4u) {
    let keys = min(j + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(params.keys - 1u));
    let at_k = start_k + keys * params.kStrideRow;
    let at_v = start_v + keys * params.vStrideRow;
    var a = mat4x4<f32>(); // a column for each key, a row for each query above
    var b = mat4x4<f32>();
    if (QUADS > 0u) { let k0 = block_k(at_k, 0u); a += transpose(q0a) * k0; if (ROWS > 4u) { b += transpose(q0b) * k0; } }
    if (QUADS > 1u) { let k1 = block_k(at_k, 4u); a += transpose(q1a) * k1; if (ROWS > 4u) { b += transpose(q1b) * k1; } }
    if (QUADS > 2u) { let k2 = block_k(at_k, 8u); a += transpose(q2a) * k2; if (ROWS > 4u) { b += transpose(q2b) * k2; } }
    if (QUADS > 3u) { let k3 = block_k(at_k, 12u); a += transpose(q3a) * k3; if (ROWS > 4u) { b += transpose(q3b) * k3; } }
    if (QUADS > 4u) { let k4 = block_k(at_k, 16u); a += transpose(q4a) * k4; }
    if (QUADS > 5u) { let k5 = block_k(at_k, 20u); a += transpose(q5a) * k5; }
    if (QUADS > 6u) { let k6 = block_k(at_k, 24u); a += transpose(q6a) * k6; }
    if (QUADS > 7u) { let k7 = block_k(at_k, 28u); a += transpose(q7a) * k7; }
    if (WIDE) {
      for (var d = 32u; d < params.width; d += 4u) {
        let wide = block_k(at_k, d) * params.scaleLog2;
        a += transpose(block_q(at_above, d)) * wide;
        if (ROWS > 4u) { b += transpose(block_q(at_below, d)) * wide; }
      }
    }

    a = masked_block(a, above, j, mask_at);
    let next_a = max(top_a, largest(a));
    let shrink_a = exp2(top_a - next_a);
    a = powers(a, next_a);
    sum_a = sum_a * shrink_a + ((a[0] + a[1]) + (a[2] + a[3]));
    top_a = next_a;
    if (DROPOUT) {
      a = kept_block(a, above, j, item);
    }
    a = transpose(a);
    var shrink_b: vec4<f32>;
    if (ROWS > 4u) {
      b = masked_block(b, below, j, mask_at);
      let next_b = max(top_b, largest(b));
      shrink_b = exp2(top_b - next_b);
      b = powers(b, next_b);
      sum_b = sum_b * shrink_b + ((b[0] + b[1]) + (b[2] + b[3]));
      top_b = next_b;
      if (DROPOUT) {
        b = kept_block(b, below, j, item);
      }
      b = transpose(b);
    }
    if (VALUE_QUADS > 0u) { let v0 = block_v(at_v, 0u); y0a = scaled(y0a, shrink_a) + v0 * a; if (ROWS > 4u) { y0b = scaled(y0b, shrink_b) + v0 * b; } }
    if (VALUE_QUADS > 1u) { let v1 = block_v(at_v, 4u); y1a = scaled(y1a, shrink_a) + v1 * a; if (ROWS > 4u) { y1b = scaled(y1b, shrink_b) + v1 * b; } }
    if (VALUE_QUADS > 2u) { let v2 = block_v(at_v, 8u); y2a = scaled(y2a, shrink_a) + v2 * a; if (ROWS > 4u) { y2b = scaled(y2b, shrink_b) + v2 * b; } }
    if (VALUE_QUADS > 3u) { let v3 = block_v(at_v, 12u); y3a = scaled(y3a, shrink_a) + v3 * a; if (ROWS > 4u) { y3b = scaled(y3b, shrink_b) + v3 * b; } }
    if (VALUE_QUADS > 4u) { let v4 = block_v(at_v, 16u); y4a = scaled(y4a, shrink_a) + v4 * a; }
    if (VALUE_QUADS > 5u) { let v5 = block_v(at_v, 20u); y5a = scaled(y5a, shrink_a) + v5 * a; }
    if (VALUE_QUADS > 6u) { let v6 = block_v(at_v, 24u); y6a = scaled(y6a, shrink_a) + v6 * a; }
    if (VALUE_QUADS > 7u) { let v7 = block_v(at_v, 28u); y7a = scaled(y7a, shrink_a) + v7 * a; }
  }

  let inverse_a = select(1.0 / sum_a, vec4<f32>(), sum_a == vec4<f32>());
  let inverse_b = select(1.0 / sum_b, vec4<f32>(), sum_b == vec4<f32>());
  if (slice == 0u) {
    store_stats(item, first, top_a, inverse_a);
    if (ROWS > 4u) {
      store_stats(item, first + 4u, top_b, inverse_b);
    }
  }
  let to = (batch * params.queries * params.heads + head) * params.valueWidth;
  let factor_a = inverse_a * params.keepScale;
  let factor_b = inverse_b * params.keepScale;
  for (var n = 0u; n < VALUE_QUADS; n++) {
    var quads = y0a;
    var more = y0b;
    if (n == 1u) { quads = y1a; } if (n == 2u) { quads = y2a; } if (n == 3u) { quads = y3a; }
    if (n == 4u) { quads = y4a; } if (n == 5u) { quads = y5a; } if (n == 6u) { quads = y6a; } if (n == 7u) { quads = y7a; }
    if (ROWS > 4u) { if (n == 1u) { more = y1b; } if (n == 2u) { more = y2b; } if (n == 3u) { more = y3b; } }
    store_rows(scaled(quads, factor_a), scaled(more, factor_b), to, first, start + 4u * n, params.valueWidth);
  }
}
