// 2_coalesced: y[i, j] = sum_l a[i, l] b[l, j]
//
// Changes   Rows and columns change places among the invocations: neighbours stand side by side in a row of y, so what
//           they read of b is one stretch of memory, and what they read of a is one and the same number.
// Layout    a: [m, k], b: [k, n], y: [m, n], row-major.
// Work      one invocation per element; neighbours in a workgroup are side by side.
// Memory    reads a n times and b m times, a whole cache line at once. Two loads for each multiply-add.
// Numerics  one f32 accumulator per element, in the order of l.
// Limits    m is at most 65535.

struct Params {
  m: u32,
  n: u32,
  k: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let row = id.y;
  let col = id.x;
  if (row >= params.m || col >= params.n) {
    return;
  }
  var sum = 0.0;
  for (var l = 0u; l < params.k; l++) {
    sum += a[row * params.k + l] * b[l * params.n + col];
  }
  y[row * params.n + col] = sum;
}
