// 5_array: y[i, j] = sum_l a[i, l] b[l, j]
//
// Changes   A detour, to be taken once and not again: the same block of 4 x 4, its sums in an array that a loop goes
//           through. Registers have no addresses, so an array that is indexed by a variable may end up in memory.
// Layout    a: [m, k], b: [k, n], y: [m, n], row-major, every size padded with zeros to whole quads.
// Work      one invocation per 4 x 4 block of y, in steps of 4 along k.
// Memory    reads a n / 4 times and b m / 4 times, and the sums wherever the compiler put them.
// Numerics  one f32 accumulator per element, in the order of l.
// Limits    m is at most 2097120.

struct Params {
  m: u32,
  n: u32,
  k: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> b: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4<f32>>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let depth = (params.k + 3u) / 4u; // quads of a row of a
  let across = (params.n + 3u) / 4u; // quads of a row of b and y
  let row = 4u * id.y;
  let quad = id.x;
  if (row >= params.m || quad >= across) {
    return;
  }
  var sums: array<vec4<f32>, 4>;
  for (var l = 0u; l < depth; l++) {
    for (var c = 0u; c < 4u; c++) {
      let below = b[(4u * l + c) * across + quad];
      for (var r = 0u; r < 4u; r++) {
        sums[r] += a[(row + r) * depth + l][c] * below;
      }
    }
  }
  for (var r = 0u; r < 4u; r++) {
    y[(row + r) * across + quad] = sums[r];
  }
}
