// norm_rows_serial: y[r, c] = (x[r, c] - mean_r) / sqrt(variance_r + eps) * w[c] + b[c]; without CENTERED the mean
//                   counts as 0, and the variance about it is the mean square. With STATISTICS also statistics[r], as
//                   norm_statistics_serial has them.
//
// Layout    x, y: [rows, cols], w, b: [cols], statistics: [rows, 4], row-major.
// Work      one invocation per row, in quads; workgroups folded into x and y. No barriers.
// Memory    reads x three times (twice without CENTERED), writes y once.
// Numerics  two passes in f32, summed in blocks. The second measures the variance about the first one's mean, and how
//           far that is off (`drift`), so that a mean far above the deviation costs no digits.
// Limits    none.

struct Params {
  rows: u32,
  cols: u32,
  block: u32, // how many quads are summed before they join the total
  eps: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read> b: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
@group(0) @binding(5) var<storage, read_write> statistics: array<f32>;

fn load_x(i: u32) -> f32 {
  return x[i];
}

fn load_x4(i: u32) -> vec4<f32> {
  return vec4<f32>(x[i], x[i + 1u], x[i + 2u], x[i + 3u]);
}

fn load_w(i: u32) -> f32 {
  return w[i];
}

fn load_w4(i: u32) -> vec4<f32> {
  return vec4<f32>(w[i], w[i + 1u], w[i + 2u], w[i + 3u]);
}

fn load_b(i: u32) -> f32 {
  return b[i];
}

fn load_b4(i: u32) -> vec4<f32> {
  return vec4<f32>(b[i], b[i + 1u], b[i + 2u], b[i + 3u]);
}

fn store_y(i: u32, v: f32) {
  y[i] = v;
}

fn store_y4(i: u32, v: vec4<f32>) {
  y[i] = v.x;
  y[i + 1u] = v.y;
  y[i + 2u] = v.z;
  y[i + 3u] = v.w;
}

fn store_statistics4(i: u32, v: vec4<f32>) {
  statistics[i] = v.x;
  statistics[i + 1u] = v.y;
  statistics[i + 2u] = v.z;
  statistics[i + 3u] = v.w;
}
// end of seam

override WORKGROUP_SIZE: u32 = 64;
override CENTERED: bool = true;
override STATISTICS: bool = false;

// The mean of a row, good to its own rounding.
fn mean_of(start: u32, whole: u32) -> f32 {
  var total = vec4<f32>();
  var col = 0u;
  for (; col < whole;) {
    let stop = min(col + params.block * 4u, whole);
    var part = vec4<f32>();
    for (; col < stop; col += 4u) {
      part += load_x4(start + col);
    }
    total += part;
  }
  for (; col < params.cols; col++) {
    total.x += load_x(start + col);
  }
  return ((total.x + total.y) + (total.z + total.w)) / f32(params.cols);
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
  let whole = params.cols / 4u * 4u;

  var center = 0.0;
  if (CENTERED) {
    center = mean_of(start, whole);
  }

  var sum = vec4<f32>();
  var squares = vec4<f32>();
  var col = 0u;
  for (; col < whole;) {
    let stop = min(col + params.block * 4u, whole);
    var part_sum = vec4<f32>();
    var part_squares = vec4<f32>();
    for (; col < stop; col += 4u) {
      let d = load_x4(start + col) - center;
      part_sum += d;
      part_squares += d * d;
    }
    sum += part_sum;
    squares += part_squares;
  }
  for (; col < params.cols; col++) {
    let d = load_x(start + col) - center;
    sum.x += d;
    squares.x += d * d;
  }
  let share = 1.0 / f32(params.cols);
  var drift = 0.0;
  if (CENTERED) {
    drift = ((sum.x + sum.y) + (sum.z + sum.w)) * share;
  }
  let variance = ((squares.x + squares.y) + (squares.z + squares.w)) * share - drift * drift;
  // Rounding may leave less than nothing. A select passes a NaN on, which max would hide.
  let scale = 1.0 / sqrt(select(variance, 0.0, variance < 0.0) + params.eps);

  if (STATISTICS) {
    store_statistics4(4u * row, vec4<f32>(center, drift, scale, 0.0));
  }

  for (col = 0u; col < whole; col += 4u) {
    let d = (load_x4(start + col) - center) - drift;
    store_y4(start + col, d * scale * load_w4(col) + load_b4(col));
  }
  for (; col < params.cols; col++) {
    let d = (load_x(start + col) - center) - drift;
    store_y(start + col, d * scale * load_w(col) + load_b(col));
  }
}
