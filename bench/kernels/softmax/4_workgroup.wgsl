// 4_workgroup: y[r, c] = exp(x[r, c] - max_r) / sum_c exp(x[r, c] - max_r)
//
// Changes   A workgroup for each row: neighbours read neighbouring quads, a whole cache line at once, and few long rows
//           are enough to fill a GPU. The 64 sums meet in workgroup memory, half as many after each barrier.
// Layout    x, y: [rows, cols], row-major, rows padded to whole quads with anything.
// Work      one workgroup of 64 per row; each invocation takes every 64th quad.
// Memory    reads x twice, the second time from a cache; writes y once; 512 bytes of workgroup memory.
// Numerics  max and sum in f32, as a tree of fixed shape.
// Limits    rows is at most 65535.

struct Params {
  rows: u32,
  cols: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;

const LOWEST = -3e38;

var<workgroup> tops: array<f32, 64>;
var<workgroup> totals: array<f32, 64>;

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
  var top = LOWEST;
  var sums = vec4<f32>();
  for (var q = lane; q < quads; q += 64u) {
    let four = load_quad(start, q);
    let next = max(top, largest_of(four));
    sums = sums * exp(top - next) + exp(four - next);
    top = next;
  }
  tops[lane] = top;
  totals[lane] = sum_of(sums);
  workgroupBarrier();
  for (var span = 32u; span > 0u; span >>= 1u) {
    if (lane < span) {
      let next = max(tops[lane], tops[lane + span]);
      totals[lane] = totals[lane] * exp(tops[lane] - next) + totals[lane + span] * exp(tops[lane + span] - next);
      tops[lane] = next;
    }
    workgroupBarrier();
  }
  top = tops[0];
  let factor = 1.0 / totals[0];
  for (var q = lane; q < quads; q += 64u) {
    y[start + q] = exp(load_quad(start, q) - top) * factor;
  }
}
