// 6_subgroups: y[r, c] = exp(x[r, c] - max_r) / sum_c exp(x[r, c] - max_r)
//
// Changes   The invocations of a subgroup run side by side and see each other's registers, so most of the tree needs
//           neither workgroup memory nor barriers: one barrier for the largest and one for the sum, instead of fifteen.
// Layout    x, y: [rows, cols], row-major, rows padded to whole quads with anything.
// Work      one workgroup of 64 per row; each invocation takes every 64th quad.
// Memory    reads x once, writes y once; 128 bytes of workgroup memory.
// Numerics  max and sum in f32; the order of a subgroup's sum is the GPU's own.
// Limits    cols is at most 1024, rows at most 65535; subgroups of 4 or more whose invocations are neighbours.

enable subgroups;

struct Params {
  rows: u32,
  cols: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;

const LOWEST = -3e38;

// What each subgroup came to.
var<workgroup> tops: array<f32, 16>;
var<workgroup> totals: array<f32, 16>;

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
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
  @builtin(subgroup_size) size: u32,
) {
  let quads = (params.cols + 3u) / 4u;
  let start = group.x * quads;
  let x0 = load_quad(start, lane);
  let x1 = load_quad(start, lane + 64u);
  let x2 = load_quad(start, lane + 128u);
  let x3 = load_quad(start, lane + 192u);
  let subgroup = lane / size;
  let subgroups = (63u + size) / size;

  let topOfSubgroup = subgroupMax(largest_of(max(max(x0, x1), max(x2, x3))));
  if (lane % size == 0u) {
    tops[subgroup] = topOfSubgroup;
  }
  workgroupBarrier();
  var top = tops[0];
  for (var s = 1u; s < subgroups; s++) {
    top = max(top, tops[s]);
  }

  let e0 = exp(x0 - top);
  let e1 = exp(x1 - top);
  let e2 = exp(x2 - top);
  let e3 = exp(x3 - top);
  let sumOfSubgroup = subgroupAdd(sum_of((e0 + e1) + (e2 + e3)));
  if (lane % size == 0u) {
    totals[subgroup] = sumOfSubgroup;
  }
  workgroupBarrier();
  var sum = totals[0];
  for (var s = 1u; s < subgroups; s++) {
    sum += totals[s];
  }
  let factor = 1.0 / sum;
  if (lane < quads) { y[start + lane] = e0 * factor; }
  if (lane + 64u < quads) { y[start + lane + 64u] = e1 * factor; }
  if (lane + 128u < quads) { y[start + lane + 128u] = e2 * factor; }
  if (lane + 192u < quads) { y[start + lane + 192u] = e3 * factor; }
}
