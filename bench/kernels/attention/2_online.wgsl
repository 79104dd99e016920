// 2_online: y[h, i] = sum_j w[i, j] v[h, j] over j <= i, w = softmax_j(q[h, i] k[h, j] / 8)
//
// Changes   One kernel that holds no matrix of scores: each score is used as soon as it is there. When a larger one
//           comes, the sum and the result so far are scaled to it. A row of q and of y stays in registers, as four 4 x 4
//           matrices each.
// Layout    q, k, v, y: [heads, tokens, 64].
// Work      one invocation per query.
// Memory    reads q once, writes y once, reads k and v tokens / 2 times, straight from global memory.
// Numerics  f32; sums in the order of j. Powers of two, with log2(e) / 8 in the row of q.
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

fn dot16(a: mat4x4<f32>, b: mat4x4<f32>) -> f32 {
  return (dot(a[0], b[0]) + dot(a[1], b[1])) + (dot(a[2], b[2]) + dot(a[3], b[3]));
}

fn q16(at: u32) -> mat4x4<f32> {
  return mat4x4<f32>(q[at], q[at + 1u], q[at + 2u], q[at + 3u]) * SCALE_LOG2;
}

fn k16(at: u32) -> mat4x4<f32> {
  return mat4x4<f32>(k[at], k[at + 1u], k[at + 2u], k[at + 3u]);
}

fn v16(at: u32) -> mat4x4<f32> {
  return mat4x4<f32>(v[at], v[at + 1u], v[at + 2u], v[at + 3u]);
}

fn store16(at: u32, values: mat4x4<f32>) {
  y[at] = values[0];
  y[at + 1u] = values[1];
  y[at + 2u] = values[2];
  y[at + 3u] = values[3];
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let query = id.x;
  if (query >= params.tokens) {
    return;
  }
  let start = id.y * params.tokens;
  let row = (start + query) * QUADS;
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
  for (var key = 0u; key <= query; key++) {
    let at = (start + key) * QUADS;
    let score = (dot16(q0, k16(at)) + dot16(q1, k16(at + 4u))) + (dot16(q2, k16(at + 8u)) + dot16(q3, k16(at + 12u)));
    let next = max(top, score);
    let shrink = exp2(top - next);
    let weight = exp2(score - next);
    sum = sum * shrink + weight;
    y0 = y0 * shrink + v16(at) * weight;
    y1 = y1 * shrink + v16(at + 4u) * weight;
    y2 = y2 * shrink + v16(at + 8u) * weight;
    y3 = y3 * shrink + v16(at + 12u) * weight;
    top = next;
  }
  let factor = 1.0 / sum;
  store16(row, y0 * factor);
  store16(row + 4u, y1 * factor);
  store16(row + 8u, y2 * factor);
  store16(row + 12u, y3 * factor);
}
