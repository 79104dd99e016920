// 3_rows: y[h, i] = sum_j w[i, j] v[h, j] over j <= i, w = softmax_j(q[h, i] k[h, j] / 8)
//
// Changes   Four queries and four keys at a time: 8 loads of k and q feed 64 multiply-adds of scores, and sums are scaled
//           once for four keys. 4 x 64 results would not fit the registers, so two invocations share a row, and both
//           score it.
// Layout    q, k, v, y: [heads, tokens, 64].
// Work      one invocation per four queries and half of the width, over keys in blocks of 4; the longest rows first.
// Memory    reads k tokens / 4 times, v tokens / 8 times and q tokens / 4 times, straight from global memory.
// Numerics  f32; sums over blocks of 4 keys, in order. Powers of two. Scores that are not allowed are finite.
// Limits    heads is at most 65535.

struct Params {
  heads: u32,
  tokens: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> q: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> k: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> v: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4<f32>>;

const QUADS = 16u; // of a row of 64
const SCALE_LOG2 = 0.18033688; // log2(e) / 8
const LOWEST = -1e38;
const MASKED = -2e38; // 2^(MASKED - top) is 0

fn q_block(rows: vec4<u32>, d: u32) -> mat4x4<f32> {
  return mat4x4<f32>(q[rows.x + d], q[rows.y + d], q[rows.z + d], q[rows.w + d]);
}

fn k_block(at: u32) -> mat4x4<f32> {
  return mat4x4<f32>(k[at], k[at + QUADS], k[at + 2u * QUADS], k[at + 3u * QUADS]);
}

fn v_block(at: u32) -> mat4x4<f32> {
  return mat4x4<f32>(v[at], v[at + QUADS], v[at + 2u * QUADS], v[at + 3u * QUADS]);
}

// Column r times factors[r].
fn scaled(m: mat4x4<f32>, factors: vec4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(m[0] * factors.x, m[1] * factors.y, m[2] * factors.z, m[3] * factors.w);
}

fn masked(scores: vec4<f32>, queries: vec4<u32>, key: u32) -> vec4<f32> {
  return select(scores * SCALE_LOG2, vec4<f32>(MASKED), queries < vec4<u32>(key));
}

// The same quad of four rows, of which those past the last token are left out.
fn store_block(first: u32, start: u32, d: u32, values: mat4x4<f32>) {
  let at = (start + first) * QUADS + d;
  y[at] = values[0];
  if (first + 1u < params.tokens) { y[at + QUADS] = values[1]; }
  if (first + 2u < params.tokens) { y[at + 2u * QUADS] = values[2]; }
  if (first + 3u < params.tokens) { y[at + 3u * QUADS] = values[3]; }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let blocks = (params.tokens + 3u) / 4u;
  if (id.x >= 2u * blocks) {
    return;
  }
  let first = 4u * (blocks - 1u - id.x / 2u);
  let slice = id.x % 2u * 8u;
  let start = id.y * params.tokens;
  let queries = first + vec4<u32>(0u, 1u, 2u, 3u);
  let rows = (start + min(queries, vec4<u32>(params.tokens - 1u))) * QUADS;
  // A matrix for each quad of the slice, and in it a column for each query.
  var y0 = mat4x4<f32>();
  var y1 = mat4x4<f32>();
  var y2 = mat4x4<f32>();
  var y3 = mat4x4<f32>();
  var y4 = mat4x4<f32>();
  var y5 = mat4x4<f32>();
  var y6 = mat4x4<f32>();
  var y7 = mat4x4<f32>();
  var top = vec4<f32>(LOWEST);
  var sum = vec4<f32>();
  for (var key = 0u; key <= first; key += 4u) {
    let at = (start + key) * QUADS;
    var s = mat4x4<f32>(); // a column for each key, a row for each query
    for (var d = 0u; d < QUADS; d++) {
      s += transpose(q_block(rows, d)) * k_block(at + d);
    }
    s[0] = masked(s[0], queries, key);
    s[1] = masked(s[1], queries, key + 1u);
    s[2] = masked(s[2], queries, key + 2u);
    s[3] = masked(s[3], queries, key + 3u);
    let next = max(top, max(max(s[0], s[1]), max(s[2], s[3])));
    let shrink = exp2(top - next);
    let weights = mat4x4<f32>(exp2(s[0] - next), exp2(s[1] - next), exp2(s[2] - next), exp2(s[3] - next));
    sum = sum * shrink + ((weights[0] + weights[1]) + (weights[2] + weights[3]));
    top = next;
    let turned = transpose(weights);
    y0 = scaled(y0, shrink) + v_block(at + slice) * turned;
    y1 = scaled(y1, shrink) + v_block(at + slice + 1u) * turned;
    y2 = scaled(y2, shrink) + v_block(at + slice + 2u) * turned;
    y3 = scaled(y3, shrink) + v_block(at + slice + 3u) * turned;
    y4 = scaled(y4, shrink) + v_block(at + slice + 4u) * turned;
    y5 = scaled(y5, shrink) + v_block(at + slice + 5u) * turned;
    y6 = scaled(y6, shrink) + v_block(at + slice + 6u) * turned;
    y7 = scaled(y7, shrink) + v_block(at + slice + 7u) * turned;
  }
  let factor = 1.0 / sum;
  store_block(first, start, slice, scaled(y0, factor));
  store_block(first, start, slice + 1u, scaled(y1, factor));
  store_block(first, start, slice + 2u, scaled(y2, factor));
  store_block(first, start, slice + 3u, scaled(y3, factor));
  store_block(first, start, slice + 4u, scaled(y4, factor));
  store_block(first, start, slice + 5u, scaled(y5, factor));
  store_block(first, start, slice + 6u, scaled(y6, factor));
  store_block(first, start, slice + 7u, scaled(y7, factor));
}
