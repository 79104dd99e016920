// 4_tiled: y[h, i] = sum_j w[i, j] v[h, j] over j <= i, w = softmax_j(q[h, i] k[h, j] / 8)
//
// Changes   64 queries share what they read: 16 rows of k and v at a time go through workgroup memory, where all
//           invocations read the same address at once. Each has its row of q and of y to itself again, and scores no key
//           twice.
// Layout    q, k, v, y: [heads, tokens, 64].
// Work      one workgroup of 64 per 64 queries, one query each, in tiles of 16 keys and blocks of 4; the longest first.
// Memory    reads q once, writes y once, reads k and v tokens / 128 times; 8 KiB of workgroup memory.
// Numerics  f32; sums over blocks of 4 keys, in order. Powers of two, with log2(e) / 8 in the row of q.
// Limits    heads is at most 65535. 128 registers of q and y for each invocation leave room for few of them at once.

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

var<workgroup> tileK: array<vec4<f32>, 256>; // [16 keys][QUADS]
var<workgroup> tileV: array<vec4<f32>, 256>;

fn dot16(a: mat4x4<f32>, at: u32) -> f32 {
  return (dot(a[0], tileK[at]) + dot(a[1], tileK[at + 1u])) + (dot(a[2], tileK[at + 2u]) + dot(a[3], tileK[at + 3u]));
}

fn q16(at: u32) -> mat4x4<f32> {
  return mat4x4<f32>(q[at], q[at + 1u], q[at + 2u], q[at + 3u]) * SCALE_LOG2;
}

// What four keys add to four quads of the result.
fn v16(at: u32, weights: vec4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(v4(at, weights), v4(at + 1u, weights), v4(at + 2u, weights), v4(at + 3u, weights));
}

fn v4(at: u32, weights: vec4<f32>) -> vec4<f32> {
  return (tileV[at] * weights.x + tileV[at + QUADS] * weights.y)
    + (tileV[at + 2u * QUADS] * weights.z + tileV[at + 3u * QUADS] * weights.w);
}

fn store16(at: u32, values: mat4x4<f32>) {
  y[at] = values[0];
  y[at + 1u] = values[1];
  y[at + 2u] = values[2];
  y[at + 3u] = values[3];
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let first = 64u * (groups.x - 1u - group.x);
  let query = first + lane;
  let start = group.y * params.tokens;
  let row = (start + min(query, params.tokens - 1u)) * QUADS;
  let q0 = q16(row);
  let q1 = q16(row + 4u);
  let q2 = q16(row + 8u);
  let q3 = q16(row + 12u);
  var y0 = mat4x4<f32>();
  var y1 = mat4x4<f32>();
  var y2 = mat4x4<f32>();
  var y3 = mat4x4<f32>();
  var top = LOWEST;
  var sum = 0.0;
  let end = min(first + 64u, params.tokens);
  for (var tile = 0u; tile < end; tile += 16u) {
    for (var slot = lane; slot < 256u; slot += 64u) {
      // Keys past the last token hold its row, and are masked for every query that is stored.
      let at = (start + min(tile + slot / QUADS, params.tokens - 1u)) * QUADS + slot % QUADS;
      tileK[slot] = k[at];
      tileV[slot] = v[at];
    }
    workgroupBarrier();
    for (var block = 0u; block < 16u; block += 4u) {
      let keys = tile + block + vec4<u32>(0u, 1u, 2u, 3u);
      let at = block * QUADS;
      var s = vec4<f32>();
      s.x = (dot16(q0, at) + dot16(q1, at + 4u)) + (dot16(q2, at + 8u) + dot16(q3, at + 12u));
      s.y = (dot16(q0, at + 16u) + dot16(q1, at + 20u)) + (dot16(q2, at + 24u) + dot16(q3, at + 28u));
      s.z = (dot16(q0, at + 32u) + dot16(q1, at + 36u)) + (dot16(q2, at + 40u) + dot16(q3, at + 44u));
      s.w = (dot16(q0, at + 48u) + dot16(q1, at + 52u)) + (dot16(q2, at + 56u) + dot16(q3, at + 60u));
      s = select(s, vec4<f32>(MASKED), vec4<u32>(query) < keys);
      let next = max(top, max(max(s.x, s.y), max(s.z, s.w)));
      let shrink = exp2(top - next);
      let weights = exp2(s - next);
      sum = sum * shrink + ((weights.x + weights.y) + (weights.z + weights.w));
      y0 = y0 * shrink + v16(at, weights);
      y1 = y1 * shrink + v16(at + 4u, weights);
      y2 = y2 * shrink + v16(at + 8u, weights);
      y3 = y3 * shrink + v16(at + 12u, weights);
      top = next;
    }
    workgroupBarrier();
  }
  if (query < params.tokens) {
    let factor = 1.0 / sum;
    store16(row, y0 * factor);
    store16(row + 4u, y1 * factor);
    store16(row + 8u, y2 * factor);
    store16(row + 12u, y3 * factor);
  }
}
