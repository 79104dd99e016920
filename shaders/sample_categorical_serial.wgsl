// sample_categorical_serial: y[r] = the least i with x[r, 0] + ... + x[r, i] > u[r] sum_c x[r, c]: one draw from each row.
//
// Layout    x: [rows, cols], row-major, not negative; u: [rows], in [0, 1); y: i32 [rows].
// Work      one invocation per row, folded into x and y. No barriers.
// Memory    reads x up to twice, and one run of `chunk` elements once more.
// Numerics  sums in f32: of a run in order, then of the runs in order. What has no probability is never drawn. A row whose
//           sum is 0, infinite or NaN gives -1.
// Limits    chunk is a multiple of 4.

struct Params {
  rows: u32,
  cols: u32,
  chunk: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> u: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<i32>;

fn load_x(i: u32) -> f32 {
  return x[i];
}

fn load_x4(i: u32) -> vec4<f32> {
  return vec4<f32>(x[i], x[i + 1u], x[i + 2u], x[i + 3u]);
}

fn load_u(i: u32) -> f32 {
  return u[i];
}

fn store_y(i: u32, v: i32) {
  y[i] = v;
}
// end of seam

override WORKGROUP_SIZE: u32 = 4;

const INFINITY = 0x7f800000u;

// The sum of a run.
fn sum_of(start: u32, first: u32) -> f32 {
  let end = min(first + params.chunk, params.cols);
  var sum = 0.0;
  for (var col = first; col < end; col += 4u) {
    let quad = load_x4(start + col);
    sum += quad.x;
    sum += select(0.0, quad.y, col + 1u < end);
    sum += select(0.0, quad.z, col + 2u < end);
    sum += select(0.0, quad.w, col + 3u < end);
  }
  return sum;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = (group.y * groups.x + group.x) * WORKGROUP_SIZE + lane;
  if (row >= params.rows) {
    return;
  }
  let start = row * params.cols;
  var total = 0.0;
  for (var first = 0u; first < params.cols; first += params.chunk) {
    total += sum_of(start, first);
  }
  let bits = bitcast<u32>(total);
  if (bits == 0u || bits >= INFINITY) {
    store_y(row, -1);
    return;
  }
  // The runs share out [0, total) without gaps, so one holds the mark.
  let mark = load_u(row) * total;
  var first = 0u;
  var before = 0.0;
  for (; first < params.cols; first += params.chunk) {
    let after = before + sum_of(start, first);
    if (mark < after) {
      break;
    }
    before = after;
  }
  let end = min(first + params.chunk, params.cols);
  var drawn = first;
  var reached = 0.0;
  for (var col = first; col < end && reached <= mark - before; col++) {
    let value = load_x(start + col);
    if (value > 0.0) {
      drawn = col;
      reached += value;
    }
  }
  store_y(row, i32(drawn));
}
