// 3_quads: y[i, j] = sum_l a[i, l] b[l, j]
//
// Changes   Four neighbouring columns for each invocation, in one vec4, and vec4 loads of both operands: five loads now
//           bring what 16 multiply-adds need, where it was 32 loads; and each load pays for its check of bounds.
// Layout    a: [m, k], b: [k, n], y: [m, n], row-major, every size padded with zeros to whole quads.
// Work      one invocation per quad of y, in steps of 4 along k.
// Memory    reads a n / 4 times and b m times, 16 bytes at a time.
// Numerics  one f32 accumulator per element, in the order of l.
// Limits    m is at most 65535.

struct Params {
  m: u32,
  n: u32,
  k: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> b: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let depth = (params.k + 3u) / 4u; // quads of a row of a
  let across = (params.n + 3u) / 4u; // quads of a row of b and y
  let row = id.y;
  let quad = id.x;
  if (row >= params.m || quad >= across) {
    return;
  }
  var sum = vec4<f32>();
  for (var l = 0u; l < depth; l++) {
    let left = a[row * depth + l];
    let at = 4u * l * across + quad;
    sum += left.x * b[at];
    sum += left.y * b[at + across];
    sum += left.z * b[at + 2u * across];
    sum += left.w * b[at + 3u * across];
  }
  y[row * across + quad] = sum;
}
