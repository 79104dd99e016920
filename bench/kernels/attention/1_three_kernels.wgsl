// 1_three_kernels: y[h, i] = sum_j w[i, j] v[h, j] over j <= i, w = softmax_j(q[h, i] k[h, j] / 8)
//
// Changes   Nothing yet: the formula as three kernels, all scores, their softmax, and the sums of values. The matrix of
//           scores, tokens squared for each head, is written and read several times, and is what fills the memory.
// Layout    q, k, v, y: [heads, tokens, 64]; scratch, the scores: [heads, tokens, tokens].
// Work      one invocation per score, per row of scores, and per element of y.
// Memory    7 tokens / 2 numbers of scratch move for each row, beside 64 of q, k, v and y each; two loads per
//           multiply-add.
// Numerics  f32; largest, sums and results in the order of j.
// Limits    the scores fit one binding: 128 MiB are 4 heads of 2896 tokens.

struct Params {
  heads: u32,
  tokens: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> q: array<f32>;
@group(0) @binding(2) var<storage, read> k: array<f32>;
@group(0) @binding(3) var<storage, read> v: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
@group(0) @binding(5) var<storage, read_write> scratch: array<f32>;

const WIDTH = 64u;
const SCALE = 0.125; // 1 / sqrt(WIDTH)

@compute @workgroup_size(8, 8)
fn scores(@builtin(global_invocation_id) id: vec3<u32>) {
  let query = id.y;
  let key = id.x;
  if (query >= params.tokens || key > query) {
    return;
  }
  let start = id.z * params.tokens;
  var sum = 0.0;
  for (var d = 0u; d < WIDTH; d++) {
    sum += q[(start + query) * WIDTH + d] * k[(start + key) * WIDTH + d];
  }
  scratch[(start + query) * params.tokens + key] = sum * SCALE;
}

@compute @workgroup_size(64)
fn weights(@builtin(global_invocation_id) id: vec3<u32>) {
  let query = id.x;
  if (query >= params.tokens) {
    return;
  }
  let start = (id.z * params.tokens + query) * params.tokens;
  var top = scratch[start];
  for (var key = 1u; key <= query; key++) {
    top = max(top, scratch[start + key]);
  }
  var sum = 0.0;
  for (var key = 0u; key <= query; key++) {
    let weight = exp(scratch[start + key] - top);
    sum += weight;
    scratch[start + key] = weight;
  }
  for (var key = 0u; key <= query; key++) {
    scratch[start + key] /= sum;
  }
}

@compute @workgroup_size(64)
fn values(@builtin(global_invocation_id) id: vec3<u32>) {
  let d = id.x;
  let query = id.y;
  let start = id.z * params.tokens;
  var sum = 0.0;
  for (var key = 0u; key <= query; key++) {
    sum += scratch[(start + query) * params.tokens + key] * v[(start + key) * WIDTH + d];
  }
  y[(start + query) * WIDTH + d] = sum;
}
