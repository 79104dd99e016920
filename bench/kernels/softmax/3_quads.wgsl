// 3_quads: y[r, c] = exp(x[r, c] - max_r) / sum_c exp(x[r, c] - max_r)
//
// Changes   Four columns at a time, in a vec4: a quarter of the loads and stores, one scaling of the sum for four values,
//           and four sums that do not wait for each other.
// Layout    x, y: [rows, cols], row-major, rows padded to whole quads with anything.
// Work      one invocation per row.
// Memory    reads x twice, writes y once, 16 bytes at a time. Neighbours read x at addresses cols apart.
// Numerics  max and sum in f32; columns go into four sums in turn.
// Limits    rows is at most 4194240.

struct Params {
  rows: u32,
  cols: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;

const LOWEST = -3e38;

// The quad with what no exponential sees in the place of columns past the last one.
fn load_quad(start: u32, quad: u32) -> vec4<f32> {
  let col = 4u * quad;
  let cols = vec4<u32>(col, col + 1u, col + 2u, col + 3u);
  return select(vec4<f32>(LOWEST), x[start + quad], cols < vec4<u32>(params.cols));
}

fn largest_of(v: vec4<f32>) -> f32 {
  return max(max(v.x, v.y), max(v.z, v.w));
}

fn sum_of(v: vec4<f32>) -> f32 {
  return (v.x + v.y) + (v.z + v.w);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let row = id.x;
  if (row >= params.rows) {
    return;
  }
  let quads = (params.cols + 3u) / 4u;
  let start = row * quads;
  var top = LOWEST;
  var sums = vec4<f32>();
  for (var q = 0u; q < quads; q++) {
    let four = load_quad(start, q);
    let next = max(top, largest_of(four));
    sums = sums * exp(top - next) + exp(four - next);
    top = next;
  }
  let factor = 1.0 / sum_of(sums);
  for (var q = 0u; q < quads; q++) {
    y[start + q] = exp(load_quad(start, q) - top) * factor;
  }
}
