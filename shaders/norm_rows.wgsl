// norm_rows: y[r, c] = (x[r, c] - mean_r) / sqrt(variance_r + eps) * w[c] + b[c]; without CENTERED the mean counts as
//            0, and the variance about it is the mean square.
//
// Layout    x, y: [rows, cols], w, b: [cols], row-major.
// Work      one workgroup per row, folded into x and y; each invocation walks the row in quads with stride
//           WORKGROUP_SIZE.
// Memory    reads x three times (twice without CENTERED), writes y once; 8 * WORKGROUP_SIZE bytes of workgroup memory.
// Numerics  two passes in f32, summed in blocks and a tree. The second measures the variance about the first one's
//           mean, and how far that is off (`drift`), so that a mean far above the deviation costs no digits.
// Limits    WORKGROUP_SIZE is a power of two, not below 4.

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
// end of seam

override WORKGROUP_SIZE: u32 = 64;
override CENTERED: bool = true;

var<workgroup> sums: array<vec2<f32>, WORKGROUP_SIZE>;

// The sum over all invocations, in each of them.
fn sum_of_all(lane: u32, value: vec2<f32>) -> vec2<f32> {
  sums[lane] = value;
  workgroupBarrier();
  for (var span = WORKGROUP_SIZE / 2u; span > 0u; span >>= 1u) {
    if (lane < span) {
      sums[lane] += sums[lane + span];
    }
    workgroupBarrier();
  }
  let total = sums[0];
  workgroupBarrier();
  return total;
}

// This invocation's part of the sum of a row.
fn part_of_sum(start: u32, whole: u32, lane: u32) -> f32 {
  var total = vec4<f32>();
  var col = 4u * lane;
  for (; col < whole;) {
    let stop = min(col + params.block * 4u * WORKGROUP_SIZE, whole);
    var part = vec4<f32>();
    for (; col < stop; col += 4u * WORKGROUP_SIZE) {
      part += load_x4(start + col);
    }
    total += part;
  }
  if (whole + lane < params.cols) {
    total.x += load_x(start + whole + lane);
  }
  return (total.x + total.y) + (total.z + total.w);
}

// This invocation's part of the sums of x - center and of its square.
fn part_of_moments(start: u32, whole: u32, lane: u32, center: f32) -> vec2<f32> {
  var sum = vec4<f32>();
  var squares = vec4<f32>();
  var col = 4u * lane;
  for (; col < whole;) {
    let stop = min(col + params.block * 4u * WORKGROUP_SIZE, whole);
    var part_sum = vec4<f32>();
    var part_squares = vec4<f32>();
    for (; col < stop; col += 4u * WORKGROUP_SIZE) {
      let d = load_x4(start + col) - center;
      part_sum += d;
      part_squares += d * d;
    }
    sum += part_sum;
    squares += part_squares;
  }
  if (whole + lane < params.cols) {
    let d = load_x(start + whole + lane) - center;
    sum.x += d;
    squares.x += d * d;
  }
  return vec2<f32>((sum.x + sum.y) + (sum.z + sum.w), (squares.x + squares.y) + (squares.z + squares.w));
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = group.y * groups.x + group.x;
  if (row >= params.rows) {
    return;
  }
  let start = row * params.cols;
  let whole = params.cols / 4u * 4u;
  let share = 1.0 / f32(params.cols);

  var center = 0.0;
  if (CENTERED) {
    center = sum_of_all(lane, vec2<f32>(part_of_sum(start, whole, lane), 0.0)).x * share;
  }
  let moments = sum_of_all(lane, part_of_moments(start, whole, lane, center)) * share;
  let drift = select(0.0, moments.x, CENTERED);
  let variance = moments.y - drift * drift;
  // Rounding may leave less than nothing. A select passes a NaN on, which max would hide.
  let scale = 1.0 / sqrt(select(variance, 0.0, variance < 0.0) + params.eps);

  for (var col = 4u * lane; col < whole; col += 4u * WORKGROUP_SIZE) {
    let d = (load_x4(start + col) - center) - drift;
    store_y4(start + col, d * scale * load_w4(col) + load_b4(col));
  }
  let last = whole + lane;
  if (last < params.cols) {
    let d = (load_x(start + last) - center) - drift;
    store_y(start + last, d * scale * load_w(last) + load_b(last));
  }
}
