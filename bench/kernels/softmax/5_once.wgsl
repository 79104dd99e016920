// 5_once: y[r, c] = exp(x[r, c] - max_r) / sum_c exp(x[r, c] - max_r)
//
// Changes   Each invocation keeps its part of the row in four variables: x is read once, and no sum has to be scaled,
//           since the largest is known before the first exponential, each of which is computed once.
// Layout    x, y: [rows, cols], row-major, rows padded to whole quads with anything.
// Work      one workgroup of 64 per row; each invocation takes every 64th quad.
// Memory    reads x once, writes y once; 256 bytes of workgroup memory.
// Numerics  max and sum in f32, as a tree of fixed shape.
// Limits    cols is at most 1024, rows at most 65535.

struct Params {
  rows: u32,
  cols: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;

const LOWEST = -3e38;

var<workgroup> shared_values: array<f32, 64>;

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
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let quads = (params.cols + 3u) / 4u;
  let start = group.x * quads;
  let x0 = load_quad(start, lane);
  let x1 = load_quad(start, lane + 64u);
  let x2 = load_quad(start, lane + 128u);
  let x3 = load_quad(start, lane + 192u);

  shared_values[lane] = largest_of(max(max(x0, x1), max(x2, x3)));
  workgroupBarrier();
  for (var span = 32u; span > 0u; span >>= 1u) {
    if (lane < span) {
      shared_values[lane] = max(shared_values[lane], shared_values[lane + span]);
    }
    workgroupBarrier();
  }
  let top = shared_values[0];
  // Everyone has read the largest before its place is used again.
  workgroupBarrier();

  let e0 = exp(x0 - top);
  let e1 = exp(x1 - top);
  let e2 = exp(x2 - top);
  let e3 = exp(x3 - top);
  shared_values[lane] = sum_of((e0 + e1) + (e2 + e3));
  workgroupBarrier();
  for (var span = 32u; span > 0u; span >>= 1u) {
    if (lane < span) {
      shared_values[lane] += shared_values[lane + span];
    }
    workgroupBarrier();
  }
  let factor = 1.0 / shared_values[0];
  if (lane < quads) { y[start + lane] = e0 * factor; }
  if (lane + 64u < quads) { y[start + lane + 64u] = e1 * factor; }
  if (lane + 128u < quads) { y[start + lane + 128u] = e2 * factor; }
  if (lane + 192u < quads) { y[start + lane + 192u] = e3 * factor; }
}
